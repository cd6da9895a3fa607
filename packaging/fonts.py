"""Makes stand-ins for the faces of official documents (仿宋, 楷体, 黑体, 宋体, 小标宋), which no Debian package installs.

Run by the Python of `.venv`. They are made out of Fandol (GPL with font exception), which lies in Debian's `texlive-lang-chinese`: the package is
fetched and read, never installed. Fandol as it comes cannot be used: its bold and regular faces claim the same weight and fontconfig picks the
wrong one, and the line spacing of one face is broken. Here each face gets a family of its own and the same metrics. Digits and letters of
its 仿宋 are those of a grotesque and of its 楷体 those of a show card; both get the ones of its 宋体, thin and upright as in the real faces.
They are put into the user's font folder and stay there for every checkout, and fontconfig is told what they stand in for: a Word file, which
names the real faces, then has the lines and pages of the PDF in LibreOffice too. Exit code 1: not made, one sentence has said why.
"""

import gzip
import io
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from functools import partial
from pathlib import Path

from bootstrap import HERE, Stop, as_root, digest, execute, font_home, say, trouble
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.ttLib import TTFont

PACKAGE = "texlive-lang-chinese"
FACES = {
    "FandolFang-Regular": "GX FangSong",
    "FandolKai-Regular": "GX KaiTi",
    "FandolHei-Regular": "GX HeiTi",
    "FandolSong-Regular": "GX SongTi",
    "FandolSong-Bold": "GX XiaoBiaoSong",  # as heavy as 小标宋; presented as a regular face, so that nothing emboldens it again
}
# The names by which print.css and word.xml ask for the real ones.
STANDS_FOR = {
    "GX FangSong": ("FangSong_GB2312", "仿宋_GB2312", "FangSong", "仿宋", "STFangsong"),
    "GX KaiTi": ("KaiTi_GB2312", "楷体_GB2312", "KaiTi", "楷体", "STKaiti"),
    "GX HeiTi": ("SimHei", "黑体"),
    "GX SongTi": ("SimSun", "宋体", "NSimSun"),
    "GX XiaoBiaoSong": ("FZXiaoBiaoSong-B05S", "方正小标宋简体", "方正小标宋_GBK", "STZhongsong", "华文中宋"),
}
LATIN, BORROWING = "FandolSong-Regular", ("FandolFang-Regular", "FandolKai-Regular")
ASCII = range(0x20, 0x7F)
ASCENT, DESCENT = 880, 120  # thousandths of the em: exactly one em together, so that a line is as high as its characters
LICENCE = "COPYING"  # its GPL and the exception, kept beside what is made of it
RECIPE = "recipe"  # file beside the fonts: the hash of this script that made them


def main() -> int:
    """Make what is not there yet; returns the exit code."""
    home, recipe = font_home(), digest(HERE / "fonts.py")
    try:
        if made_by(home) == recipe:
            return 0
        with tempfile.TemporaryDirectory(prefix="gxdesk-fonts-") as work:
            found = originals(Path(work))
            faces = {
                family: repaired(found[name], family, found[LATIN] if name in BORROWING else None) for name, family in FACES.items()
            }
        home.mkdir(parents=True, exist_ok=True)
        (home / LICENCE).write_bytes(gzip.decompress(found[LICENCE]))
        for family, data in faces.items():
            target = home / f"{family.replace(' ', '')}.otf"
            fresh = target.with_suffix(".new")  # a program that draws with the old one keeps it: never write into a font in use
            fresh.write_bytes(data)
            fresh.replace(target)
        conf = config_home() / "60-gxdesk.conf"
        conf.parent.mkdir(parents=True, exist_ok=True)
        conf.write_text(aliases(), encoding="utf-8")
        (home / RECIPE).write_text(recipe, encoding="utf-8")  # last: an interrupted run starts again
        if shutil.which("fc-cache"):
            subprocess.run(["fc-cache", home], check=False, capture_output=True)
        return 0
    except Stop as stop:
        reason = str(stop).rstrip("。")
    except OSError as error:
        reason = trouble(str(error))
    say(f"公文字体没有做成，先用 Noto 字体代替（{reason}）；要再试一次，请运行 {sys.executable} {HERE / 'fonts.py'}")
    return 1


