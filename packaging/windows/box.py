"""A Windows of its own, made by Wine in a folder, and a screen that nobody sees, with a hand on its mouse and keys."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bootstrap import HERE, Stop, execute

FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")  # Wine has no Chinese of its own


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
        wine.pretend("win10")
        wine.system("wine", "reg", "add", r"HKCU\Software\Wine\WineDbg", "/v", "ShowCrashDialog", "/t", "REG_DWORD", "/d", "0", "/f")  # it would wait for ever
        for key, name, value in ((r"Explorer", "Desktop", "Proof"), (r"Explorer\Desktops", "Proof", "1280x860")):  # Wine draws the frames itself
            wine.system("wine", "reg", "add", rf"HKCU\Software\Wine\{key}", "/v", name, "/d", value, "/f")
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
        try:
            tool(command, self.environment, 180)
        except Stop:
            self.stop()
            raise

    def pretend(self, version: str) -> None:
        """Be this Windows, as winecfg names them."""
        self.system("wine", "winecfg", "-v", version)

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

    def seen(self, path: Path) -> str:
        """The same the other way round."""
        return "C:\\" + str(path.relative_to(self.drive)).replace("/", "\\")

    def named(self, path: Path) -> str:
        """What Windows programs call a path of this machine."""
        return "Z:" + str(path).replace("/", "\\")

    def stop(self) -> None:
        subprocess.run(["wineserver", "-k"], env=self.environment, capture_output=True, check=False)


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


class NoDisk(Exception):
    """No disk can be mounted here; the text is what mount says."""


@contextlib.contextmanager
def small_disk(wine: Wine, letter: str, megabytes: int) -> Iterator[Path]:
    """A disk of this size, under a letter of this Windows; yields where it lies."""
    place, name = wine.prefix / "disk", wine.prefix / "dosdevices" / letter
    place.mkdir(exist_ok=True)  # left, and mounted still, by a trial that was killed
    try:
        tool(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(place)], dict(os.environ), 30)
    except (OSError, Stop) as error:
        raise NoDisk(str(error)) from error
    name.symlink_to(place)
    try:
        yield place
    finally:
        name.unlink()
        tool(["umount", "-l", str(place)], dict(os.environ), 30)  # -l: Wine may still look at it


def hand(display: str, *words: str) -> None:
    """Mouse and keys, by way of the X server: the words are xdotool's."""
    tool(["xdotool", *words], {**os.environ, "DISPLAY": display}, 60)


def picture(display: str, target: Path) -> None:
    """What the screen shows."""
    tool(["import", "-window", "root", str(target)], {**os.environ, "DISPLAY": display}, 30)


def tool(command: Sequence[str], environment: Mapping[str, str], seconds: float) -> None:
    """Run a tool whose output nobody needs, unless it fails."""
    try:
        told = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", errors="replace", timeout=seconds, check=False)
    except subprocess.TimeoutExpired as error:
        raise Stop(f"{seconds:.0f} 秒还没有结束：{' '.join(command)}") from error
    if told.returncode != 0:
        raise Stop(f"没有做成：{' '.join(command)}（退出码 {told.returncode}）。{told.stderr.strip()[-300:]}")
