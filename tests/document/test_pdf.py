"""The paper, measured: every number is read back from a rendered PDF. Clauses are those of GB/T 9704-2012."""

import io
import logging
import sys
from itertools import pairwise
from pathlib import Path

import pypdf
import pypdfium2
import pytest
import weasyprint

from gxdesk import report as reports
from gxdesk import resources
from gxdesk.document import cjk_justify, html, layout, pdf
from gxdesk.document.edition import Sides
from gxdesk.document.pdf import Press
from gxdesk.document.readback import boxes_in, check_pdf
from gxdesk.document.view import build_view
from gxdesk.errors import ExportError
from gxdesk.forms.definition import FormDef
from gxdesk.forms.known import Forms
from gxdesk.report import Report
from tests.conftest import corpus
from tests.document.conftest import Glyph, Printed, glyphs, report_for, words

FORM_IDS = ("2019", "2021", "2030")
FOOT = 264.0  # mm: below are page numbers only


@pytest.fixture(scope="module")
def long_text(press: Press, forms: Forms) -> bytes:
    """Pages of nothing but text, one line of 国 after another."""
    report = Report("2021", 2026, {"name": "某局"}, {"preamble": "国" * 28 * 80})
    rendered = press.render(build_view(report, forms["2021"], draft=False))
    assert rendered.notices == ()
    return rendered.data


def lines_of(page: list[Glyph]) -> list[list[Glyph]]:
    lines: dict[float, list[Glyph]] = {}
    for g in page:
        if g.bottom < FOOT:
            lines.setdefault(round(g.y, 1), []).append(g)
    return [lines[y] for y in sorted(lines)]


@pytest.mark.parametrize(("page", "left"), [(1, 26.0), (2, 28.0)])
def test_22_lines_of_28_characters_fill_the_type_area(long_text: bytes, page: int, left: float) -> None:
    lines = lines_of(glyphs(long_text, page))
    assert [len(line) for line in lines] == [28] * 22  # 5.2.3
    assert all(line[0].x == pytest.approx(left, abs=0.05) for line in lines)  # 5.2.1, mirrored for the even page
    assert all(line[-1].x + layout.CHARACTER == pytest.approx(left + 156, abs=0.1) for line in lines)
    assert all(b[0].y - a[0].y == pytest.approx(layout.LINE, abs=0.02) for a, b in pairwise(lines))  # 3.2
    assert 36 <= min(g.top for g in lines[0]) <= 38.5 and 260.5 <= max(g.bottom for g in lines[-1]) <= 262.5


def foot_of(data: bytes, page: int) -> list[Glyph]:
    """The page number: what stands below the type area, less the fingerprint, which is small."""
    return [g for g in glyphs(data, page) if g.bottom >= FOOT and (g.text == "—" or (g.text.isdigit() and g.bottom - g.top > 2.5))]


def test_page_numbers(long_text: bytes) -> None:
    for page in (0, 1, 2):
        foot = foot_of(long_text, page)
        assert "".join(g.text for g in foot) == f"—{page + 1}—"
        dash = foot[0]
        assert (dash.top + dash.bottom) / 2 == pytest.approx(262 + 7, abs=0.5)  # 7.5: 一字线 7 mm below the type area
        if page % 2:  # even page: one character from the left edge
            assert foot[0].x == pytest.approx(26 + 14 * layout.POINT, abs=0.3)
        else:
            assert foot[-1].x + 14 * layout.POINT == pytest.approx(28 + 156 - 14 * layout.POINT, abs=0.7)


@pytest.fixture(scope="module")
def one_sided(press: Press, forms: Forms) -> bytes:
    """The same pages, to be printed on one side."""
    report = Report("2021", 2026, {"name": "某局"}, {"preamble": "国" * 28 * 80})
    return press.render(build_view(report, forms["2021"], draft=False), Sides.ONE).data


def test_printed_on_one_side_every_page_binds_at_the_left(one_sided: bytes, long_text: bytes) -> None:
    for page in (1, 2):
        lines = lines_of(glyphs(one_sided, page))
        assert [len(line) for line in lines] == [28] * 22
        assert all(line[0].x == pytest.approx(28.0, abs=0.05) for line in lines)
        foot = foot_of(one_sided, page)
        assert "".join(g.text for g in foot) == f"—{page + 1}—"
        assert foot[-1].x + 14 * layout.POINT == pytest.approx(28 + 156 - 14 * layout.POINT, abs=0.7)
    assert "".join(words(one_sided, page) for page in range(3)) == "".join(words(long_text, page) for page in range(3))


