"""What comes from last year, with the clicks and keys of a person: 去年原文, 与去年比, what follows for a cell, a labelled block."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea
from pytestqt.qtbot import QtBot

from gxdesk.cells import CellRef
from gxdesk.forms.known import Forms
from gxdesk.progress import progress
from gxdesk.report import Report, Slot
from gxdesk.session import Session
from gxdesk.unread import counted, listed, unread
from tests.ui.conftest import Hands, NewSession, OpenTable
from ui.bridge import Bridge
from ui.pages.narrative import NarrativePage
from ui.pages.review import UnreadGroup
from ui.panels.compare import Comparison
from ui.panels.help import Expectation
from ui.parts import Button
from ui.table.placing import PlacingCard

TEXT = "全年主动公开信息十二条，都按时发布。\n收到申请三件，都按时答复。"
KEY = "overview"


def carried(forms: Forms) -> Session:
    last = Report("2021", 2025, texts={KEY: TEXT})
    report = replace(last, year=2026, unread={KEY: listed(TEXT)})
    return Session(report, forms["2021"], last_year=(last, forms["2021"]))


def page_of(session: Session, qtbot: QtBot) -> NarrativePage:
    bridge = Bridge(session)
    page = NarrativePage(KEY, session, bridge)
    bridge.setParent(page)
    qtbot.addWidget(page)
    page.resize(1150, 676)
    page.show()
    qtbot.waitExposed(page)
    page.take_focus()
    return page


def press(button: Button) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_mark_goes_by_editing_or_confirming_and_returns_by_undo(forms: Forms, qtbot: QtBot) -> None:
    of = carried(forms)
    page = page_of(of, qtbot)
    assert len(page.unread.sentences) == 2 and page.unread.isVisible()
    QTest.keyClicks(page.editor, "x")
    assert len(page.unread.sentences) == 1
    of.undo()
    assert len(page.unread.sentences) == 2
    page.return_to("0")
    press(page.notes._unread.holds)
    assert [s.text for s in page.unread.sentences] == ["收到申请三件，都按时答复。"] and of.text(Slot("texts", KEY)) == TEXT
    assert page.unread.current == page.unread.sentences[0], "on to the next one"
    press(page.notes._unread.holds)
    assert not page.unread.isVisible()
    of.undo()
    assert page.unread.isVisible()


def test_marks_are_counted_in_the_sections_and_are_not_published(forms: Forms, qtbot: QtBot) -> None:
    of = carried(forms)
    assert counted(of.report, of.form) == {KEY: 2}
    assert "2 句去年原文" in next(p.words for p in progress(of) if p.key == KEY)
    assert not of.report.published(of.form).unread
    group = UnreadGroup(of)
    qtbot.addWidget(group)
    group.show_counts()
    with qtbot.waitSignal(group.chosen) as asked:
        press(group.findChildren(Button)[0])
    assert asked.args == [KEY]


def test_all_are_confirmed_behind_a_question(forms: Forms, qtbot: QtBot) -> None:
    of = carried(forms)
    page = page_of(of, qtbot)
    press(page.unread.all)
    assert unread(of.report, KEY), "asked first"
    press(next(b for b in page.findChildren(Button) if b.text() == "都看过，属实"))
    assert not unread(of.report, KEY)


def test_the_comparison_leads_to_a_sentence_that_did_not_change(forms: Forms, qtbot: QtBot) -> None:
    page = page_of(carried(forms), qtbot)
    press(page.compare_button)
    press([b for b in page.findChildren(Button) if b.text() == "去看"][1])
    assert page.editor.textCursor().selectedText() == "收到申请三件，都按时答复。"


def test_what_follows_from_last_year_is_one_press(session: NewSession, qtbot: QtBot) -> None:
    ref = CellRef("requests.carried_in.person")
    of = session(last={"requests.carried_out.person": "2"})
    offer = Expectation(of, ref)
    qtbot.addWidget(offer)
    offer.show()
    press(offer.fill)
    assert of.text(Slot("cells", ref)) == "2" and not offer.fill.isVisible()


def test_a_labelled_block_is_shown_before_it_is_put_in(session: NewSession, opened: OpenTable) -> None:
    of = session()
    hands = Hands(opened(of, "requests"))
    QApplication.clipboard().setText("二、上年结转政府信息公开申请数量\t1\t0\t0\t0\t2\t0\t3\n")
    hands.go(5, 0)
    hands.press(Qt.Key.Key_V, ctrl=True)
    assert not of.can_undo
    card = hands.grid.window().findChildren(PlacingCard)[0]
    press(card.go)
    assert of.text(Slot("cells", CellRef("requests.carried_in.legal"))) == "2"
    of.undo()
    assert not of.report.cells


def test_the_comparison_shows_the_whole_difference_and_a_changed_word_as_a_word(forms: Forms, qtbot: QtBot) -> None:
    sentences = [f"第{i}件事：我中心在这一年里按规定完成了公开信息、答复申请、培训人员等各项工作，没有差错。" for i in range(12)]
    then = "\n".join(sentences)
    now = then.replace("第11件事：我中心在这一年里", "第11件事：我中心在2026年里")
    of = Session(Report("2021", 2026, texts={KEY: now}), forms["2021"], last_year=(Report("2021", 2025, texts={KEY: then}), forms["2021"]))
    page = page_of(of, qtbot)
    press(page.compare_button)
    QApplication.processEvents()
    panel = page.window().findChildren(Comparison)[-1]
    shown = next(x for x in panel.findChildren(QLabel) if x.accessibleName() == "今年和去年的不同")
    assert shown.height() >= shown.heightForWidth(shown.width()), "nothing of it is cut off"
    scroll = panel.findChild(QScrollArea)
    assert isinstance(scroll, QScrollArea) and scroll.verticalScrollBar().value() == 0 and scroll.verticalScrollBar().isVisible()
    struck = shown.text().partition("<s ")[2].partition("</s>")[0].partition(">")[2]
    assert struck == "这一"
