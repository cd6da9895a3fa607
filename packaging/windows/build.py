"""Makes the Windows package on Debian 12: `build/windows/dist/` gets the installer, the portable zip, SHA256SUMS and the bill of materials.

Called by `packaging/bootstrap.py windows`, with the Python of `.venv`. Everything that comes from outside is pinned and checked before it is
opened (sources.py), CPython's signatures and standard library are verified (verify.py); at the first mismatch it stops with one sentence.
Downloads are kept in `build/windows/downloads`, so that a second build needs no network.
"""

import shutil
import sys
import time
import tomllib
import zipfile
from pathlib import Path, PureWindowsPath

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import bill
import bundle
import sources
import verify
from bootstrap import FAILED, HERE, ROOT, Stop, execute, say, trouble

from gxdesk import __version__

BUILD = ROOT / "build" / "windows"
SETUP_MB, UNPACKED_MB = 60, 200
LONGEST_PATH = 259  # of Windows, without long paths switched on
STAGE = "~GXDesk.new"  # in the program's folder, where the installer makes a new version ready
LONG_AGO = (1980, 1, 1, 0, 0, 0)
PORTABLE = (
    "把整个 GXDesk 文件夹放在 U 盘或自己的文件夹里，路径不要太长，双击 GXDesk.exe 打开。\r\n"
    "您写的报告都在这个 data 文件夹里。换电脑时，把整个 GXDesk 文件夹带走。\r\n"
    "换新版本时，先关闭 GXDesk，把新版本解压到一个新的文件夹（不要解压到旧的上面，否则新旧文件会混在一起），"
    "再把旧文件夹里的 data 复制到新的 GXDesk 文件夹里，遇到同名文件就替换。新版本打开后看到了您的报告，再删除旧文件夹。\r\n"
)


def main() -> int:
    """Build; returns the exit code."""
    try:
        build(BUILD)
        return 0
    except Stop as stop:
        say(str(stop))
    except OSError as error:
        say(f"Windows 安装包没有做成：{trouble(str(error))}。")
    return FAILED


def build(work: Path, *, quick: bool = False) -> Path:
    """Make everything anew in `work`, but for what was downloaded; returns the installer. `quick`: that alone, not compressed, to be tried."""
    began = time.monotonic()
    downloads, python, program, dist = BUILD / "downloads", work / "python", work / "GXDesk", work / "dist"
    for old in (python, program, dist):
        shutil.rmtree(old, ignore_errors=True)
    dist.mkdir(parents=True)

    say("取来所需的文件，核对校验值……")
    pins = {name: sources.pinned(name, downloads) for name in ("python", "library", "native", "runtime")}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    packages = sources.wheels(HERE / "requirements.txt", project["dependencies"], downloads / "wheels")
    fonts = sources.fonts()

    say("核对 Python 的签名和标准库……")
    bundle.cpython(pins["python"], python)
    with bundle.embedded(pins["library"]) as source:
        say(f"  {verify.distribution(python, lambda name: source.read(f'cp311/Lib/{name}'))}")

    say("组装程序……")
    own = sources.own_wheel(work / "own")
    bundle.assemble(program, python=python, packages=packages, own=own, native=pins["native"], runtime=pins["runtime"], fonts=fonts, version=__version__)
    signed = verify.signatures(program / "python")
    say(f"  放进去的 Python 文件再核对一次签名：{signed} 个无误")
    bill.write(program, packages)

    made = dist / f"GXDesk-{__version__}-setup.exe"
    if quick:
        setup(program, work, made, quick=True)
        return made
    say("制作安装程序和便携版……")
    portable(program, dist / f"GXDesk-{__version__}-portable.zip")
    setup(program, work, made)
    shutil.copytree(program / "licences", dist / "licences")
    shutil.move(dist / "licences" / bill.NAME, dist)
    listing = "".join(f"{name}\n" for name in listed(program))
    (dist / "files.txt").write_text(listing, encoding="utf-8")
    (dist / "SHA256SUMS").write_text("".join(f"{sources.sha256(file)}  {file.relative_to(dist).as_posix()}\n" for file in bundle.files(dist)), encoding="utf-8")

    unpacked = sum(file.stat().st_size for file in bundle.files(program)) / 1e6
    installer = made.stat().st_size / 1e6
    say(f"做好了，用时 {time.monotonic() - began:.0f} 秒：{dist}\n  安装程序 {installer:.1f} MB，解开后 {unpacked:.1f} MB，{listing.count(chr(10))} 个文件")
    if installer > SETUP_MB or unpacked > UNPACKED_MB:
        raise Stop(f"太大了：安装程序不得超过 {SETUP_MB} MB，解开后不得超过 {UNPACKED_MB} MB。")
    return made


def listed(program: Path) -> list[str]:
    """Every file of the program, relative, as Windows writes it."""
    return [str(file.relative_to(program)).replace("/", "\\") for file in bundle.files(program)]


def portable(program: Path, target: Path) -> None:
    """The program with a folder `data` beside it, which makes it keep everything there (gxdesk/places.py)."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for file in bundle.files(program):
            archive.writestr(_entry(f"GXDesk/{file.relative_to(program).as_posix()}"), file.read_bytes(), zipfile.ZIP_DEFLATED)
        archive.writestr(_entry("GXDesk/data/说明.txt"), PORTABLE.encode("utf-8-sig"), zipfile.ZIP_DEFLATED)


def _entry(name: str) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, LONG_AGO)


def setup(program: Path, work: Path, target: Path, version: str = __version__, *, quick: bool = False) -> None:
    """The installer; `quick` is not compressed. What it will remove again is written out file by file: its folder may hold other things."""
    names = listed(program)
    folders = sorted({str(parent) for name in names for parent in PureWindowsPath(name).parents if parent.name}, reverse=True)  # innermost first
    contents = work / "contents.nsh"
    with contents.open("w", encoding="utf-8") as script:
        for macro, entries in (("FILES", names), ("FOLDERS", folders)):
            script.writelines([f"!macro {macro} DO\n", *(f'  !insertmacro ${{DO}} "{name}"\n' for name in entries), "!macroend\n"])
    unpacked = sum(file.stat().st_size for file in bundle.files(program))
    pictures = program.with_name("launcher")
    defined = {
        "PROGRAM": program, "VERSION": version, "TARGET": target, "CONTENTS": contents, "STAGE": STAGE,
        "ICON": pictures / "gxdesk.ico", "SIDE": pictures / "side.bmp",
        "LONGEST": LONGEST_PATH - max(map(len, names)) - len(STAGE) - 2, "MEGABYTES": unpacked // 1_000_000 + 1,
    }  # fmt: skip
    words = [f"-D{name}={value}" for name, value in defined.items()] + ["-DQUICK"] * quick
    execute(["makensis", "-V2", "-WX", *words, HERE / "windows" / "setup.nsi"], "安装程序没有做成")


if __name__ == "__main__":
    raise SystemExit(main())
