"""Tries what build.py made under Wine, without a screen: installed, used, upgraded, removed as she would.

Called by `packaging/bootstrap.py windows-test`. Everything happens in a Windows of its own under `build/windows/wine`; what is worth looking at
(pictures, files made, the log of the tests) is left in `build/windows/proof`. Each step ends within its time. The steps are in installing.py and
using.py, here are their order and the project's own tests. Wine is not Windows: what this cannot show is named in docs/windows.md.

`windows-ci` makes a package of its own first, uncompressed, and tries what takes seconds; nothing that lies there from before is used but
downloads, whose hashes are checked.
"""

import shutil
import signal
import subprocess
import sys
import time
import tomllib
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import build
import sources
from bootstrap import FAILED, HERE, ROOT, Stop, execute, say
from box import FONT, Wine, screen
from installing import crammed, older, older_version, refused, removed, untouched, upgrade
from trial import PROOF, cli, expect, install
from using import Desktop, double_click, same_text, self_test, start, window

from gxdesk import __version__

TESTS_SECONDS = 3600
PARTS = {"core": [r"C:\stage\tests", r"--ignore=C:\stage\tests\ui"], "window": [r"C:\stage\tests\ui"]}  # of the tests, each by a process of its own
SHARED = ("corpus", "official")  # what some of them read, where it lies beside the project
NOT_SHIPPED = ("packaging_", "benchmarks")  # what these test is not in the package
NO_LINKS, NO_LIMITS = "Wine 8 makes no symbolic links", "Wine refuses neither long names nor, to root, read-only files"
ISOLATED = "the shipped Python heeds no PYTHONPATH, by which this test watches or disturbs"
OWN_FONTS = "the package names its own fonts, which this test cannot hide"
NOT_FIT = {  # tests that say nothing here -> why
    "document/test_export.py::test_targets_that_cannot_be_written": NO_LINKS,
    "document/test_export.py::test_sources_are_no_targets": NO_LINKS,
    "test_cli.py::test_a_file_that_is_read_is_never_written": NO_LINKS,
    "document/test_bad_cases.py::test_no_font_at_all_is_one_sentence": OWN_FONTS,
    "document/test_bad_cases.py::test_without_the_faces_of_official_documents_the_export_works_and_says_so": OWN_FONTS,
    "document/test_manual.py::test_every_word_it_quotes_stands_in_the_program": "it reads the sources of the window beside the tests, where there are none",
    "document/test_pdf.py::test_rare_characters_are_printed_from_another_font_which_is_named": "which font stands behind hers is the system's affair, and Wine has none",
    "drafts/test_faults.py::test_a_name_that_is_too_long": NO_LIMITS,
    "drafts/test_faults.py::test_a_read_only_file": NO_LIMITS,
    "test_cli.py::test_where_the_renderer_is_missing_nothing_is_written_at_all": ISOLATED,
    "test_no_network.py": ISOLATED,
    "imports/test_distorted.py::test_figures_over_two_lines_and_rows_over_two_pages_of_a_ruled_table": "Wine's letters break elsewhere, and WeasyPrint leaves figures on the page before their label",
    "ui/test_review.py::test_as_much_of_the_list_as_can_be_is_seen": "Wine's letters are wider than those the window is drawn for",
}