@pytest.mark.parametrize("sides", Sides)
@pytest.mark.parametrize("texts", [{}, {"preamble": "国" * 28 * 20}])
def test_the_fingerprint_stands_on_the_last_page_only_across_from_its_number(press: Press, form: FormDef, sides: Sides, texts: dict[str, str]) -> None:
    view = build_view(report_for(form, texts=texts), form, draft=False)
    rendered = press.render(view, sides)
    last = rendered.pages - 1
    assert [view.fingerprint in words(rendered.data, page) for page in range(rendered.pages)] == [False] * last + [True]
    foot = [g for g in glyphs(rendered.data, last) if g.bottom >= FOOT]
    number, code = foot_of(rendered.data, last), [g for g in foot if g.text.isascii() and g.bottom - g.top < 2.5]
    assert "".join(g.text for g in code) == view.fingerprint
    assert number[1].bottom == pytest.approx(code[0].bottom, abs=0.5)  # on one line
    assert (number[0].left > code[-1].right) == (sides is Sides.ONE or last % 2 == 0) and abs(number[0].left - code[0].left) > 80


@pytest.mark.no_cover
@pytest.mark.parametrize(("closing", "counts"), [("", range(18, 26)), ("某甲局\n某乙局\n2027年1月20日", range(6, 10))])
def test_a_page_filled_to_its_last_line_is_not_followed_by_a_blank_one(press: Press, form: FormDef, closing: str, counts: range) -> None:
    """Neither by the fingerprint nor by a signature that is not there."""
    for count in counts:
        report = Report("2021", 2026, {"name": "某局"}, {"other": "国\n" * count, "closing": closing})
        rendered = press.render(build_view(report, form, draft=False))
        assert all(lines_of(glyphs(rendered.data, page)) for page in range(rendered.pages)), count


@pytest.mark.no_cover
@pytest.mark.parametrize("lines", range(4, 26, 3))
def test_the_signature_never_stands_alone_on_a_page(press: Press, form: FormDef, lines: int) -> None:
    report = report_for(form, texts={"other": "某事。\n" * lines})
    rendered = press.render(build_view(report, form, draft=False))
    last = ["".join(g.text for g in line) for line in lines_of(glyphs(rendered.data, rendered.pages - 1))]
    assert last[-1] == "2027年1月20日" and last[-2] == "青石区民生服务中心" and "某事。" in last[:-2]


def test_chinese_lines_end_flush(press: Press, form: FormDef) -> None:
    text = "推进“放管服”改革，落实“一事一审”，办理（含转办）1,280件；" * 12
    report = Report("2021", 2026, {"name": "某局"}, {"preamble": text})
    lines = lines_of(glyphs(press.render(build_view(report, form, draft=False)).data, 0))
    paragraph = next(i for i, line in enumerate(lines) if line[0].text == "推")
    full = lines[paragraph + 1 : paragraph + 13]
    # The last character begins its own width before the edge: 5.6 mm, or about half of that for a digit.
    assert all(150.3 <= line[-1].x - line[0].x <= 153.6 for line in full)
    # “ begins lines, ” ends them: without break opportunities outside of quotation marks whole phrases would move.
    assert any(line[0].text == "“" for line in full) and all(len(line) >= 26 for line in full)


def test_a_line_before_a_long_address_ends_flush_and_words_and_numbers_are_not_drawn_apart(press: Press, form: FormDef) -> None:
    text = "对报告内容有疑问的，请与办公室联系。地址：青石区青石路6号楼，电话：0632-0000000，电子邮箱：xxgk_bangongshi@example.gov.cn。"
    lines = lines_of(glyphs(press.render(build_view(Report("2021", 2026, {"name": "某局"}, {"preamble": text}), form, draft=False)).data, 0))
    at = next(i for i, line in enumerate(lines) if "".join(g.text for g in line).startswith("xxgk"))
    before = lines[at - 1]
    assert before[-1].text == "：" and before[-1].x == pytest.approx(28 + 156 - layout.CHARACTER, abs=0.3) and before[0].x == pytest.approx(28, abs=0.05)
    steps = {a.text + b.text: b.x - a.x for a, b in pairwise(before)}
    assert steps["00"] < 0.6 * layout.CHARACTER and steps["电子"] > 1.1 * layout.CHARACTER


