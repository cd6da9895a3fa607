"""The faces of an official document (GB/T 9704-2012, 5.2.2 and 7.3), and what is to be said when a paper had to do without them.

Debian has none of them; the stand-ins that the set-up makes ("GX …") serve for all of it and are told by the self-test, not with every export.
"""

from collections.abc import Iterator, Mapping

from gxdesk.document.view import DocumentView

# What faces of each kind are called, in lower case.
KINDS: Mapping[str, tuple[str, ...]] = {
    "小标宋": ("xiaobiaosong", "小标宋", "stzhongsong", "华文中宋"),
    "黑体": ("simhei", "黑体"),
    "楷体": ("kaiti", "楷体"),
    "仿宋": ("fangsong", "仿宋"),
    "宋体": ("simsun",),
}
_STAND_INS: Mapping[str, str] = {"小标宋": "gx xiaobiaosong", "黑体": "gx heiti", "楷体": "gx kaiti", "仿宋": "gx fangsong", "宋体": "gx songti"}
_NAMED = 12  # characters named in a notice

Drawn = Mapping[str, frozenset[str]]  # font family → the characters printed from it


def is_official(family: str, kind: str) -> bool:
    """Whether a family is a face of that kind, and no stand-in."""
    return not family.startswith("GX ") and any(name in family.lower() for name in KINDS[kind])


def notices(view: DocumentView, drawn: Drawn) -> Iterator[str]:
    """What the officer should know of the faces in which a view was printed: kinds that are not on this computer, characters they lack."""
    wanted = _wanted(view)
    there = {kind for kind in KINDS if any(is_official(family, kind) or family.lower() == _STAND_INS[kind] for family in drawn)}
    others = {
        family: characters
        for family, characters in drawn.items()
        if family.lower() not in _STAND_INS.values() and not any(is_official(family, kind) for kind in KINDS)
    }
    absent = [kind for kind, text in wanted.items() if kind not in there and text]
    if absent and others:
        yield f"这台电脑没有{'、'.join(absent)}，PDF 里{'用' if len(absent) == 1 else '都用'}{'、'.join(f'“{f}”' for f in others)}代替，版面不变，字形和公文的要求不同。请装上这些字体再导出。"
    for family, characters in others.items():
        lacking = {kind: found for kind, text in wanted.items() if kind in there and (found := characters & text)}
        if lacking:
            rare = sorted(frozenset().union(*lacking.values()))
            yield f"这台电脑的{'、'.join(lacking)}里没有{_listed(rare)}，PDF 里用“{family}”的字印出，和旁边的字略有不同。要一致，请安装收字更全的字体。"


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
        "黑体": [section.heading for section in view.sections],
        "楷体": [p.lead for p in paragraphs],
        "仿宋": [*(p.text for p in paragraphs), *view.signature, *(cell.text for cell in cells if not cell.ref)],
        "宋体": [cell.text for cell in cells if cell.ref],
    }
    return {kind: frozenset(c for c in "".join(pieces) if c.isprintable() and not c.isspace()) for kind, pieces in texts.items()}
