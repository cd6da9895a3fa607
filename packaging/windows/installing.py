"""Installing, upgrading, removing, as she would: what prove.py tries of setup.nsi."""

import json
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import build
import bundle
import sources
from bootstrap import ROOT, say
from box import NoDisk, Wine, small_disk
from trial import CLASSES, EXAMPLE, FOLDER, cli, data, expect, install, shortcuts

from gxdesk import __version__

REGISTERED = ("GXDesk", *CLASSES, r"Microsoft\Windows\CurrentVersion\Uninstall\GXDesk")
OPENS = """
import winreg as w
for ending, verb in ('.gxreport', 'open'), ('.gxreport', 'print'), ('.gxhandover', 'open'):
    kind = w.QueryValue(w.HKEY_CURRENT_USER, rf'Software\\Classes\\{ending}')
    print(w.QueryValue(w.HKEY_CURRENT_USER, rf'Software\\Classes\\{kind}\\shell\\{verb}\\command'))
"""
GONE = "python/Lib/site-packages/gone.py"  # of the older version alone
DISK_MB, LEFT_MB, STEP, APPEARS_SECONDS = 2 * build.UNPACKED_MB + 50, 40, 10_000_000, 240
OLDEST = min((ROOT / "tests" / "drafts" / "schemas").glob("*.sql"))  # the library that a program of the first shape wrote
STANDS_IN_IT = """
import json
from gxdesk.drafts.store import DraftStore
from gxdesk.report import PARTS
from ui.application import default_library
told = []
with DraftStore.open(default_library()) as store:
    for line in sorted(store.drafts(), key=lambda line: line.id):
        draft = store.load(line.id)
        report = draft.report
        slots = [[part, *entry] for part in PARTS for entry in getattr(report, part).items()]
        slots += [['extra', key, json.dumps(value)] for key, value in report.extra.items()]
        steps = [[step.label, [[*s.slot, s.at, s.removed, s.inserted] for s in step.splices]] for step in draft.history.steps]
        told.append([report.form, report.year, draft.place, sorted(slots), steps])
print(json.dumps(told))
"""


def older_version() -> Path:
    """The installer of an older version, which had a file that this one has no more."""
    program = build.BUILD / "older" / "GXDesk"
    shutil.rmtree(program.parent, ignore_errors=True)
    for name in ("GXDesk", "launcher"):
        shutil.copytree(build.BUILD / name, program.with_name(name))
    (program / GONE).write_text("", encoding="utf-8")
    setup = program.parent / "GXDesk-0.0.1-setup.exe"
    build.setup(program, program.parent, setup, version="0.0.1", quick=True)
    return setup


# --- a disk that is too small, or fills up ------------------------------------------------------------------------


def crammed(wine: Wine, older: Path, setup: Path) -> None:
    """An upgrade on a disk without room, and on one that fills up meanwhile. Left out where nobody may mount a disk."""
    say("在小磁盘上升级……")
    try:
        with small_disk(wine, "e:", DISK_MB) as disk:
            _crammed(wine, disk, older, setup)
    except NoDisk as why:
        say(f"  不试  磁盘空间不够、升级到一半磁盘写满：这里挂载不了一个小磁盘（{str(why).splitlines()[0]}）")


def _crammed(wine: Wine, disk: Path, older: Path, setup: Path) -> None:
    home, folder = disk / "GX 旧版", r"E:\GX 旧版"
    expect("旧版装在小磁盘上", install(wine, older, folder) == 0)
    before, icons = held(home), shortcuts(wine)
    with filled(disk):
        code = install(wine, setup, folder)
    expect("磁盘上空间不够的停下来（退出码 5）", code == 5, code)
    with ThreadPoolExecutor() as meanwhile:
        code = meanwhile.submit(install, wine, setup, folder)
        began = time.monotonic()
        while not (home / build.STAGE).exists() and time.monotonic() - began < APPEARS_SECONDS:
            time.sleep(0.02)
        with filled(disk):
            expect("升级到一半，磁盘写满了，停下来（退出码 8）", code.result() == 8, code.result())
    expect("旧版的文件一个不少，一个字节没变，没有多出什么", held(home) == before)
    told = cli(wine, "--version", folder=folder)
    expect("旧版照样能用，图标和登记都在", __version__ in told.stdout and shortcuts(wine) == icons and not unregistered(wine), told.stdout + told.stderr)
    expect("换一个文件夹再装，原来文件夹里的就没有了", install(wine, older) == 0 and not home.exists())


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    """All but a little of this disk is taken."""
    filler, taken = disk / "filler", 0
    try:
        with filler.open("wb") as file:
            while (state := os.statvfs(disk)).f_bavail * state.f_frsize > LEFT_MB * 1_000_000:
                os.posix_fallocate(file.fileno(), taken, STEP)  # in steps: others may be writing there
                taken += STEP
        yield
    finally:
        filler.unlink()


def held(home: Path) -> dict[Path, str]:
    """Every file that lies there, and its hash."""
    return {file.relative_to(home): sources.sha256(file) for file in bundle.files(home)}


# --- an older version, with reports in it -------------------------------------------------------------------------