def test_justification_is_refused_on_another_weasyprint(form: FormDef, monkeypatch: pytest.MonkeyPatch) -> None:
    from weasyprint.layout import inline

    before = inline.justify_line
    with cjk_justify.active() as active:
        assert active and inline.justify_line is not before
    assert inline.justify_line is before
    monkeypatch.setattr(weasyprint, "__version__", "71.0")
    rendered = Press().render(build_view(Report("2021", 2026), form, draft=True))
    assert len(rendered.notices) == 1 and "没有对齐" in rendered.notices[0]
    assert inline.justify_line is before


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_paper_of_every_form(printed: Printed, form_id: str) -> None:
    view, rendered = printed(form_id)
    assert rendered.notices == ()
    check_pdf(rendered.data, view)
    boxes = boxes_in(rendered.data)
    for table in view.tables():
        pages = {boxes[c.ref].page for row in table.rows for c in row if c.ref}
        heading = next(s.heading for s in view.sections if s.table is table)
        assert len(pages) == 1 and heading in words(rendered.data, pages.pop())  # whole, and with its heading
        for row in table.rows:
            for cell in (c for c in row if c.ref):
                box = boxes[cell.ref]
                left, right = ((26, 182), (28, 184))[box.page % 2 == 0]
                assert left - 0.2 <= box.left * layout.POINT and box.right * layout.POINT <= right + 0.2
                assert 297 - box.bottom * layout.POINT <= 262.05


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_rows_are_as_high_as_computed(printed: Printed, form_id: str) -> None:
    view, rendered = printed(form_id)
    boxes = boxes_in(rendered.data)
    for table in view.tables():
        t = layout.lay_out(table)
        for row in table.rows[t.whole and table.head_rows :]:
            for box in (boxes[c.ref] for c in row if c.ref):
                assert (box.top - box.bottom) * layout.POINT >= t.row - 0.1


def test_headings_fonts_bookmarks_and_metadata(printed: Printed) -> None:
    view, rendered = printed("2021")
    with pypdfium2.PdfDocument(rendered.data) as document:
        outline = [(b.level, b.get_title()) for b in document.get_toc()]
        meta = document.get_metadata_dict()
        assert document.get_page_size(0) == pytest.approx((595.28, 841.89), abs=0.1)  # A4
    assert outline[0] == (0, view.title)
    assert [title for level, title in outline[1:] if level == 0] == [s.heading for s in view.sections]
    assert (1, "（一）主动公开情况") in outline
    assert meta["Title"] == view.title and meta["Author"] == view.agency and meta["Subject"] == view.description
    assert not meta["CreationDate"] and not meta["ModDate"]
    assert pypdf.PdfReader(io.BytesIO(rendered.data)).trailer["/Root"]["/Lang"] == "zh-CN"


def test_same_view_same_bytes(printed: Printed) -> None:
    view, rendered = printed("2030")
    assert Press().render(view).data == rendered.data


def test_draft_mark_lies_across_each_page_and_changes_nothing_else(printed: Printed) -> None:
    _, final = printed("2021")
    _, draft = printed("2021", draft=True)
    assert draft.pages == final.pages and boxes_in(draft.data) == boxes_in(final.data)
    for page in range(draft.pages):
        mark = [g for g in glyphs(draft.data, page) if g.askew]
        assert "".join(g.text for g in mark) == "草稿"
        assert mark[0].left < 105 < mark[1].right and all(80 < (g.top + g.bottom) / 2 < 220 for g in mark)
        assert not [g for g in glyphs(final.data, page) if g.askew]
        assert words(draft.data, page) == words(final.data, page)
    assert "草稿" not in words(final.data, 0)


def test_extracted_text_is_clean(printed: Printed) -> None:
    view, rendered = printed("2021")
    text = "".join(words(rendered.data, i) for i in range(rendered.pages))
    assert "\u200b" not in text
    text = "".join(c for i in range(rendered.pages) for c in (g.text for g in glyphs(rendered.data, i) if g.bottom < FOOT))
    for section in view.sections:
        for p in section.paragraphs:
            assert "".join((p.lead + p.text).split()) in text


