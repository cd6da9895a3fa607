"""A `DocumentView` as HTML: the web page, the fragment for a website's editor, and the source of the PDF. A `Paper` as the source of its PDF.

The first three share one body (`templates/body.html`), so they hold the same words. Autoescape is on and an unknown name in a template is an
error; the only markup made in Python from a report's text is that of `_Look.text`, and it escapes first.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from gxdesk import resources
from gxdesk.document import charts, layout
from gxdesk.document.edition import Sides
from gxdesk.document.layout import TableLayout
from gxdesk.document.papers import FILLED_IN, Chart, Paper
from gxdesk.document.view import CellView, DocumentView, TableView
from gxdesk.forms.grid import Role

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

DRAFT = "草稿"
DRAFT_NOTE = "草稿：数据和文字尚未核对完毕，请勿印发、公布。"

# A run of letters without a blank, as an address or a slip of the keyboard: without break opportunities its layout takes quadratic time.
ENDLESS = 60
_ENDLESS = re.compile(rf"[!-~]{{{ENDLESS},}}")
_PIECES = re.compile(r".{1,20}")

# “ and ” forbid a line break on either side (UAX #14, class QU), though in Chinese one may break outside of them. A zero width space says
# so to the layout; it draws nothing and is not in the text of the PDF.
_OUTSIDE_QUOTES = re.compile(r"(?<=[\w，。；：、？！）》])(?=[“‘])|(?<=[”’])(?=[\w（《])")
# Printed on one side, every page binds at the left and carries its number at the right, as an odd one does.
_ONE_SIDED = (
    "@page :left{margin-left:28mm;margin-right:26mm;@bottom-left{content:element(fingerprint)}@bottom-right{content:'— ' counter(page) ' —'}}"
)
# What is longer than any signature goes over as many lines and pages as it needs.
_NO_SIGNATURE = ".sign{break-inside:auto}.sign .box{display:block;white-space:normal}"
SHEET_HEAD = 2  # lines of the report's grid kept free above a table that is to be filled in
_RARE = re.compile("\ue000([^\ue001]+)\ue001")

_FRAGMENT_STYLES: Mapping[str, str] = {
    "h1": "text-align:center;font-size:22px;line-height:1.6;margin:0 0 24px",
    "h2": "font-size:18px;line-height:1.6;margin:24px 0 8px",
    "h3": "font-size:16px;line-height:1.8;margin:8px 0;text-indent:2em;font-weight:bold",
    "p": "font-size:16px;line-height:1.8;margin:8px 0;text-indent:2em;text-align:justify",
    "draft": "font-size:16px;line-height:1.8;margin:0 0 16px;padding:4px 12px;border:2px solid #b00020;color:#b00020;text-align:center",
    "scroll": "overflow-x:auto;margin:12px 0",
    "caption": "display:none",
    "table": "border-collapse:collapse;width:100%;font-size:14px;line-height:1.5",
    "head": "border:1px solid #333;padding:4px;text-align:center;font-weight:bold",
    "band": "border:1px solid #333;padding:4px;text-align:center;font-weight:bold",
    "corner": "border:1px solid #333;padding:4px;text-align:center;font-weight:normal",
    "label": "border:1px solid #333;padding:4px;text-align:left;font-weight:normal",
    "merged": "border:1px solid #333;padding:4px;text-align:center;font-weight:normal;min-width:4.2em",
    "figure": "border:1px solid #333;padding:4px;text-align:center",
    "sign": "margin-top:32px;text-align:right",
    "sign-line": "font-size:16px;line-height:1.8;margin:0",
    "fingerprint": "font-size:12px;line-height:1.8;margin:24px 0 0;text-align:right;color:#595959",
}


def render_page(view: DocumentView) -> str:
    """A web page complete in itself: no script, no other file, readable on a phone, printing like the PDF."""
    return _render("page.html", view, _Look(), style=_css(style("page.css")), print_style=_css(style("print.css") + print_rules(view)))


def render_fragment(view: DocumentView) -> str:
    """The body alone, for the editor of a website, which drops classes and style sheets: every style stands in its element."""
    return _render("fragment.html", view, _Look(inline=True))


def render_print(view: DocumentView, sides: Sides = Sides.BOTH) -> str:
    """The HTML the PDF is made of, without the style sheet `print.css` that is the same for every report."""
    return _render("print.html", view, _Look(layouts=_layouts(view)), print_style=_css(print_rules(view, sides)))


def render_paper(paper: Paper) -> str:
    """The HTML of one of the other papers, to be printed under `papers/paper.css`."""
    from markupsafe import Markup

    layouts = {t.key: layout.lay_out(t, SHEET_HEAD) for t in paper.tables()}
    pictures = {b: Markup(charts.draw(b)) for b in paper.blocks if isinstance(b, Chart) and b.drawn}  # noqa: S704  serialised XML
    return _render("papers/paper.html", paper, _Look(layouts=layouts), rules=_css("\n".join(_table_rules(layouts))), pictures=pictures, FILLED_IN=FILLED_IN)


def fingerprint_line(view: DocumentView) -> str:
    """What stands small after the report: paper, page and file that say the same carry the same code."""
    return f"校验码 {view.fingerprint}"


@cache
def style(name: str) -> str:
    """A style sheet of `templates/`."""
    return resources.templates().joinpath(name).read_text(encoding="utf-8")


def print_rules(view: DocumentView, sides: Sides = Sides.BOTH) -> str:
    """The part of the print style sheet that follows from the report: the measures of its tables and its signature. Numbers only."""
    rules = [f".sign .box{{margin-right:{layout.signature_gap(view.signature):.3f}mm}}"]
    if len(layout.signature_lines(view.signature)) > layout.SIGNATURE_MOST or any(map(_ENDLESS.search, view.signature)):
        rules.append(_NO_SIGNATURE)
    if sides is Sides.ONE:
        rules.append(_ONE_SIDED)
    return "\n".join([*rules, *_table_rules(_layouts(view))])


def _table_rules(layouts: Mapping[str, TableLayout]) -> Iterator[str]:
    for number, t in enumerate(layouts.values(), 1):
        # A cell's height in CSS is without its rules and padding.
        row, head = (max(0.0, height - layout.RULE - layout.AIR) for height in (t.row, t.head))
        yield from (
            f".t{number}{{font-size:{t.size}pt;line-height:{t.leading}pt}}",
            # One cell gives its row the height: WeasyPrint computes the whole style of a cell again that has one.
            f".t{number} tbody tr>:last-child:not([rowspan]){{height:{row:.3f}mm}}",
            f".t{number} thead th:not([rowspan]){{height:{head:.3f}mm}}",
            f".w{number},.t{number}{{break-inside:{'avoid' if t.whole else 'auto'}}}",
            # Said beforehand, so that it is not set first where it finds no room.
            *([f".w{number}{{break-before:page}}"] if t.full else []),
            *(f".t{number} col:nth-child({i}){{width:{width:.3f}mm}}" for i, width in enumerate(t.columns, 1)),
        )


def _layouts(view: DocumentView) -> Mapping[str, TableLayout]:
    return {t.key: layout.lay_out(t, layout.heading_lines(view, t)) for t in view.tables()}


class _Look:
    """What an output adds to the shared body. `inline`: styles in the elements instead of classes. `layouts`: this is paper, so labels are
    broken and figures sized by them, and text gets its break opportunities."""

    def __init__(self, *, inline: bool = False, layouts: Mapping[str, TableLayout] | None = None) -> None:
        self._inline, self._layouts = inline, layouts

    def at(self, name: str) -> "Markup":
        """The attribute that gives an element the look called `name`, with the space before it."""
        return _inline_style(name) if self._inline else _class(name)

    def title(self, view: DocumentView) -> tuple[str, ...]:
        return layout.title_lines(view.title, view.agency)

    def signature(self, view: DocumentView) -> tuple[str, ...]:
        return layout.signature_lines(view.signature)

    def fingerprint(self, view: DocumentView) -> str:
        return fingerprint_line(view)

    def text(self, text: str) -> "Markup | str":
        from markupsafe import Markup, escape

        if self._layouts is None:
            return text
        if text.isascii() and len(text) < ENDLESS:
            return text
        marked = text
        if not _in_gb2312(text):
            # What GB 2312 lacks may come from another font, whose taller line would push the text off the 22-line grid (5.2.3).
            marked = "".join(c if _in_gb2312(c) else f"\ue000{c}\ue001" for c in text.translate(_MARKS))
        broken = _ENDLESS.sub(lambda run: "\u200b".join(_PIECES.findall(run[0])), _OUTSIDE_QUOTES.sub("\u200b", marked))
        escaped = str(escape(broken))
        return Markup(_RARE.sub(r'<span class="rare">\1</span>', escaped))  # noqa: S704  escaped one line above

    def label(self, table: TableView, cell: CellView) -> tuple[str, ...]:
        if self._layouts:
            return self._layouts[table.key].lines(cell)
        return cell.lines if cell.role is Role.HEAD or cell.rowspan > 1 else (cell.text,)

    def figure(self, table: TableView, cell: CellView) -> "Markup":
        """The attributes of a cell. On the web page its id makes it a place to link to; in the PDF it is one by its ref."""
        from markupsafe import Markup

        attributes = self.at("figure")
        if self._layouts is None:
            return attributes if self._inline else Markup(' id="{}"').format(cell.ref) + attributes
        if (size := self._layouts[table.key].figure_size(cell)) < self._layouts[table.key].size:
            attributes += Markup(' style="font-size:{}pt"').format(size)
        return attributes


_MARKS = dict.fromkeys((0xE000, 0xE001), "\ufffd")


@cache
def _inline_style(name: str) -> "Markup":
    from markupsafe import Markup

    style = _FRAGMENT_STYLES.get(name.partition(" ")[0])
    return Markup(' style="{}"').format(style) if style else Markup("")


@cache
def _class(name: str) -> "Markup":
    from markupsafe import Markup

    return Markup(' class="{}"').format(name)


def _in_gb2312(text: str) -> bool:
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _render(name: str, view: DocumentView | Paper, look: _Look, **values: Any) -> str:
    return render_template(name, view=view, look=look, DRAFT=DRAFT, DRAFT_NOTE=DRAFT_NOTE, **values)


def render_template(name: str, **values: Any) -> str:
    """A file of `templates/` with these values."""
    return _environment().get_template(name).render(**values)


def _css(rules: str) -> "Markup":
    from markupsafe import Markup

    return Markup(rules)  # noqa: S704  packaged style sheets and numbers, no text of a report


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(loader=FileSystemLoader(resources.templates()), undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True)
