"""Plain text and Markdown -> stream. Lines that are divided by tabs or bars are rows of a grid; everything else is a paragraph a line."""

import re
from collections.abc import Iterable, Iterator, Sequence

from gxdesk.imports.stream import ENDS, Block, Grid, Paragraph, Place, Stream, joined

_PAGE_NUMBER = re.compile(r"\s*[-—–－]\s*\d{1,3}\s*[-—–－]\s*")
_RULE = re.compile(r"[\s|:\-—+=]*-{2,}[\s|:\-—+=]*")
_MARKUP = re.compile(r"^\s{0,3}(#{1,6}\s+|>\s+|\*\s+(?=\S))|[*_]{2,}|`+")
_NUMBERED = re.compile(r"^(\s*(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[.、]))\t+(?=[^\t]*$)")  # Word's tab behind a number
_RAGGED, _WIDEST = 4, 100  # columns a broken line may lack, columns of the widest
_ENOUGH, _STRAYS = 8, 2  # how many such lines there are, and how many that are wider
_BEGINS = re.compile(r"\s*([一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[.、．]|#|[-*|])")
_COLUMNS = re.compile(r"\S\s{2,}\S|\d\s+\d")
_LINK = re.compile(r"!?\[([^\]\n]{0,200})\]\([^)\n]{0,500}\)|<(https?://[^>\s]{1,500}|[\w.+-]{1,100}@[\w.-]{1,100})>")


def read_text(text: str, *, markdown: bool = False) -> Stream:
    """`markdown` takes the marks of headings, emphasis and links off."""
    return tuple(_blocks(text, markdown))


def _blocks(text: str, markdown: bool) -> Iterator[Block]:
    raws = _unwrapped([_NUMBERED.sub(r"\1", line) for line in text.replace("\f", "\n").splitlines()])
    ended = _ended(raws)
    rows: list[str] = []  # lines of a table
    for raw in raws:
        line = _LINK.sub(lambda m: m[1] or m[2] or "", _MARKUP.sub("", raw)) if markdown else raw
        if line.strip(" |") and "|" not in line.strip(" |"):
            line = line.strip(" |")  # one cell a line, each ended by a bar
        if _PAGE_NUMBER.fullmatch(line) or not line.strip(" |") or (rows and _RULE.fullmatch(line)):
            continue
        bar = _bar(line)
        if rows and bar != _bar(rows[-1]):
            yield _grid(rows, ended)
            rows = []
        if bar:
            rows.append(line)
        else:
            yield Paragraph(line.strip())
    if rows:
        yield _grid(rows, ended)


def _unwrapped(lines: Sequence[str]) -> list[str]:
    """Lines as paragraphs where the text was broken at one width, as programs that read PDFs leave it. Full lines that mostly end a sentence
    are paragraphs of about one length."""
    widths = [0 if _bar(line) or _COLUMNS.search(line) else _width(line) for line in lines]
    widest = sorted(widths, reverse=True)[_STRAYS : _STRAYS + _ENOUGH]
    full = max(widest, default=0) - _RAGGED
    whole = [line for line, width in zip(lines, widths, strict=True) if width >= full]
    if len(widest) < _ENOUGH or full > _WIDEST or widest[-1] < full or 2 * sum(map(_ends, whole)) > len(whole):
        return list(lines)
    margin = min(map(_indent, whole))
    out: list[list[str]] = []  # the lines of each paragraph
    goes_on = False
    for line, width in zip(lines, widths, strict=True):
        if goes_on and width and _indent(line) <= margin and not _BEGINS.match(line):
            out[-1][-1] = out[-1][-1].rstrip()
            out[-1].append(line.strip())
        else:
            out.append([line])
        goes_on = bool(width) and width >= full and not _ends(line)
    return list(map(joined, out))


def _ends(line: str) -> bool:
    return line.rstrip().endswith(ENDS)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _width(line: str) -> int:
    """In columns of a fixed-width face."""
    return sum(1 if c.isascii() else 2 for c in line.strip())


def _bar(line: str) -> str:
    """What parts the cells of a line that is a row; "" if it is none. Tabs in front of words only indent."""
    return "\t" if "\t" in (line.lstrip() or line) else "|" if "|" in line else "｜" if line.count("｜") > 1 else ""


def _ended(lines: Iterable[str]) -> bool:
    """Whether a bar ends a row, so that no cell follows the last one."""
    rows = [line.strip() for line in lines if "|" in line.strip(" |") and not line.lstrip().startswith("|")]
    return sum(row.endswith("|") for row in rows) > 0.8 * len(rows)


def _grid(lines: Sequence[str], ended: bool) -> Grid:
    """Tabs stand for columns, bars only part cells: of a row between bars neither outer one begins a cell."""
    bar = _bar(lines[0])
    if bar == "\t":
        rows = [line.split(bar) for line in lines]
    else:
        bare = [line.strip() for line in lines]
        rows = [(line.removesuffix(bar) if ended or line.startswith(bar) else line).removeprefix(bar).split(bar) for line in bare]
    return Grid(tuple(Place(r, c, text.strip()) for r, cells in enumerate(rows) for c, text in enumerate(cells)), drawn=bar == "\t")
