"""基本信息与引言: every field is the session's, drafts are offered only where nothing is written."""

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from gxdesk.checks.finding import Finding, Severity
from gxdesk.drafting import opening, signature
from gxdesk.forms.definition import FormDef
from gxdesk.report import Report, Slot
from gxdesk.session import Session
from ui.bridge import Bridge
from ui.pages.agency import KINDS, AgencyPage, self_references


@pytest.fixture
def page(qtbot: QtBot, form: FormDef) -> AgencyPage:
    session = Session(Report("2021", 2026), form)
    out = AgencyPage("preamble", session, Bridge(session), today=lambda: date(2027, 1, 19))
    qtbot.addWidget(out)
    out.resize(900, 700)
    out.show()
    qtbot.waitExposed(out)
    out.activateWindow()
    return out


def test_fields_write_to_the_session_and_follow_it(page: AgencyPage) -> None:
    QTest.keyClicks(page.fields["phone"], "0632-1")
    assert page.session.text(Slot("agency", "phone")) == "0632-1"
    page.session.undo()
    assert page.fields["phone"].text() == ""
    page.session.set_text(Slot("agency", "name"), "某区民政局")
    assert page.fields["name"].text() == "某区民政局"


def test_kind_is_chosen_from_a_menu(page: AgencyPage, qtbot: QtBot) -> None:
    page.kind.setFocus()
    QTest.keyClick(page.kind, Qt.Key.Key_Down)
    menu = page.kind.findChild(QMenu)
    assert menu is not None and menu.isVisible()
    next(a for a in menu.actions() if a.text() == KINDS["township"]).trigger()
    menu.close()
    assert page.session.text(Slot("agency", "kind")) == "township"
    assert page.kind.text() == KINDS["township"]


@pytest.mark.parametrize(
    ("name", "kind", "first"),
    [("某区民政局", "", "我局"), ("某镇人民政府", "", "我镇"), ("某区社会事务综合服务中心", "other", "我中心"), ("某某街道办事处", "", "我街道"), ("某某", "enterprise", "我公司"), ("", "", "本机关")],
)
def test_self_references(name: str, kind: str, first: str) -> None:
    said = self_references(name, kind)
    assert said[0] == first and len(said) == len(set(said)) <= 3


def test_self_reference_is_one_press_away(page: AgencyPage, qtbot: QtBot) -> None:
    page.session.set_text(Slot("agency", "name"), "某区民政局")
    chip = next(c for c in page.findChildren(type(page.draft_opening)) if c.text() == "我局")
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert page.fields["self_reference"].text() == "我局"
    assert not chip.isVisible()


def test_drafts_are_offered_only_where_nothing_is_written(page: AgencyPage, qtbot: QtBot) -> None:
    page.session.set_text(Slot("agency", "name"), "某区民政局")
    page.session.set_text(Slot("agency", "self_reference"), "我局")
    assert page.draft_opening.isVisible()
    qtbot.mouseClick(page.draft_opening, Qt.MouseButton.LeftButton)
    text = page.session.text(Slot("texts", "preamble"))
    assert text == page.editors["preamble"].text() and "2026年1月1日至2026年12月31日" in text and "请与我局联系" in text
    assert not page.draft_opening.isVisible()
    page.session.undo()  # one step
    assert page.session.text(Slot("texts", "preamble")) == "" and page.draft_opening.isVisible()
    QTest.keyClicks(page.editors["preamble"], "x")
    assert not page.draft_opening.isVisible()
    qtbot.mouseClick(page.draft_closing, Qt.MouseButton.LeftButton)
    assert page.session.text(Slot("texts", "closing")) == "某区民政局\n2027年1月19日"


def test_drafts_leave_out_what_is_not_known(form: FormDef) -> None:
    bare = opening(Report("2021", None), form)
    assert "〇" not in bare and "None" not in bare and "网站" not in bare and bare.endswith("请与本单位联系。")
    assert f"《{form.notice.title.replace('《', '〈').replace('》', '〉')}》（{form.notice.number}）" in bare
    assert "六个部分" in bare
    assert signature(Report("2021", 2026, {"name": "某局"}), date(2026, 11, 23)) == "某局\n2027年1月"


def test_a_finding_puts_the_focus_where_it_speaks_of(page: AgencyPage) -> None:
    missing = next(f for f in page.session.findings if f.code == "F-TITLE")
    page.show_finding(missing)
    assert page.fields["name"].hasFocus()
    page.session.set_text(Slot("texts", "preamble"), "甲乙丙丁")
    page.show_finding(Finding("T", Severity.HINT, "preamble", "", "", "", span=("preamble", 1, 3)))
    assert page.editors["preamble"].hasFocus() and page.editors["preamble"].textCursor().selectedText() == "乙丙"


def test_place_comes_back(page: AgencyPage) -> None:
    page.session.set_text(Slot("texts", "preamble"), "甲乙丙丁")
    page.editors["preamble"].setFocus()
    page.editors["preamble"].setTextCursor(page.editors["preamble"].cursor_at(2))
    place = page.place()
    page.editors["preamble"].setTextCursor(page.editors["preamble"].cursor_at(0))
    page.return_to(place)
    assert page.editors["preamble"].caret() == 2
    page.return_to("nonsense:9")
