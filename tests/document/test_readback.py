"""Reading finished files back: whatever is wrong with them is found."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gxdesk import report as reports
from gxdesk.cells import CellRef
from gxdesk.document import html, readback
from gxdesk.document.pdf import Press, Rendered
from gxdesk.document.readback import check_html, check_pdf, check_report, fonts_of
from gxdesk.document.view import DocumentView, build_view
from gxdesk.errors import ExportError
from gxdesk.forms.definition import FormDef
from gxdesk.forms.known import Forms
from gxdesk.report import Report
from tests.document.conftest import Printed, report_for

REF = CellRef("requests.granted.person")
Render = Callable[[DocumentView], str]


def with_figure(view: DocumentView, ref: CellRef, text: str) -> DocumentView:
    """The view as if the report said something else in one cell, in what is to be found only."""
    return replace(view, numbers=tuple((r, text if r == ref else t) for r, t in view.numbers))


def with_heading(view: DocumentView, number: int, text: str) -> DocumentView:
    """The view as if it had another title (0) or another heading of a section (1 and on)."""
    if number == 0:
        return replace(view, title=text)
    sections = list(view.sections)
    sections[number - 1] = replace(sections[number - 1], heading=text)
    return replace(view, sections=tuple(sections))


def refused(rendered: Rendered, view: DocumentView, words: str = "不一致") -> None:
    with pytest.raises(ExportError, match=words):
        check_pdf(rendered.data, view)


# --- PDF ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", ["", "0", "1", "77", "7", "x"])
def test_a_wrong_figure_in_a_pdf_is_found(printed: Printed, wrong: str) -> None:
    view, rendered = printed("2021")
    assert dict(view.numbers)[REF] not in {"", wrong}
    refused(rendered, with_figure(view, REF, wrong))


def test_every_single_figure_is_looked_at(printed: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    view, rendered = printed("2019")
    with readback._opened(rendered.data) as document:
        drawn = readback._drawn(document, readback._boxes(document))
    monkeypatch.setattr(readback, "_drawn", lambda *_: drawn)  # read once, compared many times
    for ref, text in view.numbers:
        with pytest.raises(ExportError, match=re.escape(ref)):
            check_pdf(rendered.data, with_figure(view, ref, str(int(text) + 1)))


def test_a_pdf_with_another_fingerprint_is_found(printed: Printed) -> None:
    view, rendered = printed("2021")
    refused(rendered, replace(view, signature=("另一个机关",)), "校验码和报告不一致")


def test_a_letter_with_a_combining_accent_in_a_cell_is_no_difference(press: Press, form: FormDef) -> None:
    view = build_view(report_for(form, cells={REF: "e\u0301 12"}), form, draft=True)
    check_pdf(press.render(view).data, view)


def test_a_damaged_pdf_is_found(printed: Printed) -> None:
    view, rendered = printed("2021")
    refused(replace(rendered, data=rendered.data[:2000]), view, "打不开")
    refused(replace(rendered, data=b""), view, "打不开")


def test_a_pdf_of_another_report_is_found(printed: Printed) -> None:
    view, rendered = printed("2021")
    _, other_rendered = printed("2030")
    refused(replace(rendered, data=other_rendered.data), view)
    refused(other_rendered, view)


@pytest.mark.parametrize("number", range(7))
def test_a_heading_that_is_not_in_a_pdf_is_found(printed: Printed, number: int) -> None:
    view, rendered = printed("2021")
    heading = (view.title, *(s.heading for s in view.sections))[number]
    refused(rendered, with_heading(view, number, heading[:-1] + "们"), f"{heading[:-1]}们.*不一致")


def test_headings_in_another_order_in_a_pdf_are_found(printed: Printed) -> None:
    view, rendered = printed("2021")
    first, last = view.sections[0].heading, view.sections[-1].heading
    refused(rendered, with_heading(with_heading(view, 1, last), 6, first))


def test_a_title_with_characters_no_font_has_is_not_refused(press: Press, form: FormDef) -> None:
    view = build_view(report_for(form, agency="䶮\U000f1234㛃\U000f1235〇镇 民生服务中心"), form, draft=True)
    rendered = press.render(view)
    check_pdf(rendered.data, view)


def test_fonts_of_a_pdf(printed: Printed, tmp_path: Path) -> None:
    view, rendered = printed("2021")
    (tmp_path / "a.pdf").write_bytes(rendered.data)
    title, heading, nothing, missing = fonts_of(tmp_path / "a.pdf", (view.title[:3], view.sections[0].heading, "", "没有这几个字"))
    assert title and heading and not nothing and not missing
    assert "+" not in title and "-" not in title  # neither the mark of a subset nor PDF's spelling of a blank


# --- HTML ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("render", [html.render_page, html.render_fragment])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (rf'(data-ref="{REF}"[^>]*>)\d+', r"\g<1>1"),
        (rf'(data-ref="{REF}"[^>]*>)\d+', r"\g<1>"),
        (rf'(data-ref="{REF}"[^>]*>)(\d+)', r"\1\2<b>0</b>"),
        (rf'data-ref="{REF}"', 'data-ref="requests.partial.person"'),
        (rf' data-ref="{REF}"', ""),
        (rf"<td[^>]*{REF}.*", ""),
    ],
)
def test_a_wrong_figure_in_html_is_found(printed: Printed, tmp_path: Path, render: object, old: str, new: str) -> None:
    view, _ = printed("2021")
    source = render(view)  # type: ignore[operator]
    (tmp_path / "a.html").write_text(source, encoding="utf-8")
    check_html((tmp_path / "a.html").read_bytes(), view)
    spoilt = re.sub(old, new, source, flags=re.DOTALL)
    assert spoilt != source
    (tmp_path / "a.html").write_text(spoilt, encoding="utf-8")
    with pytest.raises(ExportError, match="没有替换原来的文件"):
        check_html((tmp_path / "a.html").read_bytes(), view)


@pytest.mark.parametrize("render", [html.render_page, html.render_fragment])
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (r"<h1.*?</h1>", "", "工作年度报告”这一标题"),
        (r"<h2.*?</h2>", "", "一、总体情况”这一标题"),
        (r"六、其他需要报告的事项", "六、其他", "六、其他需要报告的事项”这一标题"),
        (r"<h2([^>]*)>一、总体情况</h2>", r"<p\1>一、总体情况</p>", "一、总体情况”这一标题"),
        (r"自然人", "法人", "“自然人”这一处"),
        (r">([^<]*)自然人", r">\1", "“自然人”这一处"),
        (r"先审查、后公开", "先公开、后审查", "不一致"),
        (r"2027年1月20日", "2027年1月21日", "“2027年1月20日”这一处"),
        (r"(校验码 [-0-9A-Z]+</p>)", r"\1<p>再添一行</p>", "后面"),
        (r"校验码 \w+", "校验码 ABCD", "“校验码 .*”这一处"),
        (r"</table></div>(?!.*</table>).*", "</table></div>", "不一致"),
        (r"</(div|main)>(\s*</body>\s*</html>)?\s*$", "", "结尾"),
        (r"</(div|main)>(?=(\s*</body>\s*</html>)?\s*$)", "</di", "结尾"),
    ],
)
def test_anything_else_wrong_in_html_is_found(printed: Printed, tmp_path: Path, render: Render, old: str, new: str, words: str) -> None:
    view, _ = printed("2021")
    source = render(view)
    spoilt = re.sub(old, new, source, count=1, flags=re.DOTALL)
    assert spoilt != source
    (tmp_path / "a.html").write_text(spoilt, encoding="utf-8")
    with pytest.raises(ExportError, match=f"{words}.*没有替换原来的文件"):
        check_html((tmp_path / "a.html").read_bytes(), view)


def test_a_page_cut_anywhere_is_found(printed: Printed, tmp_path: Path) -> None:
    view, _ = printed("2030")
    source = html.render_page(view).rstrip()
    body = source.index("<body>")
    for end in (*range(body, len(source), 37), *range(len(source) - 30, len(source))):
        (tmp_path / "a.html").write_text(source[:end], encoding="utf-8")
        with pytest.raises(ExportError):
            check_html((tmp_path / "a.html").read_bytes(), view)


@pytest.mark.parametrize("render", [html.render_page, html.render_fragment])
@pytest.mark.parametrize("draft", [True, False])
def test_sound_html_of_every_form_passes_and_the_draft_is_no_final(
    forms: Forms, third: FormDef, tmp_path: Path, render: Render, draft: bool
) -> None:
    for form in (*forms.values(), third):
        closing = "某某省某某市某某高新技术产业开发区社会事务和民生保障综合服务中心\n2027年1月20日"
        texts = {"overview": "（一）a<b>&amp;\n甲  乙\n（二）依申请公开。全年8件。", "closing": closing}
        for report in (report_for(form, agency="甲 乙<局>", texts=texts), Report(form.id, None)):
            view = build_view(report, form, draft=draft)
            (tmp_path / "a.html").write_text(render(view), encoding="utf-8")
            check_html((tmp_path / "a.html").read_bytes(), view)
            with pytest.raises(ExportError, match="不一致"):
                check_html((tmp_path / "a.html").read_bytes(), replace(view, draft=not draft))


# --- the report file ----------------------------------------------------------------------------------------------


def test_a_report_file_is_compared_with_the_report(example: Report, form: FormDef, tmp_path: Path) -> None:
    path = tmp_path / "a.gxreport"
    reports.write(example, path)
    check_report(path.read_bytes(), example, form)
    with pytest.raises(ExportError, match="报告文件里内容和报告不一致"):
        check_report(path.read_bytes(), replace(example, year=2027), form)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ExportError, match="读不回来，没有替换原来的文件"):
        check_report(path.read_bytes(), example, form)
