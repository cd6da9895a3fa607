"""The printed report on the screen: the pages of a PDF, drawn by pypdfium2 in a thread of its own.

A page is paper: white in both themes. pypdfium2 is imported when the first page is drawn, and only one thread ever uses it.
"""

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Literal

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from ui.paint import box
from ui.parts import Button, Rule, Sheet, column, holder, label, row
from ui.tokens import S1, S2, S3, S4, colour, font, theme

PAPER = "#FFFFFF"
MARGIN = 20  # of the desk around a page
WIDEST = 4000  # device pixels; beyond this the picture costs more than it shows
Fit = Literal["page", "width"]

_log = logging.getLogger(__name__)


class _Drawing(QObject):
    """Carries a drawn page from the drawing thread to the window."""

    drawn = Signal(int, int, QImage)  # number of the request, pages of the document, the page; a null image if it could not be drawn


def draw_page(data: bytes, page: int, room: QSize, fit: Fit) -> tuple[int, QImage]:
    """Draw page `page` (from 0; the last one if there are fewer) of a PDF for `room`, in device pixels. Returns the number of pages and the picture."""
    import pypdfium2  # a third of a second: not before there is something to draw

    document = pypdfium2.PdfDocument(data)
    try:
        count = len(document)
        sheet = document[min(page, count - 1)]
        width, height = sheet.get_size()
        scale = room.width() / width
        if fit == "page":
            scale = min(scale, room.height() / height)
        scale = max(0.1, min(scale, WIDEST / max(width, height)))
        bitmap = sheet.render(scale=scale, prefer_bgrx=True)
        picture = QImage(bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride, QImage.Format.Format_RGB32).copy()
        return count, picture
    finally:
        document.close()


def _draw_for(drawing: _Drawing, asked: int, data: bytes, page: int, room: QSize, fit: Fit) -> None:
    """Draw a page and send it to the window. Runs in the drawing thread."""
    try:
        count, picture = draw_page(data, page, room, fit)
    except Exception as error:  # noqa: BLE001  any failure of the library: the window says that there is no preview and goes on
        _log.info("preview page not drawn: %s", type(error).__name__)
        count, picture = 0, QImage()
    drawing.drawn.emit(asked, count, picture)