def test_signature_stands_at_the_right_with_room_for_a_seal(press: Press, forms: Forms) -> None:
    form = forms["2021"]
    view = build_view(report_for(form, agency="青石区民生局", texts={"closing": "青石区民生局\n2027年1月20日"}), form, draft=False)
    rendered = press.render(view)
    lines = lines_of(glyphs(rendered.data, rendered.pages - 1))
    before, name, date = lines[-3:]
    assert "".join(g.text for g in date) == "2027年1月20日"
    edge = 184 if rendered.pages % 2 else 182
    assert edge - 4 * layout.CHARACTER - 1.5 <= date[-1].right <= edge - 4 * layout.CHARACTER + 0.3  # 7.3.5.1: four characters
    assert (name[0].left + name[-1].right) / 2 == pytest.approx((date[0].left + date[-1].right) / 2, abs=0.7)
    assert name[0].y - before[0].y == pytest.approx(3 * layout.LINE, abs=0.1)  # two lines free


@pytest.mark.no_cover
@pytest.mark.parametrize("draft", [True, False])
def test_one_very_long_section_long_names_and_huge_figures(press: Press, forms: Forms, draft: bool) -> None:
    for form in forms.values():
        cells = dict.fromkeys((ref for t in form.tables.values() for ref in t.inputs), "999999999999")
        texts = {"overview": "。".join(["围绕中心工作推进公开"] * 600), "other": "https://www.example.cn/" + "a" * 300}
        report = report_for(form, agency="某某省某某市某某高新技术产业开发区社会事务和民生保障综合服务中心", texts=texts, cells=cells)
        view = build_view(report, form, draft=draft)
        rendered = press.render(view)
        check_pdf(rendered.data, view)
        assert rendered.pages > 10 and all("看起来吃力" in n for n in rendered.notices)
        assert len({box.page for ref, box in boxes_in(rendered.data).items() if ref.table == "requests"}) == 1


def test_text_in_number_cells_is_printed_as_typed(press: Press, forms: Forms) -> None:
    form = forms["2019"]
    texts = ("增 55", "2792220.8元", "１２件左右", "/", "-8", "不适用", "abcdefghijklmnopqrstuvwxyz0123456789" * 2, "1e9")
    cells = {ref: texts[i % len(texts)] for i, ref in enumerate(form.cells)}
    view = build_view(Report("2019", 2020, {}, {}, cells), form, draft=True)
    rendered = press.render(view)
    check_pdf(rendered.data, view)


@pytest.mark.no_cover
@pytest.mark.parametrize("path", corpus() or [pytest.param(None, marks=pytest.mark.skip("no corpus here"))], ids=lambda p: p and p.name[:14])
def test_published_reports(press: Press, forms: Forms, path: Path) -> None:
    report = reports.read(path, forms)
    view = build_view(report, forms[report.form], draft=False)
    rendered = press.render(view)
    check_pdf(rendered.data, view)
    assert [n for n in rendered.notices if not n.startswith("这台电脑的字体")] == []


def test_missing_glyphs_are_named(press: Press, form: FormDef, caplog: pytest.LogCaptureFixture) -> None:
    rendered = press.render(build_view(Report("2021", 2026, {}, {"overview": "甲\U000f1234乙\U000f1234丙\U000f1235"}), form, draft=False))
    assert all("“" in n or "glyphs" in n for n in rendered.notices)
    assert "“\U000f1234”（U+F1234）、“\U000f1235”（U+F1235）" in rendered.notices[0]
    assert not caplog.records


def test_rare_characters_are_printed_from_another_font_which_is_named(press: Press, form: FormDef) -> None:
    texts = {"preamble": "堃喆玥镕䶮", "overview": "（一）龑。甲"}
    rendered = press.render(build_view(Report("2021", 2026, {"name": "䶮镇"}, texts), form, draft=False))
    assert "堃喆玥镕䶮" in words(rendered.data, 0)
    assert len(rendered.notices) == 1 and "空框" not in rendered.notices[0]
    kinds, _, rest = rendered.notices[0].partition("里没有")
    assert kinds == "这台电脑的小标宋、楷体、仿宋" and all(f"“{c}”" in rest for c in "堃喆玥镕䶮龑") and "“Noto Serif CJK SC”" in rest


