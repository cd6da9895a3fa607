"""Tries what build.py made under Wine, without a screen: installed, used, upgraded, removed as she would.

Called by `packaging/bootstrap.py windows-test`. Everything happens in a Windows of its own under `build/windows/wine`; what is worth looking at
(pictures, files made, the log of the tests) is left in `build/windows/proof`. Each step ends within its time. Wine is not Windows: what this
cannot show is named in docs/windows.md.

`windows-ci` makes a package of its own first, uncompressed, and tries what takes seconds; nothing that lies there from before is used but
downloads, whose hashes are checked.
"""

import json
import re
import shutil
import signal
import statistics
import subprocess
import sys
import threading
import time
import tomllib
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import build
import bundle
import sources
from bootstrap import FAILED, HERE, PYTHON, ROOT, Stop, execute, say
from box import FONT, Wine, hand, picture, screen

from gxdesk import __version__
from gxdesk.resources import packaged

PROOF = build.BUILD / "proof"
FOLDER = r"C:\公开 Ω 年报\GX Desk"  # outside every Chinese and Western code page
EXAMPLE = packaged("examples", "service-center-2026.gxreport")
STARTS, AT_MOST = 7, 2.0
WINDOW_SECONDS, TESTS_SECONDS = 600, 3600
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
        older(wine)
        refused(wine, setup)
        upgrade(wine, setup)
        self_test(wine)
        same_text(wine)
        with screen() as display:
            window(wine, display, setup)
            start(wine, display)
        untouched(wine, build.BUILD / "GXDesk")
        removed(wine)
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


def expect(what: str, right: object, seen: object = "") -> None:
    if not right:
        raise Stop(f"没有通过：{what}。{seen}")
    say(f"  通过  {what}")


# --- installing, upgrading, removing ------------------------------------------------------------------------------

REGISTERED = ("GXDesk", *(rf"Classes\{key}" for key in (".gxreport", "GXDesk.report", ".gxhandover", "GXDesk.handover")), r"Microsoft\Windows\CurrentVersion\Uninstall\GXDesk")
WRITE = """
from gxdesk import report
from gxdesk.drafts.store import DraftStore
from gxdesk.forms.known import Forms
from gxdesk.resources import packaged
from ui.application import default_library
store = DraftStore.open(default_library())
"""
ADD = WRITE + "store.create(report.read(packaged('examples', 'service-center-2026.gxreport'), Forms.load())); print(store.path); store.close()"
READ = WRITE + (
    "same = store.load(1).report == report.read(packaged('examples', 'service-center-2026.gxreport'), Forms.load());"
    "print('same' if same else 'other'); store.close()"
)
OPENS = """
import winreg as w
for ending, verb in ('.gxreport', 'open'), ('.gxreport', 'print'), ('.gxhandover', 'open'):
    kind = w.QueryValue(w.HKEY_CURRENT_USER, rf'Software\\Classes\\{ending}')
    print(w.QueryValue(w.HKEY_CURRENT_USER, rf'Software\\Classes\\{kind}\\shell\\{verb}\\command'))
"""


def install(wine: Wine, setup: Path) -> int:
    return wine.as_written(f'"{wine.named(setup)}" /S /D={FOLDER}')


def cli(wine: Wine, *arguments: str, folder: str = FOLDER, **more: str) -> subprocess.CompletedProcess[str]:
    return wine.run(rf"{folder}\gxdesk-cli.exe", *arguments, **more)


def older(wine: Wine) -> None:
    """An older version, which had a file that this one has no more, with a report written in it."""
    say("装旧版，写一份报告……")
    program = build.BUILD / "older" / "GXDesk"
    shutil.rmtree(program.parent, ignore_errors=True)
    for name in ("GXDesk", "launcher"):
        shutil.copytree(build.BUILD / name, program.with_name(name))
    (program / "python" / "Lib" / "site-packages" / "gone.py").write_text("", encoding="utf-8")
    setup = program.parent / "GXDesk-0.0.1-setup.exe"
    build.setup(program, program.parent, setup, version="0.0.1", quick=True)
    expect("旧版装进带汉字、空格和 Ω 的文件夹", install(wine, setup) == 0)
    added = cli(wine, "-c", ADD)
    expect("在旧版里写下一份报告", data(wine).joinpath("library.gxd").exists(), added.stdout + added.stderr)


