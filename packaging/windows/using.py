"""Using the program under Wine, as she would: what prove.py tries of what was installed."""

import json
import re
import shutil
import sqlite3
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bootstrap import HERE, PYTHON, ROOT, Stop, execute, say
from box import Wine, hand, picture, screen
from trial import CLASSES, EXAMPLE, FOLDER, PROOF, cli, data, expect, install

STARTS, AT_MOST = 7, 2.0
WINDOW_SECONDS, PATIENCE_SECONDS, PRINT_SECONDS = 600, 60, 10
FIND = "import ctypes; ctypes.CDLL('libgobject-2.0-0.dll', winmode=0)"  # 0: along PATH, as most programs do
WINDOWS = """
import ctypes, sys
user, found, told = ctypes.windll.user32, [], open(sys.argv[1], 'w', encoding='utf-8')
kind = ctypes.WINFUNCTYPE(ctypes.c_bool, ctypes.c_void_p, ctypes.c_void_p)
user.EnumWindows(kind(lambda window, _: user.IsWindowVisible(ctypes.c_void_p(window)) and found.append(window) or True), None)
for window in map(ctypes.c_void_p, found):
    title = ctypes.create_unicode_buffer(300)
    user.GetWindowTextW(window, title, 300)
    if '年度报告' in title.value:
        print(title.value, file=told)
        if sys.argv[2:] == ['close']:
            user.PostMessageW(window, 0x10, None, None)  # WM_CLOSE, what the cross in its corner sends
"""


def self_test(wine: Wine) -> None:
    say("自检……")
    decoy = "foreign/libgobject-2.0-0.dll"
    wine.compiled("decoy", decoy)
    codes = [cli(wine, "-c", FIND, **more).returncode for more in ({}, {"WINEPATH": r"C:\foreign"})]
    expect("诱饵生效：普通的 Windows 程序按 PATH 找到它，一载入就结束；不在 PATH 上就找不到", codes == [1, 99], codes)
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


# --- by double click ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Desktop:
    """What she has before her: a screen, and the program in this folder."""

    wine: Wine
    display: str
    folder: str

    def open(self, file: str, verb: str = "open") -> None:
        """As a double click does, or with another verb the right button."""
        code = self.run("import os, sys; os.startfile(*sys.argv[1:])", file, verb)
        expect(f"Windows 知道用什么打开 {file}", code == 0, f"退出码 {code}")

    def titles(self, *close: str) -> list[str]:
        """Of the program's windows that can be seen."""
        told = self.wine.drive / "titles.txt"
        told.unlink(missing_ok=True)
        self.run(WINDOWS, self.wine.seen(told), *close)
        return told.read_text(encoding="utf-8").splitlines()

    def run(self, script: str, *arguments: str) -> int:
        """What a plain Python does on that screen. No pipe: Explorer, which the first program there starts, would hold it open for ever."""
        command, nowhere = ["wine", rf"{self.folder}\gxdesk-cli.exe", "-c", script, *arguments], subprocess.DEVNULL
        environment = {**self.wine.environment, "DISPLAY": self.display}
        try:
            return subprocess.run(command, env=environment, stdin=nowhere, stdout=nowhere, stderr=nowhere, timeout=PATIENCE_SECONDS, check=False).returncode
        except subprocess.TimeoutExpired as error:
            raise Stop(f"在 Wine 里 {PATIENCE_SECONDS} 秒还没有结束：{script.strip()[:100]} {arguments}") from error

    @contextmanager
    def started(self, file: str, name: str) -> Iterator[None]:
        """The window that a double click on this file brings up; it is closed as by the cross in its corner."""
        self.open(file)
        self.wait(self.titles, f"双击 {file}，窗口打开")
        time.sleep(2)  # what it shows is read after it has come
        picture(self.display, PROOF / f"{name}.png")
        yield
        self.titles("close")
        self.wait(lambda: not self.titles(), "按右上角的叉，窗口关上")

    def wait(self, done: Callable[[], object], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not done():
            if time.monotonic() > deadline:
                picture(self.display, PROOF / "stuck.png")
                raise Stop(f"没有通过：{what}。{PATIENCE_SECONDS} 秒后是这样的：{PROOF / 'stuck.png'}")
            time.sleep(0.5)


def double_click(wine: Wine, setup: Path) -> None:
    """Installed where the installer proposes, started by the icon on the desktop, without arguments; then a report file, which the same window
    opens. Wine 8 writes letters beyond the system's code page into no shortcut, and looks for what opens a file in HKLM alone."""
    say("装进默认的文件夹，双击桌面图标，再双击一份报告……")
    home = data(wine).parent / "Programs" / "GXDesk"
    expect("不指定文件夹，就装进默认的文件夹", wine.as_written(f'"{wine.named(setup)}" /S') == 0 and (home / "GXDesk.exe").is_file())
    for key in CLASSES:
        expect(f"登记 {key} 在", wine.run("reg", "copy", rf"HKCU\Software\{key}", rf"HKLM\Software\{key}", "/s", "/f").returncode == 0)
    report, agency = wine.drive / "双击 Ω.gxreport", "某县双击中心"
    sample = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    report.write_text(json.dumps({**sample, "agency": {**sample["agency"], "name": agency}}), encoding="utf-8")
    (icon,) = wine.drive.glob("users/*/Desktop/GXDesk.lnk")
    with screen() as display:
        desktop = Desktop(wine, display, wine.seen(home))
        with desktop.started(wine.seen(icon), "icon"):
            desktop.open(wine.seen(report))
            desktop.wait(lambda: any(agency in title for title in desktop.titles()), "双击 .gxreport，窗口里打开了它")
            time.sleep(2)
            picture(display, PROOF / "double-click.png")
            shown = desktop.titles()
            expect("双击 .gxreport，已经开着的窗口打开了它", len(shown) == 1, shown)
            desktop.open(wine.seen(report), "print")  # the pages are set; then it is said that there is no printer
            time.sleep(PRINT_SECONDS)
            picture(display, PROOF / "print.png")
    with closing(sqlite3.connect(data(wine) / "library.gxd")) as db:
        kept = [name for (name,) in db.execute("SELECT agency FROM drafts ORDER BY id")]
    expect(f"关上以后，报告库里有它：{'、'.join(kept)}", kept[2:] == [agency], kept)