def test_many_missing_glyphs_are_counted_not_listed(press: Press, form: FormDef) -> None:
    text = "".join(chr(0xF1300 + i) for i in range(40))
    [notice] = press.render(build_view(Report("2021", 2026, {}, {"overview": text}), form, draft=False)).notices
    assert "等 40 个字" in notice and len(notice) < 400


def test_rare_characters_keep_the_grid(press: Press, form: FormDef) -> None:
    rendered = press.render(build_view(Report("2021", 2026, {}, {"preamble": ("国" * 60 + "堃喆玥㛃" + "国" * 60) * 4}), form, draft=False))
    lines = lines_of(glyphs(rendered.data, 0))[2:]
    full = [line for line in lines if len(line) == 28]
    assert len(full) > 10
    assert all((b[0].y - a[0].y) / layout.LINE == pytest.approx(round((b[0].y - a[0].y) / layout.LINE), abs=0.02) for a, b in pairwise(full))


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/a.png",
        "https://example.com/a.png",
        "ftp://example.com/a",
        "file:///etc/passwd",
        "file://server/share/a.png",
        "data:text/plain,x",
        "../gxdesk/cli.py",
        "//example.com/x",
        "",
    ],
)
def test_fetcher_refuses_what_is_not_packaged(url: str) -> None:
    with pytest.raises(ValueError, match="not a packaged file"):
        pdf.fetch(url)


def test_fetcher_reads_packaged_files_and_does_not_leave_their_folder() -> None:
    base = resources.templates().resolve().as_uri() + "/"
    assert pdf.fetch(base + "print.css").read().decode() == html.style("print.css")
    for inside in ("../pyproject.toml", "%2e%2e/pyproject.toml", "nothing.css", "", "."):
        with pytest.raises(ValueError, match="not a packaged file"):
            pdf.fetch(base + inside)


def test_renderer_fetches_nothing_even_from_injected_markup(press: Press) -> None:
    markup = '<style>@import "http://example.com/a.css"; p { background: url(file:///etc/passwd) }</style><img alt="" src="file:///etc/hostname"><p>字</p>'
    notices = press.print(f'<html lang="zh">{markup}', "print.css").notices
    assert len([n for n in notices if "not a packaged file" in n]) == 3


@pytest.mark.parametrize("error", [OSError("cannot load library 'libpango-1.0-0'"), ImportError("broken")])
def test_missing_libraries_are_one_sentence(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    import builtins

    real = builtins.__import__

    def refuse(name: str, *args: object, **kwargs: object) -> object:
        if name.startswith("weasyprint"):
            raise error
        return real(name, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(ExportError, match="请重新安装本程序" if sys.platform == "win32" else r"libpango-1\.0-0"):
        Press().print("<p>字</p>", "print.css")


def test_other_warnings_become_notices() -> None:
    with pdf._warnings() as messages:
        logging.getLogger("weasyprint").warning("something odd")
    assert pdf._notices(messages) == ("排版部件提示：something odd",)


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    import subprocess
    import sys

    program = (
        "import sys, gxdesk.document.export, gxdesk.document.html, gxdesk.document.pdf, gxdesk.document.worker;"
        "print([m for m in ('weasyprint', 'pypdfium2', 'jinja2') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]).stdout.strip() == "[]"


def test_a_run_of_letters_without_a_blank_may_break_and_stays_whole_in_the_text(form: FormDef) -> None:
    """Without break opportunities layout is quadratic: 200,000 letters took minutes."""
    from gxdesk.document.html import render_print

    view = build_view(Report("2021", 2026, {"name": "甲"}, {"overview": "x" * 500, "other": "http://www.example.gov.cn"}), form, draft=True)
    html = render_print(view)
    assert "x" * 21 not in html and html.replace("\u200b", "").count("x" * 500) == 1
    assert "http://www.example.gov.cn" in html


@pytest.mark.parametrize("agency", ["硚口区浉河服务中心", "二〇二厂服务中心", "第21中学·A座办公室"])
def test_a_rare_character_in_the_title_stays_in_its_line(press: Press, form: FormDef, agency: str) -> None:
    data = press.render(build_view(Report("2021", 2026, {"name": agency}), form, draft=False)).data
    title = glyphs(data, 0)[: len(agency)]
    assert "".join(g.text for g in title) == agency
    assert max(g.y for g in title) - min(g.y for g in title) < 0.5 and [g.x for g in title] == sorted(g.x for g in title)