def older(wine: Wine, setup: Path) -> None:
    say("装旧版，放进旧版写的报告库……")
    expect("旧版装进带汉字、空格和 Ω 的文件夹", install(wine, setup) == 0 and (wine.path(FOLDER) / GONE).exists())
    data(wine).mkdir(parents=True, exist_ok=True)
    shutil.copy2(oldest_library(), data(wine) / "library.gxd")


def oldest_library() -> Path:
    """A library of the first shape there was: what a program of that time wrote, and the example as a second report in it."""
    path = build.BUILD / "older" / "library.gxd"
    path.unlink(missing_ok=True)
    example: dict[str, Any] = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    with closing(sqlite3.connect(path)) as db, db:
        db.executescript(OLDEST.read_text(encoding="utf-8"))
        line = (example["form"], example["year"], example["agency"]["name"], 1.7e9, 1.7e9)
        draft = db.execute("INSERT INTO drafts (form, year, agency, created, modified) VALUES (?, ?, ?, ?, ?)", line).lastrowid
        slots = [(draft, part, key, text) for part in ("agency", "texts", "cells") for key, text in example[part].items()]
        db.executemany("INSERT INTO slots (draft, part, key, text) VALUES (?, ?, ?, ?)", slots)
    return path


def stood_in_it() -> list[Any]:
    """What stands in that library, read without any code of the program's."""
    with closing(sqlite3.connect(build.BUILD / "older" / "library.gxd")) as db:
        return [
            [
                form, year, place,
                sorted([*slot] for slot in db.execute("SELECT part, key, text FROM slots WHERE draft = ?", (draft,))),
                [[label, json.loads(splices)] for label, splices in db.execute("SELECT label, splices FROM steps WHERE draft = ? ORDER BY number", (draft,))],
            ]
            for draft, form, year, place in db.execute("SELECT id, form, year, place FROM drafts ORDER BY id")
        ]  # fmt: skip


def upgrade(wine: Wine, setup: Path) -> None:
    say("用新版升级……")
    code = install(wine, setup)
    expect("新版装好", code == 0, f"退出码 {code}")
    untouched(wine, build.BUILD / "GXDesk")
    told, stood = cli(wine, "-c", STANDS_IN_IT), stood_in_it()
    expect("新版打开旧版的报告库", told.returncode == 0, told.stdout + told.stderr)
    expect(f"其中 {len(stood)} 份报告、{sum(len(slots) for *_, slots, _ in stood)} 处内容和可以撤销的修改原样还在", json.loads(told.stdout) == stood, told.stdout[:2000])
    opens, program = cli(wine, "-c", OPENS).stdout.splitlines(), f'"{FOLDER}\\GXDesk.exe"'
    expect("双击 .gxreport、.gxhandover 用它打开，右键可以打印", opens == [f'{program} "%1"', f'{program} --print "%1"', f'{program} "%1"'], opens)
    expect("开始菜单和桌面有图标", len(shortcuts(wine)) == 2, shortcuts(wine))


def untouched(wine: Wine, program: Path) -> None:
    """Neither more nor less than was packed, byte for byte: nothing was compiled or unpacked here."""
    found, packed = held(wine.path(FOLDER)), held(program)
    found.pop(Path("uninstall.exe"))
    expect("程序文件夹里正是装进去的那些文件，一个不多，一个没变", found == packed, sorted(dict(found.items() ^ packed.items()))[:10])


REFUSED = {  # what is wrong -> exit code of a silent installation
    "Windows 7": 3,
    "Windows 8.1": 3,
    "路径太长": 4,
}


def refused(wine: Wine, setup: Path) -> None:
    """What the installer does not begin with. The older version stays as it was."""
    long = FOLDER + "\\" + "很长的名字" * 30
    code = {}
    for version, name in (("win7", "Windows 7"), ("win81", "Windows 8.1")):
        wine.pretend(version)
        code[name] = install(wine, setup)
    wine.pretend("win10")
    code["路径太长"] = install(wine, setup, long)
    expect(f"装不了的都停下来：{'、'.join(REFUSED)}", code == REFUSED, code)
    expect("旧版还在", (wine.path(FOLDER) / GONE).exists())


def removed(wine: Wine) -> None:
    say("卸载……")
    before = sorted(file.name for file in data(wine).rglob("*") if file.is_file() and "cache" not in file.parts)
    (wine.path(FOLDER) / "她自己放的.txt").write_text("不是本程序的", encoding="utf-8")
    wine.run(rf"{FOLDER}\uninstall.exe", "/S")  # it works on as a copy of itself
    deadline = time.monotonic() + 60
    while shortcuts(wine) and time.monotonic() < deadline:
        time.sleep(0.5)
    time.sleep(2)
    left = [file.name for file in wine.path(FOLDER).rglob("*")]
    expect("程序的文件都删了，她自己放进去的还在", left == ["她自己放的.txt"], left)
    expect("图标和登记都删了", not shortcuts(wine) and unregistered(wine) == [*REGISTERED], shortcuts(wine))
    kept = sorted(file.name for file in data(wine).rglob("*") if file.is_file())
    expect(f"她的数据还在：{'、'.join(kept)}", kept == before and not (data(wine) / "cache").exists(), kept)


def unregistered(wine: Wine) -> list[str]:
    """Those of its keys that the registry does not have."""
    return [key for key in REGISTERED if wine.run("reg", "query", rf"HKCU\Software\{key}").returncode != 0]