def data(wine: Wine) -> Path:
    return next(wine.drive.joinpath("users").glob("*/AppData/Local")) / "GXDesk"


def upgrade(wine: Wine, setup: Path) -> None:
    say("用新版升级……")
    code = install(wine, setup)
    expect("新版装好", code == 0, f"退出码 {code}")
    untouched(wine, build.BUILD / "GXDesk")
    told = cli(wine, "-c", READ)
    expect("旧版里写的报告原样还在", told.stdout.strip() == "same", told.stdout + told.stderr)
    opens, program = cli(wine, "-c", OPENS).stdout.splitlines(), f'"{FOLDER}\\GXDesk.exe"'
    expect("双击 .gxreport、.gxhandover 用它打开，右键可以打印", opens == [f'{program} "%1"', f'{program} --print "%1"', f'{program} "%1"'], opens)
    expect("开始菜单和桌面有图标", len(shortcuts(wine)) == 2, shortcuts(wine))


def untouched(wine: Wine, program: Path) -> None:
    """Neither more nor less than was packed, byte for byte: nothing was compiled or unpacked here."""
    home = wine.path(FOLDER)
    found = {file.relative_to(home): sources.sha256(file) for file in bundle.files(home) if file.name != "uninstall.exe"}
    packed = {file.relative_to(program): sources.sha256(file) for file in bundle.files(program)}
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
    code["路径太长"] = wine.as_written(f'"{wine.named(setup)}" /S /D={long}')
    expect(f"装不了的都停下来：{'、'.join(REFUSED)}", code == REFUSED, code)
    expect("旧版还在", (wine.path(FOLDER) / "python" / "Lib" / "site-packages" / "gone.py").exists())


def shortcuts(wine: Wine) -> list[Path]:
    return sorted(wine.prefix.rglob("GXDesk.lnk"))


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
    registered = [key for key in REGISTERED if wine.run("reg", "query", rf"HKCU\Software\{key}").returncode == 0]
    expect("图标和登记都删了", not shortcuts(wine) and not registered, registered)
    kept = sorted(file.name for file in data(wine).rglob("*") if file.is_file())
    expect(f"她的数据还在：{'、'.join(kept)}", kept == before and not (data(wine) / "cache").exists(), kept)


# --- using it -----------------------------------------------------------------------------------------------------


def self_test(wine: Wine) -> None:
    say("自检……")
    decoy = "foreign/libgobject-2.0-0.dll"
    wine.compiled("decoy", decoy)
    expect("诱饵生效：载入它的进程立即结束", cli(wine, "-c", r"import ctypes; ctypes.CDLL(r'C:\foreign\libgobject-2.0-0.dll')").returncode == 99)
    folder = wine.drive / "自检 Ω"
    told = cli(wine, "--self-test", "C:\\" + folder.name, WINEPATH=r"C:\foreign")
    expect("自检各项通过，没有用别的程序的 GTK", told.returncode == 0 and "没通过" not in told.stdout, told.stdout + told.stderr)
    page = (folder / "自检.txt").read_text(encoding="utf-8-sig")
    expect("结果留在“自检.txt”里", all(line in page for line in told.stdout.splitlines()), page)
    shutil.copy2(folder / "自检.txt", PROOF)
    hers = data(wine)
    aside = hers.rename(hers.with_name("aside")) if hers.exists() else None
    hers.touch()
    told = cli(wine, "self-test")
    expect("数据文件夹写不进去，自检说得出来", told.returncode == 1 and re.search("没通过  数据文件夹：.*请", told.stdout), told.stdout)
    hers.unlink()
    if aside is not None:
        aside.rename(hers)


def pages(pdf: Path) -> list[str]:
    """The text of each page."""
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_range() for page in document]


def same_text(wine: Wine) -> None:
    say("和 Linux 上的 PDF 比较……")
    here, there = PROOF / "linux.pdf", PROOF / "windows.pdf"
    execute([PYTHON, "-P", "-m", "gxdesk", "export", EXAMPLE, "--pdf", here], "PDF 没有在 Linux 上导出")
    told = cli(wine, "export", wine.named(EXAMPLE), "--pdf", wine.named(there), "--html", wine.named(PROOF / "windows.html"))
    expect("导出 PDF 和网页", told.returncode == 0, told.stdout + told.stderr)
    expect(f"{len(pages(here))} 页的文字逐字相同", pages(here) == pages(there))


