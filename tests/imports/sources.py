"""Reports as websites and word processors put them out: a `DocumentView` written as HTML, Word or text with the distortions of real pages."""

import html
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from gxdesk.cells import CellRef
from gxdesk.document.view import CellView, DocumentView, TableView
from gxdesk.forms.grid import Role

FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
HALF_WIDTH = str.maketrans("（），：", "(),:")


@dataclass(frozen=True)
class Distortion:
    """What is done to a report on its way to the reader. None of these takes a figure's row or column away unless it says so."""

    spans: bool = False  # every label in pieces: <span>自</span><span>然人</span>
    paragraphs: bool = False  # every label over several <p>, blanks as Word's <o:p>
    half_width: bool = False  # brackets and commas of labels
    full_width: bool = False  # figures
    unclosed: bool = False  # tags in capitals, cells and rows never closed
    layout: bool = False  # the whole report inside tables that only lay out
    chrome: bool = False  # navigation, breadcrumb, tools, footer
    no_spans: bool = False  # rowspan and colspan dropped, so that heads stand over the wrong columns
    plain_cells: bool = False  # td for every cell, no thead, no scope
    breaks: tuple[int, ...] = ()  # rows before which a table ends and another begins
    extra_rows: tuple[int, ...] = ()  # rows before which a row stands that the form does not have
    lost_row: int | None = None  # a row whose label is empty: it may not be read, never wrongly
    lost_head: int | None = None  # a head that is empty
    remark: frozenset[CellRef] = field(default_factory=frozenset)  # cells with words beside the figure


def page(view: DocumentView, d: Distortion) -> str:
    """A web page."""
    close = (lambda _: "") if d.unclosed else (lambda tag: f"</{tag}>")
    parts = [f"<h1>{_spanned(view.title, d)}</h1>", *(f"<p>{html.escape(p.lead + p.text)}{close('p')}" for p in view.preamble)]
    for section in view.sections:
        parts.append(f"<p>{_spanned(section.heading, d)}</p>")
        parts += [f"<p>{html.escape(p.lead + p.text)}{close('p')}" for p in section.paragraphs]
        if section.table:
            parts += [_table(rows, d, close) for rows in _fragments(section.table, d)]
    parts += [f"<p style='text-align:right'>{html.escape(line)}</p>" for line in view.signature]
    body = "".join(parts)
    if d.layout:
        body = f"<table width=980><tr><td><table><tr><td valign=top>{body}</td></tr></table></td></tr></table>"
    if d.chrome:
        menu = "".join(f"<li><a href='/{i}'>{name}</a></li>" for i, name in enumerate(("首页", "政务公开", "政府信息公开年报", "互动交流", "办事服务")))
        body = (
            f"<ul>{menu}</ul><div>当前位置：<a>首页</a>&gt;<a>政务公开</a>&gt;<a>{html.escape(view.title)}</a></div><select><option>12</option></select>{body}"
            f"<div>【<a>打印</a>】【<a>关闭</a>】</div><div>主办：某某人民政府办公室 电话：010-12345678</div><script>var a = '<table><tr><td>1</td></tr></table>'</script>"
        )
    text = f"<html><head><title>{html.escape(view.title)}</title></head><body>{body}</body></html>"
    return text.replace("<td", "<TD").replace("<tr", "<TR").replace("<table", "<TABLE") if d.unclosed else text


Row = list[tuple[CellView, str]]


def _fragments(table: TableView, d: Distortion) -> Iterator[list[Row]]:
    """The rows of a table as (cell, text) in one or several pieces. A span that reaches over a break is cut there, as printers and sites do it."""
    rows: list[Row] = [[(cell, _text(cell, table, d)) for cell in row] for row in table.rows]
    cuts = sorted({b for b in d.breaks if table.head_rows < b < len(rows)})
    for begin, end in zip([0, *cuts], [*cuts, len(rows)], strict=True):
        piece = [[(_cut(cell, end), text) for cell, text in row] for row in rows[begin:end]]
        if begin:
            for cell in (cell for row in table.rows[:begin] for cell in row if cell.row + cell.rowspan > begin):
                over = CellView(("",), begin, cell.column, min(cell.row + cell.rowspan, end) - begin, cell.colspan, cell.role, "", None)
                piece[0].append((over, ""))
            piece[0].sort(key=lambda pair: pair[0].column)
        for at in sorted(d.extra_rows, reverse=True):
            if begin < at < end and at > table.head_rows + 1 and not any(c.row < at < c.row + c.rowspan for row in table.rows for c in row):
                wide = CellView(("其他需要统计的项目",), at, 0, 1, max(1, table.label_columns), Role.LABEL, "", None)
                figures = [(CellView(("9",), at, c, 1, 1, Role.INPUT, "", None), "9") for c in range(max(1, table.label_columns), table.width)]
                piece.insert(at - begin, [(wide, wide.text), *figures])
        yield [[(replace(cell, row=r), text) for cell, text in row] for r, row in enumerate(piece)]


def _cut(cell: CellView, end: int) -> CellView:
    over = cell.row + cell.rowspan - end
    return replace(cell, rowspan=cell.rowspan - max(0, over))


def _text(cell: CellView, table: TableView, d: Distortion) -> str:
    if cell.ref:
        text = cell.text.translate(FULL_WIDTH) if d.full_width else cell.text
        return f"{text}（其中修订1件）" if text and cell.ref in d.remark else text
    leaf = cell.column + cell.colspan == table.label_columns
    if cell.role is Role.LABEL and leaf and d.lost_row == cell.row:
        return ""
    if cell.role is Role.HEAD and cell.row + cell.rowspan == table.head_rows and cell.column == d.lost_head:
        return ""
    return cell.text.translate(HALF_WIDTH) if d.half_width else cell.text


