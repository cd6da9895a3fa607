"""The web page, the fragment and the source of the PDF."""

import importlib.util
import json
import re
import shutil
import subprocess
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import jinja2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gxdesk.document import html
from gxdesk.document.view import DocumentView, build_view
from gxdesk.forms.definition import FormDef
from gxdesk.forms.known import Forms
from gxdesk.report import Report
from tests.document.conftest import report_for

CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
AXE = importlib.util.find_spec("axe_playwright_python")  # which brings axe-core
RENDERERS = (html.render_page, html.render_fragment, html.render_print)
EVIL = "<script>alert(1)</script><img src=file:///etc/passwd onerror='x'>\"&amp;{{ 7*7 }}"


class Outline(HTMLParser):
    """Elements, attributes and text; fails on elements that do not nest."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(source)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in {"style", "title"}:
            self.text.append(data)

    def tags(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.elements if tag == name]


def evil_view(form: FormDef) -> DocumentView:
    report = Report(form.id, 2026, {"name": EVIL}, dict.fromkeys(form.texts, f"（一）{EVIL}\n{EVIL}"), dict.fromkeys(form.cells, EVIL))
    return build_view(report, form, draft=True)


@pytest.mark.parametrize("render", RENDERERS)
def test_markup_typed_in_a_field_is_text(form: FormDef, render: object) -> None:
    source = render(evil_view(form))  # type: ignore[operator]
    outline = Outline(source)
    assert "<script" not in source and "<img" not in source
    assert not {"script", "img"} & {tag for tag, _ in outline.elements}
    assert "".join(outline.text).count(EVIL) >= len(form.cells) + len(form.texts)


@pytest.mark.parametrize("render", RENDERERS)
def test_same_words_and_figures_in_every_output(forms: Forms, third: FormDef, render: object) -> None:
    for form in (*forms.values(), third):
        view = build_view(report_for(form), form, draft=False)
        outline = Outline(render(view))  # type: ignore[operator]
        text = "".join("".join(outline.text).replace("\u200b", "").split())
        at = text.index("".join(view.title.split()))
        for s in view.sections:
            at = text.index("".join(s.heading.split()), at)
        assert [a["data-ref"] for _, a in outline.elements if "data-ref" in a] == [ref for ref, _ in view.numbers]
        assert "草稿" not in text


def test_the_source_of_the_pdf_is_well_formed(form: FormDef) -> None:
    """Which makes the PDF no other, only quicker to come."""
    texts = {"overview": "甲 & 乙 <丙>\n（一）“主动”公开堃喆情况\n\n" + "a" * 300}
    assert ET.fromstring(html.render_print(build_view(report_for(form, texts=texts), form, draft=True))).tag == "html"


def test_page_is_semantic_and_complete_in_itself(form: FormDef) -> None:
    source = html.render_page(build_view(report_for(form), form, draft=False))
    outline = Outline(source)
    assert source.startswith("<!doctype html>") and outline.tags("html")[0]["lang"] == "zh-CN"
    assert len(outline.tags("main")) == len(outline.tags("h1")) == 1 and len(outline.tags("h2")) == 6 and outline.tags("h3")
    assert len(outline.tags("caption")) == len(outline.tags("table")) == 3
    assert all(a["scope"] in {"col", "colgroup", "row", "rowgroup"} for a in outline.tags("th"))
    assert len([i for _, a in outline.elements if (i := a.get("id"))]) == len({a.get("id") for _, a in outline.elements} - {None}) == len(form.cells)
    assert {"ArticleTitle", "ContentSource", "viewport", "description"} <= {a.get("name") for a in outline.tags("meta")}
    assert not re.search(r"(?i)https?:|url\(|@import|<link|<script|src=|javascript:", source)


def test_page_says_when_it_was_published(form: FormDef) -> None:
    def published(closing: str) -> list[str | None]:
        report = report_for(form, texts={"closing": closing})
        metas = Outline(html.render_page(build_view(report, form, draft=False))).tags("meta")
        return [a["content"] for a in metas if a.get("name") == "PubDate"]

    assert published("某中心\n2027年1月5日") == published("某中心\n２０２７ 年 1 月 5 日") == ["2027-01-05 00:00"]
    for closing in ("", "某中心", "某中心\n2027年1月", "某中心\n2027年2月30日", "某中心\n0000年1月1日"):
        assert published(closing) == []


CHECK = """addEventListener("load", () => axe.run(document).then(found => {
  const result = parent.document.createElement("pre")
  result.textContent = JSON.stringify({
    rules: found.passes.length, over: document.documentElement.scrollWidth - innerWidth,
    found: found.violations.map(v => [v.impact, v.id, v.nodes.map(n => n.html.slice(0, 200))]) })
  parent.document.body.append(result)
}))"""


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: not every system offers it, and it may need root")
@pytest.mark.skipif(AXE is None, reason="axe-core, which axe-playwright-python brings, is not installed")
def test_web_page_and_fragment_are_accessible(form: FormDef, third: FormDef, tmp_path: Path) -> None:
    """Each on a screen and on a telephone, in one browser: a page takes it some seconds."""
    assert AXE is not None and AXE.origin is not None
    axe = Path(AXE.origin).with_name("axe.min.js").read_text(encoding="utf-8")
    views = [build_view(report_for(form), form, draft=True), build_view(report_for(third), third, draft=False)]
    website = '<!doctype html><html lang="zh-CN"><head><title>网站</title></head><body><main>{}</main></body></html>'
    sources = [source for view in views for source in (html.render_page(view), website.format(html.render_fragment(view)))]
    frames = [
        f'<iframe style="border:0;width:{width}px;height:844px" srcdoc="{escape(source.replace("</head>", f"<script>{axe}</script><script>{CHECK}</script></head>"))}"></iframe>'
        for source, width in zip(sources, (1280, 390, 390, 1280), strict=True)
    ]
    (tmp_path / "frames.html").write_text(f"<!doctype html><body>{''.join(frames)}", encoding="utf-8")
    command = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}", "--virtual-time-budget=60000", "--dump-dom"]
    shown = subprocess.run([*command, (tmp_path / "frames.html").as_uri()], check=True, capture_output=True, encoding="utf-8", timeout=120).stdout
    results = [json.loads(unescape(found)) for found in re.findall("<pre>(.*?)</pre>", shown, re.DOTALL)]
    assert len(results) == len(frames)
    for result in results:
        assert result["found"] == [] and result["rules"] > 20
        assert result["over"] <= 0  # only tables scroll sideways, in their own region


def test_fragment_has_only_inline_styles(form: FormDef) -> None:
    source = html.render_fragment(build_view(report_for(form), form, draft=True))
    outline = Outline(source)
    assert not {"style", "html", "head", "body", "link", "script"} & {tag for tag, _ in outline.elements}
    assert not any("class" in a or "id" in a for _, a in outline.elements)
    assert all(a.get("style") for tag in ("h1", "h2", "p", "th", "td", "table") for a in outline.tags(tag))


def test_draft_is_marked_in_every_output(form: FormDef) -> None:
    view = build_view(report_for(form), form, draft=True)
    assert html.DRAFT_NOTE in html.render_page(view) and html.DRAFT_NOTE in html.render_fragment(view)
    assert f'<div class="mark">{html.DRAFT}</div>' in html.render_print(view)


def test_blank_is_an_empty_cell_and_zero_is_printed(form: FormDef) -> None:
    view = build_view(Report("2021", 2026, {}, {}, {"requests.received.person": "0"}), form, draft=True)
    for render in RENDERERS:
        source = render(view)
        assert re.search(r'<td data-ref="requests\.received\.person"[^>]*>0</td>', source)
        assert re.search(r'<td data-ref="requests\.received\.business"[^>]*></td>', source)


def test_paper_text_may_break_outside_of_quotation_marks(form: FormDef) -> None:
    view = build_view(Report("2021", 2026, {}, {"overview": "坚持“公开为常态”，围绕“一老一小”等（“两项”）事项，由㛃同志负责。"}), form, draft=False)
    assert '坚持\u200b“公开为常态”，围绕\u200b“一老一小”\u200b等（“两项”）事项，由<span class="rare">㛃</span>同志负责。' in html.render_print(view)
    assert "\u200b" not in html.render_page(view) + html.render_fragment(view)


def test_templates_refuse_unknown_names() -> None:
    with pytest.raises(jinja2.UndefinedError):
        html._environment().from_string("{{ view.misspelt }}").render(view=object())


@pytest.mark.no_cover
@settings(max_examples=25, deadline=None)
@given(text=st.text(max_size=120), figure=st.text(max_size=12))
def test_any_text_stays_text(text: str, figure: str) -> None:
    report = Report("2021", 2026, {"name": text}, dict.fromkeys(FORM.texts, text), dict.fromkeys(list(FORM.cells)[:30], figure))
    view = build_view(report, FORM, draft=False)
    plain = build_view(Report("2021", 2026), FORM, draft=False)
    for render in RENDERERS:
        outline = Outline(render(view))
        assert {t for t, _ in outline.elements} <= {t for t, _ in Outline(render(plain)).elements} | {"h3", "span", "div", "p"}
        assert all(a["data-ref"] in FORM.cells for _, a in outline.elements if "data-ref" in a)


FORM = Forms.load()["2021"]
