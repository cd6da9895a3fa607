"""The library as the window uses it: reports made, copied, brought in from files, opened, kept, copied away and handed over. No Qt here.

The agency's data are asked once: what she writes about her own agency goes into every later report.
"""

import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from gxdesk import files
from gxdesk import report as report_file
from gxdesk.cells import show
from gxdesk.drafts.backups import Backups, Copy
from gxdesk.drafts.moments import Kind
from gxdesk.drafts.store import EARLIER_DEADLINE, DraftStore, DraftSummary
from gxdesk.errors import UserError
from gxdesk.forms.known import Forms
from gxdesk.report import AGENCY_FIELDS, Report
from gxdesk.resources import packaged
from ui.samples import EXAMPLE, SAMPLES
from ui.standing import Standing

if TYPE_CHECKING:  # sessions and their checks are imported when the first report is opened
    from gxdesk.drafts.handover import Received
    from gxdesk.session import Session
    from gxdesk.timeline import Timeline

EVERY_YEAR = 2001  # has no day that another year lacks


@dataclass(frozen=True)
class Choices:
    """Small choices of hers that outlive a session, by name: `recall(name, default)` and `keep(name, value)`, values of JSON."""

    recall: Callable[[str, Any], Any]
    keep: Callable[[str, Any], None]

    @classmethod
    def of_one_session(cls) -> "Choices":
        kept: dict[str, Any] = {}
        return cls(kept.get, kept.__setitem__)


