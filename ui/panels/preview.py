"""The printed report on the screen: one page of a PDF on the desk, all of them small beside it, and the tools above.

A page is paper: white in both themes.
"""

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QKeyEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ui.paint import CENTRE, box
from ui.parts import Button, Rule, Sheet, column, holder, label, row
from ui.pdf_pages import POINTS, Fit, PdfPages, scale_for
from ui.tokens import S1, S2, S3, S4, colour, font, theme

PAPER = "#FFFFFF"
MARGIN = 20  # of the desk around a page
STEPS = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0)
THUMB = QSize(64, 90)
THUMBS_FROM = 560  # px of width of the pane for the small pages
TOOLS_FROM = 470  # and for the words beside the tools


class PageView(QAbstractScrollArea):
    """One page of a PDF on the desk. The wheel, 上翻 and 下翻 turn the page where it cannot be scrolled further; with Ctrl the wheel zooms."""

    turned = Signal()  # another page, or another document
    zoomed = Signal()

    def __init__(self, pages: PdfPages, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.page = 0
        self.count = 0
        self.data: bytes | None = None
        self._fit: Fit = "page"
        self._pages = pages
        self._paper = QSizeF()
        self._picture = QImage()
        self._words = ""
        self._asked = 0
        self._wheel = 0
        pages.drawn.connect(self._show)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("打印稿预览")
        for bar in (self.verticalScrollBar(), self.horizontalScrollBar()):
            bar.setSingleStep(40)

    def open(self, data: bytes) -> None:
        """Show this PDF, at the page shown before if it has one."""
        self.data = data
        self._words = ""
        self._draw()

    def say(self, words: str) -> None:
        """Words in place of a page that is not there yet."""
        self._words = words
        self.viewport().update()

    @property
    def fit(self) -> Fit:
        return self._fit

    @property
    def scale(self) -> float:
        """1.0 is the size of the paper; 0 while there is no page."""
        return 0.0 if self._paper.isEmpty() else scale_for(self._paper, QSizeF(self._room()), self._fit)

    def set_fit(self, fit: Fit) -> None:
        if fit != self._fit:
            self._fit = fit
            self.verticalScrollBar().setValue(0)
            self._range()
            self._draw()
            self.viewport().update()
            self.zoomed.emit()

    def zoom(self, by: int) -> None:
        """The next larger or smaller step from what is shown now."""
        now, steps = self.scale, STEPS if by > 0 else STEPS[::-1]
        step = next((s for s in steps if (s - now) * by > 0.01), None)
        if now and step is not None:
            self.set_fit(step)

    def turn(self, pages: int) -> None:
        """Go forward or back by a number of pages, as far as there are any."""
        page = max(0, min(self.page + pages, self.count - 1))
        if page != self.page:
            self.page = page
            self.verticalScrollBar().setValue(0 if pages > 0 or self._fit == "page" else self.verticalScrollBar().maximum())
            self.turned.emit()
            self._draw()

    # --- Qt ---

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, ground = QPainter(self.viewport()), QRectF(self.viewport().rect())
        painter.fillRect(ground, colour("canvas"))
        if self.hasFocus():
            box(painter, ground, 0, None, theme().accent, 2)
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
        self.zoomed.emit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._draw()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        bar, control = self.verticalScrollBar(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        match event.key():
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal if control:
                self.zoom(1)
            case Qt.Key.Key_Minus if control:
                self.zoom(-1)
            case Qt.Key.Key_0 if control:
                self.set_fit("page")
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
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(1 if steps > 0 else -1 if steps < 0 else 0)
            event.accept()
            return
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
        """Where the paper lies on the desk, also while a sharper picture is being drawn."""
        w, h = (float(round(side * POINTS * self.scale)) for side in (self._paper.width(), self._paper.height()))
        drawn = self._picture.deviceIndependentSize()
        if abs(drawn.width() - w) < 2:
            w, h = drawn.width(), drawn.height()  # what is left is rounding; scaling by it would only blur
        left, top = max(float(MARGIN), (self.viewport().width() - w) / 2), max(float(MARGIN), (self.viewport().height() - h) / 2)
        return QRectF(round(left) - self.horizontalScrollBar().value(), round(top) - self.verticalScrollBar().value(), w, h)

    def _range(self) -> None:
        """The scroll bars: none for a whole page, the upright one for its width, both for a scale."""
        place, seen = (QRectF() if self._picture.isNull() or self._fit == "page" else self._place()), self.viewport().size()
        for bar, length, room in (
            (self.verticalScrollBar(), place.height(), seen.height()),
            (self.horizontalScrollBar(), 0.0 if self._fit == "width" else place.width(), seen.width()),
        ):
            bar.setPageStep(room)
            bar.setRange(0, max(0, round(length) + 2 * MARGIN - room) if length else 0)

    def _draw(self) -> None:
        """Ask for the current page in the current size."""
        room = self._room()
        if self.data is not None and room.width() >= 20 and room.height() >= 20:
            self._asked = self._pages.draw("page", self.data, self.page, room, self._fit, self.devicePixelRatioF())

    def _show(self, channel: str, asked: int, count: int, paper: QSizeF, picture: QImage) -> None:
        if channel != "page" or asked != self._asked:
            return
        picture.setDevicePixelRatio(self.devicePixelRatioF())
        self._picture, self._paper, self.count = picture, paper, count
        self.page = max(0, min(self.page, count - 1))
        if picture.isNull():
            self._words = "这一页显示不出来。导出的文件不受影响，可以用 PDF 阅读器打开看。"
        self._range()
        self.turned.emit()
        self.zoomed.emit()
        self.viewport().update()


class _Paper(QStyledItemDelegate):
    """A small page with its number under it; the one that is shown has the accent around it."""

    def paint(self, p: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        here: QRect = option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        place = QRect(here.center().x() - THUMB.width() // 2, here.y() + S2, THUMB.width(), THUMB.height())
        box(p, QRectF(place).adjusted(-2, -2, 2, 2), 2, PAPER, theme().accent if chosen else theme().field, 2 if chosen else 1)
        icon = index.data(Qt.ItemDataRole.DecorationRole)
        if isinstance(icon, QIcon):
            icon.paint(p, place)
        p.setFont(font("caption-strong" if chosen else "caption"))
        p.setPen(theme().text if chosen else theme().text2)
        p.drawText(QRectF(here.x(), place.bottom() + 4, here.width(), 18), CENTRE, str(index.row() + 1))

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return THUMB + QSize(2 * S3, S2 + 26)


class Thumbnails(QListWidget):
    """All pages of the PDF, small; press one to see it large."""

    def __init__(self, pages: PdfPages) -> None:
        super().__init__()
        self._pages = pages
        self._asked: dict[int, int] = {}  # request -> page
        self._data = b""
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setItemDelegate(_Paper(self))
        self.setFixedWidth(THUMB.width() + 2 * S3 + 10)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setAccessibleName("各页")
        pages.drawn.connect(self._show)

    def show_pages(self, data: bytes, count: int) -> None:
        """The pages of this PDF; each picture stays until its new one is drawn."""
        if data == self._data and count == self.count():
            return
        self._data = data
        while self.count() > count:
            self.takeItem(self.count() - 1)
        while self.count() < count:
            item = QListWidgetItem()
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"第 {self.count() + 1} 页")
            self.addItem(item)
        self._asked = {self._pages.draw(f"small {n}", data, n, THUMB, "page", self.devicePixelRatioF()): n for n in range(count)}

    def _show(self, channel: str, asked: int, count: int, paper: QSizeF, picture: QImage) -> None:
        page = self._asked.pop(asked, None)
        item = self.item(page) if page is not None else None
        if item is not None and not picture.isNull():
            picture.setDevicePixelRatio(self.devicePixelRatioF())
            item.setIcon(QIcon(QPixmap.fromImage(picture)))


class PreviewPane(QWidget):
    """打印稿预览: the page, all pages small at its left, and above it which page it is and how large."""

    def __init__(self, pages: PdfPages, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view, self.small = PageView(pages), Thumbnails(pages)
        self._heading = label("打印稿预览", "label-strong")
        self._state = label("", "caption", "text2")
        self._back, self._forth = Button("", "icon", "prev", name="上一页"), Button("", "icon", "next", name="下一页")
        self._where = label("", "label", "text2")
        self._where.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._smaller, self._larger = Button("", "icon", "minus", name="缩小（Ctrl+−）"), Button("", "icon", "plus", name="放大（Ctrl+＋）")
        self._scale = label("", "label", "text2")
        self._scale.setMinimumWidth(40)
        self._scale.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.fit_button = Button("适合宽度", "quiet", small=True)
        self._back.clicked.connect(lambda: self.view.turn(-1))
        self._forth.clicked.connect(lambda: self.view.turn(1))
        self._smaller.clicked.connect(lambda: self.view.zoom(-1))
        self._larger.clicked.connect(lambda: self.view.zoom(1))
        self.fit_button.clicked.connect(lambda: self.view.set_fit("width" if self.view.fit == "page" else "page"))
        self.view.turned.connect(self._say_where)
        self.view.zoomed.connect(self._say_scale)
        self.small.currentRowChanged.connect(lambda at: self.view.turn(at - self.view.page))
        tools = holder(
            row(
                self._heading, S2, self._state, None, self._back, self._where, self._forth, S2,
                self._smaller, self._scale, self._larger, self.fit_button, gap=S1, margins=(S4, 0, S3, 0),
            ),
            Sheet(),
        )  # fmt: skip
        tools.setFixedHeight(44)
        self._edge = Rule(upright=True)
        desk = row(self.small, self._edge, self.view, gap=0)
        desk.setStretch(2, 1)
        self.setLayout(column(tools, Rule(), desk, gap=0))
        self._say_where()
        self._say_scale()

    def open(self, data: bytes) -> None:
        self.say_state("")
        self.view.open(data)

    def say_state(self, words: str) -> None:
        """What goes on, beside the heading; on the empty desk as well."""
        self._state.setText(words)
        self.view.say(words)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        """Small pages only beside enough desk and where there is more than one; words beside the tools only in enough width."""
        wide = self.width() >= THUMBS_FROM and self.view.count > 1
        self.small.setVisible(wide)
        self._edge.setVisible(wide)
        self._heading.setVisible(self.width() >= TOOLS_FROM)
        self._scale.setVisible(self.width() >= TOOLS_FROM)

    def _say_where(self) -> None:
        at, count = self.view.page + 1, self.view.count
        self._where.setText(f"第 {at} 页，共 {count} 页" if count else "")
        self._back.setEnabled(at > 1)
        self._forth.setEnabled(at < count)
        if self.view.data is not None:
            self.small.show_pages(self.view.data, count)
        blocked = self.small.blockSignals(True)
        self.small.setCurrentRow(self.view.page if count else -1)
        self.small.blockSignals(blocked)
        self._fold()

    def _say_scale(self) -> None:
        scale = self.view.scale
        self._scale.setText(f"{scale:.0%}" if scale else "")
        self._smaller.setEnabled(scale > STEPS[0] + 0.01)
        self._larger.setEnabled(0 < scale < STEPS[-1] - 0.01)
        words = "适合宽度" if self.view.fit == "page" else "整页"
        if words != self.fit_button.text():
            self.fit_button.setText(words)
            self.fit_button.updateGeometry()
