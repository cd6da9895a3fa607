"""The faces of an official document (GB/T 9704-2012, 5.2.2 and 7.3), and what is to be said when a paper had to do without them.

Debian has none of them; the stand-ins that the set-up makes ("GX …") serve for all of it and are told by the self-test, not with every export.
Windows brings three of them, but not every Windows: there it is said with the export how to add them.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping

from gxdesk.document.view import DocumentView
from gxdesk.forms.grid import Role

# What faces of each kind are called, in lower case.
KINDS: Mapping[str, tuple[str, ...]] = {
    "小标宋": ("xiaobiaosong", "小标宋", "stzhongsong", "华文中宋"),
    "黑体": ("simhei", "黑体"),
    "楷体": ("kaiti", "楷体"),
    "仿宋": ("fangsong", "仿宋"),
    "宋体": ("simsun",),
}
_STAND_INS: Mapping[str, str] = {"小标宋": "gx xiaobiaosong", "黑体": "gx heiti", "楷体": "gx kaiti", "仿宋": "gx fangsong", "宋体": "gx songti"}
_WITH_WINDOWS = ("仿宋", "楷体", "黑体")  # in its 简体中文补充字体, which an English or a slimmed Windows lacks
_HOW_TO_ADD = (
    "这台电脑的 Windows 里没有{}，PDF 里用程序自带的字体代替，版面不变，字形略有不同。要加上：打开 Windows 的“设置”，在“应用”的“可选功能”里添加“简体中文补充字体”；"
    "不能上网的，从别的电脑的 C:\\Windows\\Fonts 里把这些字体拷来，在文件上按右键选“安装”。"
)
_NAMED = 12  # characters named in a notice

Drawn = Mapping[str, frozenset[str]]  # font family → the characters printed from it


def is_official(family: str, kind: str) -> bool:
    """Whether a family is a face of that kind, and no stand-in."""
    return not family.startswith("GX ") and any(name in family.lower() for name in KINDS[kind])


def to_add(families: Iterable[str], platform: str = sys.platform) -> str:
    """On a Windows that lacks faces which Windows brings, what they are and how to add them; `families` are those it has. Else empty."""
    there = tuple(families)
    lacking = [kind for kind in _WITH_WINDOWS if not any(is_official(family, kind) for family in there)]
    return _HOW_TO_ADD.format("、".join(lacking)) if lacking and platform == "win32" else ""


def notices(view: DocumentView, drawn: Drawn) -> Iterator[str]:
    """What the officer should know of the faces in which a view was printed: kinds that are not on this computer, characters they lack."""
    wanted = {kind: text for kind, text in _wanted(view).items() if text}
    there = {kind: [family for family in drawn if _serves(family, kind)] for kind in wanted}
    absent = [kind for kind in wanted if not there[kind]]
    if absent:
        instead = dict.fromkeys(_most(drawn, wanted[kind]) for kind in absent)
        yield f"这台电脑没有{'、'.join(absent)}，PDF 里用{'、'.join(f'“{f}”' for f in instead)}代替，版面不变，字形和公文的要求不同。请装上这些字体再导出。"
    lacking = {kind: text.difference(*(drawn[family] for family in there[kind])) for kind, text in wanted.items() if there[kind]}
    for family, characters in drawn.items():
        found = {kind: text & characters for kind, text in lacking.items() if text & characters}
        if found:
            rare = sorted({c for text in found.values() for c in text})
            yield f"这台电脑的{'、'.join(found)}里没有{_listed(rare)}，PDF 里用“{family}”的字印出，和旁边的字略有不同。要一致，请安装收字更全的字体。"


def _serves(family: str, kind: str) -> bool:
    return is_official(family, kind) or family.lower() == _STAND_INS[kind]


def _most(drawn: Drawn, text: frozenset[str]) -> str:
    """The family that printed most of the characters of `text`."""
    return max(drawn, key=lambda family: len(drawn[family] & text))


def _listed(characters: list[str]) -> str:
    """“堃”、“喆”, and how many if they are too many to name."""
    named = "、".join(f"“{c}”" for c in characters[:_NAMED])
    return named if len(characters) <= _NAMED else f"{named}等 {len(characters)} 个字"


def _wanted(view: DocumentView) -> Mapping[str, frozenset[str]]:
    """The characters that each kind of face has to print."""
    paragraphs = [*view.preamble, *(p for section in view.sections for p in section.paragraphs)]
    cells = [cell for table in view.tables() for row in table.rows for cell in row]
    texts = {
        "小标宋": [view.title],
        "黑体": [*(section.heading for section in view.sections), *(cell.text for cell in cells if cell.role is Role.BAND)],
        "楷体": [p.lead for p in paragraphs],
        "仿宋": [*(p.text for p in paragraphs), *view.signature, *(cell.text for cell in cells if not cell.ref and cell.role is not Role.BAND)],
        "宋体": [cell.text for cell in cells if cell.ref],
    }
    return {kind: frozenset(c for c in "".join(pieces) if c.isprintable() and not c.isspace()) for kind, pieces in texts.items()}
