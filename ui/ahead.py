"""What the next steps need is loaded while she reads: modules, templates and the page 核对, for which the first key, the first visit and the
first copy would stand still for a tenth of a second or two. And all that writing a report to its end needs, so that on a stick that is pulled out
no key is lost because what takes it was not loaded yet.

What knows no Qt is loaded in a thread, which gives way to the window every few milliseconds; then what draws, one module at a turn of the
event loop. She notices nothing if it is not done yet when she needs it: then it is loaded there and then.
"""

import contextlib
import importlib
import logging
import threading

from PySide6.QtCore import QObject, QTimer, Signal

from gxdesk.document.view import build_view
from gxdesk.forms.definition import FormDef
from gxdesk.report import Report

IDLE_MS = 300  # after a report was opened: its first page is drawn
TURN_MS = 30
WITHOUT_QT = (
    *("jinja2.debug", "_strptime", "gxdesk.temporary"),  # imported by those who need them when they do
    *("gxdesk.crash", "gxdesk.document.export", "gxdesk.document.text", "pypdfium2", "gxdesk.document.manual"),
)
DRAWING = (
    *("ui.pages.agency", "ui.pages.narrative", "ui.pages.table"),
    *("ui.printing", "ui.panels.changes", "ui.panels.export", "ui.panels.preview", "ui.pages.review", "ui.pages.moments", "ui.manual"),
)

_log = logging.getLogger(__name__)


class Ahead(QObject):
    """Loads what is not loaded yet for each report that is opened."""

    ready = Signal()  # a turn after everything is there

    _loaded = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._form: FormDef | None = None  # of the report opened last
        self._known: set[str] = set()
        self._left = list(DRAWING)
        self._idle, self._turns = QTimer(self), QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(IDLE_MS)
        self._idle.timeout.connect(self._begin)
        self._turns.setInterval(TURN_MS)
        self._turns.timeout.connect(self._turn)
        self._loaded.connect(self._turns.start)

    def prepare(self, form: FormDef) -> None:
        """A report of this form was opened."""
        self._form = form
        self._idle.start()

    def _begin(self) -> None:
        form = self._form
        if form is not None and form.id not in self._known:
            self._known.add(form.id)
            threading.Thread(target=self._load, args=(form,), name="ahead").start()
        else:
            self._turns.start()

    def _load(self, form: FormDef) -> None:
        try:
            from gxdesk import drafting
            from gxdesk.forms.help import table_help
            from gxdesk.sources import sources

            drafting.prepare(form)
            for table in form.tables:
                table_help(form, table)
            sources()
            for name in WITHOUT_QT:
                importlib.import_module(name)
            from gxdesk.document import html

            html.render_fragment(build_view(Report(form.id, None), form, draft=True))
        except Exception as error:  # noqa: BLE001  whoever needs it meets it again and says so
            _log.info("not loaded ahead: %s", type(error).__name__)
        with contextlib.suppress(RuntimeError):  # the window is gone
            self._loaded.emit()

    def _turn(self) -> None:
        if self._left:
            importlib.import_module(self._left.pop(0))
        else:
            self._turns.stop()
            self.ready.emit()
