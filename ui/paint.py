"""Crisp drawing at any scale, text in lines of our own, and the few shapes and icons, drawn on a 16-unit square (look.md §1, §4).

Every length is in logical px. Edges are put on whole device pixels through `painter.deviceTransform()`, so that a hairline is one device
pixel at 100, 125, 150 and 175 % and two at 200 %.
"""

from collections.abc import Sequence
from math import floor

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QPolygonF,
    QTextLayout,
    QTextOption,
)

from ui.tokens import Tone, look

Ink = QColor | str

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTRE = Qt.AlignmentFlag.AlignCenter


def unit(p: QPainter) -> float:
    """Width of a hairline in logical px: one device pixel up to 175 %, two from 200 %."""
    scale = p.deviceTransform().m11()
    return max(1, floor(scale + 0.01)) / scale


def snap(p: QPainter, r: QRectF | QRect) -> QRectF:
    """`r` moved to whole device pixels. 11 px at 150 % is 16.5 device pixels; unsnapped it is a blurred edge.

    Halves go up, as in Qt's own clipping; Python's round() goes to even and would lose every second top border.
    """
    there = p.deviceTransform()
    back, possible = there.inverted()
    d = there.mapRect(QRectF(r))
    if not possible:
        return QRectF(r)
    x, y, x2, y2 = (floor(v + 0.5) for v in (d.left(), d.top(), d.right(), d.bottom()))
    return QRectF(back.mapRect(QRectF(x, y, x2 - x, y2 - y)))


def line(p: QPainter, x1: float, y1: float, x2: float, y2: float, ink: Ink) -> None:
    """A hairline along the top or left edge of its coordinates; a filled rectangle, because pens round unevenly."""
    u, r = unit(p), snap(p, QRectF(x1, y1, x2 - x1, y2 - y1))
    p.fillRect(QRectF(r.x(), r.y(), max(r.width(), u), max(r.height(), u)), QColor(ink))


def box(p: QPainter, r: QRectF | QRect, radius: float, fill: Ink | None = None, stroke: Ink | None = None, width: int = 1) -> None:
    """A rounded rectangle whose border of `width` hairlines lies inside `r` on whole device pixels."""
    r, w = snap(p, r), unit(p) * width
    p.save()
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    if fill is None:
        p.setBrush(Qt.BrushStyle.NoBrush)
    else:
        p.setBrush(QColor(fill))
    if stroke is None:
        p.setPen(Qt.PenStyle.NoPen)
    else:
        p.setPen(QPen(QColor(stroke), w))
        r = r.adjusted(w / 2, w / 2, -w / 2, -w / 2)
    p.drawRoundedRect(r, radius, radius)
    p.restore()


class Boxes:
    """Rounded rectangles drawn once and stamped after that: a table has 150 fields alike, and curves are what costs."""

    def __init__(self) -> None:
        self._stamps: dict[tuple[int, int, float, str | None, str | None, int, float], QPixmap] = {}

    def draw(self, p: QPainter, r: QRectF, radius: float, fill: str | None, stroke: str | None, width: int = 1) -> None:
        """The same picture as `box`."""
        place, scale = snap(p, r), p.deviceTransform().m11()
        w, h = round(place.width() * scale), round(place.height() * scale)
        if w <= 0 or h <= 0:
            return
        key = w, h, radius, fill, stroke, width, scale
        stamp = self._stamps.get(key)
        if stamp is None:
            if len(self._stamps) > 200:  # columns of many widths, or a window dragged over screens of many scales
                self._stamps.clear()
            stamp = QPixmap(w, h)
            stamp.setDevicePixelRatio(scale)
            stamp.fill(Qt.GlobalColor.transparent)
            inner = QPainter(stamp)
            box(inner, QRectF(0, 0, w / scale, h / scale), radius, fill, stroke, width)
            inner.end()
            self._stamps[key] = stamp
        p.drawPixmap(place.topLeft(), stamp)


# --- text ---------------------------------------------------------------------------------------------------------

LEADING = 1.3  # our own; CJK fonts differ too much in theirs (Noto 1.45, YaHei UI 1.32)


