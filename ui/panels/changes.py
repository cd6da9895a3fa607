"""What differs between two states of a report, as a page to be read: cells as a table, texts sentence by sentence."""

from collections.abc import Callable, Iterable
from html import escape

from PySide6.QtWidgets import QFrame, QTextBrowser

from gxdesk.diff import CellChange, Difference, Run, TextChange
from gxdesk.forms.definition import FormDef
from gxdesk.report import AGENCY_FIELDS
from ui.tokens import font, look, theme

BLANK = "空白"


class ChangesView(QTextBrowser):
    """`then` and `now` are what the two states are called."""

    def __init__(self, name: str, then: str, now: str) -> None:
        super().__init__()
        self._then, self._now = then, now
        self._shown: tuple[Difference, FormDef] | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setOpenLinks(False)
        self.setFont(font("body"))
        self.document().setDocumentMargin(0)
        self.setAccessibleName(name)
        look().changed.connect(self._write)

    def show_difference(self, since: Difference | None, form: FormDef) -> None:
        self._shown = (since, form) if since is not None else None
        self._write()

    def _write(self) -> None:
        parts = _told(*self._shown, self._then, self._now) if self._shown is not None else []
        self.setHtml(f"<body style='color:{theme().text}'>{''.join(parts)}</body>")


def _told(since: Difference, form: FormDef, then: str, now: str) -> list[str]:
    if not since:
        return []
    order = {ref: i for i, ref in enumerate(form.cells)}
    tables: dict[str, list[CellChange]] = {}
    for change in sorted(since.cells, key=lambda change: order.get(change.ref, len(order))):
        tables.setdefault(_table_name(change, form), []).append(change)
    legend = _paragraph_html(f"<span style='color:{theme().text3}'>{_old('划掉的')} {then}有，{now}没有　{_new('下划线的')} {then}没有，{now}有</span>")
    return [legend, *(part for name, cells in tables.items() for part in _cells(name, cells, form, then, now)), *(part for change in since.texts for part in _text(change, form))]


def _cells(name: str, cells: list[CellChange], form: FormDef, then: str, now: str) -> list[str]:
    side = f"border-bottom:1px solid {theme().line}"
    head = "".join(f"<td {width} style='{side};color:{theme().text2}' {at}>{words}</td>" for words, width, at in (("哪一格", "", ""), (then, "width='72'", "align='right'"), (now, "width='72'", "align='right'")))
    rows = "".join(
        f"<tr><td style='{side}'>{escape(_cell_name(c, form))}</td><td align='right' style='{side}'>{_old(c.old) if c.old else BLANK}</td>"
        f"<td align='right' style='{side}'>{_new(c.new) if c.new else BLANK}</td></tr>"
        for c in cells
    )
    return [_heading(name), f"<table width='100%' cellspacing='0' cellpadding='6' style='border-collapse:collapse'><tr>{head}</tr>{rows}</table>"]


def _text(change: TextChange, form: FormDef) -> list[str]:
    return [_heading(_text_name(change, form)), marked(change.runs, _same)]


def marked(runs: Iterable[Run], same: Callable[[str], str]) -> str:
    """A text that changed as one paragraph of HTML: what went struck out, what came underlined, what stayed as `same` shows it."""
    marks = {"same": same, "old": _old, "new": _new}
    return _paragraph_html("".join(marks[run.mark](run.text) for run in runs))


def _table_name(change: CellChange, form: FormDef) -> str:
    cell = form.cells.get(change.ref)
    return "别的格" if cell is None else form.section_of(cell.ref).heading


def _cell_name(change: CellChange, form: FormDef) -> str:
    """The cell under the heading of its table."""
    cell = form.cells.get(change.ref)
    return change.ref if cell is None else cell.place.split(" · ", 1)[-1]


def _text_name(change: TextChange, form: FormDef) -> str:
    part, key = change.slot
    if part == "agency":
        return AGENCY_FIELDS.get(key, key)
    if part == "explanations":
        return "核对时写的说明"
    name = {"preamble": "引言", "closing": "落款", "review": "核对与导出"}.get(key) or next((s.heading for s in form.sections if s.key == key), key)
    return name + {"unread": "：没有确认的去年原文", "drafted": "：没有看过的起草句子", "notes": "：给明年的话"}.get(part, "")


def _same(text: str) -> str:
    """Of a long stretch that stayed only its ends are shown."""
    return as_html(text if len(text) <= 80 else f"{text[:30]} …… {text[-30:]}")


def _old(text: str) -> str:
    return f"<s style='color:{theme().error};background:{theme().error_soft}'>{as_html(text)}</s>"


def _new(text: str) -> str:
    return f"<u style='color:{theme().ok};background:{theme().accent_soft}'>{as_html(text)}</u>"


def as_html(text: str) -> str:
    """Words as they are, line by line."""
    return escape(text).replace("\n", "<br>")


def _heading(text: str) -> str:
    return f"<p style='font-weight:700;margin-top:18px;margin-bottom:6px'>{escape(text)}</p>"


def _paragraph_html(html: str) -> str:
    return f"<p style='line-height:160%;margin-top:0;margin-bottom:6px'>{html}</p>"
