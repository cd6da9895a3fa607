"""Plain text and Markdown -> stream. Lines that are divided by tabs or bars are rows of a grid; everything else is a paragraph a line."""

import re
from collections.abc import Iterator

from gxdesk.imports.stream import Block, Grid, Paragraph, Place, Stream

_PAGE_NUMBER = re.compile(r"\s*[-—–－]\s*\d{1,3}\s*[-—–－]\s*")
_RULE = re.compile(r"[\s|:\-—+=]*-{2,}[\s|:\-—+=]*")
_MARKUP = re.compile(r"^\s{0,3}(#{1,6}\s+|>\s+|\*\s+(?=\S))|[*_]{2,}|`+")
_LINK = re.compile(r"!?\[([^\]\n]{0,200})\]\([^)\n]{0,500}\)|<(https?://[^>\s]{1,500}|[\w.+-]{1,100}@[\w.-]{1,100})>")


def read_text(text: str, *, markdown: bool = False) -> Stream:
    """`markdown` takes the marks of headings, emphasis and links off."""
    return tuple(_blocks(text, markdown))


def _blocks(text: str, markdown: bool) -> Iterator[Block]:
    rows: list[list[str]] = []
    drawn = True  # tabs stand for columns, bars only part cells
    for raw in text.replace("\f", "\n").splitlines():
        line = _LINK.sub(lambda m: m[1] or m[2] or "", _MARKUP.sub("", raw)) if markdown else raw
        if line.strip(" |") and "|" not in line.strip(" |"):
            line = line.strip(" |")  # one cell a line, each ended by a bar
        if _PAGE_NUMBER.fullmatch(line) or not line.strip(" |") or (rows and _RULE.fullmatch(line)):
            continue
        cells = _cells(line)
        if rows and (not cells or drawn != ("\t" in line)):
            yield _grid(rows, drawn)
            rows = []
        if cells:
            rows.append(cells)
            drawn = "\t" in line
        else:
            yield Paragraph(line.strip())
    if rows:
        yield _grid(rows, drawn)


def _cells(line: str) -> list[str]:
    """The cells of a line that is a row, [] if it is none. Of a row between bars neither outer one begins a cell."""
    if "\t" in line.strip("\n") and line.strip():
        return [cell.strip() for cell in line.split("\t")]
    bar = "|" if "|" in line else "｜" if line.count("｜") > 1 else ""
    if not bar:
        return []
    bare = line.strip()
    if bare.startswith(bar):
        bare = bare.removeprefix(bar).removesuffix(bar)
    return [cell.strip() for cell in bare.split(bar)]


def _grid(rows: list[list[str]], drawn: bool) -> Grid:
    return Grid(tuple(Place(r, c, text) for r, cells in enumerate(rows) for c, text in enumerate(cells)), drawn)