def broken(lines: Sequence[str], f: QFont, width: float) -> tuple[str, ...]:
    """A label in the lines it needs within `width`: one if it fits, else where it breaks well (`lines`), else balanced, so that no
    single character is left over. Costs a text layout: keep the answer."""
    metrics, whole = QFontMetricsF(f), "".join(lines)
    if metrics.horizontalAdvance(whole) <= width:
        return (whole,)
    if len(lines) > 1 and all(metrics.horizontalAdvance(piece) <= width + 1 for piece in lines):
        return tuple(lines)
    greedy = _wrapped(whole, f, width)
    balanced = _wrapped(whole, f, metrics.horizontalAdvance(whole) / len(greedy) + f.pixelSize() * 0.6)
    return balanced if len(balanced) == len(greedy) and all(metrics.horizontalAdvance(piece) <= width + 1 for piece in balanced) else greedy


def _wrapped(text: str, f: QFont, width: float) -> tuple[str, ...]:
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout, out = QTextLayout(text, f), []
    layout.setTextOption(option)
    layout.beginLayout()
    while (piece := layout.createLine()).isValid():
        piece.setLineWidth(max(width, f.pixelSize()))
        out.append(text[piece.textStart() : piece.textStart() + piece.textLength()])
    layout.endLayout()
    return tuple(out)


def write(
    p: QPainter, r: QRectF, lines: Sequence[str], f: QFont, align: Qt.AlignmentFlag, within: QRectF | None = None, leading: float = LEADING
) -> None:
    """Lines of text in the middle of `r`. `within` is what they must not leave: a merged label half scrolled away."""
    height = f.pixelSize() * leading
    y = r.center().y() - height * len(lines) / 2
    if within is not None:
        y = min(max(y, within.top() + 6), max(within.bottom() - 6 - height * len(lines), within.top()))
    p.setFont(f)
    flags = int(align.value) | int(Qt.TextFlag.TextDontClip.value)
    for piece in lines:
        p.drawText(QRectF(r.x(), y, r.width(), height), flags, piece)
        y += height


# --- shapes and icons ---------------------------------------------------------------------------------------------

# Strokes: lists of points on a 16 x 16 square. A new icon is one more entry.
STROKES: dict[str, list[list[tuple[float, float]]]] = {
    "check": [[(3.5, 8.5), (6.6, 11.6), (12.6, 4.8)]],
    "back": [[(13, 8), (3.2, 8)], [(7.2, 4), (3.2, 8), (7.2, 12)]],
    "forward": [[(3, 8), (12.8, 8)], [(8.8, 4), (12.8, 8), (8.8, 12)]],
    "next": [[(6, 3.6), (10.4, 8), (6, 12.4)]],
    "prev": [[(10, 3.6), (5.6, 8), (10, 12.4)]],
    "up": [[(4, 10.2), (8, 6.2), (12, 10.2)]],
    "down": [[(4, 6.2), (8, 10.2), (12, 6.2)]],
    "plus": [[(8, 3), (8, 13)], [(3, 8), (13, 8)]],
    "minus": [[(3, 8), (13, 8)]],
    "cross": [[(4, 4), (12, 12)], [(12, 4), (4, 12)]],
    "clock": [[(8, 4.8), (8, 8.2), (10.4, 9.6)]],
    "undo": [[(5.6, 3), (2.6, 6), (5.6, 9)]],
    "redo": [[(10.4, 3), (13.4, 6), (10.4, 9)]],
    "file": [[(4, 2), (9.4, 2), (12.4, 5), (12.4, 14), (4, 14), (4, 2)], [(9.2, 2.2), (9.2, 5.2), (12.2, 5.2)]],
    "open": [[(2.2, 12.8), (2.2, 3.4), (6.2, 3.4), (7.8, 5.2), (13.8, 5.2), (13.8, 12.8), (2.2, 12.8)]],
    "copy": [[(5.6, 5.6), (13.4, 5.6), (13.4, 13.4), (5.6, 13.4), (5.6, 5.6)], [(3.4, 10.4), (2.6, 10.4), (2.6, 2.6), (10.4, 2.6), (10.4, 3.4)]],
    "trash": [[(3, 4.4), (13, 4.4)], [(6.2, 4.2), (6.2, 2.4), (9.8, 2.4), (9.8, 4.2)], [(4.4, 4.6), (5, 13.6), (11, 13.6), (11.6, 4.6)]],
    "print": [[(4.6, 6), (4.6, 2.4), (11.4, 2.4), (11.4, 6)], [(4.4, 11.4), (2.4, 11.4), (2.4, 6.2), (13.6, 6.2), (13.6, 11.4), (11.6, 11.4)], [(4.6, 9.4), (11.4, 9.4), (11.4, 13.6), (4.6, 13.6), (4.6, 9.4)]],
    "help": [[(5.2, 6), (5.5, 4.2), (6.7, 3.2), (8, 2.9), (9.3, 3.2), (10.5, 4.2), (10.7, 5.7), (9.9, 7), (8.5, 8), (8, 9), (8, 10.2)], [(8, 12.9), (8, 13.1)]],
    "search": [[(10.4, 10.4), (13.6, 13.6)]],
    "pen": [[(3, 13), (3.7, 10), (10.6, 3.1), (12.9, 5.4), (6, 12.3), (3, 13)], [(9, 4.7), (11.3, 7)]],
    "gear": [],
    "more": [],
}  # fmt: skip
STATUS: dict[str, Tone] = {"todo": "text3", "doing": "accent", "done": "ok", "error": "error", "explain": "warn", "hint": "text2"}
WORDS = {"error": "必须改", "explain": "请说明", "hint": "提示", "todo": "未开始", "doing": "进行中", "done": "完成"}


