"""The bill of materials: every component that is shipped, its version, its licence and where it came from, with the texts of the licences.

A version is read from the file itself, and where the file does not state one the bill says so. The texts of Python packages come with them. The
DLLs come without, those of Qt too: theirs are what Debian records of the same libraries. A licence that such a record only refers to is laid beside it.
"""

import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

import bundle
import pefile
from bootstrap import ROOT, Stop, font_home
from fonts import LICENCE
from fontTools.ttLib import TTFont
from sources import LEFT_OUT, PINS, Wheel
from verify import RUNTIME

from gxdesk import __version__

NAME = "BILL-OF-MATERIALS.txt"
DOCUMENTS, COMMON = Path("/usr/share/doc"), Path("/usr/share/common-licenses")
REFERRED = re.compile(rb"/usr/share/common-licenses/([A-Z][A-Za-z0-9.+-]*[A-Za-z0-9])")
LICENCE_FILES = ("licen", "copying", "notice", "authors")
INSIDE_QT = "libqt6core6"  # Debian's record of what Qt's own libraries are made of
BUILT_IN = re.compile(r"\\sources\\[^\\]+\\([^\\]+-\d[^\\]*)\\")  # GStreamer's folder of a library's source, named by library and version
UNSTATED = "（文件没有写明版本）"
PROXY_LIBINTL = "proxy-libintl"  # GStreamer's libintl is this one and not that of GNU gettext; Debian does not have it
DEBIAN = {  # a DLL of native/ -> the Debian package of the same library
    "bz2.dll": "libbz2-1.0",
    "libexpat.dll": "libexpat1",
    "ffi-7.dll": "libffi8",
    "fontconfig-1.dll": "libfontconfig1",
    "freetype-6.dll": "libfreetype6",
    "fribidi-0.dll": "libfribidi0",
    "gio-2.0-0.dll": "libglib2.0-0",
    "glib-2.0-0.dll": "libglib2.0-0",
    "gmodule-2.0-0.dll": "libglib2.0-0",
    "gobject-2.0-0.dll": "libglib2.0-0",
    "harfbuzz.dll": "libharfbuzz0b",
    "harfbuzz-subset.dll": "libharfbuzz0b",
    "pango-1.0-0.dll": "libpango-1.0-0",
    "pangoft2-1.0-0.dll": "libpango-1.0-0",
    "pcre2-8-0.dll": "libpcre2-8-0",
    "png16.dll": "libpng16-16",
    "z-1.dll": "zlib1g",
}
HEAD = """\
gxdesk {version}：随程序一起装的全部组成部分，以及它们的许可证。许可证的全文在同一文件夹的各个子文件夹里。
制作时的 gxdesk 源代码：{state}。
版本号是文件或组件自己写明的。文件没有附许可证的，用 Debian 给同一个库所记的许可证全文，Debian 那里的版本可能不同。
Qt、PySide6、Pango、GLib、FriBidi、libintl 按 LGPL 使用：它们是单独的文件，可以换成自己编译的版本；源代码见各自的网站。
字体由 Fandol 改名、修正度量而成，按 GPL（带字体例外）使用，做法在 gxdesk 源代码的 packaging/fonts.py；可以删去，删去后用电脑上别的字体。
没有装进来的：{left_out}；Qt 里窗口用不到的模块、插件和译文；Python 的命令行程序。
"""


