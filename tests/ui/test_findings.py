"""The findings panel: what it shows, that it stays calm, and the way from one finding to the next."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from gxdesk.cells import CellRef
from gxdesk.checks.finding import Finding, Severity
from gxdesk.report import Slot
from gxdesk.session import Session
from tests.ui.conftest import NewSession, let_pass
from ui.bridge import Bridge
from ui.panels.findings import MOST_CARDS, NOT_WRONG, SETTLE_MS, Counts, FindingCard, FindingsPanel, reason_slot
from ui.parts import Button, column, holder

NormativeNow = CellRef("disclosure.normative.in_force")
Received = CellRef("requests.received.person")
Show = Callable[[Session, str], FindingsPanel]


@pytest.fixture
def shown(qtbot: QtBot) -> Show:
    """The panel on the screen beside a text field that has the focus."""
    windows: list[QWidget] = []

    def make(session: Session, section: str) -> FindingsPanel:
        bridge = Bridge(session)
        panel = FindingsPanel(session, bridge)
        bridge.setParent(panel)
        panel.set_section(section)
        elsewhere = QLineEdit()
        window = holder(column(elsewhere, panel))
        windows.append(window)
        qtbot.addWidget(window)
        window.resize(340, 900)
        window.show()
        qtbot.waitExposed(window)
        window.activateWindow()
        elsewhere.setFocus()
        settled()
        return panel

    return make


def cards(panel: FindingsPanel) -> list[FindingCard]:
    return [c for c in panel.findChildren(FindingCard) if c.isVisible()]


def words(of: QWidget) -> list[str]:
    return [x.text() for x in of.findChildren(QLabel) if x.isVisible() and x.text()]


def settled() -> None:
    """Until the panel has taken up what changed."""
    let_pass(SETTLE_MS + 20)  # a new card shows itself a turn after it was put in


def button(of: QWidget, text: str) -> Button:
    return next(b for b in of.findChildren(Button) if b.text() == text and b.isVisible())


def press(what: QWidget) -> None:
    QTest.mouseClick(what, Qt.MouseButton.LeftButton)


def broken(session: NewSession) -> Session:
    """Everything 0 but 6 requests of persons: column and total are off by 6."""
    return session({Received: "6"}, fill="0")


def with_last_year(session: NewSession) -> Session:
    """Everything 0, last year too, but 5 documents in force then and 9 now."""
    cells = session(fill="0").report.cells
    return session({NormativeNow: "9"}, fill="0", last={**cells, NormativeNow: "5"})


def test_what_is_only_blank_is_one_quiet_line_until_the_review(session: NewSession, shown: Show) -> None:
    of = session({CellRef("requests.received.person"): "1"})
    panel = shown(of, "requests")
    blank = len(of.form.tables["requests"].inputs) - 1
    assert cards(panel) == []
    assert f"还有 {blank} 格未填" in words(panel)
    assert panel.counts == Counts(blanks=blank)
    panel.set_strict(True)
    settled()
    assert [c.finding.code for c in cards(panel)] == ["B-BLANK"]
    assert panel.counts == Counts(errors=1)


def test_a_section_without_a_word_says_so(session: NewSession, shown: Show) -> None:
    assert any("还没有写" in w for w in words(shown(session(), "overview")))


def test_an_equation_shows_both_sides_and_the_difference(session: NewSession, shown: Show) -> None:
    card = next(c for c in cards(shown(broken(session), "requests")) if c.finding.code == "A3-BAL")
    said = words(card)
    assert "必须改" in said and "差 6" in said
    assert card.finding.left_text in said and card.finding.right_text in said
    assert any(w.startswith("依据：") for w in said)


def test_a_fix_is_one_step_of_undo(session: NewSession, shown: Show) -> None:
    of = session({CellRef("requests.received.person"): "6件", CellRef("requests.granted.person"): "6"}, fill="0")
    panel = shown(of, "requests")
    steps = len(of.history.steps)
    press(button(panel, "改成 6"))
    assert of.text(Slot("cells", Received)) == "6"
    assert len(of.history.steps) == steps + 1 and of.undo_label == "改成 6"
    settled()
    assert cards(panel) == [] and "本节没有要改的" in words(panel)
    of.undo()
    settled()
    assert len(cards(panel)) == 1


def test_a_reason_closes_it_while_she_types_and_the_field_keeps_the_caret(session: NewSession, shown: Show, qtbot: QtBot) -> None:
    of = with_last_year(session)
    panel = shown(of, "disclosure")
    card = next(c for c in cards(panel) if c.finding.code == "Y-VALID")
    assert card.field is not None
    press(card.field)
    QTest.keyClicks(card.field, "qingli")
    assert of.text(reason_slot(card.finding)) == "qingli"
    settled()
    assert card in cards(panel) and card.field.hasFocus()
    assert "已说明" in words(card) and "请说明" not in words(card)
    of.undo()
    settled()
    assert card.field.text() == "" and "请说明" in words(card)


def test_answered_ones_stay_behind_the_open_ones(session: NewSession, shown: Show) -> None:
    of = with_last_year(session)
    of.set_cell(CellRef("disclosure.licenses.decisions"), "50")
    panel = shown(of, "disclosure")
    first, second = (c.finding for c in cards(panel))
    of.set_text(reason_slot(first), "去年集中清理")
    settled()
    assert [c.finding for c in sorted(cards(panel), key=lambda c: c.y())] == [second, first]
    assert panel.counts == Counts(explains=1)


def test_a_hint_is_dismissed_with_a_word_and_can_be_called_back(session: NewSession, shown: Show) -> None:
    cells = session(fill="0").report.cells
    of = session(fill="0", last={**cells, NormativeNow: "5"})
    panel = shown(of, "disclosure")
    hint = next(c.finding for c in cards(panel) if c.finding.severity is Severity.HINT)
    press(button(panel, NOT_WRONG))
    settled()
    assert of.text(reason_slot(hint)) == NOT_WRONG and panel.counts.hints == 0
    press(button(panel, "重新提示"))
    settled()
    assert of.text(reason_slot(hint)) == "" and panel.counts.hints == 1


def test_only_the_cards_that_changed_are_built_again_and_the_focus_stays(session: NewSession, shown: Show) -> None:
    of = broken(session)
    of.set_cell(CellRef("requests.granted.business"), "约3")
    panel = shown(of, "requests")
    before = {c.finding.code: c for c in cards(panel)}
    focus = QApplication.focusWidget()
    assert isinstance(focus, QLineEdit)
    of.set_cell(Received, "7")
    settled()
    after = {c.finding.code: c for c in cards(panel)}
    assert after["A-INT"] is before["A-INT"] and after["A3-BAL"] is not before["A3-BAL"]
    assert QApplication.focusWidget() is focus


def test_a_cell_shows_its_strongest_finding_and_how_many_wait(session: NewSession, shown: Show) -> None:
    cells = session(fill="0").report.cells
    of = session({Received: "60"}, fill="0", last={**cells, Received: "1"})
    panel = shown(of, "requests")
    mine = [c for c in cards(panel) if c.finding.refs[0] == Received]
    assert [c.finding.severity for c in mine] == [Severity.ERROR]
    assert mine[0].behind == sum(1 for f in of.findings if f.refs and f.refs[0] == Received) - 1 > 0


def test_f8_goes_through_the_whole_report_in_order_and_round(session: NewSession, shown: Show) -> None:
    of = broken(session)
    panel = shown(of, "requests")
    asked: list[Finding] = []
    panel.finding_requested.connect(asked.append)
    everything = list(of.findings)
    start = next(i for i, f in enumerate(everything) if f.section == "requests")
    for _ in everything:
        panel.next()
    assert asked == everything[start:] + everything[:start]
    panel.previous()
    assert asked[-1] == asked[-3]


def test_f8_after_a_mended_one_goes_to_the_one_behind_it(session: NewSession, shown: Show) -> None:
    of = session({CellRef("requests.granted.person"): "约1", CellRef("requests.granted.business"): "约2", CellRef("requests.granted.research"): "约3"}, fill="0")
    panel = shown(of, "requests")
    asked: list[Finding] = []
    panel.finding_requested.connect(asked.append)
    panel.next()
    of.set_cell(asked[0].refs[0], "0")
    panel.next()
    assert [f.refs[0].column for f in asked] == ["person", "business"]
    of.set_text(Slot("explanations", asked[-1].key), "")
    panel.previous()
    assert asked[-1] not in asked[:2]


def test_counts_are_told_when_they_change(session: NewSession, shown: Show, qtbot: QtBot) -> None:
    of = broken(session)
    panel = shown(of, "requests")
    with qtbot.waitSignal(panel.counts_changed):
        of.set_cell(Received, "0")
    assert panel.counts == Counts()


def test_of_very_many_findings_the_first_are_cards_and_the_rest_is_counted(session: NewSession, shown: Show) -> None:
    s = session(fill="三件")
    panel = shown(s, "requests")
    found = len({f.refs[0] for f in s.findings if f.section == "requests"})
    assert found > MOST_CARDS and len(cards(panel)) == MOST_CARDS
    (rest,) = [x for x in panel.findChildren(QLabel) if x.text().startswith("后面还有") and x.isVisible()]
    assert f" {found - MOST_CARDS} 处" in rest.text()
