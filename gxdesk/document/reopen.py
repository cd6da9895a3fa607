"""Reports opened from files, with what the officer should hear first: a PDF carries the report it was made from, and may show another."""

from dataclasses import dataclass

from gxdesk import attached
from gxdesk import report as reports
from gxdesk.cells import CellRef
from gxdesk.document import readback
from gxdesk.document.view import build_view
from gxdesk.errors import ExportError, UserError
from gxdesk.forms.definition import FormDef
from gxdesk.forms.known import Forms
from gxdesk.report import Report

_NAMED = 3  # cells named in a notice


@dataclass(frozen=True)
class Reopened:
    """A report from a file. `differing`: the cells whose figure on the paper is not the one inside; `notice` says so, else it is empty."""

    report: Report
    differing: tuple[CellRef, ...] = ()
    notice: str = ""


def reopen(data: bytes, forms: Forms, name: str) -> Reopened:
    """Read a `.gxreport` file or a PDF of gxdesk, and compare a PDF with what is inside. Raises UserError with a sentence that names the file."""
    report = reports.loads(data, forms, name)
    if not attached.is_pdf(data):
        return Reopened(report)
    form = forms[report.form]
    view = build_view(report, form, draft=False)
    try:
        differing, same = readback.compared(data, view)
    except ExportError as error:
        raise UserError(f"“{name}”的页面损坏了，读不出上面的数字。请换一份完好的文件。") from error
    return Reopened(report, differing, "" if same else _notice(name, form, differing))


def _notice(name: str, form: FormDef, differing: tuple[CellRef, ...]) -> str:
    taken = "读入的是存在里面的数据，请对照纸面核对一遍。"
    if not differing:
        return f"“{name}”纸面上的校验码和里面存的报告对不上，文字可能被别的程序改过。{taken}"
    places = {ref: cell.place for table in form.tables.values() for ref, cell in table.cells.items()}
    named = "、".join(f"“{places[ref]}”" for ref in differing[:_NAMED]) + ("等" if len(differing) > _NAMED else "")
    return f"“{name}”纸面上有 {len(differing)} 个数（{named}）和里面存的报告不一样，可能被别的程序改过。{taken}"
