"""The two headers of a table: rows of merged labels on top, columns of them at the side, and the corner note.

One class paints both, because header rows are label columns turned by ninety degrees. Headers are what QTableView already keeps in place
while it scrolls, so nothing has to be frozen or synchronised.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QHeaderView, QTableView, QWidget

from gxdesk.forms.grid import Placed, Role
from ui.paint import CENTRE, LEADING, LEFT, broken, line, shape, snap, write
from ui.table.layout import Label, TableLayout
from ui.tokens import H_ROW, S3, font, theme

PAD = 8  # left and right of a row label
STACKED = 32  # width of a label column whose text runs downwards
BAND_PAD = S3
HOW_MOST = 228  # px: a label column is made no wider for what is said under its labels


class Breaks:
    """The lines a label needs at a width, kept: text layout is what makes painting slow."""

    def __init__(self) -> None:
        self._kept: dict[tuple[tuple[str, ...], int, bool, int], tuple[str, ...]] = {}

    def at(self, lines: tuple[str, ...], f: QFont, width: float) -> tuple[str, ...]:
        key = lines, f.pixelSize(), f.bold(), int(width)
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = broken(lines, f, width)
        return found


def _advance(text: str, f: QFont) -> float:
    return QFontMetricsF(f).horizontalAdvance(text)


def label_widths(layout: TableLayout, *, narrow: bool, explained: bool) -> list[int]:
    """Widths of the label columns in px, from the labels: whole where it is short, else at its own breaks, else a width that wraps well; and
    where they are `explained`, so that one line of small print holds most of what is said."""
    f = font("label-strong")
    em = f.pixelSize()
    out = []
    for level in range(layout.label_levels):
        here = [x for x in layout.side if x.role is Role.LABEL and x.level == level and x.levels == 1]
        if level < layout.label_levels - 1:
            plain = [x for x in here if not _runs_down(x, em)]
            widths = [max(_advance(piece, f) for piece in x.lines) + (10 if narrow else 16) for x in plain]
            out.append(round(max(widths, default=STACKED)))
        elif level == 0:
            widths = [_advance(x.text, f) + 2 * PAD + 8 for x in here]
            out.append(round(min(max([(140 if narrow else 220), *widths]), 260)))
        else:
            cap = em * 12.5
            widths = [
                min(max(_advance(piece, f) for piece in x.lines) if _advance(x.text, f) > cap else _advance(x.text, f), cap) for x in here
            ]
            out.append(round(max(widths, default=0) + 2 * PAD))
    if explained:
        said = max((_advance(x.how, font("micro")) for x in layout.side if x.levels == 1), default=0) + 2 * PAD
        out[-1] = max(out[-1], min(round(said), HOW_MOST))
    return [w + w % 2 for w in out]


def _runs_down(label: Label, em: int) -> bool:
    """Whether a group label has room to run downwards, one character under the other, over its rows."""
    return len(label.lines) == 1 and len(label.text) > 4 and label.length * H_ROW >= (len(label.text) + 1) * em * LEADING


class TreeHeader(QHeaderView):
    """A header of merged labels. `set_levels` gives the heights of its rows (or widths of its columns)."""

    def __init__(self, orientation: Qt.Orientation, layout: TableLayout, marked: Callable[[int], bool], view: QTableView) -> None:
        super().__init__(orientation, view)
        self._layout, self._marked = layout, marked
        self._top = orientation is Qt.Orientation.Horizontal
        self._labels = layout.top if self._top else layout.side
        self._by_line: dict[int, list[Label]] = {}
        for label in self._labels:
            for at in range(label.line, label.last + 1):
                self._by_line.setdefault(at, []).append(label)
        self._breaks = Breaks()
        self._edges: list[int] = [0]
        self._current = -1
        self.explained = False  # whether what is counted stands under each label
        self.closed = self.ends = False  # whether the frame of the table is its right edge, its lower edge
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(20)
        self.setAccessibleName("列标题" if self._top else "行标题")

    def set_levels(self, sizes: Sequence[int]) -> None:
        """Heights of the header rows, or widths of the label columns."""
        edges = [sum(sizes[:i]) for i in range(len(sizes) + 1)]
        if edges != self._edges:
            self._edges = edges
            (self.setFixedHeight if self._top else self.setFixedWidth)(max(edges[-1], 0))
            self.viewport().update()

    def set_current(self, at: int) -> None:
        """Show which row or column she is in."""
        if at != self._current:
            before, self._current = self._current, at
            self.update_lines((before, at))

    def update_lines(self, lines: Sequence[int]) -> None:
        """Repaint the labels of these rows or columns."""
        for at in lines:
            for label in self._by_line.get(at, ()):
                if label.leaf:
                    self.viewport().update(self._rect(label).toAlignedRect())

    def row_height(self, row: int, least: int) -> int:
        """Height in px the label of a row needs at the widths set; even."""
        need, air = least, 14 if least >= H_ROW else 10
        for label in self._by_line.get(row, ()):
            if not label.leaf or label.role is not Role.LABEL or self._edges[-1] == 0:
                continue
            width = self._edges[label.level + label.levels] - self._edges[label.level]
            f, small = font("label-strong"), font("micro")
            words, prints = self._lines(label, width)
            height = (len(words) * f.pixelSize() + len(prints) * small.pixelSize()) * LEADING + (8 if prints else air)
            need = max(need, round(height))
        return need + need % 2

    def head_heights(self, least: int) -> list[int]:
        """Heights in px the header rows need at the column widths set; even."""
        f = font("caption-strong")
        heights = [least] * self._layout.head_levels
        for label in sorted(self._labels, key=lambda x: x.levels):
            width = sum(self.sectionSize(c) for c in range(label.line, label.last + 1))
            need = round(len(self._breaks.at(label.lines, f, width - 8)) * f.pixelSize() * LEADING + 7)
            have = sum(heights[label.level : label.level + label.levels])
            heights[label.level + label.levels - 1] += max(need + need % 2 - have, 0)
        return heights

    def _rect(self, label: Label) -> QRectF:
        first = self.sectionViewportPosition(label.line)
        last = self.sectionViewportPosition(label.last) + self.sectionSize(label.last)
        a, b = self._edges[label.level], self._edges[label.level + label.levels]
        return QRectF(first, a, last - first, b - a) if self._top else QRectF(a, first, b - a, last - first)

    def paintEvent(self, event: QPaintEvent) -> None:
        p, t = QPainter(self.viewport()), theme()
        view, dirty = QRectF(self.viewport().rect()), QRectF(event.rect())
        p.fillRect(dirty, t.surface)
        for label in self._labels:
            r = self._rect(label)
            if r.intersects(dirty):
                p.save()
                p.setClipRect(snap(p, r))
                self._paint(p, label, r, r.intersected(view))
                p.restore()
        if self._top:
            line(p, 0, view.bottom() - 1, view.right(), view.bottom() - 1, t.line)

    def _paint(self, p: QPainter, label: Label, r: QRectF, seen: QRectF) -> None:
        """One label in `r`; `seen` is the part of it that is in sight: a merged label stays in the middle of that, so that it can be read."""
        t = theme()
        here = label.leaf and label.line == self._current and label.role in (Role.LABEL, Role.HEAD) and bool(label.of)
        p.fillRect(snap(p, r), t.accent_soft if here else t.sunken)
        last = self.count() - 1
        if self._top or label.last < last or not self.ends:
            line(p, r.left(), r.bottom() - 1, r.right(), r.bottom() - 1, t.line)
        if label.role is not Role.BAND and not (self._top and label.last == last and self.closed):
            line(p, r.right() - 1, r.top(), r.right() - 1, r.bottom(), t.line)
        strong = here or bool(label.leaf and label.of is not None and label.of.sum)
        p.setPen(t.text)
        if self._top:
            if label.leaf and self._marked(label.line):
                shape(p, "error", QRectF(r.right() - 17, r.top() + 5, 11, 11), ground=t.sunken)
            place = r if label.leaf else seen
            lines = self._breaks.at(label.lines, font("caption-strong"), r.width() - 8)
            write(p, place, lines, font("caption", bold=strong), CENTRE, within=r)
        elif label.role is Role.BAND:
            write(p, r.adjusted(BAND_PAD, 0, 600, 0), (label.text,), font("label-strong"), LEFT)
        elif label.role is Role.CORNER:
            p.setPen(t.text2)
            write(p, r.adjusted(PAD, 0, -PAD, 0), self._breaks.at(label.lines, font("caption"), r.width() - 2 * PAD), font("caption"), LEFT)
        elif label.leaf and label.role is Role.LABEL:
            self._with_print(p, label, r, strong)
        elif not label.leaf and r.width() < 40 and len(label.lines) == 1:
            self._downwards(p, label.text, seen, r)
        else:
            lines = self._breaks.at(label.lines, font("label-strong"), r.width() - 4)
            write(p, seen.adjusted(2, 0, -2, 0), lines, font("label", bold=strong), CENTRE, within=r)

    def _lines(self, label: Label, width: float) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """A row's label in lines at a width, and the small print under it: its own note, and how it is counted."""
        small = font("micro")
        words = ("".join(label.lines[:-1]),) if label.note else self._breaks.at(label.lines, font("label-strong"), width - 2 * PAD)
        note = self._breaks.at((label.note,), small, width - PAD) if label.note else ()
        how = self._breaks.at((label.how,), small, width - 2 * PAD) if label.how and self.explained else ()
        return words, (*note, *how)

    def _with_print(self, p: QPainter, label: Label, r: QRectF, strong: bool) -> None:
        f, small = font("label", bold=strong), font("micro")
        words, prints = self._lines(label, r.width())
        first, step = len(words) * f.pixelSize() * LEADING, small.pixelSize() * LEADING
        y = r.center().y() - (first + step * len(prints)) / 2
        write(p, QRectF(r.x() + PAD, y, r.width() - 2 * PAD, first), words, f, LEFT)
        p.setPen(theme().text3)
        for i, line_ in enumerate(prints):
            indent = PAD - 4 if line_.startswith("（") else PAD  # a bracket has its air within
            write(p, QRectF(r.x() + indent, y + first + i * step, r.width() - PAD, step), (line_,), small, LEFT)

    @staticmethod
    def _downwards(p: QPainter, text: str, seen: QRectF, whole: QRectF) -> None:
        f = font("label")
        step = max(f.pixelSize() + 2, min(f.pixelSize() + 5, (seen.height() - 8) / len(text)))
        p.setFont(f)
        height = step * len(text)
        y = min(max(seen.center().y() - height / 2, whole.top() + 6), max(whole.bottom() - 6 - height, whole.top()))
        for character in text:
            # a comma between stacked characters stands at the upper right, as in vertical print
            p.drawText(QRectF(whole.x(), y, whole.width(), step), CENTRE, "︑" if character == "、" else character)
            y += step


class Corner(QWidget):
    """The note where label columns and header rows meet. QTableView's own corner button cannot show text."""

    def __init__(self, view: QTableView, placed: Placed | None) -> None:
        super().__init__(view)
        self._lines = placed.lines if placed else ()
        self._breaks = Breaks()
        self.setAccessibleName("".join(self._lines))
        self.setToolTip("".join(self._lines))
        self.setVisible(placed is not None)

    def place(self, at: QPoint, width: int, height: int) -> None:
        self.setGeometry(at.x(), at.y(), width, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        p, t, r = QPainter(self), theme(), QRectF(self.rect())
        p.fillRect(r, t.sunken)
        p.setPen(t.text2)
        f = font("caption")
        write(p, r.adjusted(BAND_PAD, 0, -BAND_PAD, 0), self._breaks.at(self._lines, f, r.width() - 2 * BAND_PAD), f, LEFT, leading=1.5)
        line(p, r.right() - 1, 0, r.right() - 1, r.bottom(), t.line)
        line(p, 0, r.bottom() - 1, r.right(), r.bottom() - 1, t.line)
