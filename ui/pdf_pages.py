"""Pages of a PDF as pictures, on the screen and on a printer's paper: pypdfium2 in one thread of its own.

pdfium may be used by one thread at a time, so everything that draws pages goes through one `PdfPages`. It is imported when the first page
is drawn. A picture lies at the screen's or the paper's own resolution; nothing here is ever scaled up.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Literal

from PySide6.QtCore import QObject, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QImage, QPainter
from PySide6.QtPrintSupport import QPrinter

POINTS = 96 / 72  # logical pixels in a point, at 100 %
WIDEST = 4000  # device pixels of a picture on the screen; beyond this it costs more than it shows
PRINT_DPI = 300
SMALL, FINER = 0.25, 8  # device pixels in a point below which a page is drawn so much finer, then shrunk: pdfium makes no rule thinner than a pixel
Fit = Literal["page", "width"] | float  # the whole page, its width, or a scale; 1.0 is the size of the paper

_log = logging.getLogger(__name__)


def scale_for(paper: QSizeF, room: QSizeF, fit: Fit) -> float:
    """The scale at which a page of this size, in points, is shown in a room of logical pixels."""
    if not isinstance(fit, str):
        return fit
    width = room.width() / (paper.width() * POINTS)
    return min(width, room.height() / (paper.height() * POINTS)) if fit == "page" else width


class PdfPages(QObject):
    """Draws pages of PDFs for whoever asks, one after the other."""

    drawn = Signal(str, int, int, QSizeF, QImage)  # channel, number of the request, pages, paper in points, picture; null if it failed
    printed = Signal(int)  # pages; 0 if the printer or the file refused

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = ThreadPoolExecutor(1, "gxdesk-pages")
        self._waiting: dict[str, Future[None]] = {}
        self._asked = 0
        self._shut = False

    def draw(self, channel: str, data: bytes, page: int, room: QSize, fit: Fit, pixel_ratio: float) -> int:
        """Ask for page `page` (from 0; the last one if there are fewer) as it is shown in `room`, in logical pixels. A request of the
        same channel that still waits is dropped. Returns the number `drawn` will carry."""
        self._asked += 1
        if (waits := self._waiting.get(channel)) is not None:
            waits.cancel()
        if not self._shut:
            self._waiting[channel] = self._thread.submit(self._draw, channel, self._asked, data, page, QSizeF(room), fit, pixel_ratio)
        return self._asked

    def print(self, data: bytes, printer: QPrinter) -> None:
        """Print the pages the printer is set to, at 300 dpi and in the size of the paper. `printed` says when."""
        if not self._shut:
            self._thread.submit(self._print, data, printer)

    def shut(self) -> None:
        """Draw nothing more; waits for the page that is being drawn."""
        self._shut = True
        self._thread.shutdown(wait=True, cancel_futures=True)

    # --- in the thread ---

    def _draw(self, channel: str, asked: int, data: bytes, page: int, room: QSizeF, fit: Fit, pixel_ratio: float) -> None:
        count, paper, picture = 0, QSizeF(), QImage()
        try:
            with _opened(data) as document:
                sheet = document[min(page, len(document) - 1)]
                paper = QSizeF(*sheet.get_size())
                scale = scale_for(paper, room, fit) * POINTS * pixel_ratio
                picture = _shown(sheet, max(0.1, min(scale, WIDEST / max(paper.width(), paper.height()))))
                count = len(document)
        except Exception as error:  # noqa: BLE001  any failure of the library: the window says that there is no picture and goes on
            _log.info("page not drawn: %s", type(error).__name__)
        self.drawn.emit(channel, asked, count, paper, picture)

    def _print(self, data: bytes, printer: QPrinter) -> None:
        pages = 0
        try:
            with _opened(data) as document:
                pages = _paint(document, printer, lambda sheet: _picture(sheet, PRINT_DPI / 72))
        except Exception as error:  # noqa: BLE001  as above
            _log.info("not printed: %s", type(error).__name__)
        self.printed.emit(pages)


def _opened(data: bytes) -> Any:
    import pypdfium2  # a third of a second: not before there is something to draw

    return pypdfium2.PdfDocument(data)


def _shown(sheet: Any, scale: float) -> QImage:
    """A page at so many device pixels a point."""
    if scale >= SMALL:
        return _picture(sheet, scale)
    large = _picture(sheet, scale * FINER)
    return large.scaled(large.size() / FINER, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)


def _picture(sheet: Any, scale: float) -> QImage:
    bitmap = sheet.render(scale=scale, prefer_bgrx=True)
    return QImage(bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride, QImage.Format.Format_RGB32).copy()


def _paint(document: Any, printer: QPrinter, draw: Callable[[Any], QImage]) -> int:
    """The pages asked for, each laid on the paper from its upper left corner in its own size, so that margins are those of the layout.
    Returns how many; 0 if the printer cannot be started."""
    first, last = printer.fromPage() or 1, printer.toPage() or len(document)
    pages = range(first - 1, min(last, len(document)))
    printer.setFullPage(True)
    painter = QPainter()
    if not pages or not painter.begin(printer):
        return 0
    try:
        for at, number in enumerate(pages):
            if at:
                printer.newPage()
            sheet, dots = document[number], printer.resolution() / 72
            width, height = sheet.get_size()
            painter.drawImage(QRectF(0, 0, width * dots, height * dots), draw(sheet))
    finally:
        painter.end()
    return len(pages)