def main(arguments: list[str]) -> int:
    """Try everything, or with `--brief` what takes seconds; returns the exit code."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has what it runs in the background ignore it
    try:
        (brief if arguments == ["--brief"] else prove)()
    except Stop as stop:
        say(str(stop))
        return FAILED
    return 0


def prove() -> None:
    """The package that was made, with all that she does."""
    dist = build.BUILD / "dist"
    setup, portable = dist / f"GXDesk-{__version__}-setup.exe", dist / f"GXDesk-{__version__}-portable.zip"
    if not (setup.exists() and portable.exists()):
        raise Stop("还没有可试的 Windows 版，请先运行 python3 packaging/bootstrap.py windows。")
    shutil.rmtree(PROOF, ignore_errors=True)
    PROOF.mkdir(parents=True)
    wine = Wine.make(build.BUILD / "wine")
    try:
        began = time.monotonic()
        before = older_version()
        crammed(wine, before, setup)
        older(wine, before)
        refused(wine, setup)
        upgrade(wine, setup)
        self_test(wine)
        same_text(wine)
        with screen() as display:
            window(wine, display, setup)
            start(wine, display)
        untouched(wine, build.BUILD / "GXDesk")
        removed(wine)
        double_click(wine, setup)
        carried(wine, portable)
        say(f"全部通过，用时 {time.monotonic() - began:.0f} 秒；图片和记录在 {PROOF}")
    finally:
        wine.stop()


def brief() -> None:
    """A package made now, installed, tested by itself, its PDF compared, removed."""
    work = build.BUILD / "brief"
    shutil.rmtree(work, ignore_errors=True)
    began = time.monotonic()
    setup = build.build(work, quick=True)
    PROOF.mkdir(parents=True, exist_ok=True)
    wine = Wine.make(work / "wine")
    try:
        expect("装进带汉字、空格和 Ω 的文件夹", install(wine, setup) == 0)
        self_test(wine)
        same_text(wine)
        untouched(wine, work / "GXDesk")
        removed(wine)
        say(f"Windows 版做成，在 Wine 里装、自检、导出、卸载都通过，用时 {time.monotonic() - began:.0f} 秒；填写、升级和测试用 windows-test 试")
    finally:
        wine.stop()
        shutil.rmtree(work, ignore_errors=True)


# --- portable, and the project's own tests ------------------------------------------------------------------------


def carried(wine: Wine, portable: Path) -> None:
    say("便携版，以及本项目自己的测试……")
    with zipfile.ZipFile(portable) as archive:
        archive.extractall(wine.drive / "U 盘")
    home, folder = wine.drive / "U 盘" / "GXDesk", r"C:\U 盘\GXDesk"
    told = cli(wine, "-c", "from ui.application import default_library; print(default_library())", folder=folder)
    expect("便携版的数据在程序旁边", told.stdout.strip() == rf"{folder}\data\library.gxd", told.stdout + told.stderr)
    expect("便携版的自检各项通过", cli(wine, "self-test", folder=folder).returncode == 0)
    expect("字体缓存也在程序旁边", (home / "data" / "cache").is_dir())
    with screen() as display, Desktop(wine, display, folder).started(rf"{folder}\GXDesk.exe", "portable"):
        pass
    expect("双击便携版的 GXDesk.exe，窗口打开，报告库建在程序旁边", (home / "data" / "library.gxd").is_file())
    tested(wine, home, folder)


def tested(wine: Wine, home: Path, folder: str) -> None:
    """The tests of core and window, run by the Python that is shipped on the code that is shipped."""
    stage, extra, site = wine.drive / "stage", home / "extra", home / "python" / "Lib" / "site-packages"
    ours = shutil.ignore_patterns("__pycache__", *NOT_SHIPPED)
    shutil.copytree(ROOT / "tests", stage / "tests", ignore=ours)
    for name in SHARED:
        if (there := ROOT.parent / "shared" / name).is_dir():
            shutil.copytree(there, wine.drive / "shared" / name)
    shutil.copy2(ROOT / "pyproject.toml", stage)
    (stage / "conftest.py").write_text("import os\n\nfrom gxdesk.places import find_native\n\nfind_native(os.environ)\n", encoding="utf-8")  # as pdf.py does
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]["test"]
    for wheel in sources.wheels(HERE / "requirements-test.txt", wanted, build.BUILD / "downloads" / "test-wheels"):
        with zipfile.ZipFile(wheel.path) as archive:
            archive.extractall(extra)
    qt = next((build.BUILD / "downloads" / "wheels").glob("pyside6_essentials-*.whl"))
    with zipfile.ZipFile(qt) as archive:
        for name in ("QtTest.pyd", "Qt6Test.dll"):
            archive.extract(f"PySide6/{name}", site)
    if FONT.exists():  # the platform `offscreen` does not ask Windows for its fonts
        (site / "PySide6" / "lib" / "fonts").mkdir(parents=True)
        shutil.copy2(FONT, site / "PySide6" / "lib" / "fonts")
    search = home / "python" / "python311._pth"
    search.write_bytes(search.read_bytes() + b"..\\extra\r\nC:\\stage\r\n")
    launcher = [HERE / "windows" / "launcher" / "launcher.c", build.BUILD / "launcher" / "launcher.res"]
    execute(["x86_64-w64-mingw32-gcc", "-O2", "-municode", "-static-libgcc", "-DPLAIN", *launcher, "-o", home / "gxpython.exe"], "launcher.c 没有编译成")
    options = ["-v", "-p", "no:cacheprovider", "--rootdir", r"C:\stage", "-o", "addopts=-ra"]
    for test, why in NOT_FIT.items():
        say(f"  不试  {test}：{why}")
        options += ["--deselect", f"tests/{test}"]
    own = {"HYPOTHESIS_STORAGE_DIRECTORY": r"C:\hypothesis"}

    def run(part: str) -> subprocess.CompletedProcess[str]:
        told = wine.run(rf"{folder}\gxpython.exe", "-m", "pytest", *options, *PARTS[part], seconds=TESTS_SECONDS, **own)
        (PROOF / f"tests-{part}.txt").write_text(told.stdout + told.stderr, encoding="utf-8")
        return told

    with ThreadPoolExecutor() as side_by_side:
        for part, told in zip(PARTS, side_by_side.map(run, PARTS), strict=True):
            last = (told.stdout.strip().splitlines() or [""])[-1].strip("= ")
            expect(f"测试 {part}：{last}", told.returncode == 0, f"见 {PROOF / f'tests-{part}.txt'}")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