def shape(p: QPainter, name: str, r: QRectF, ink: Ink | None = None, ground: Ink | None = None) -> None:
    """A status shape (`STATUS`) or an icon (`STROKES`) in the middle of `r`, in its own colour or `ink`.

    Status shapes differ in outline, not only in colour: ring, half disc, tick, diamond, triangle, i-circle. `ground` is what shows
    through the exclamation mark.
    """
    now = look()
    c = QColor(ink) if ink is not None else now.colour(STATUS.get(name, "text2"))
    p.save()
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    k = min(r.width(), r.height()) / 16
    p.translate(r.center())
    p.scale(k, k)
    p.translate(-8, -8)
    p.setPen(_pen(c, 1.5))
    p.setBrush(Qt.BrushStyle.NoBrush)
    if name in ("todo", "doing", "hint", "clock"):
        p.drawEllipse(QPointF(8, 8), 5.6, 5.6)
    if name == "doing":
        half = QPainterPath(QPointF(8, 4.6))
        half.arcTo(QRectF(4.6, 4.6, 6.8, 6.8), 90, 180)
        p.fillPath(half, c)
    elif name == "hint":
        p.drawLine(QPointF(8, 7.6), QPointF(8, 10.8))
        p.drawPoint(QPointF(8, 5.2))
    elif name in ("error", "explain"):
        _alarm(p, name == "error", c, QColor(ground) if ground is not None else now.colour("surface"))
    elif name == "more":
        p.setBrush(c)
        for x in (3.4, 8, 12.6):
            p.drawEllipse(QPointF(x, 8), 0.5, 0.5)
    elif name == "search":
        p.drawEllipse(QPointF(7, 7), 4.4, 4.4)
    elif name == "gear":
        for i, x in enumerate((10.4, 5.6, 9.2)):  # three sliders say "settings" at 16 px more clearly than teeth do
            y = 3.6 + 4.4 * i
            p.drawLine(QPointF(2.4, y), QPointF(x - 1.6, y))
            p.drawLine(QPointF(x + 1.6, y), QPointF(13.6, y))
            p.drawEllipse(QPointF(x, y), 1.6, 1.6)
    elif name in ("undo", "redo"):
        side = 1 if name == "undo" else -1
        arc = QPainterPath(QPointF(2.8, 6) if name == "undo" else QPointF(13.2, 6))
        arc.lineTo(8 + side * 1.4, 6)
        arc.cubicTo(8 + side * 7, 6, 8 + side * 7, 13, 8 + side * 1.4, 13)
        arc.lineTo(8 - side * 1.6, 13)
        p.drawPath(arc)
    for stroke in STROKES.get("check" if name == "done" else name, []):
        p.drawPolyline(QPolygonF([QPointF(*point) for point in stroke]))
    p.restore()


def _alarm(p: QPainter, diamond: bool, c: QColor, ground: QColor) -> None:
    p.setBrush(c)
    p.setPen(_pen(c, 1.6))
    outline = [(8, 1.6), (14.4, 8), (8, 14.4), (1.6, 8)] if diamond else [(8, 2.4), (14.4, 13.4), (1.6, 13.4)]
    p.drawPolygon(QPolygonF([QPointF(*point) for point in outline]))
    p.setPen(_pen(ground, 1.7))
    low = 0 if diamond else 1.3
    p.drawLine(QPointF(8, 4.9 + low), QPointF(8, 8.3 + low))
    p.drawPoint(QPointF(8, 11 + low * 0.7))


def _pen(c: QColor, width: float) -> QPen:
    return QPen(c, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
