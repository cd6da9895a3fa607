"""Tries what build.py made under Wine, without a screen: installed, used, upgraded, removed as she would.

Called by `packaging/bootstrap.py windows-test`. Everything happens in a Windows of its own under `build/windows/wine`; what is worth looking at
(pictures, files made, the log of the tests) is left in `build/windows/proof`. Without Wine it says so and ends with 0. Each step ends
within its time. Wine is not Windows: what this cannot show is named in docs/windows.md.
"""

import contextlib
import os
import re
import shutil
import statistics
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import build
import sources
from bootstrap import FAILED, HERE, PYTHON, ROOT, Stop, execute, say

from gxdesk import __version__
from gxdesk.resources import packaged

NEEDED = ("wine", "wineserver", "winepath", "Xvfb", "import", "xdotool", "x86_64-w64-mingw32-gcc")
INSTALL_THEM = "apt-get install --no-install-recommends wine wine64 xvfb xauth imagemagick xdotool"
PROOF = build.BUILD / "proof"
FOLDER = r"C:\公开 Ω 年报\GX Desk"  # outside every Chinese and Western code page
EXAMPLE = packaged("examples", "service-center-2026.gxreport")
FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")  # Wine has no Chinese of its own
STARTS, AT_MOST = 7, 2.0
NOT_SHIPPED = ("packaging_", "benchmarks")  # what these test is not in the package
NO_LINKS, NO_LIMITS = "Wine 8 makes no symbolic links", "Wine refuses neither long names nor, to root, read-only files"
ISOLATED = "the shipped Python heeds no PYTHONPATH, by which this test watches or disturbs"
NOT_FIT = {  # tests that say nothing here -> why
    "document/test_export.py::test_targets_that_cannot_be_written": NO_LINKS,
    "document/test_export.py::test_sources_are_no_targets": NO_LINKS,
    "test_cli.py::test_a_file_that_is_read_is_never_written": NO_LINKS,
    "drafts/test_faults.py::test_a_name_that_is_too_long": NO_LIMITS,
    "drafts/test_faults.py::test_a_read_only_file": NO_LIMITS,
    "test_cli.py::test_where_the_renderer_is_missing_nothing_is_written_at_all": ISOLATED,
    "test_no_network.py": ISOLATED,
    "drafts/test_kill.py::test_a_killed_program_loses_nothing_it_has_saved": "within the 0.2 s it leaves a child, none has saved anything under Wine",
    "ui/test_table.py::test_a_key_is_repainted_within_a_frame": "Wine is no measure of speed",
}


