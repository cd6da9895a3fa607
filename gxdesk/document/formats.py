"""The kinds of file a report can become. Command line, window and worker take them from `FORMATS` and know none by name.

What makes a file also reads it back: a `Made` holds what its report holds, or it does not come into being. Makers raise ExportError.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gxdesk import report as reports
from gxdesk.document import html, layout, papers, readback
from gxdesk.document.edition import Edition
from gxdesk.document.pdf import Attachment, Press

PAPER = "papers/paper.css"


@dataclass(frozen=True)
class Made:
    """The bytes of a file that has been read back, what is to be said about it, and its pages if it is paper."""

    data: bytes
    notices: tuple[str, ...] = ()
    pages: int | None = None


@dataclass(frozen=True)
class Format:
    """A kind of file. `key` names it for programs (`--pdf`), `name` and `use` for the officer; `ending` is the end of its file name.
    `internal` are the papers around the report, which are made one by one and are no part of a full set; `final` is what waits until
    nothing must be changed any more."""

    key: str
    name: str
    use: str
    ending: str
    make: Callable[[Edition, Press], Made]
    internal: bool = False
    final: bool = False


def _pdf(edition: Edition, press: Press) -> Made:
    report = edition.report.published(edition.form)
    source = Attachment("report.gxreport", f"{edition.view.description}：用 gxdesk 可以打开", reports.dumps(report))
    rendered = press.render(edition.view, edition.sides, source)
    readback.check_pdf(rendered.data, edition.view)
    readback.check_report(rendered.data, report, edition.form)
    return Made(rendered.data, rendered.notices, rendered.pages)


def _word(edition: Edition, _: Press) -> Made:
    from gxdesk.document import docx  # loads python-docx

    data = docx.render(edition.view, edition.sides)
    readback.check_docx(data, edition.view)
    return Made(data, tuple(layout.notices(edition.view)))


def _page(edition: Edition, _: Press) -> Made:
    return _html(html.render_page(edition.view), edition)


def _fragment(edition: Edition, _: Press) -> Made:
    return _html(html.render_fragment(edition.view), edition)


def _html(source: str, edition: Edition) -> Made:
    data = source.encode("utf-8")
    readback.check_html(data, edition.view)
    return Made(data)


def _report(edition: Edition, _: Press) -> Made:
    data = reports.dumps(edition.report)
    readback.check_report(data, edition.report, edition.form)
    return Made(data)


def _sign_off(edition: Edition, press: Press) -> Made:
    return _paper(papers.sign_off(edition, press.pages(html.render_print(edition.view, edition.sides), "print.css")), press)


def _brief(edition: Edition, press: Press) -> Made:
    """As many of its lines as one page holds."""
    whole = _paper(papers.brief(edition), press)
    if whole.pages == 1:
        return whole
    fitting = bisect_left(range(papers.brief_lines(edition)), 2, key=lambda n: press.pages(html.render_paper(papers.brief(edition, n + 1)), PAPER))
    return _paper(papers.brief(edition, fitting), press)


def _paper(paper: papers.Paper, press: Press) -> Made:
    rendered = press.print(html.render_paper(paper), PAPER)
    readback.check_paper(rendered.data, paper)
    return Made(rendered.data, rendered.notices, rendered.pages)


FORMATS: Mapping[str, Format] = {
    f.key: f
    for f in (
        Format("pdf", "PDF", "打印盖章", ".pdf", _pdf, final=True),
        Format("docx", "Word", "请领导改", ".docx", _word, final=True),
        Format("html", "网页", "单独一页", ".html", _page, final=True),
        Format("fragment", "正文片段", "贴进网站", "_正文片段.html", _fragment, final=True),
        Format("gxreport", "报告文件", "留底、换电脑接着写", ".gxreport", _report),
        Format("signoff", "签批单", "送审、签字、盖章", "_签批单.pdf", _sign_off, internal=True),
        Format("checked", "预检表", "附在签批单后面", "_预检表.pdf", lambda edition, press: _paper(papers.checked(edition), press), internal=True),
        Format("brief", "一页纸", "给领导看变化", "_一页纸.pdf", _brief, internal=True),
        Format("collection", "采集表", "发给科室填", "_采集表.pdf", lambda edition, press: _paper(papers.collection(edition), press), internal=True),
        Format("reasons", "说明", "逐条写明原因，内部留存", "_说明.pdf", lambda edition, press: _paper(papers.reasons(edition), press), internal=True),
        Format("charts", "图解", "配图，可随报告公布", "_图解.pdf", lambda edition, press: _paper(papers.charts(edition), press), internal=True),
    )
}
