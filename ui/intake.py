"""What comes into the library out of files: her own report files and packages at once, any other report after she has seen what was read of it.

A file is never changed. What is no report file is read in a process of its own; what came of it is a page of the window, and nothing is taken
before she says so.
"""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from gxdesk.attached import HEAD, is_pdf
from ui.custody import PACKAGE
from ui.dialogs import ask_open

if TYPE_CHECKING:
    from gxdesk.imports.worker import Audited
    from ui.library import Takeover
    from ui.pages.incoming import IncomingPage
    from ui.reading import SourceReader
    from ui.window import MainWindow

SOURCE_FILTER = "年度报告、交接包 (*.gxreport *.gxhandover *.html *.htm *.mht *.mhtml *.docx *.doc *.pdf *.txt *.md);;所有文件 (*)"
NOT_PRINTED = "只有报告文件能直接打印，这个文件没有打印。读进报告库以后，在“核对与导出”里打印。"


class Intake(QObject):
    """Belongs to a window with a library."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._reader: SourceReader | None = None
        self._page: IncomingPage | None = None
        self._as_hers = self._printing = False
        self._last_of: int | None = None  # the open report that wants last year's out of a file

    def choose(self) -> None:
        """A file to open, asked for."""
        path = ask_open(self._window, "打开报告文件，或已经公布的报告", SOURCE_FILTER)
        if path:
            self.open_file(path)

    def choose_last_year(self, last_of: int | None = None) -> None:
        """A file to start from, asked for; or last year's report for the draft `last_of`, which is open."""
        path = ask_open(self._window, "选去年的报告：网页、Word、PDF、文本或报告文件", SOURCE_FILTER)
        if path:
            self.start_from(path, last_of)

    def open_file(self, path: Path, *, printing: bool = False) -> None:
        """Bring a `.gxreport` file into the library and open it; take in a `.gxhandover`; show what is in any other.

        `printing`: go on to print a report file, as its 打印 in Explorer asks; of any other it is said that this is for her.
        """
        window = self._window
        if path.suffix.lower() == PACKAGE:
            window.custody.receive(path, also=NOT_PRINTED if printing else "")
            return
        if path.suffix.lower() != ".gxreport" or _is_pdf(path):  # whatever it is called, a PDF is opened away from this process
            self._read(path, as_hers=True, printing=printing)
            return

        def bring() -> None:
            window.flush()  # it is held against what is in the library
            window.open_draft(window.library.bring(path))
            window.bar.say(f"“{path.name}”已读入报告库。以后改的是库里这一份，原文件不变。", seconds=10)
            if printing:
                self._print_soon()

        window.guarded(bring)

    def start_from(self, path: Path, last_of: int | None = None) -> None:
        """Read last year's report, whatever file it is in, and show what was read. `last_of` is the draft that is open and wants it for its last
        year's; without it a new one begins from it."""
        self._read(path, as_hers=False, last_of=last_of)

    def close_page(self) -> None:
        """Back from what was read, if it is shown, with nothing taken."""
        page, self._page = self._page, None
        if page is not None:
            stack = self._window.stack
            stack.setCurrentWidget(self._window.report or self._window.start)
            stack.removeWidget(page)
            page.deleteLater()

    def stop(self) -> None:
        """End the reading process, for good."""
        if self._reader is not None:
            self._reader.stop()

    # --- how ---

    def _print_soon(self) -> None:
        if self._window.report is not None:
            QTimer.singleShot(0, self._window.report.print)  # its dialog waits for her: first the window is whole

    def _read(self, path: Path, *, as_hers: bool, last_of: int | None = None, printing: bool = False) -> None:
        """`as_hers`: a PDF that carries its report is opened, and printed, like the report file."""
        self._as_hers, self._last_of, self._printing = as_hers, last_of, printing
        bar = self._window.bar
        if self._reader is None:
            from ui.reading import SourceReader

            self._reader = SourceReader(self._window.library.forms, self)
            self._reader.read.connect(self._show)
            self._reader.failed.connect(lambda _, sentence: bar.say(sentence, kind="error"))
        bar.say(f"正在读“{path.name}”…", kind="hint")
        self._reader.start(path)

    def _show(self, path: Path, audited: "Audited") -> None:
        window, imported = self._window, audited.imported
        window.bar.hide()
        if self._as_hers and imported.exact:
            window.flush()
            window.guarded(lambda: window.open_draft(window.library.add(imported.report, path.name)))
            words = imported.notes or (f"“{path.name}”里存的报告已读入报告库。以后改的是库里这一份，原文件不变。",)
            window.bar.say("".join(words), kind="explain" if imported.notes else "done", seconds=0 if imported.notes else 10)
            if self._printing:
                self._print_soon()
            return
        window.guarded(lambda: self._put(path.name, audited))
        if self._printing:
            window.bar.say(NOT_PRINTED, kind="hint")

    def _put(self, name: str, audited: "Audited") -> None:
        from ui.pages.incoming import IncomingPage

        window, report = self._window, self._window.report
        wanted_by = report.session.report.year if report is not None and report.draft_id == self._last_of else None
        agency = window.start.said_agency.get("name") or window.library.agency_name()
        page = IncomingPage(name, audited, window.library.forms, agency, wanted_by)
        self.close_page()
        page.accepted.connect(self._take)
        page.closed.connect(self.close_page)
        self._page = page
        window.stack.addWidget(page)
        window.stack.setCurrentWidget(page)
        page.take_focus()

    def _take(self, takeover: "Takeover") -> None:
        window = self._window

        def take() -> None:
            draft_id = window.library.take(takeover, window.start.said_agency)
            self.close_page()
            if takeover.year is None:
                self._kept(draft_id, takeover)
                return
            window.open_draft(draft_id)
            figures = f"{takeover.last.year} 年度的数显示在格子旁边" if takeover.last.cells else f"{takeover.last.year} 年度的数一格也没有读到，格子旁边不显示"
            window.bar.say(f"已带入单位信息；{figures}。", seconds=10)

        window.guarded(take)

    def _kept(self, draft_id: int, takeover: "Takeover") -> None:
        """Last year's report is in the library: beside the open report where that asked for it, else for the one of the year after."""
        window = self._window
        report, library = window.report, window.library
        if report is not None and report.draft_id == self._last_of and report.session.report.year == (takeover.last.year or 0) + 1:
            library.store.settle_last_year(report.draft_id, draft_id)
        window.refresh_start()
        if report is not None and report.draft_id and library.store.last_year_of(report.draft_id) == draft_id:
            window.reopen(report)
        shown = "显示在下一年报告的格子旁边" if library.is_last_year(draft_id) else "，等有了下一年的报告，显示在它的格子旁边"
        window.bar.say(f"已存进报告库。{takeover.last.year} 年度的数{shown}。", seconds=10)


def _is_pdf(path: Path) -> bool:
    with suppress(OSError):
        if path.is_file():
            with path.open("rb") as f:
                return is_pdf(f.read(HEAD))
    return False
