"""雷同度: the share of this year's text that stands in last year's."""

from hypothesis import given
from hypothesis import strategies as st

from gxdesk.similarity import compare, sentences

LAST = "2025年，我局扎实推进政府信息公开工作。办事指南更新不够及时，群众意见较多！下一步将加强培训，提高业务水平。"
TEXTS = st.text(alphabet="甲乙丙丁戊己庚辛。！\n，2025年", max_size=80)


def test_a_year_moved_on_is_no_new_sentence() -> None:
    found = compare(LAST.replace("2025", "2026"), LAST)
    assert found.share == 1.0 and [t.identical for t in found.twins] == [True, True, True]


def test_a_few_changed_characters_are_no_new_sentence_either_but_told_apart() -> None:
    found = compare("办事指南更新不够及时，企业意见较多！今年新建了政策问答平台，已回答四百条。", LAST)
    assert [(t.now.text, t.identical) for t in found.twins] == [("办事指南更新不够及时，企业意见较多！", False)]
    assert 0.3 < found.share < 0.6


def test_new_text_is_not_similar() -> None:
    assert compare("全年没有新收申请，也没有上年结转的申请需要继续办理。", LAST).share == 0.0
    assert compare("", LAST).share == compare(LAST, "").share == 0.0


@given(TEXTS, TEXTS)
def test_share_and_places(now: str, then: str) -> None:
    found = compare(now, then)
    assert 0.0 <= found.share <= 1.0
    for text, part in [(now, t.now) for t in found.twins] + [(then, t.then) for t in found.twins] + [(now, s) for s in sentences(now)]:
        assert text[part.start : part.end] == part.text
    assert "".join("".join(s.text for s in sentences(now)).split()) == "".join(now.split()).lstrip("。！") or "。" in now or "！" in now
    long = [s for s in sentences(now) if len(s.text) > 20]
    if long:
        assert compare(now, now).share == 1.0