def write(program: Path, packages: Iterable[Wheel]) -> None:
    """Write `licences/` into the program's folder: the bill, and a folder of texts for each component."""
    texts = program / "licences"
    texts.mkdir()
    interpreter = program / "python"
    lines = [f"gxdesk {__version__}\tMIT\tlicences/gxdesk"]
    _copy([ROOT / "LICENSE"], texts / "gxdesk")
    from_python = f"licences/cpython\t{_origin('python')}"
    lines.append(f"CPython {stated(interpreter / 'python311.dll')}\tPSF-2.0\t{from_python}")
    inside = sorted(file for file in interpreter.glob("*.dll") if file.name not in RUNTIME and not file.name.startswith("python3"))
    lines += [f"{file.name} {stated(file)}\t见 CPython 的许可证\t{from_python}" for file in inside]
    _copy([interpreter / "LICENSE.txt"], texts / "cpython")
    for wheel in packages:
        lines.append(f"{wheel.name} {wheel.version}\t{_licence(wheel)}\tlicences/{wheel.name}\t{wheel.path.name}")
        _texts_of(wheel.path, texts / wheel.name)
    for package in ("pyside6-essentials", "shiboken6"):
        _copy([COMMON / "LGPL-3", COMMON / "GPL-3"], texts / package)
    qt = interpreter / "Lib" / "site-packages" / "PySide6" / "Qt6Core.dll"
    lines.append(f"Qt {stated(qt)}\tLGPL-3.0\tlicences/{INSIDE_QT}\tpyside6-essentials")
    _copy([DOCUMENTS / INSIDE_QT / "copyright"], texts / INSIDE_QT)
    # Its terms are the part of CPython's licence about Microsoft Distributable Code.
    lines += [f"{name} {stated(interpreter / name)}\tMicrosoft\tlicences/cpython\t{_origin('runtime')}" for name in RUNTIME]
    inside = sorted(file for file in (interpreter / "Lib").rglob("*.dll") if file.name.startswith(("msvcp", "vcruntime")))
    lines += [f"{file.name} {stated(file)}\tMicrosoft\tlicences/cpython\t{file.parent.name}" for file in inside]
    for file in sorted((program / "native").glob("*.dll")):
        if file.name == "intl-8.dll":
            licence, package = "LGPL-2.0-or-later", PROXY_LIBINTL
            _copy([COMMON / "LGPL-2"], texts / package)
        elif file.name in DEBIAN:
            package = DEBIAN[file.name]
            licence = f"见 Debian 的 {package}"
            _copy([DOCUMENTS / package / "copyright"], texts / package)
        else:
            raise Stop(f"不知道“{file.name}”的许可证，没有继续；请在 bill.py 里补上。")
        lines.append(f"{file.name} {stated(file)}\t{licence}\tlicences/{package}\t{_origin('native')}")
    for name, digest in PINS["fonts"].items():
        lines.append(f"{name} {_font_version(program / 'fonts' / name)}\tGPL-3.0 with font exception\tlicences/fandol\tFandol\tsha256:{digest}")
    _copy([font_home() / LICENCE], texts / "fandol")
    _copy([COMMON / name for name in sorted(_referred(texts))], texts / "common")
    left_out = "；".join(f"{name}（{why}）" for name, why in LEFT_OUT.items())
    (texts / NAME).write_text(HEAD.format(version=__version__, state=source_state(ROOT), left_out=left_out) + "\n" + "\n".join(lines) + "\n", encoding="utf-8-sig")
    lacking = [folder.name for folder in texts.iterdir() if folder.is_dir() and not any(bundle.files(folder))]
    if lacking:
        raise Stop(f"没有找到许可证的全文：{'、'.join(lacking)}。")


def source_state(root: Path) -> str:
    """The commit of a checkout, with `-dirty` where its files are others or more; in words where there is none to be asked."""

    def git(*words: str) -> str:
        return subprocess.run(["git", "-C", root, *words], capture_output=True, encoding="utf-8", check=True).stdout.strip()

    if not (root / ".git").exists():
        return "不是从 git 里取出来的，不知道是哪一次提交"
    try:
        commit = git("describe", "--always", "--abbrev=40")  # whole: git shortens by how much else it holds
        return f"{commit}-dirty" if git("status", "--porcelain") else commit
    except (OSError, subprocess.CalledProcessError):
        return "git 没有说出是哪一次提交"


def stated(binary: Path) -> str:
    """The version that a program file states: with the library's name in the path it was compiled in, else in its resources."""
    kinds = ("RESOURCE", "DEBUG")
    with pefile.PE(str(binary), fast_load=True) as file:
        file.parse_data_directories([pefile.DIRECTORY_ENTRY[f"IMAGE_DIRECTORY_ENTRY_{kind}"] for kind in kinds])
        tables = [table for block in getattr(file, "FileInfo", []) for entry in block for table in getattr(entry, "StringTable", [])]
        said = [table.entries[b"ProductVersion"].decode() for table in tables if b"ProductVersion" in table.entries]
        records = [one.entry.PdbFileName.decode(errors="replace") for one in getattr(file, "DIRECTORY_ENTRY_DEBUG", []) if hasattr(one.entry, "PdbFileName")]
    folders = [found[1] for record in records if (found := BUILT_IN.search(record))]
    return next(iter((*folders, *said)), UNSTATED)


def _origin(pin: str) -> str:
    return f"{PINS[pin]['requirement']}\tsha256:{PINS[pin]['sha256']}"


def _font_version(font: Path) -> str:
    with TTFont(font) as file:
        said: str | None = file["name"].getDebugName(5)
    return said.partition(";")[0] if said else UNSTATED


def _licence(wheel: Wheel) -> str:
    said = wheel.metadata["License-Expression"] or wheel.metadata["License"]
    classified = [line.rpartition(" :: ")[2] for line in wheel.metadata.get_all("Classifier", []) if line.startswith("License :: ")]
    return str(said).splitlines()[0] if said else "、".join(classified)


def _texts_of(wheel: Path, target: Path) -> None:
    target.mkdir(exist_ok=True)
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            inside = name.partition(".dist-info/")[2]
            wanted = inside.startswith("licenses/") or any(word in PurePosixPath(inside).name.lower() for word in LICENCE_FILES)
            if inside and wanted and not name.endswith("/"):
                path = target / inside.removeprefix("licenses/")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(archive.read(name))


def _referred(texts: Path) -> set[str]:
    """Names of the common licences that the texts refer to, as Debian spells them; a name without a version is the newest then."""
    named = {found.decode() for file in bundle.files(texts) for found in REFERRED.findall(file.read_bytes())}
    there = {name if (COMMON / name).exists() else name.removesuffix(".0") for name in named}
    return {(COMMON / name).resolve().name for name in there}


def _copy(originals: Iterable[Path], target: Path) -> None:
    target.mkdir(exist_ok=True)
    for original in originals:
        shutil.copy(original, target / (original.name if original.suffix == ".txt" else f"{original.name}.txt"))