def config_home() -> Path:
    """Where fontconfig looks for this user's rules."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "fontconfig" / "conf.d"


def aliases() -> str:
    """fontconfig's rules for faces that are not there; one that is there comes first as ever."""
    rules = (f"<alias binding='same'><family>{name}</family><accept><family>{family}</family></accept></alias>" for family, names in STANDS_FOR.items() for name in names)
    return "\n".join(["<?xml version='1.0'?>", "<!DOCTYPE fontconfig SYSTEM 'fonts.dtd'>", "<fontconfig>", *rules, "</fontconfig>", ""])


def made_by(home: Path) -> str:
    try:
        return (home / RECIPE).read_text(encoding="utf-8")
    except OSError:
        return ""


def originals(work: Path) -> dict[str, bytes]:
    """Fetch the package into `work` and read the faces and their licence out of it, by name without `.otf` and `.gz`."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise Stop(f"它们取自 Debian 的软件包 {PACKAGE}，{platform.system()} 上取不到")
    say("  下载 Fandol 字体，50 MB")
    download = partial(execute, ["apt-get", "download", PACKAGE], f"软件包 {PACKAGE} 没有取到", cwd=work)
    try:
        download()
    except Stop:
        root = as_root()
        if root is None:
            raise
        execute([*root, "apt-get", "update"], check=False)  # a fresh machine may not have the lists of packages yet
        download()
    package = next(work.glob("*.deb"))
    found = {}
    with (
        subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE) as unpacking,
        tarfile.open(fileobj=unpacking.stdout, mode="r|") as archive,
    ):
        for member in archive:
            path = Path(member.name)
            wanted = (path.stem in FACES and path.suffix == ".otf") or (path.parts[-2:] == ("fandol", f"{LICENCE}.gz"))
            if wanted and (file := archive.extractfile(member)):
                found[path.stem] = file.read()
    if absent := {*FACES, LICENCE} - found.keys():
        raise Stop(f"软件包 {PACKAGE} 里没有 {'、'.join(sorted(absent))}")
    return found


def repaired(data: bytes, family: str, latin: bytes | None = None) -> bytes:
    """The same outlines under a family of their own, as a regular face with sane metrics, digits and letters from the face `latin` if there is
    one; the same bytes every time."""
    font = TTFont(io.BytesIO(data), recalcBBoxes=False, recalcTimestamp=False)
    if latin is not None:
        borrow(font, TTFont(io.BytesIO(latin)))
    across, windows = font["hhea"], font["OS/2"]
    across.ascent, across.descent, across.lineGap = ASCENT, -DESCENT, 0
    windows.sTypoAscender, windows.sTypoDescender, windows.sTypoLineGap = ASCENT, -DESCENT, 0
    windows.usWinAscent, windows.usWinDescent = ASCENT, DESCENT
    windows.usWeightClass, windows.fsSelection, font["head"].macStyle = 400, 1 << 6, 0

    plain = family.replace(" ", "")
    names = font["name"]
    names.names = [record for record in names.names if record.nameID not in (1, 2, 3, 4, 6, 16, 17)]  # copyright and licence stay
    for identifier, text in {1: family, 2: "Regular", 3: plain, 4: family, 6: plain}.items():
        names.setName(text, identifier, 3, 1, 0x409)
        names.setName(text, identifier, 1, 0, 0)
    outlines = font["CFF "].cff
    outlines.fontNames = [plain]
    top = outlines.topDictIndex[0]
    top.FullName, top.FamilyName, top.Weight = family, family, "Regular"

    made = io.BytesIO()
    font.save(made)
    return made.getvalue()


def borrow(font: TTFont, lender: TTFont) -> None:
    """Draw the ASCII characters that both have as `lender` does."""
    outlines, glyphs = font["CFF "].cff.topDictIndex[0].CharStrings, lender.getGlyphSet()
    ours, theirs = font.getBestCmap(), lender.getBestCmap()
    for code in (code for code in ASCII if code in ours and code in theirs):
        name, glyph = ours[code], glyphs[theirs[code]]
        private = outlines[name].private
        pen = T2CharStringPen(glyph.width - private.nominalWidthX, None)  # as CFF writes a width
        glyph.draw(pen)
        outlines[name] = pen.getCharString(private)
        font["hmtx"][name] = lender["hmtx"][theirs[code]]


if __name__ == "__main__":
    raise SystemExit(main())
