"""A web page, saved whole or as .mht, or what a browser or Word puts on the clipboard -> stream.

Tables that only lay out the page (they hold another table, or a single column) are read through as text; what is hidden, runs or navigates is left out.
"""

import email
import email.policy
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from gxdesk.errors import UserError
from gxdesk.imports.decoding import decode
from gxdesk.imports.stream import Block, Grid, Paragraph, Stream, laid_out

_SILENT = frozenset({"script", "style", "noscript", "head", "template", "svg", "math", "object", "iframe", "select", "button", "textarea", "nav", "header", "footer", "form", "title"})
_KEPT_IF_LARGE = frozenset({"form", "header"})  # whole pages are wrapped in a <form> by some systems, articles have a <header>
_INLINE = frozenset({"a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "ins", "label", "mark", "o:p", "p:p", "q", "s", "small", "span", "st1:chsdate", "strike", "strong", "sub", "sup", "tt", "u", "var", "w:sdt"})
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_MOST_DEEP = 400
MENU_LINKS = 3  # so many links that make up most of an element make it a menu
MENU_SHARE = 0.8


def read_html(text: str) -> Stream:
    """The stream of a page or a fragment of one."""
    root = _parsed(text)
    if root is None:
        return ()
    reader = _Reader()
    reader.walk(root, 0)
    reader.close()
    return tuple(reader.blocks)


def only_table(text: str) -> tuple[tuple[str, ...], ...]:
    """The cells of the one table of a fragment, row for row, as a sheet has them: what a merged cell covers beside its first place is blank.
    Nothing where there is no table, or several."""
    root = _parsed(text)
    tables = [] if root is None else root.findall(".//table")
    if len(tables) != 1:
        return ()
    rows = [[c for c in row if _tag(c) in ("td", "th")] for row in _rows(tables[0]) if not _hidden(row)]
    grid = _grid(rows)
    first = {(p.row, p.column): " ".join(p.text.split()) for p in grid.places}
    return tuple(tuple(first.get((r, c), "") for c in range(grid.width)) for r in range(len(rows))) if first else ()


def _parsed(text: str) -> Any:
    """The root of a page, None where there is nothing to read."""
    from lxml import etree

    # libxml2 refuses control characters; a declaration of an encoding in text that is decoded already only misleads it.
    source = re.sub(r"^\s*<\?xml[^>]*>", "", _CONTROLS.sub("", text))
    try:
        return etree.fromstring(source.encode("utf-8", "replace"), etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True))
    except etree.LxmlError:
        return None


def read_mht(data: bytes) -> Stream:
    """The page inside a single-file web page. Raises UserError if there is none."""
    message = email.message_from_bytes(data, policy=email.policy.compat32)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            body = part.get_payload(decode=True)
            if isinstance(body, bytes):
                return read_html(decode(body, str(part.get_content_charset("") or "")))
    raise UserError("这个单文件网页里没有正文。请在浏览器里重新打开网页，另存为“网页，仅 HTML”再试。")


class _Reader:
    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._text: list[str] = []

    def close(self) -> None:
        """End the paragraph; blanks and line breaks of the source are one blank, only <br> breaks."""
        text = "".join(self._text)
        self._text = []
        for line in text.split("\v"):
            if bare := " ".join(line.split()):
                self.blocks.append(Paragraph(bare))

    def walk(self, element: Any, depth: int) -> None:
        tag = _tag(element)
        if depth > _MOST_DEEP or (tag in _SILENT and not (tag in _KEPT_IF_LARGE and element.find(".//table") is not None)) or _hidden(element):
            return
        if tag == "br":
            self._text.append("\v")
            return
        if tag == "table":
            self.close()
            self._table(element, depth)
            return
        block = tag not in _INLINE
        if block:
            self.close()
            if _is_menu(element):
                return
        self.content(element, depth)
        if block:
            self.close()

    def content(self, element: Any, depth: int) -> None:
        """What stands inside an element, without ending the paragraph before or after it."""
        self._text.append(element.text or "")
        for child in element:
            self.walk(child, depth + 1)
            self._text.append(child.tail or "")

    def _table(self, table: Any, depth: int) -> None:
        rows = list(_rows(table))
        cells = [[c for c in row if _tag(c) in ("td", "th")] for row in rows]
        if any(c.find(".//table") is not None for row in cells for c in row) or max(map(len, cells), default=0) < 2:
            for element in table:
                self._inside(element, depth + 1)
            return
        grid = _grid(cells)
        if grid.places:
            self.blocks.append(grid)

    def _inside(self, element: Any, depth: int) -> None:
        """A part of a table that only lays out: every cell is a block of its own."""
        self.close()
        if _tag(element) in ("thead", "tbody", "tfoot", "tr", "td", "th", "caption"):
            self._text.append(element.text or "")
            for child in element:
                if _tag(child) in ("tr", "td", "th"):
                    self._inside(child, depth + 1)
                else:
                    self.walk(child, depth + 1)
                self._text.append(child.tail or "")
            self.close()


def _tag(element: Any) -> str:
    return element.tag.lower() if isinstance(element.tag, str) else "script"  # a comment or an instruction


def _hidden(element: Any) -> bool:
    return element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style") or ""))


def _is_menu(element: Any) -> bool:
    """Whether an element is hardly more than links: navigation, breadcrumbs, a list of other pages."""
    if _tag(element) not in ("ul", "ol", "div", "p", "dl", "td"):
        return False
    links = element.findall(".//a")
    if len(links) < MENU_LINKS or element.find(".//table") is not None:
        return False
    linked = sum(len("".join("".join(a.itertext()).split())) for a in links)
    return linked > MENU_SHARE * len("".join("".join(element.itertext()).split()))


def _rows(table: Any) -> Iterator[Any]:
    """The rows of a table itself, not of one inside it."""
    for child in table:
        if _tag(child) == "tr":
            yield child
        elif _tag(child) in ("thead", "tbody", "tfoot"):
            yield from (row for row in child if _tag(row) == "tr")


def _grid(rows: Iterable[Sequence[Any]]) -> Grid:
    return laid_out([(_cell_text(c), _span(c, "rowspan"), _span(c, "colspan")) for c in row] for row in rows)


def _span(cell: Any, name: str) -> int:
    found = re.match(r"\s*(\d{1,4})", cell.get(name) or "")
    return int(found[1]) if found else 1


def _cell_text(cell: Any) -> str:
    """Inline elements run on; paragraphs and line breaks become line ends."""
    reader = _Reader()
    reader.content(cell, 0)
    reader.close()
    return "\n".join(b.text for b in reader.blocks if isinstance(b, Paragraph))


def link_texts(text: str) -> list[str]:
    """What the links of a page say, to tell a list of reports from a report."""
    root = _parsed(text)
    return [] if root is None else ["".join(a.itertext()).strip() for a in root.iter("a")]
