"""Mark-up in a report that came from elsewhere is shown as the signs it is made of: Qt would guess it, and fetch the picture it names."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent, QTextDocument
from PySide6.QtWidgets import QApplication, QLabel, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from gxdesk.drafts.store import DraftStore
from gxdesk.forms.known import Forms
from gxdesk.history import History
from gxdesk.report import Report
from ui.library import Choices, Library
from ui.narrative_editor import NarrativeEditor
from ui.panels.export import ExportBox
from ui.parts import plain, show_tip
from ui.window import MainWindow
from ui.worker import RenderWorker

EVIL = "<img src='file://evil/share/a.png'>"


def harmless(window: MainWindow) -> int:
    """See that no widget shows mark-up of the report as mark-up; returns how many of them show it at all."""
    QApplication.processEvents()
    seen = 0
    for widget in window.findChildren(QWidget):
        assert "<img" not in widget.toolTip(), (widget, widget.toolTip())
        seen += "&lt;img" in widget.toolTip()
        if isinstance(widget, QLabel) and "<img" in widget.text():
            assert widget.textFormat() == widget.textFormat().PlainText
            seen += 1
    return seen


def ask_for_tips(window: MainWindow) -> None:
    """Rest the pointer on every part of a text."""
    for editor in window.findChildren(NarrativeEditor):
        area = editor.viewport()
        for y in range(0, area.height(), 12):
            for x in range(0, area.width(), 12):
                at = QPoint(x, y)
                QApplication.sendEvent(area, QHelpEvent(QEvent.Type.ToolTip, at, area.mapToGlobal(at)))


@pytest.mark.parametrize("width", [1366, 760])
def test_no_page_takes_what_it_shows_for_mark_up(
    qtbot: QtBot, tmp_path: Path, forms: Forms, example: Report, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    told: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda _, words, __: told.append(words))
    monkeypatch.setattr(RenderWorker, "start", lambda _: None)
    texts = {key: f"{text}收到申请9件{EVIL}，，按时办结。" for key, text in example.texts.items()}
    cells = dict.fromkeys(list(example.cells)[:9], EVIL)
    evil = replace(example, texts=texts, cells={**example.cells, **cells}, agency={key: f"{text}{EVIL}" for key, text in example.agency.items()})
    with DraftStore.open(tmp_path / "library.gxd") as store:
        draft = store.create(evil)
        standing = {"sections": [["引言", "todo", EVIL]], "page": EVIL}
        store.save(draft, evil, History(), progress=json.dumps(standing))
        window = MainWindow()
        qtbot.addWidget(window)
        window.attach(Library(store, forms))
        window.resize(width, 768)
        window.show()
        seen = harmless(window)
        window.open_draft(draft)
        assert window.report is not None
        for key in window.report.keys:
            window.report.show_page(key)
            seen += harmless(window)
            ask_for_tips(window)
        window.report.show_past()
        assert seen + harmless(window) > 10
        assert window.close()
        assert any(told) and not any("<img" in words for words in told)


def test_a_tip_that_is_asked_for_and_one_that_names_a_folder_show_the_signs(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda _, words, __: told.append(words))
    box = ExportBox(Choices.of_one_session())
    qtbot.addWidget(box)
    show_tip(QPoint(), EVIL, box)
    box.show_made((Path(EVIL, "报告.pdf"),), (), "PDF")
    told += [tip for label in box.findChildren(QLabel) if (tip := label.toolTip())]
    assert sum("&lt;img" in words for words in told) == 2 and not any("<img" in words for words in told)


def test_words_with_mark_up_come_out_as_they_were() -> None:
    page = QTextDocument()
    page.setHtml(plain(f"第一行 & {EVIL}\n第二行"))
    assert page.toPlainText() == f"第一行 & {EVIL}\n第二行"
    assert plain("没有记号") == "没有记号"