@dataclass(frozen=True)
class Wine:
    """A Windows of its own in `prefix`."""

    prefix: Path

    @classmethod
    def make(cls, prefix: Path) -> "Wine":
        shutil.rmtree(prefix, ignore_errors=True)
        (prefix / "home").mkdir(parents=True)
        wine = cls(prefix)
        wine.system("wineboot", "-i")
        wine.compiled("icuuc", "windows/system32/icuuc.dll")
        wine.compiled("mscms", "windows/system32/mscms.dll")
        wine.compiled("as_written", "as_written.exe")
        wine.system("wine", "winecfg", "-v", "win10")
        wine.system("wine", "reg", "add", r"HKCU\Software\Wine\WineDbg", "/v", "ShowCrashDialog", "/t", "REG_DWORD", "/d", "0", "/f")  # it would wait for ever
        if FONT.exists():
            shutil.copy2(FONT, wine.drive / "windows" / "Fonts")
        return wine

    @property
    def drive(self) -> Path:
        return self.prefix / "drive_c"

    @property
    def environment(self) -> dict[str, str]:
        hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "PYTHONPATH")
        kept = {name: value for name, value in os.environ.items() if name not in hidden}
        own = {"WINEPREFIX": str(self.prefix), "HOME": str(self.prefix / "home"), "WINEARCH": "win64", "WINEDEBUG": "-all", "LC_ALL": "C.UTF-8"}
        return {**kept, **own, "WINEDLLOVERRIDES": "mscms=n,b;winemenubuilder.exe="}  # the last would put icons on this machine's desktop

    def system(self, *command: str) -> None:
        """A tool of Wine's own, whose output nobody needs."""
        subprocess.run(command, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=180, check=True)

    def compiled(self, source: str, target: str) -> None:
        library = ["-shared"] if target.endswith(".dll") else ["-municode"]
        path = self.drive / target
        path.parent.mkdir(parents=True, exist_ok=True)
        execute(["x86_64-w64-mingw32-gcc", "-O2", "-static-libgcc", *library, "-o", path, HERE / "windows" / "wine" / f"{source}.c"], f"{source}.c 没有编译成")

    def run(self, *command: str, seconds: float = 120, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a Windows program. Its output goes through a pipe: Wine gives Python no usable handle of a file."""
        try:
            return subprocess.run(
                ["wine", *command], env={**self.environment, **more}, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", errors="replace",
                timeout=seconds, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            self.stop()
            raise Stop(f"在 Wine 里 {seconds:.0f} 秒还没有结束：{' '.join(command)[:200]}") from error

    def as_written(self, line: str) -> int:
        """Run one command line without any quoting of Wine's; returns the exit code."""
        file = self.drive / "line.txt"
        file.write_text(line, encoding="utf-8")
        return self.run(r"C:\as_written.exe", r"C:\line.txt", seconds=300).returncode

    def path(self, windows: str) -> Path:
        """Where a path on C: lies."""
        return self.drive.joinpath(*windows.split("\\")[1:])

    def named(self, path: Path) -> str:
        """What Windows programs call a path of this machine."""
        return "Z:" + str(path).replace("/", "\\")

    def stop(self) -> None:
        subprocess.run(["wineserver", "-k"], env=self.environment, capture_output=True, check=False)


def main() -> int:
    """Try everything; returns the exit code."""
    if lacking := [name for name in NEEDED if not shutil.which(name)]:
        say(f"跳过：Windows 版没有在这里试，因为缺少 {'、'.join(lacking)}；要试，请先运行 {INSTALL_THEM}")
        return 0
    try:
        prove()
    except Stop as stop:
        say(str(stop))
        return FAILED
    return 0


def prove() -> None:
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
        upgrade(wine, setup)
        self_test(wine)
        same_text(wine)
        with screen() as display:
            window(wine, display, setup)
            start(wine, display)
        removed(wine)
        carried(wine, portable)
        say(f"全部通过，用时 {time.monotonic() - began:.0f} 秒；图片和记录在 {PROOF}")
    finally:
        wine.stop()


def expect(what: str, right: object, seen: object = "") -> None:
    if not right:
        raise Stop(f"没有通过：{what}。{seen}")
    say(f"  通过  {what}")


# --- installing, upgrading, removing ------------------------------------------------------------------------------

REGISTERED = ("GXDesk", r"Classes\.gxreport", r"Classes\GXDesk.report", r"Microsoft\Windows\CurrentVersion\Uninstall\GXDesk")
WRITE = """
from gxdesk import report
from gxdesk.drafts.store import DraftStore
from gxdesk.forms.definition import Forms
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
kind = w.QueryValue(w.HKEY_CURRENT_USER, r'Software\\Classes\\.gxreport')
print(w.QueryValue(w.HKEY_CURRENT_USER, rf'Software\\Classes\\{kind}\\shell\\open\\command'))
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
    shutil.copytree(build.BUILD / "GXDesk", program)
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
    home = wine.path(FOLDER)
    found = {str(file.relative_to(home)).replace("/", "\\") for file in home.rglob("*") if file.is_file()}
    listed = set((build.BUILD / "dist" / "files.txt").read_text(encoding="utf-8").splitlines())
    expect("装好的正是清单上的文件，旧版的一个也没有留下", found == listed | {"uninstall.exe"}, sorted(found ^ listed)[:10])
    told = cli(wine, "-c", READ)
    expect("旧版里写的报告原样还在", told.stdout.strip() == "same", told.stdout + told.stderr)
    opens = cli(wine, "-c", OPENS).stdout.strip()
    expect("双击 .gxreport 用它打开", opens == f'"{FOLDER}\\GXDesk.exe" "%1"', opens)
    expect("开始菜单和桌面有图标", len(shortcuts(wine)) == 2, shortcuts(wine))


def shortcuts(wine: Wine) -> list[Path]:
    return sorted(wine.prefix.rglob("GXDesk.lnk"))


def removed(wine: Wine) -> None:
    say("卸载……")
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
    expect(f"她的数据还在：{'、'.join(kept)}", "library.gxd" in kept and not (data(wine) / "cache").exists(), kept)


# --- using it -----------------------------------------------------------------------------------------------------


def self_test(wine: Wine) -> None:
    say("自检……")
    decoy = "foreign/libgobject-2.0-0.dll"
    wine.compiled("decoy", decoy)
    expect("诱饵生效：载入它的进程立即结束", cli(wine, "-c", r"import ctypes; ctypes.CDLL(r'C:\foreign\libgobject-2.0-0.dll')").returncode == 99)
    told = cli(wine, "self-test", WINEPATH=r"C:\foreign")
    (PROOF / "self-test.txt").write_text(told.stdout + told.stderr, encoding="utf-8")
    expect("自检各项通过，没有用别的程序的 GTK", told.returncode == 0 and "没通过" not in told.stdout, told.stdout + told.stderr)


def same_text(wine: Wine) -> None:
    import pypdfium2

    say("和 Linux 上的 PDF 比较……")
    here, there = PROOF / "linux.pdf", PROOF / "windows.pdf"
    execute([PYTHON, "-P", "-m", "gxdesk", "export", EXAMPLE, "--pdf", here], "PDF 没有在 Linux 上导出")
    told = cli(wine, "export", wine.named(EXAMPLE), "--pdf", wine.named(there), "--html", wine.named(PROOF / "windows.html"))
    expect("导出 PDF 和网页", told.returncode == 0, told.stdout + told.stderr)
    texts = []
    for file in (here, there):
        with pypdfium2.PdfDocument(file) as document:
            texts.append([page.get_textpage().get_text_range() for page in document])
    expect(f"{len(texts[0])} 页的文字逐字相同", texts[0] == texts[1])


@contextlib.contextmanager
def screen() -> Iterator[str]:
    """A screen that nobody sees; yields its name."""
    reading, writing = os.pipe()
    with subprocess.Popen(["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x860x24", "-nolisten", "tcp"], pass_fds=[writing], stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        with os.fdopen(reading) as told:
            number = told.readline().strip()
        try:
            yield f":{number}"
        finally:
            server.terminate()


# In the program's own process: says where a cell is, waits for what real keys make of it, exports as the button does.
DRIVE = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from gxdesk.cli import main
from gxdesk.document.edition import Edition
from ui import application
from ui.table.view import FormGrid

REF = 'requests.received.person'

class Driven(application.Application):
    def exec(self):
        QTimer.singleShot(1500, self.show_cell)
        QTimer.singleShot(100_000, lambda: self.exit(9))
        return super().exec()

    def show_cell(self):
        self.report = self.window.report
        self.report.show_page('requests')
        QTimer.singleShot(1000, self.say_where)

    def say_where(self):
        grid = next(g for g in self.report.findChildren(FormGrid) if g.isVisible())
        at = grid.viewport().mapToGlobal(grid.visualRect(grid.adapter.index(0, 0)).center())
        print('CELL', at.x(), at.y(), flush=True)
        self.watch = QTimer(self)
        self.watch.timeout.connect(self.look)
        self.watch.start(100)

    def look(self):
        if self.report.session.report.cells.get(REF) == '37':
            self.watch.stop()
            print('TYPED', flush=True)
            QTimer.singleShot(3000, self.review)

    def review(self):
        self.report.show_page('review')
        QTimer.singleShot(8000, self.export)

    def export(self):
        print('REVIEW', flush=True)
        renderer = self.window._renderer()
        renderer.rendered.connect(lambda number, files, notices: (print('FILES', *files, flush=True), QTimer.singleShot(4000, lambda: self.exit(0))))
        renderer.failed.connect(lambda number, words: (print('FAILED', words, flush=True), self.exit(8)))
        renderer.export(Edition(self.report.session.report, self.report.session.form, draft=True), {'pdf': Path(sys.argv[3])})

application.Application = Driven
sys.exit(main([sys.argv[1], '--library', sys.argv[2]]))
"""


def window(wine: Wine, display: str, setup: Path) -> None:
    """The example opened in the window; a cell clicked and a figure typed by way of the X server; exported; pictures taken."""
    say("打开窗口，点一格，键入数字，导出……")
    script, made = wine.drive / "drive.py", PROOF / "window.pdf"
    script.write_text(DRIVE, encoding="utf-8")
    environment = {**wine.environment, "DISPLAY": display}
    load = r"import sys; sys.argv.pop(0) if sys.argv[0] != '-c' else None; exec(compile(open(r'C:\drive.py', encoding='utf-8').read(), 'drive', 'exec'))"
    command = ["wine", rf"{FOLDER}\GXDesk.exe", "-c", load, wine.named(EXAMPLE), r"C:\window.gxd", wine.named(made)]

    def hand(*words: str) -> None:
        subprocess.run(["xdotool", *words], env=environment, check=True, timeout=30)

    with subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8") as process:
        alarm = threading.Timer(110, wine.stop)
        alarm.start()
        said = []
        for line in process.stdout or ():
            said.append(line.strip())
            if line.startswith("CELL"):
                _, x, y = line.split()
                picture(environment, "opened.png")
                hand("mousemove", x, y, "click", "1", "sleep", "0.3", "type", "37")
                hand("key", "Return")
            elif line.startswith("TYPED"):
                time.sleep(1)
                picture(environment, "typed.png")
            elif line.startswith("REVIEW"):
                picture(environment, "review.png")
                expect("程序开着时，升级停下来并说明", install(wine, setup) == 6)
        code = process.wait()
        alarm.cancel()
    expect("窗口打开，键入的数进了那一格", "TYPED" in said, said[-8:])
    expect("窗口导出了 PDF", code == 0 and made.exists(), said[-8:])


def picture(environment: dict[str, str], name: str) -> None:
    subprocess.run(["import", "-window", "root", PROOF / name], env=environment, check=True, timeout=30)


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
    shutil.copy2(ROOT / "pyproject.toml", stage)
    (stage / "conftest.py").write_text("import os\n\nfrom gxdesk.places import find_native\n\nfind_native(os.environ)\n", encoding="utf-8")  # as pdf.py does
    roots = ["pytest", "pytest-qt", "pytest-cov", "hypothesis", "pypdf"]
    for wheel in sources.wheels(HERE / "requirements-test.txt", roots, build.BUILD / "downloads" / "test-wheels"):
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
    options = ["-q", "-p", "no:cacheprovider", "--rootdir", r"C:\stage", "-o", "addopts=-ra"]
    for test, why in NOT_FIT.items():
        say(f"  不试  {test}：{why}")
        options += ["--deselect", f"tests/{test}"]
    own = {"QT_QPA_PLATFORM": "offscreen", "HYPOTHESIS_STORAGE_DIRECTORY": r"C:\hypothesis"}
    told = wine.run(rf"{folder}\gxpython.exe", "-m", "pytest", *options, r"C:\stage\tests", seconds=2400, **own)
    (PROOF / "tests.txt").write_text(told.stdout + told.stderr, encoding="utf-8")
    last = (told.stdout.strip().splitlines() or [""])[-1]
    expect(f"测试：{last}", told.returncode == 0, f"见 {PROOF / 'tests.txt'}")


if __name__ == "__main__":
    raise SystemExit(main())
