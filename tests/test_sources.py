"""法规和格式通知: only the words of the originals, found by what a basis quotes and by what is looked for."""

import re
from pathlib import Path

import pytest

from gxdesk.checks.catalogue import catalogue
from gxdesk.forms.help import table_help
from gxdesk.forms.known import Forms
from gxdesk.sources import marked, places, search, sources

OFFICIAL = Path(__file__).parents[2] / "shared" / "official"
FORMS = Forms.load()


def quoted(basis: str) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(p.source.number, p.article.key if p.article else "", p.items) for p in places(basis)]


def test_a_basis_leads_to_the_article_and_its_items() -> None:
    law, notice = "国务院令第711号", "国办公开办函〔2021〕30号"
    assert quoted("《政府信息公开条例》第三十六条第（一）（二）项") == [(law, "第三十六条", ("（一）", "（二）"))]
    assert quoted("国办公开办函〔2021〕30号 一（二）；《政府信息公开条例》第二十条") == [(notice, "一（二）", ()), (law, "第二十条", ())]
    assert quoted("国办公开办函〔2021〕30号 一（六）：收取信息处理费的情况，在此处专门报告") == [(notice, "一（六）", ())]
    assert quoted("国办公开办函〔2019〕60号附件表三") == [("国办公开办函〔2019〕60号", "附件表三", ())]
    assert quoted("国办公开办函〔2021〕30号") == [(notice, "", ())]


@pytest.mark.parametrize("basis", ["", "数据的含义：总计是前四项之和（格式没有另写明）", "《政府信息公开条例》第二十九条、第三十一条", "GB/T 9704-2012 7.2.5"])
def test_what_is_not_kept_leads_nowhere(basis: str) -> None:
    assert places(basis) == ()


def test_nearly_every_clause_the_forms_quote_can_be_read() -> None:
    quoted_by_forms = {s.clause for form in FORMS.values() for s in form.sections}
    quoted_by_forms |= {h.basis for form in FORMS.values() for table in form.tables if (t := table_help(form, table)) for h in t.rows.values()}
    official = {b for b in quoted_by_forms if "条例》" in b or "国办公开办函" in b}
    missing = {b for b in official if not places(b)}
    assert len(official) > 25
    assert missing <= {"《政府信息公开条例》第二十九条、第三十一条", "《政府信息公开条例》第三十五条"}, "the originals of these are not at hand"
    assert places(FORMS["2021"].deadline_clause) and places(next(c for c in catalogue().values() if c.code == "C-GOV").basis)


def test_words_are_found_marked_and_all_of_them_must_be_there() -> None:
    found = [p.article.key for p in search("1月31日前 本级政府信息公开工作主管部门") if p.article]
    assert found == ["第四十九条", "二（一）"]
    assert search("绝无此语") == () and len(search("  ")) == sum(len(s.articles) for s in sources())
    assert list(marked("甲乙丙乙", "乙")) == [("甲", False), ("乙", True), ("丙", False), ("乙", True)]
    assert list(marked("a.c", ".")) == [("a", False), (".", True), ("c", False)] and list(marked("甲", " ")) == [("甲", False)]


def test_excerpts_say_so_and_no_interpretation_is_among_them() -> None:
    assert [s.excerpt for s in sources()] == [True, False, True]
    assert not any(mark in a.text for s in sources() for a in s.articles for mark in ("→", "[", "source", "same "))


@pytest.mark.skipif(not OFFICIAL.is_dir(), reason="the originals lie outside of the project")
def test_every_word_is_the_originals() -> None:
    for source, file in zip(sources(), ("regulation-711-key-articles", "notice-2021-30", "notice-2019-60"), strict=True):
        original = re.sub(r"\[[^\]]*\]|\s", "", (OFFICIAL / f"{file}.txt").read_text(encoding="utf-8"))
        for article in source.articles:
            for piece in re.split(r"[…\n]", article.text):
                assert re.sub(r"\s", "", piece) in original, (article.key, piece)