class PageView(QAbstractScrollArea):
    """One page of a PDF on the desk. The wheel, 上翻 and 下翻 turn the page where it cannot be scrolled further."""

    turned = Signal()  # another page, or another document

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.page = 0
        self.count = 0
        self._fit: Fit = "page"
        self._data: bytes | None = None
        self._picture = QImage()
        self._words = ""
        self._asked = 0
        self._shut = False
        self._wheel = 0
        self._drawer = ThreadPoolExecutor(1, "gxdesk-preview")  # pdfium may be used by one thread at a time
        self._waiting: Future[None] | None = None
        self._drawing = _Drawing(self)
        self._drawing.drawn.connect(self._show)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("打印稿预览")
        self.verticalScrollBar().setSingleStep(40)

    def open(self, data: bytes) -> None:
        """Show this PDF, at the page shown before if it has one."""
        self._data = data
        self._words = ""
        self._draw()

    def say(self, words: str) -> None:
        """Words in place of a page that is not there yet."""
        self._words = words
        self.viewport().update()

    @property
    def fit(self) -> Fit:
        return self._fit

    def set_fit(self, fit: Fit) -> None:
        if fit != self._fit:
            self._fit = fit
            self.verticalScrollBar().setValue(0)
            self._draw()

    def turn(self, pages: int) -> None:
        """Go forward or back by a number of pages, as far as there are any."""
        page = max(0, min(self.page + pages, self.count - 1))
        if page != self.page:
            self.page = page
            self.verticalScrollBar().setValue(0 if pages > 0 or self._fit == "page" else self.verticalScrollBar().maximum())
            self.turned.emit()
            self._draw()

    def shut(self) -> None:
        """Draw nothing more; waits for the page that is being drawn."""
        self._shut = True
        self._asked += 1
        self._drawer.shutdown(wait=True, cancel_futures=True)

    # --- Qt ---

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, ground = QPainter(self.viewport()), QRectF(self.viewport().rect())
        painter.fillRect(ground, colour("canvas"))
        if self._picture.isNull():
            painter.setFont(font("label"))
            painter.setPen(colour("text2"))
            painter.drawText(ground.adjusted(S4, 0, -S4, 0), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._words)
            return
        place = self._place()
        box(painter, place.adjusted(-1, -1, 1, 1), 2, PAPER, theme().field)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._picture.deviceIndependentSize() != place.size())
        painter.drawImage(place, self._picture)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._range()
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._draw()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        bar = self.verticalScrollBar()
        match event.key():
            case Qt.Key.Key_PageDown | Qt.Key.Key_Space if bar.value() < bar.maximum():
                bar.setValue(bar.value() + bar.pageStep())
            case Qt.Key.Key_PageUp if bar.value() > 0:
                bar.setValue(bar.value() - bar.pageStep())
            case Qt.Key.Key_PageDown | Qt.Key.Key_Space | Qt.Key.Key_Right:
                self.turn(1)
            case Qt.Key.Key_PageUp | Qt.Key.Key_Left:
                self.turn(-1)
            case Qt.Key.Key_Home:
                self.turn(-self.count)
            case Qt.Key.Key_End:
                self.turn(self.count)
            case Qt.Key.Key_Down:
                bar.setValue(bar.value() + bar.singleStep())
            case Qt.Key.Key_Up:
                bar.setValue(bar.value() - bar.singleStep())
            case _:
                super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        steps, bar = event.angleDelta().y(), self.verticalScrollBar()
        if (steps < 0 and bar.value() < bar.maximum()) or (steps > 0 and bar.value() > 0):
            self._wheel = 0
            super().wheelEvent(event)
            return
        self._wheel += steps  # a touch pad sends many small steps
        if abs(self._wheel) >= 120:
            self.turn(-1 if self._wheel > 0 else 1)
            self._wheel = 0
        event.accept()

    # --- how ---

    def _room(self) -> QSize:
        """For the paper, in logical pixels."""
        return self.viewport().size() - QSize(2 * MARGIN, 2 * MARGIN)

    def _place(self) -> QRectF:
        """Where the paper lies on the desk, fitted to the room also while a sharper picture is being drawn."""
        size, room = self._picture.deviceIndependentSize(), self._room()
        k = room.width() / max(1.0, size.width())
        if self._fit == "page":
            k = min(k, room.height() / max(1.0, size.height()))
        if 0.98 < k < 1.02:
            k = 1.0  # what is left is rounding; scaling by it would only blur
        w, h = size.width() * k, size.height() * k
        left, top = (self.viewport().width() - w) / 2, max(float(MARGIN), (self.viewport().height() - h) / 2)
        return QRectF(round(left), round(top) - self.verticalScrollBar().value(), w, h)

    def _range(self) -> None:
        high = 0.0 if self._picture.isNull() else self._place().height() + 2 * MARGIN
        self.verticalScrollBar().setPageStep(self.viewport().height())
        self.verticalScrollBar().setRange(0, max(0, round(high) - self.viewport().height()) if self._fit == "width" else 0)

    def _draw(self) -> None:
        """Ask for the current page in the current size; a request that still waits is dropped."""
        room = self._room()
        if self._shut or self._data is None or room.width() < 20 or room.height() < 20:
            return
        self._asked += 1
        if self._waiting is not None:
            self._waiting.cancel()
        self._waiting = self._drawer.submit(_draw_for, self._drawing, self._asked, self._data, self.page, room * self.devicePixelRatioF(), self._fit)

    def _show(self, asked: int, count: int, picture: QImage) -> None:
        if asked != self._asked:
            return
        picture.setDevicePixelRatio(self.devicePixelRatioF())
        self._picture, self.count = picture, count
        self.page = max(0, min(self.page, count - 1))
        if picture.isNull():
            self._words = "这一页显示不出来。导出的文件不受影响，可以用 PDF 阅读器打开看。"
        self._range()
        self.turned.emit()
        self.viewport().update()


class PreviewPane(QWidget):
    """打印稿预览: the page, and above it which page it is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = PageView()
        self._heading = label("打印稿预览", "label-strong")
        self._state = label("", "caption", "text2")
        self._back, self._forth = Button("", "icon", "prev", name="上一页"), Button("", "icon", "next", name="下一页")
        self._where = label("", "label", "text2")
        self._where.setMinimumWidth(92)
        self._where.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.fit_button = Button("适合宽度", "quiet", small=True)
        self._back.clicked.connect(lambda: self.view.turn(-1))
        self._forth.clicked.connect(lambda: self.view.turn(1))
        self.fit_button.clicked.connect(self._change_fit)
        self.view.turned.connect(self._say_where)
        tools = holder(row(self._heading, S2, self._state, None, self._back, self._where, self._forth, S2, self.fit_button, gap=S1, margins=(S4, 0, S3, 0)), Sheet())
        tools.setFixedHeight(44)
        self.setLayout(column(tools, Rule(), self.view, gap=0))
        self._say_where()

    def open(self, data: bytes) -> None:
        self.say_state("")
        self.view.open(data)

    def say_state(self, words: str) -> None:
        """What goes on, beside the heading; on the empty desk as well."""
        self._state.setText(words)
        self.view.say(words)

    def set_narrow(self, narrow: bool) -> None:
        self._heading.setText("预览" if narrow else "打印稿预览")
        self._where.setMinimumWidth(0 if narrow else 92)

    def _change_fit(self) -> None:
        self.view.set_fit("width" if self.view.fit == "page" else "page")
        self.fit_button.setText("整页" if self.view.fit == "width" else "适合宽度")
        self.fit_button.updateGeometry()

    def _say_where(self) -> None:
        at, count = self.view.page + 1, self.view.count
        self._where.setText(f"第 {at} 页，共 {count} 页" if count else "")
        self._back.setEnabled(at > 1)
        self._forth.setEnabled(at < count)