def window(wine: Wine, display: str, setup: Path) -> None:
    """The example written anew from a blank report by way of the X server (drive.py), exported, compared; pictures taken."""
    say("打开窗口，点格子、键入数字、粘贴文字，把样例从头填一遍，导出……")
    script = wine.named(HERE / "windows" / "drive.py")
    load = f"import sys, runpy; sys.argv[0] = r'{script}'; runpy.run_path(sys.argv[0], run_name='__main__')"
    program, library = rf"{FOLDER}\GXDesk.exe", r"C:\window.gxd"
    environment = {**wine.environment, "DISPLAY": display}
    command = ["wine", program, "-c", load, wine.named(EXAMPLE), library]
    made: list[Path] = []
    codes: dict[str, int] = {}
    with subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8") as process:
        alarm = threading.Timer(WINDOW_SECONDS, wine.stop)
        alarm.start()
        said: list[str] = []
        for line in process.stdout or ():
            said.append(line.strip())
            match said[-1].split("\t"):
                case ["end" | "stuck", *_]:  # the pipe stays open: Explorer, which the window has started, has it too
                    break
                case "hand", *words:
                    hand(display, *words)
                case "picture", name:
                    picture(display, PROOF / f"{name}.png")
                case "made", path:
                    made.append(wine.path(path))
                case ["upgrade"]:
                    codes["upgrade"] = install(wine, setup)
                case ["again"]:
                    codes["again"] = wine.run(program, "--library", library, wine.named(EXAMPLE), DISPLAY=display).returncode
        code = process.wait()
        alarm.cancel()
    expect("样例填完，导出了 PDF、Word、网页和报告文件", code == 0 and said[-1] == "end" and len(made) == 4, said[-8:])
    expect("程序开着时，升级停下来", codes["upgrade"] == 6, codes)
    expect("再打开一次，已经开着的窗口出来，打开了新的文件", codes["again"] == 0, codes)
    for file in made:
        shutil.copy2(file, PROOF / f"window{file.suffix}")
    expect("填出的报告和样例一字不差", json.loads((PROOF / "window.gxreport").read_text(encoding="utf-8")) == json.loads(EXAMPLE.read_text(encoding="utf-8")))
    expect("窗口导出的 PDF 文字也和 Linux 的相同", pages(PROOF / "window.pdf") == pages(PROOF / "linux.pdf"))


def start(wine: Wine, display: str) -> None:
    """From the call to the painted window, against a window of bare PySide6 with the same kinds of widgets; each as often, in turn."""
    say("比较启动时间……")
    script = wine.named(ROOT / "tests" / "benchmarks" / "start.py")
    load = f"import sys, runpy; sys.argv[0] = r'{script}'; runpy.run_path(sys.argv[0], run_name='__main__')"
    took: dict[str, list[float]] = {"bare": [], "gxdesk": []}
    for _ in range(STARTS):
        for kind, times in took.items():
            began = time.monotonic()
            command = ["wine", rf"{FOLDER}\GXDesk.exe", "-c", load, kind, r"C:\start.gxd"]
            with subprocess.Popen(command, env={**wine.environment, "DISPLAY": display}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
                line = process.stdout.readline() if process.stdout else b""
                times.append(time.monotonic() - began)
                if not re.match(rb"[\d.]+\s*$", line):
                    raise Stop(f"没有通过：{kind} 的窗口没有打开。{line!r}")
                process.wait(60)
    bare, ours = (min(times) for times in took.values())  # whatever is above the least is other programs' doing
    middle = "、".join(f"{statistics.median(times):.2f}" for times in took.values())
    expect(f"窗口 {ours:.2f} 秒，PySide6 的空窗口 {bare:.2f} 秒，{ours / bare:.2f} 倍（各 {STARTS} 次中最快的；空窗口和本窗口的中位数为 {middle}）", ours <= AT_MOST * bare)


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
    own = {"QT_QPA_PLATFORM": "offscreen", "HYPOTHESIS_STORAGE_DIRECTORY": r"C:\hypothesis"}

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
