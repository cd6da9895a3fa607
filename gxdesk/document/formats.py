"""The kinds of file a report can become. Command line, window and worker take them from `FORMATS` and know none by name.

What makes a file also reads it back: a `Made` holds what its report holds, or it does not come into being. Makers raise ExportError.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gxdesk import report as reports
from gxdesk.document import html, readback
from gxdesk.document.edition import Edition
from gxdesk.document.pdf import Attachment, Press


@dataclass(frozen=True)
class Made:
    """The bytes of a file that has been read back, what is to be said about it, and its pages if it is paper."""

    data: bytes
    notices: tuple[str, ...] = ()
    pages: int | None = None


@dataclass(frozen=True)
class Format:
    """A kind of file. `key` names it for programs (`--pdf`), `name` and `use` for the officer; `ending` is the end of its file name."""

    key: str
    name: str
    use: str
    ending: str
    make: Callable[[Edition, Press], Made]


def _pdf(edition: Edition, press: Press) -> Made:
    report = edition.report.published(edition.form)
    source = Attachment("report.gxreport", f"{edition.view.description}：用 gxdesk 可以打开", reports.dumps(report))
    rendered = press.render(edition.view, edition.sides, source)
    readback.check_pdf(rendered.data, edition.view)
    readback.check_report(rendered.data, report, edition.form)
    return Made(rendered.data, rendered.notices, rendered.pages)


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


FORMATS: Mapping[str, Format] = {
    f.key: f
    for f in (
        Format("pdf", "PDF", "打印盖章", ".pdf", _pdf),
        Format("html", "网页", "单独一页", ".html", _page),
        Format("fragment", "正文片段", "贴进网站", "_正文片段.html", _fragment),
        Format("gxreport", "报告文件", "留底、换电脑接着写", ".gxreport", _report),
    )
}
