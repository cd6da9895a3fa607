"""What is loaded while she reads."""

import pytest
from pytestqt.qtbot import QtBot

from gxdesk import drafting
from gxdesk.errors import FormError
from gxdesk.forms.definition import FormDef
from ui.ahead import Ahead
from ui.pages.review import ReviewPage
from ui.report_window import REVIEW
from ui.window import MainWindow


def test_the_last_page_stands_before_she_goes_there(window: MainWindow, qtbot: QtBot) -> None:
    for open_one in (window.open_example, window.open_slips):  # what the second needs is loaded already
        open_one()
        report = window.report
        assert report is not None and report.findChild(ReviewPage) is None
        qtbot.waitUntil(lambda r=report: r.findChild(ReviewPage) is not None)
        assert report.key != REVIEW


def test_what_cannot_be_loaded_is_left_to_whoever_needs_it(form: FormDef, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: FormDef) -> None:
        raise FormError("没有这样的句子。")

    monkeypatch.setattr(drafting, "prepare", refuse)
    ahead = Ahead()
    with qtbot.waitSignal(ahead.ready):
        ahead.prepare(form)
