"""How much of one text stands in another."""

from hypothesis import given
from hypothesis import strategies as st

from gxdesk.similarity import sentences, similarity

TEXTS = st.text(alphabet="公开信息工作年度报告一二三。；\n0123456789", max_size=120)
A, B = "个别单位办事指南的更新不够及时，群众有意见。", "部分答复文书说理不够，申请人仍来电询问。"


def test_years_do_not_count_and_other_figures_do() -> None:
    assert similarity("2026年我中心按时公开全部政府信息。", "2025年我中心按时公开全部政府信息。").share == 1
    assert similarity("全年主动公开政府信息共计186条。", "全年主动公开政府信息共计170条。").share == 0


def test_a_word_changed_here_and_there_is_the_same_sentence() -> None:
    assert similarity("一是" + A, "二是个别单位办事指南的更新还不够及时，群众有意见。").share == 1
    assert similarity(A, B).share == 0


def test_the_share_goes_by_length_and_the_pairs_say_where() -> None:
    found = similarity(A + B, "新的一句话说的是别的事情。" + A)
    assert 0.4 < found.share < 0.6
    ((ours, theirs),) = found.pairs
    assert (A + B)[ours.start : ours.end] == A == theirs.text


@given(TEXTS, TEXTS)
def test_it_is_a_share(one: str, other: str) -> None:
    found = similarity(one, other)
    assert 0 <= found.share <= 1 and bool(found.pairs) == (found.share > 0)
    assert all(one[ours.start : ours.end] == ours.text and other[theirs.start : theirs.end] == theirs.text for ours, theirs in found.pairs)


@given(TEXTS)
def test_a_text_stands_in_itself(text: str) -> None:
    assert similarity(text, text).share in (0, 1)


def test_formulas_are_sentences_for_those_who_ask() -> None:
    text = "（一）主动公开\n无。\n力度不够。\n本年度公开了十二条信息。"
    assert [s.text for s in sentences(text)] == ["本年度公开了十二条信息。"]
    assert [s.text for s in sentences(text, formulas=True)] == ["无。", "力度不够。", "本年度公开了十二条信息。"]
