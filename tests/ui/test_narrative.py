"""The page of a text section, with the keys, clicks, pastes and input-method events of a person, and the outline it reads from the text."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QMimeData, QPoint, QRect, Qt
from PySide6.QtGui import QHelpEvent, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from gxdesk.cells import CellRef
from gxdesk.checks.finding import Finding, Severity
from gxdesk.forms.known import Forms
from gxdesk.outline import first_missing, is_heading, outline, with_heading
from gxdesk.report import Report, Slot
from gxdesk.session import Session
from tests.ui.conftest import NewSession, commit
from ui.bridge import Bridge
from ui.narrative_editor import tidied
from ui.pages.narrative import NarrativePage
from ui.panels.drafts import NOT_YET, SAID, Drafts
from ui.panels.margin import NoteCard
from ui.panels.outline import SPOKEN, OutlineItem
from ui.parts import Button, column, holder
from ui.text_binding import INDENT, LINE_HEIGHT, MOST_CHARACTERS

Open = Callable[..., NarrativePage]
OVERVIEW = Slot("texts", "overview")
TEXT = "（一）主动公开\n全年主动公开信息12条。\n（二）依申请公开\n收到申请3件。"


@pytest.fixture
def written(forms: Forms) -> Callable[..., Session]:
    def make(**texts: str) -> Session:
        return Session(Report("2021", 2026, texts=texts), forms["2021"])

    return make


@pytest.fixture
def opened(qtbot: QtBot) -> Open:
    windows: list[QWidget] = []

    def make(session: Session, key: str = "overview", size: tuple[int, int] = (1150, 676), narrow: bool = False) -> NarrativePage:
        bridge = Bridge(session)
        page = NarrativePage(key, session, bridge)
        bridge.setParent(page)
        page.set_narrow(narrow)
        window = holder(column(page))
        windows.append(window)
        qtbot.addWidget(window)
        window.resize(*size)
        window.show()
        qtbot.waitExposed(window)
        window.activateWindow()
        page.take_focus()
        QApplication.processEvents()
        return page

    return make


def press(what: QWidget) -> None:
    QTest.mouseClick(what, Qt.MouseButton.LeftButton)


def said(page: QWidget) -> list[str]:
    return [x.text() for x in page.findChildren(QLabel) if x.isVisible()]


def items(page: NarrativePage) -> list[OutlineItem]:
    return [i for i in page.findChildren(OutlineItem) if i.isVisible()]


def insert_button(page: NarrativePage) -> Button | None:
    return next((b for b in page.findChildren(Button) if b.isVisible() and b.text().startswith("插入")), None)


def paste(page: NarrativePage, *, text: str = "", html: str = "") -> None:
    mime = QMimeData()
    if text:
        mime.setText(text)
    if html:
        mime.setHtml(html)
    QApplication.clipboard().setMimeData(mime)
    QTest.keyClick(page.editor, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


# --- the outline ---


def test_aspects_are_found_by_their_sub_headings(forms: Forms) -> None:
    names = forms["2021"].section("overview").aspects
    text = "引言。\n（一）主动公开情况。全年公开12条。\n（二）依申请公开\n收到3件。\n(四) 平台建设：网站一个\n"
    found = outline(text, names)
    assert [a.present for a in found] == [True, True, False, True, False]
    assert [a.characters for a in found] == [8, 5, 0, 4, 0]
    assert text[found[1].start : found[1].end] == "（二）依申请公开\n收到3件。\n"
    missing = first_missing(found)
    assert missing is not None and missing.heading == "（三）政府信息管理"


@pytest.mark.parametrize(("line", "heading"), [("（一）主动公开", True), ("（二）依申请公开。", False), ("（三）全年共收到申请3件，均已答复。", False), ("主动公开", False), ("（一）" + "长" * 40, False)])
def test_a_sub_heading_is_short_and_alone(line: str, heading: bool) -> None:
    assert is_heading(line) is heading


def test_a_missing_sub_heading_goes_before_the_later_ones(forms: Forms) -> None:
    names = forms["2021"].section("overview").aspects
    text = "（一）主动公开\n甲。\n（三）政府信息管理\n丙。"
    aspects = outline(text, names)
    new, caret = with_heading(text, aspects, aspects[1])
    assert new == "（一）主动公开\n甲。\n（二）依申请公开\n\n（三）政府信息管理\n丙。"
    assert new[:caret].endswith("（二）依申请公开\n")
    assert with_heading("", outline("", names), outline("", names)[0]) == ("（一）主动公开\n", 8)


@given(st.text("（一）二三主动公开依申请政府信息管理。，\n 　\tab"), st.integers(0, 4))
def test_putting_a_sub_heading_in_drops_nothing(text: str, number: int) -> None:
    names = ("主动公开", "依申请公开", "政府信息管理", "政府信息公开平台建设", "监督保障")
    aspects = outline(text, names)
    new, _ = with_heading(text, aspects, aspects[number])
    rest = "".join(new.split())
    heading = aspects[number].heading
    at = rest.rindex(heading) if heading not in "".join(text.split()) else None
    if at is not None:
        assert rest[:at] + rest[at + len(heading) :] == "".join(text.split())
    assert outline(new, names)[number].present


# --- pasting ---


@given(st.text("甲乙a 1\t\n\r\u3000\xa0\u2028\x0b。"), st.booleans())
def test_tidying_drops_nothing_but_blanks_and_leaves_plain_paragraphs(text: str, at_line_start: bool) -> None:
    out = tidied(text, at_line_start=at_line_start)
    assert "".join(out.split()) == "".join(text.split())
    lines = out.removesuffix("\n").split("\n")
    assert all(line == line.lstrip() for line in (lines if at_line_start else lines[1:]))
    assert "\t" not in out and "\n\n" not in out
    assert tidied(out, at_line_start=at_line_start) == out


def test_rich_text_comes_in_as_plain_tidied_paragraphs(written: Callable[..., Session], opened: Open) -> None:
    of = written()
    page = opened(of)
    paste(page, text="　　（一）主动公开\r\n\r\n    公开\t12 条。\r\n", html="<h2 style='color:red'>（一）主动公开</h2><p><b>公开</b></p>")
    assert of.text(OVERVIEW) == "（一）主动公开\n公开 12 条。\n"
    assert len(of.history.steps) == 1


def test_a_web_page_without_plain_text_is_read_too(written: Callable[..., Session], opened: Open) -> None:
    of = written()
    page = opened(of, "other")
    paste(page, html="<p>　　没有收取<b>信息处理费</b>。</p><p></p><p>没有其他事项。</p>")
    assert of.text(Slot("texts", "other")) == "没有收取信息处理费。\n没有其他事项。"


def test_a_paste_inside_a_sentence_keeps_its_blank(written: Callable[..., Session], opened: Open) -> None:
    of = written(overview="见 ABC")
    page = opened(of)
    QTest.keyClick(page.editor, Qt.Key.Key_End)
    paste(page, text=" DEF")
    assert of.text(OVERVIEW) == "见 ABC DEF"


# --- writing ---


def test_typing_counts_at_once_and_stores_no_indent(written: Callable[..., Session], opened: Open) -> None:
    of = written()
    page = opened(of)
    QTest.keyClicks(page.editor, "  ab")
    QTest.keyClick(page.editor, Qt.Key.Key_Return)
    QTest.keyClicks(page.editor, " c d")
    assert of.text(OVERVIEW) == "ab\nc d"
    assert "4" in said(page)
    block = page.editor.document().firstBlock()
    assert (block.blockFormat().lineHeight(), block.blockFormat().textIndent()) == (29, 32)


def test_the_input_method_writes_into_the_report(written: Callable[..., Session], opened: Open) -> None:
    of = written()
    page = opened(of)
    QApplication.sendEvent(page.editor, QInputMethodEvent("gong kai", []))
    assert of.text(OVERVIEW) == ""
    commit(page, "公开𠮷")
    assert of.text(OVERVIEW) == "公开𠮷" and "3" in said(page)
    assert page.place() == "3"


def test_a_line_holds_36_characters_with_and_without_a_scroll_bar(written: Callable[..., Session], opened: Open) -> None:
    for lines in (2, 80):
        page = opened(written(overview="公" * (36 * lines - 2)))
        layout = page.editor.document().firstBlock().layout()
        assert [layout.lineAt(i).textLength() for i in range(2)] == [34, 36]


def test_over_the_guide_count_and_bar_turn_amber_and_a_note_asks_for_a_reason(written: Callable[..., Session], opened: Open) -> None:
    of = written(overview="字" * 1000)
    page = opened(of)
    assert page._number.property("tone") == "text" and not page.findChildren(NoteCard)
    QTest.keyClicks(page.editor, "a")
    assert page._number.text() == "1,001" and page._number.property("tone") == "warn"
    note = page.findChildren(NoteCard)[0]
    assert note.isVisible() and note.finding.code == "C-LEN"
    field = note.card.field
    assert field is not None
    page.show_finding(note.finding)
    assert field.hasFocus()
    QTest.keyClicks(field, "ok")
    assert of.answered(note.finding) and field.hasFocus()
    QTest.mouseClick(page.editor.viewport(), Qt.MouseButton.LeftButton)
    QTest.keyClick(page.editor, Qt.Key.Key_Backspace)
    QTest.keyClick(page.editor, Qt.Key.Key_Delete)
    QApplication.processEvents()
    assert not [n for n in page.findChildren(NoteCard) if n.isVisible()]


def test_a_section_without_a_guide_counts_only(written: Callable[..., Session], opened: Open) -> None:
    page = opened(written(problems="一是慢。"), "problems")
    assert "4" in said(page) and "字" in said(page) and not page._bar.isVisible()
    assert page.outline is None and not items(page)


# --- the outline on the page ---


def test_the_outline_says_what_is_there_and_goes_there(written: Callable[..., Session], opened: Open) -> None:
    of = written(overview=TEXT)
    page = opened(of)
    assert [i._words for i in items(page)] == ["12 字", "7 字", "未写", "未写", "未写"]
    assert [i._current for i in items(page)] == [True, False, False, False, False]
    press(items(page)[1])
    assert of.text(OVERVIEW)[page.editor.caret() :] == "收到申请3件。" and page.editor.hasFocus()
    assert [i._current for i in items(page)] == [False, True, False, False, False]


def test_inserting_the_next_sub_heading_is_one_step(written: Callable[..., Session], opened: Open) -> None:
    of = written(overview=TEXT)
    page = opened(of)
    QTest.keyClick(page.editor, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(page.editor, "x")
    button = insert_button(page)
    assert button is not None and button.text() == "插入（三）小标题"
    press(button)
    assert of.text(OVERVIEW) == TEXT + "x\n（三）政府信息管理\n"
    assert page.editor.hasFocus() and page.editor.caret() == len(of.text(OVERVIEW))
    QTest.keyClicks(page.editor, "y")
    assert of.text(OVERVIEW).endswith("（三）政府信息管理\ny")
    of.undo()
    of.undo()
    assert of.text(OVERVIEW) == TEXT + "x"


def test_a_missing_aspect_in_the_outline_puts_itself_in(written: Callable[..., Session], opened: Open) -> None:
    of = written(overview=TEXT)
    page = opened(of)
    press(items(page)[4])
    assert of.text(OVERVIEW).endswith("（五）监督保障\n")


def test_when_all_are_there_nothing_is_offered(written: Callable[..., Session], opened: Open, forms: Forms) -> None:
    names = forms["2021"].section("overview").aspects
    page = opened(written(overview="\n".join(f"（{'一二三四五'[i]}）{name}\n内容。" for i, name in enumerate(names))))
    assert insert_button(page) is None
    assert {i._state for i in items(page)} == {"done"}


@pytest.mark.parametrize(("size", "narrow"), [((843, 428), True), ((615, 320), True), ((838, 600), False)])
def test_narrow_windows_fold_the_outline_to_one_line(written: Callable[..., Session], opened: Open, size: tuple[int, int], narrow: bool) -> None:
    page = opened(written(overview="字" * 1200), size=size, narrow=narrow)
    shown = items(page)
    assert len(shown) == 5 and len({i.y() for i in shown}) == 1
    note = next(n for n in page.findChildren(NoteCard) if n.isVisible())
    assert page.notes.height() > 40 and note.width() > 150
    assert page.editor.height() > 60
    assert page.width() == size[0] and shown[-1].geometry().right() <= page.width()
    assert page.editor.mapTo(page, page.editor.rect().topLeft()).x() == (16 if narrow else 24)


# --- findings in the text ---


def in_text(page: NarrativePage, start: int, end: int) -> Finding:
    return Finding("T-TEST", Severity.EXPLAIN, page.key, "文中 12，表里 13。", "", "一、总体情况", subject=str(start), span=(page.key, start, end))


def test_marked_words_a_note_beside_their_line_and_the_way_there(written: Callable[..., Session], opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "𠮷甲\n" + TEXT
    page = opened(written(overview=text))
    start = text.index("12条")
    finding = in_text(page, start, start + 3)
    monkeypatch.setattr(page, "_findings", lambda: [finding])
    page._refresh()
    QApplication.processEvents()
    assert [m.cursor.selectedText() for m in page.editor.extraSelections()] == ["12条"]
    note = page.findChildren(NoteCard)[0]
    line = page.editor.cursorRect(page.editor.cursor_at(start))
    assert note.isVisible() and abs(note.y() - line.top()) <= 2
    assert items(page)[0]._state == "explain"
    page.show_finding(finding)
    assert page.editor.textCursor().selectedText() == "12条" and note.card.field is not None and note.card.field.hasFocus()
    press(next(b for b in note.findChildren(Button) if b.text() == "定位"))
    assert page.editor.textCursor().selectedText() == "12条" and page.editor.hasFocus()


def test_nothing_is_marked_in_a_sentence_before_it_is_finished(written: Callable[..., Session], opened: Open) -> None:
    of = written()
    of.set_text(Slot("agency", "name"), "某镇人民政府")
    page = opened(of)

    def marked() -> list[str]:
        return [m.cursor.selectedText() for m in page.editor.extraSelections()]

    commit(page, "我局公开信息三条")
    assert [f.excerpt for f in of.findings if f.code == "F-SELF"] == ["我局"] and marked() == []
    commit(page, "。")
    assert marked() == ["我局"]
    commit(page, "我局再写一句")
    assert marked() == ["我局"]
    page.editor.setTextCursor(page.editor.cursor_at(0))
    assert marked() == ["我局"]  # one finding for what is said twice


def test_leaving_a_sentence_lets_it_be_looked_at(written: Callable[..., Session], opened: Open) -> None:
    of = written(overview="本机关公开信息三条。\n")
    of.set_text(Slot("agency", "name"), "某镇人民政府")
    page = opened(of)
    page.editor.setTextCursor(page.editor.cursor_at(11))
    commit(page, "我局还没写完")
    assert page.editor.extraSelections() == []
    page.editor.setTextCursor(page.editor.cursor_at(3))
    assert [m.cursor.selectedText() for m in page.editor.extraSelections()] == ["我局"]


def test_a_marked_place_says_quietly_what_is_meant(written: Callable[..., Session], opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(written(overview=TEXT))
    start = TEXT.index("12条")
    monkeypatch.setattr(page, "_findings", lambda: [in_text(page, start, start + 3)])
    said_there: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda _, words, __: said_there.append(words))
    for at in (start + 1, 0):
        spot = page.editor.cursorRect(page.editor.cursor_at(at)).center()
        QApplication.sendEvent(page.editor.viewport(), QHelpEvent(QEvent.Type.ToolTip, spot, page.editor.viewport().mapToGlobal(spot)))
    assert said_there == ["文中 12，表里 13。", ""]


def test_notes_do_not_lie_on_each_other_and_go_with_their_lines(written: Callable[..., Session], opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "\n".join(["甲乙丙丁。"] * 60)
    page = opened(written(overview=text))
    findings = [in_text(page, i, i + 2) for i in (0, 6, 300)]
    monkeypatch.setattr(page, "_findings", lambda: findings)
    page._refresh()
    QApplication.processEvents()
    notes = sorted((n for n in page.findChildren(NoteCard) if n.isVisible()), key=lambda n: n.y())
    assert len(notes) == 2 and notes[0].geometry().bottom() < notes[1].y()
    page.show_finding(findings[2])
    QApplication.processEvents()
    assert [n.finding for n in page.findChildren(NoteCard) if n.isVisible()] == [findings[2]]


@pytest.mark.parametrize("size", [(1150, 600), (843, 400), (632, 400)])
def test_each_of_many_findings_on_one_line_takes_a_reason(written: Callable[..., Session], opened: Open, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]) -> None:
    text = "收到申请21件，办结22件，无法提供5件，不予公开9件，予以公开4件。"
    of = written(overview=text)
    page = opened(of, size=size, narrow=size[0] < 1000)
    findings = [in_text(page, i, i + 2) for i in (4, 10, 16, 22, 28)]
    monkeypatch.setattr(page, "_findings", lambda: findings)
    page._refresh()
    QApplication.processEvents()
    for i, finding in enumerate(findings):
        page.take_focus()
        page.show_finding(finding)
        field = QApplication.focusWidget()
        assert isinstance(field, QLineEdit) and page.notes.isAncestorOf(field)
        note = next(n for n in page.findChildren(NoteCard) if n.isAncestorOf(field))
        for part in (field, note) if note.height() < page.notes.height() - 16 else (field,):
            assert page.notes.viewport().rect().contains(QRect(part.mapTo(page.notes.viewport(), QPoint(0, 0)), part.size()))
        QTest.keyClicks(field, f"r{i}")
        assert of.text(Slot("explanations", finding.key)) == f"r{i}" and of.answered(finding)
    page.notes.verticalScrollBar().setValue(0)
    assert page.notes.verticalScrollBar().maximum() > 0, "what lies below can be scrolled to"


def test_of_thousands_of_notes_under_a_text_a_few_are_made(written: Callable[..., Session], opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(written(overview="甲乙丙丁。\n" * 2000), size=(632, 400), narrow=True)
    findings = [in_text(page, 6 * i, 6 * i + 2) for i in range(2000)]
    monkeypatch.setattr(page, "_findings", lambda: findings)
    page._refresh()
    for finding in (findings[0], findings[-1], findings[1000]):
        page.show_finding(finding)
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        notes = page.findChildren(NoteCard)
        assert len(notes) < 12 and any(n.finding == finding and n.card.writing for n in notes)


def test_a_note_in_which_a_reason_is_being_written_is_not_built_again(written: Callable[..., Session], opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(written(overview=TEXT))
    finding = in_text(page, 8, 10)
    monkeypatch.setattr(page, "_findings", lambda: [finding])
    page._refresh()
    note = page.findChildren(NoteCard)[0]
    assert note.card.field is not None
    press(note.card.field)
    monkeypatch.setattr(page, "_findings", lambda: [replace(finding, message="文中 12，表里 14。")])
    page._refresh()
    assert note.card.field.hasFocus() and note in page.findChildren(NoteCard)


# --- the page ---


def test_the_place_comes_back(written: Callable[..., Session], opened: Open) -> None:
    page = opened(written(overview=TEXT))
    page.return_to("12")
    assert page.place() == "12"
    for stray in ("", "x", "99999", "-1"):
        page.return_to(stray)
    assert page.place() == str(len(TEXT))


def test_every_text_of_every_form_opens(forms: Forms, opened: Open) -> None:
    for form in forms.values():
        of = Session(Report(form.id, form.first_year), form)
        for section in form.sections:
            if section.table is None:
                page = opened(of, section.key)
                assert section.heading in said(page) and page.editor.placeholderText()
                assert len(items(page)) == len(section.aspects)


# --- 起草 -------------------------------------------------------------------------------------------------------------


def drafts(page: NarrativePage) -> Drafts:
    if (open_ := [d for d in page.window().findChildren(Drafts) if d.isVisible()]) == []:
        press(page.draft_button)
        QApplication.processEvents()
        open_ = [d for d in page.window().findChildren(Drafts) if d.isVisible()]
    (only,) = open_
    return only


def test_a_sentence_from_the_figures_is_put_under_its_aspect_and_follows(session: NewSession, opened: Open) -> None:
    of = session(fill="0")
    page = opened(of, "overview")
    offered = [w for w in said(drafts(page)) if w.startswith("20") and "没有收到政府信息公开申请" in w]
    assert len(offered) == 1
    press(next(b for b in drafts(page).findChildren(Button) if b.text() == "放进去"))
    text = of.text(Slot("texts", "overview"))
    assert text == f"（二）依申请公开\n{offered[0]}" and page.editor.text() == text
    assert page.editor.caret() == len(text)
    of.put({Slot("cells", CellRef("requests.received.person")): "1", Slot("cells", CellRef("requests.granted.person")): "1"}, "填数")
    assert "新收政府信息公开申请1件，办结1件" in page.editor.text()
    press(next(b for b in drafts(page).findChildren(Button) if b.text() == "全部放进去"))
    assert page.editor.text().count("\n（") == 1 and "（三）政府信息管理" in page.editor.text() and "提起行政诉讼。" in page.editor.text()
    assert SAID in said(drafts(page))
    of.undo()
    assert "（三）政府信息管理" not in page.editor.text()


def test_what_no_table_knows_is_asked_and_never_put_in(session: NewSession, opened: Open) -> None:
    page = opened(session(), "problems")
    asked = [w for w in said(drafts(page)) if w.startswith("· ")]
    assert len(asked) >= 3 and not [b for b in drafts(page).findChildren(Button) if b.isVisible()]
    assert NOT_YET in said(drafts(opened(session(), "overview")))


# --- much text, and what pasted text looks like ---


def formats(page: NarrativePage) -> list[tuple[float, float]]:
    """Indent and line height of each paragraph."""
    blocks, block = [], page.editor.document().begin()
    while block.isValid():
        blocks.append((block.blockFormat().textIndent(), block.blockFormat().lineHeight()))
        block = block.next()
    return blocks


@pytest.mark.parametrize("before", ["", TEXT])
def test_pasted_paragraphs_look_like_typed_ones(written: Callable[..., Session], opened: Open, before: str) -> None:
    page = opened(written(overview=before) if before else written())
    QTest.keyClick(page.editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    paste(page, text=TEXT, html="".join(f"<p style='margin:0;line-height:150%'>{line}</p>" for line in TEXT.split("\n")))
    assert page.editor.text() == TEXT
    assert formats(page) == [(INDENT, LINE_HEIGHT)] * 4
    page.session.undo()
    page.session.redo()
    assert formats(page) == [(INDENT, LINE_HEIGHT)] * 4


def test_the_prompt_begins_where_the_text_will(written: Callable[..., Session], opened: Open) -> None:
    assert opened(written()).editor.placeholderText().startswith("\u3000\u3000从")


def test_a_paste_of_many_headings_is_one_change_of_the_text(written: Callable[..., Session], opened: Open) -> None:
    """Each change of a format used to read the whole text again: a few hundred lines took seconds, ten thousand never came to an end."""
    page = opened(written())
    changes: list[None] = []
    page.editor.textChanged.connect(lambda: changes.append(None))
    paste(page, text="\n".join(f"（{'一二三四五'[i % 5]}）第{i}个小标题\n内容。" for i in range(200)))
    assert len(changes) == 2  # the text, and the look of all its headings
    block = page.editor.document().lastBlock().previous()
    assert is_heading(block.text()) and block.blockFormat().bottomMargin() == 0
    QTest.keyClicks(page.editor, "ab")
    assert len(changes) == 4


def test_notes_and_marks_are_made_for_what_is_in_sight(written: Callable[..., Session], opened: Open) -> None:
    page = opened(written(overview="\n".join(f"第{i}段，，写错了一处标点。" if i % 15 == 14 else f"第{i}段没有写错。" for i in range(300))))
    findings = [f for f in page.session.findings if f.code == "T-PUNCT"]
    assert len(findings) == 20
    first = page.findChildren(NoteCard)
    assert 0 < len(first) < 5 and findings[0] in [n.finding for n in first]
    assert 0 < len(page.editor.extraSelections()) < 5
    QTest.keyClick(page.editor, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    last = page.findChildren(NoteCard)
    assert len(last) < 5 and findings[-1] in [n.finding for n in last] and findings[0] not in [n.finding for n in last]
    assert any(mark.cursor.selectedText() == findings[-1].excerpt for mark in page.editor.extraSelections())


def test_more_than_a_text_can_hold_is_refused_with_a_reason(written: Callable[..., Session], opened: Open) -> None:
    page = opened(written(overview=TEXT))
    paste(page, text="\n".join(["这一行有十个字符左右。"] * 20_000))
    assert page.editor.text() == TEXT and not page.session.can_undo
    told = [words.text() for words in page.window().findChildren(QLabel) if "没有粘贴" in words.text()]
    assert len(told) == 1 and "20,000 行" in told[0] and f"{MOST_CHARACTERS:,} 字" in told[0]
    QTest.keyClicks(page.editor, "a")
    assert not [words for words in page.window().findChildren(QLabel) if "没有粘贴" in words.text() and words.isVisible()]


def test_what_a_paste_replaces_does_not_count_against_it(written: Callable[..., Session], opened: Open) -> None:
    page = opened(written(overview="旧" * (MOST_CHARACTERS - 10)))
    QTest.keyClick(page.editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    paste(page, text="新" * MOST_CHARACTERS)
    assert page.editor.text() == "新" * MOST_CHARACTERS


def test_outline_and_check_agree_on_what_running_sentences_cover(written: Callable[..., Session], opened: Open) -> None:
    text = "全年主动公开政府信息12条。\n收到信息公开申请3件，依申请公开工作平稳。"
    page = opened(written(overview=text))
    (missing,) = [f for f in page.session.findings if f.code == "C-ASPECT"]
    shown = {item.aspect.name: item.accessibleName().partition("，")[2] for item in items(page)}
    assert shown["主动公开"] == shown["依申请公开"] == SPOKEN
    assert [name for name, words in shown.items() if words == "未写"] == [name for name in shown if name in missing.message]
    press(next(item for item in items(page) if item.aspect.name == "依申请公开"))
    assert page.editor.text() == text and page.editor.caret() == text.index("申请3件")


def test_the_fee_is_asked_and_her_answer_is_not_marked_as_drafted(session: NewSession, opened: Open) -> None:
    page = opened(session(fill="0"), "other")
    panel = drafts(page)
    assert not [b for b in panel.findChildren(Button) if b.text() == "放进去" and b.isVisible()]
    put = next(b for b in panel.findChildren(Button) if b.text() == "写进去")
    (field,) = panel.findChildren(QLineEdit)
    QTest.keyClicks(field, "x20a")
    assert field.text() == "20" and put.isEnabled()
    QTest.keyClick(field, Qt.Key.Key_Backspace)
    QTest.keyClick(field, Qt.Key.Key_Backspace)
    assert not put.isEnabled()
    QTest.keyClicks(field, "320.5")
    press(put)
    assert page.editor.text().endswith("收取政府信息公开信息处理费320.5元。") and not panel.isVisible()
    assert not page.unread.sentences
    page.session.undo()
    assert page.editor.text() == ""