@dataclass(frozen=True)
class Takeover:
    """What she takes of a published report: the report as read, the year of the new one (None: only keep this one), its texts, the figures
    that follow from it, and by text which of its years are moved on."""

    last: Report
    year: int | None
    texts: bool = False
    figures: bool = False
    years: Mapping[str, frozenset[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class LastYear:
    """Which report of the library is last year's of the one that is open: its number, None if none is, and those it could be."""

    chosen: int | None = None
    choices: tuple[DraftSummary, ...] = ()


@dataclass(frozen=True)
class OpenDraft:
    """A report, open: its session, its moments, where the caret was, when it was saved last, and how to save it.

    `write(place, standing)` and `note_export(what, report)`, with the report that is in the files, raise LibraryError. `read_only` says why
    nothing can be changed; empty as a rule.
    """

    id: int
    session: "Session"
    timeline: "Timeline | None"
    place: str
    saved: float
    exported: bool
    write: Callable[[str, str], None] | None
    note_export: Callable[[str, Report], None] | None
    choices: Choices = field(default_factory=Choices.of_one_session)
    read_only: str = ""
    last_year: LastYear | None = LastYear()

    @classmethod
    def example(cls, session: "Session", choices: Choices, about: str) -> "OpenDraft":
        """One that is not of the library, to look at: it has no number, no past and no last year, and nothing of it is kept."""
        return cls(0, session, None, "", time.time(), False, None, None, choices, about, None)

    @property
    def is_example(self) -> bool:
        return self.timeline is None


@dataclass(frozen=True)
class Interrupted:
    """The report that was on the screen when the program ended without being closed, and when it was saved last."""

    draft_id: int
    saved: float


class Library:
    """A `DraftStore`, its copies and the forms. Every method may raise UserError with a sentence to show.

    `exported` is called after each export, for who takes the copy that belongs to it.
    """

    def __init__(self, store: DraftStore, forms: Forms) -> None:
        self.store, self.forms = store, forms
        self.backups = Backups(store)
        self.exported: Callable[[], object] = lambda: None

    @property
    def read_only(self) -> str:
        """Why nothing can be written, as a sentence; empty as a rule."""
        return self.store.read_only

    def agency_name(self) -> str:
        return self.store.agency().get("name", "")

    def begin_as(self, agency: Mapping[str, str]) -> None:
        """What she says of her agency before there is any report; nothing said leaves what is known."""
        if agency:
            self.store.set_agency({**self.store.agency(), **agency})

    def earlier_deadline(self) -> tuple[int, ...]:
        """Month and day by which her place asks for the report, if that is earlier; empty as a rule."""
        return earlier_deadline(self.store.setting)

    def set_earlier_deadline(self, day: Sequence[int]) -> None:
        self.store.set_setting(EARLIER_DEADLINE, list(day))

    def drafts(self) -> list[DraftSummary]:
        return self.store.drafts()

    def deleted(self) -> list[DraftSummary]:
        return self.store.drafts(deleted=True)

    # --- new reports; each method returns the number of the draft ---

    def new(self, year: int) -> int:
        """A blank report with the agency's data."""
        return self.store.create(Report(self.forms.for_year(year).id, year, agency=self.store.agency()))

    def copy(self, draft_id: int, year: int) -> int:
        """A report for another year with agency and texts of this one, every sentence 去年原文. Its figures stay blank: last year's would look as if they were filled in."""
        source, form = self.store.load(draft_id).report, self.forms.for_year(year)
        texts = {key: text for key, text in source.texts.items() if key in form.texts}
        copied = self.store.create_like(draft_id, Report(form.id, year, agency={**self.store.agency(), **source.agency}, texts=texts, unread=_unread(texts)))
        if source.year == year - 1:
            self.store.settle_last_year(copied, draft_id)
        return copied

    def bring(self, path: Path) -> int:
        """A `.gxreport` file as a draft. The file itself is never changed."""
        return self.add(report_file.read(path, self.forms), path.name)

    def add(self, report: Report, name: str = "") -> int:
        """A report that was read from the file `name` as a draft: the one that holds just this, else a new one."""
        self._take_agency(report)
        return self._same(report) or self._add(report, name)

    def take(self, takeover: Takeover, said: Mapping[str, str] = MappingProxyType({})) -> int:
        """Last year's report into the library, and the new one that begins from it; returns the number of the one she goes on with.

        `said` is what she says of her agency before there is any report: its full name is in last year's where that one holds hers.
        """
        from gxdesk.imports.carry import carry

        last = takeover.last
        if said.get("name") and said["name"] in _name(last):
            said = {**said, "name": _name(last)}
        self.begin_as(said)
        self._take_agency(last)
        kept = self._same(last) or self._add(last, _last_words(last))
        if takeover.year is None:
            for draft in self._next(last):
                if draft.agency == _name(last):
                    self.store.settle_last_year(draft.id, kept)
            return kept
        form = self.forms.for_year(takeover.year)
        carried = carry(last, self.forms[last.form], takeover.year, form)
        texts = {t.key: t.with_years(takeover.years.get(t.key, frozenset())) for t in carried.texts} if takeover.texts else {}
        cells: dict[str, str] = {e.ref: show(e.value) for e in carried.figures} if takeover.figures else {}
        blank = Report(form.id, takeover.year, agency=self.store.agency())
        begun = replace(blank, agency={**blank.agency, **carried.agency}, texts=texts, cells=cells, unread=_unread(texts))
        taken = self.store.take_in(begun, _last_words(last), before=blank)
        self.store.settle_last_year(taken, kept)
        return taken

    def example(self, which: str = EXAMPLE) -> int:
        """A copy of an example report, to try things on: a finding is understood by mending it. Its agency is nobody's."""
        return self._add(self._sample(which), "样例", sample=True)

    def sample(self, which: str) -> OpenDraft:
        """An example report to look at. It is no report of the library and cannot be changed."""
        from gxdesk.session import Session

        report = self._sample(which)
        return OpenDraft.example(Session(report, self.forms[report.form], read_only=True), self._choices(), SAMPLES[which])

    def export(self, draft_id: int, path: Path) -> None:
        """A report of the library as a `.gxreport` file, as it was saved last. An export like any other: a moment and a copy belong to it."""
        report = self.report(draft_id)
        write_file(report, path)
        if not self.read_only:
            self.store.moments.note(draft_id, Kind.EXPORTED, report, "报告文件")
            self.exported()

    # --- one report ---

    def open(self, draft_id: int) -> OpenDraft:
        from gxdesk.session import Session
        from gxdesk.timeline import Timeline

        draft, chosen = self.store.load(draft_id), self.store.last_year_of(draft_id)
        form = self.forms.get(draft.report.form)
        if form is None:
            raise UserError(
                f"这份报告用的是“{draft.report.form}”格式，是更新版本的 gxdesk 或别的格式文件写的，这一版打不开，也没有改动它。请安装新版的 gxdesk 再打开。"
            )
        last = None if chosen is None else self.store.report(chosen)
        last_year = (last, self.forms[last.form]) if last is not None and last.form in self.forms else None
        session = Session(draft.report, form, history=draft.history, last_year=last_year, read_only=bool(self.read_only))
        keep_agency, name = self._agency_of(draft.report), _name(draft.report)

        def write(place: str, standing: str) -> None:
            if self.read_only:  # there is only where the caret was, and that is not worth a refusal
                return
            self.store.save(draft_id, session.report, session.history, place=place, progress=standing)
            keep_agency(session.report)

        def note_export(what: str, report: Report) -> None:
            if not self.read_only:
                self.store.note_export(draft_id, report, what)
                self.exported()

        if not self.read_only:
            self.store.moments.opened(draft_id, draft.report)
            self.store.begin(draft_id)
            if last is not None and name and _name(last) == name:  # found by its name, which may be corrected
                self.store.settle_last_year(draft_id, chosen)
        timeline = Timeline(self.store, draft_id, session)
        year, exported = draft.report.year, draft.exported_at is not None
        before = tuple(d for d in self.drafts() if d.id == chosen or (year is not None and d.year == year - 1))
        return OpenDraft(
            draft_id, session, timeline, draft.place, draft.modified, exported, write, note_export, self._choices(), self.read_only,
            last_year=LastYear(chosen, before),
        )  # fmt: skip

    def is_last_year(self, draft_id: int) -> bool:
        """Whether a report of the library has this one for last year's."""
        return any(self.store.last_year_of(d.id) == draft_id for d in self._next(self.report(draft_id)))

    def leave(self) -> None:
        """No report is on the screen any more. What refuses here costs nothing: the next start would begin in the report."""
        if not self.read_only:
            with contextlib.suppress(UserError):
                self.store.end()

    def interrupted(self) -> Interrupted | None:
        """What was on the screen when the program ended without being closed; None as a rule."""
        draft_id = self.store.interrupted()
        return None if draft_id is None else Interrupted(draft_id, self.store.load(draft_id).modified)

    # --- copies ---

    def copies(self) -> list[Copy]:
        """All copies there are, newest first."""
        return self.backups.copies()

    def inside(self, copy: Path) -> list[DraftSummary]:
        """The reports in a copy of the library. It is only read."""
        with DraftStore.look(copy, "这是一份备份。") as store:
            return store.drafts()

    def restore(self, copy: Path) -> Path:
        """Make the library what `copy` is, and open it anew; returns where it lies as it was before. Where copies go stays as it is.

        No report may be open. Where it is refused the library is open again as it was.
        """
        from gxdesk.drafts import recovery

        if self.read_only:
            raise UserError(self.read_only)
        path, folder, spare = self.store.path, self.backups.folder, self.backups.spare
        self.store.close()
        try:
            aside = recovery.restore(path, copy, spare)
        finally:
            self.store = DraftStore.open(path)
            self.backups = Backups(self.store)
        assert aside is not None  # it was there: it was open
        self.store.end()  # a copy is taken while a report is open
        if self.backups.folder != folder:
            self.backups.set_folder(None if folder == spare else folder)
        return aside

    # --- handing over ---

    def hand_over(self, path: Path, note: str) -> None:
        """Everything in one file for a successor."""
        from gxdesk.drafts import handover

        handover.write(self.store, path, note)

    def receive(self, path: Path) -> "Received":
        """Take in what a predecessor handed over."""
        from gxdesk.drafts import handover

        return handover.receive(self.store, path)

    def report(self, draft_id: int) -> Report:
        return self.store.report(draft_id)

    # --- how ---

    def _next(self, last: Report) -> list[DraftSummary]:
        """The reports of the year after."""
        return [d for d in self.drafts() if last.year is not None and d.year == last.year + 1]

    def _sample(self, which: str) -> Report:
        return report_file.read(packaged("examples", f"{which}.gxreport"), self.forms)

    def _choices(self) -> Choices:
        def keep(name: str, value: Any) -> None:
            with contextlib.suppress(UserError):  # a choice forgotten is asked for again; autosave tells of a library that refuses
                self.store.set_setting(name, value)

        return Choices(self.store.setting, keep)

    def _same(self, report: Report) -> int | None:
        """The draft that holds just this: it was taken before, and not changed since."""
        return next((d.id for d in self.drafts() if d.year == report.year and self.report(d.id) == report), None)

    def _add(self, report: Report, what: str, *, sample: bool = False) -> int:
        """A report read from a file as a draft; how far it is is noted at once, for the start page."""
        from gxdesk.session import Session

        standing = Standing.of(Session(report, self.forms[report.form]), "")
        return self.store.take_in(report, what, progress=standing.dumps(), sample=sample)

    def _take_agency(self, report: Report) -> None:
        """The first report read in tells whose program this is, or what is not known yet of the agency she named."""
        known, said = self.store.agency(), {k: v for k, v in report.agency.items() if k in AGENCY_FIELDS}
        if (name := said.get("name", "").strip()) and known.get("name", "").strip() in ("", name) and {**said, **known} != known:
            self.store.set_agency({**said, **known})

    def _agency_of(self, opened: Report) -> Callable[[Report], None]:
        """What keeps the agency's data of a report for later ones.

        Only her own agency's: not that of another agency's report, nor of the example, unless she writes her own name over it.
        """
        kept, name = self.store.agency(), opened.agency.get("name", "")
        hers = bool(kept) and kept.get("name", "") == name
        unknown = not kept

        def keep(report: Report) -> None:
            nonlocal kept, hers
            now = {k: report.agency[k] for k in AGENCY_FIELDS if report.agency.get(k, "").strip()}
            hers = hers or (unknown and now.get("name", "") != name)
            if hers and now and now != kept:
                self.store.set_agency(now)
                kept = now

        return keep


def _name(report: Report) -> str:
    return report.agency.get("name", "").strip()


def _last_words(last: Report) -> str:
    return f"{last.year} 年度报告"


def earlier_deadline(recall: Callable[[str, Any], Any]) -> tuple[int, ...]:
    """`Library.earlier_deadline` out of its settings, or out of `Choices`."""
    match recall(EARLIER_DEADLINE, []):
        case [int(month), int(day)]:
            with contextlib.suppress(ValueError, OverflowError):
                date(EVERY_YEAR, month, day)
                return month, day
    return ()


def _unread(texts: Mapping[str, str]) -> dict[str, str]:
    from gxdesk.unread import listed

    return {key: lines for key, text in texts.items() if (lines := listed(text))}


def write_file(report: Report, path: Path) -> None:
    """Write a report as a `.gxreport` file. Raises UserError."""
    report_file.write(report, path)


def file_name(report: Report) -> str:
    """A name she recognises: 2026年度_机关名称_政府信息公开工作年度报告.gxreport. Beginning with the year it is none of Windows' reserved names."""
    agency = files.portable(report.agency.get("name", ""), 180)
    return "_".join(filter(None, (f"{report.year}年度" if report.year else "年度未填", agency, "政府信息公开工作年度报告"))) + ".gxreport"