def _table(rows: list[Row], d: Distortion, close: Callable[[str], str]) -> str:
    out = ["<table border=1>"]
    for row in rows:
        out.append("<tr>")
        for cell, text in row:
            tag = "td" if d.plain_cells or not cell.scope else "th"
            spans = "".join(f" {name}={n}" for name, n in (("rowspan", cell.rowspan), ("colspan", cell.colspan)) if n > 1 and not d.no_spans)
            inner = _broken(text, d) if text and not cell.ref else html.escape(text) if text else ("<p><o:p>&nbsp;</o:p></p>" if d.paragraphs else "")
            out.append(f"<{tag}{spans}>{inner}{close(tag)}")
        out.append(close("tr"))
    return "".join([*out, "</table>"])


def _broken(text: str, d: Distortion) -> str:
    """A label as it stands in a cell."""
    middle = len(text) // 2
    if d.paragraphs and middle:
        return f"<p><span>{html.escape(text[:middle])}</span></p><p>{html.escape(text[middle:])}<o:p></o:p></p>"
    return _spanned(text, d)


def _spanned(text: str, d: Distortion) -> str:
    middle = len(text) // 2
    return f"<span>{html.escape(text[:middle])}</span><font face='仿宋_GB2312'>{html.escape(text[middle:])}</font>" if d.spans else html.escape(text)


# --- Word ---------------------------------------------------------------------------------------------------------------

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx(view: DocumentView, d: Distortion = Distortion()) -> bytes:
    """A Word file as Word writes it: merged cells as gridSpan and vMerge, labels in several runs."""
    parts = [_p(view.title), *(_p(p.lead + p.text) for p in view.preamble)]
    for section in view.sections:
        parts.append(_p(section.heading))
        parts += [_p(p.lead + p.text) for p in section.paragraphs]
        if section.table:
            parts += [_tbl(rows) for rows in _fragments(section.table, d)]
    parts += [f"<w:sdt><w:sdtContent>{_p(line)}</w:sdtContent></w:sdt>" for line in view.signature]
    return packed(f'<?xml version="1.0" encoding="UTF-8"?><w:document {_W}><w:body>{"".join(parts)}</w:body></w:document>'.encode())


def packed(document: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", document)
    return out.getvalue()


def _p(text: str) -> str:
    middle = len(text) // 2
    runs = "".join(f'<w:r><w:rPr/><w:t xml:space="preserve">{html.escape(t)}</w:t></w:r>' for t in (text[:middle], text[middle:]) if t)
    return f"<w:p><w:pPr/>{runs}</w:p>"


def _tbl(rows: Sequence[Row]) -> str:
    out = []
    cells = {(cell.row, cell.column): (cell, text) for row in rows for cell, text in row}
    for r in range(len(rows)):
        out.append("<w:tr>")
        for (row, _), (cell, text) in sorted(cells.items(), key=lambda item: item[0][1]):
            if not row <= r < row + cell.rowspan:
                continue
            merge = "" if cell.rowspan == 1 else '<w:vMerge w:val="restart"/>' if row == r else "<w:vMerge/>"
            out.append(f'<w:tc><w:tcPr><w:gridSpan w:val="{cell.colspan}"/>{merge}</w:tcPr>{_p(text if row == r else "")}</w:tc>')
        out.append("</w:tr>")
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(out)}</w:tbl>"


# --- text -----------------------------------------------------------------------------------------------------------------


def dump(view: DocumentView, write: Callable[[TableView], str]) -> str:
    """A report as plain text, its tables as `write` puts them."""
    parts = [view.title, *(p.lead + p.text for p in view.preamble)]
    for section in view.sections:
        parts += [section.heading, *(p.lead + p.text for p in section.paragraphs)]
        parts += [write(section.table)] if section.table else []
    return "\n".join([*parts, *view.signature])


def squared(table: TableView) -> list[list[str]]:
    """A table as converters without spans write it: every column kept, a merged cell in its first place."""
    rows = [[""] * table.width for _ in table.rows]
    for cell in (cell for row in table.rows for cell in row):
        rows[cell.row][cell.column] = cell.text
    return rows


def _lined(table: TableView, cell: str = "{}", between: str = "", end: str = "", fill: str = "") -> str:
    """One line a row; `fill` for every column a merged cell covers beyond its first."""
    return "\n".join(between.join(cell.format(c.text) for c in row) + fill * sum(c.colspan - 1 for c in row) + end for row in table.rows)


def _piped(rows: Sequence[Sequence[str]]) -> str:
    wide = max(map(len, rows))
    lines = [f"| {' | '.join([*row, *[''] * (wide - len(row))])} |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * wide, *lines[1:]])


DUMPS: dict[str, Callable[[TableView], str]] = {
    "a cell a line": lambda t: "\n".join(c.text for row in t.rows for c in row),
    "a cell a line, ended by a bar": lambda t: "\n".join(f"{c.text} |" for row in t.rows for c in row),
    "a line a row, blanks between": lambda t: _lined(t, between=" "),
    "all on one line": lambda t: " ".join(c.text for row in t.rows for c in row if c.text),
    "tabs": lambda t: _lined(t, between="\t"),
    "tabs, every column kept": lambda t: "\n".join("\t".join(row) for row in squared(t)),
    "bars between": lambda t: _lined(t, between=" | "),
    "bars behind": lambda t: _lined(t, cell="{} |"),
    "bars behind, one more for every merged column": lambda t: _lined(t, cell="{} |", fill="|"),
    "bars around": lambda t: _lined(t, cell="| {} ", end="|"),
    "Markdown, filled up behind": lambda t: _piped([[c.text for c in row] for row in t.rows]),
    "Markdown, every column kept": lambda t: _piped(squared(t)),
}
