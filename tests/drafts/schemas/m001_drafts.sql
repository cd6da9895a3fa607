PRAGMA application_id = 1735943282;
BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'gxdesk','m001_drafts','2026-11-25 02:43:39.255866+00:00');
CREATE TABLE "drafts" (
   "id" INTEGER PRIMARY KEY,
   "form" TEXT NOT NULL,
   "year" INTEGER,
   "agency" TEXT NOT NULL,
   "created" REAL NOT NULL,
   "modified" REAL NOT NULL,
   "position" INTEGER NOT NULL DEFAULT 0,
   "place" TEXT NOT NULL DEFAULT '',
   "progress" TEXT NOT NULL DEFAULT '',
   "exported_at" REAL,
   "exported_what" TEXT NOT NULL DEFAULT '',
   "deleted_at" REAL
) STRICT;
INSERT INTO "drafts" VALUES(1,'2021',2025,'某区社会事务综合服务中心',1700000000.0,1700000060.0,1,'overview|3','{}',1700000060.0,'PDF',NULL);
CREATE TABLE "slots" (
   "id" INTEGER PRIMARY KEY,
   "draft" INTEGER NOT NULL REFERENCES "drafts"("id"),
   "part" TEXT NOT NULL,
   "key" TEXT NOT NULL,
   "text" TEXT NOT NULL
) STRICT;
INSERT INTO "slots" VALUES(1,1,'agency','name','某区社会事务综合服务中心');
INSERT INTO "slots" VALUES(2,1,'texts','overview','本年度主动公开 5 条。');
INSERT INTO "slots" VALUES(3,1,'cells','requests.received.person','6');
INSERT INTO "slots" VALUES(4,1,'extra','later','[1]');
CREATE TABLE "steps" (
   "draft" INTEGER REFERENCES "drafts"("id"),
   "number" INTEGER,
   "time" REAL NOT NULL,
   "label" TEXT NOT NULL,
   "splices" TEXT NOT NULL,
   PRIMARY KEY ("draft", "number")
) STRICT;
INSERT INTO "steps" VALUES(1,0,1.0,'修改文字','[["texts","overview",0,"","本年度主动公开 5 条。"]]');
INSERT INTO "steps" VALUES(1,1,2.0,'','[["texts","overview",8,"5","6"]]');
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX "drafts_in_order"
    ON "drafts" ("deleted_at", "year" desc, "modified" desc, "id" desc);
CREATE UNIQUE INDEX "idx_slots_draft_part_key"
    ON "slots" ("draft", "part", "key");
COMMIT;
