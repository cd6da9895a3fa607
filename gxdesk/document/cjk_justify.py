"""Lines of Chinese text that end flush at the right edge, which WeasyPrint does not do by itself.

WeasyPrint stretches only spaces, and Chinese has none: every line that 避头尾 made one character shorter stays ragged. Inside `active()`
the slack of such a line is shared out beside its Chinese characters; a number, a word, an address stays as close as it is. This replaces
a private function of WeasyPrint, so it is done only for the version it was tested with; with any other, lines stay ragged and nothing breaks.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import pairwise
from typing import Any

TESTED = "70.0"
_CJK = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
_WORD = re.compile("[!-~]+")  # what Pango must not draw apart
_MOST = 1.0  # of a character, between two: a line that wants more holds little besides a long word and is left alone


def supported() -> bool:
    """Whether the WeasyPrint installed is the version this was tested with."""
    import weasyprint

    return bool(weasyprint.__version__ == TESTED)


@contextmanager
def active() -> Iterator[bool]:
    """Justify Chinese lines laid out inside the block. Yields False, and changes nothing, if WeasyPrint is not the version tested."""
    if not supported():
        yield False
        return
    from weasyprint.layout import inline

    original = inline.justify_line

    def justify_line(context: Any, line: Any, extra: float) -> None:
        texts = [_visible(box.text) for box in _texts(line)]
        gaps = sum(_gap(*pair) for pair in pairwise("".join(texts)))
        if gaps and extra <= gaps * _MOST * line.style["font_size"] and any(map(_CJK.search, texts)):
            _spread(line, extra / gaps)
        else:
            original(context, line, extra)

    inline.justify_line = justify_line
    try:
        yield True
    finally:
        inline.justify_line = original


def _visible(text: str) -> str:
    """Without the zero width spaces that offered line breaks: letter spacing would open gaps around them."""
    return text.replace("\u200b", "")


def _gap(left: str, right: str) -> float:
    """The share of spacing between two characters: Pango gives half of a character's to each side of it, and those of a word have none."""
    return 1 - (("!" <= left <= "~") + ("!" <= right <= "~")) / 2


def _texts(box: Any) -> Iterator[Any]:
    from weasyprint.formatting_structure import boxes

    if isinstance(box, boxes.TextBox):
        if box.text:
            yield box
    elif isinstance(box, boxes.LineBox | boxes.InlineBox):
        for child in box.children:
            yield from _texts(child)


@cache
def _spread_layout() -> type[Any]:
    from weasyprint.text.ffi import TO_UNITS, pango
    from weasyprint.text.line_break import Layout

    class SpreadLayout(Layout):  # type: ignore[misc]
        """Text whose letter spacing holds for Chinese only; that of words is `close`. It is set again when it is drawn."""

        def __init__(self, style: Any, close: float) -> None:
            self._close = int(close * TO_UNITS)
            super().__init__(style)

        def set_text(self, text: str, justify: bool = False) -> None:
            super().set_text(text, justify)
            if attributes := pango.pango_layout_get_attributes(self.layout):
                for word in _WORD.finditer(text):
                    attribute = pango.pango_attr_letter_spacing_new(self._close)
                    attribute.start_index, attribute.end_index = (len(text[:at].encode()) for at in word.span())
                    pango.pango_attr_list_change(attributes, attribute)
                pango.pango_layout_set_attributes(self.layout, attributes)

    return SpreadLayout


def _spread(box: Any, spacing: float, shift: float = 0.0, before: str = "") -> tuple[float, str]:
    """Move `box` by `shift` and draw its text apart by `spacing` a gap; `before` is the character it follows. Returns both for what comes next."""
    from weasyprint.formatting_structure import boxes

    if isinstance(box, boxes.TextBox):
        text = _visible(box.text)
        shift += spacing * _gap(before, text[0]) if before and text else 0.0
        box.position_x += shift
        if text:
            style = box.style = box.style.copy()
            close = style["letter_spacing"] = 0 if style["letter_spacing"] == "normal" else style["letter_spacing"]
            style["letter_spacing"] += spacing
            layout = _spread_layout()(style, close)
            layout.set_text(text)
            layout.deactivate()
            wider = spacing * sum(_gap(*pair) for pair in pairwise(text))
            box.text, box.pango_layout, box.width, shift, before = text, layout, box.width + wider, shift + wider, text[-1]
    elif isinstance(box, boxes.LineBox | boxes.InlineBox):
        box.position_x += shift
        start = shift
        for child in box.children:
            if child.is_in_normal_flow():
                shift, before = _spread(child, spacing, shift, before)
        box.width += shift - start
    else:
        box.translate(shift, 0)
    return shift, before
