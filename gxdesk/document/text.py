"""A `DocumentView` as plain text, for editors that take nothing else: one paragraph a line, one table row a line, cells parted by tabs."""

from gxdesk.document import layout
from gxdesk.document.html import DRAFT_NOTE
from gxdesk.document.view import DocumentView, Paragraph, TableView


def render_text(view: DocumentView) -> str:
    """All that the page says, in its order. A merged cell stands in its first place only, the others are left empty."""
    lines = [DRAFT_NOTE] if view.draft else []
    lines += [view.title, *map(_line, view.preamble)]
    for section in view.sections:
        lines += [section.heading, *map(_line, section.paragraphs)]
        if section.table:
            lines += _rows(section.table)
    return "\n".join([*lines, *layout.signature_lines(view.signature)]) + "\n"


def _line(paragraph: Paragraph) -> str:
    return paragraph.lead + paragraph.text


def _rows(table: TableView) -> list[str]:
    rows = [[""] * table.width for _ in table.rows]
    for cell in (cell for row in table.rows for cell in row):
        rows[cell.row][cell.column] = cell.text
    return ["\t".join(row) for row in rows]
