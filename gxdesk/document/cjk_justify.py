"""Lines of Chinese text that end flush at the right edge, which WeasyPrint does not do by itself.

WeasyPrint stretches only spaces, and Chinese has none: every line that 避头尾 made one character shorter stays ragged. Inside `active()`
the slack of such a line is shared out between its characters. This replaces a private function of WeasyPrint, so it is done only for
the version it was tested with; with any other, lines stay ragged and nothing breaks.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

TESTED = "70.0"
_CJK = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
_MOST = 4.0  # characters: a line with more slack than this was broken for another reason (a long word) and is left alone


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
        count = sum(map(len, texts))
        if count < 2 or extra > _MOST * line.style["font_size"] or not any(map(_CJK.search, texts)):
            original(context, line, extra)
        else:
            _spread(context, line, extra / (count - 1), 0.0)

    inline.justify_line = justify_line
    try:
        yield True
    finally:
        inline.justify_line = original


def _visible(text: str) -> str:
    """Without the zero width spaces that offered line breaks: letter spacing would open gaps around them."""
    return text.replace("\u200b", "")


def _texts(box: Any) -> Iterator[Any]:
    from weasyprint.formatting_structure import boxes

    if isinstance(box, boxes.TextBox):
        if box.text:
            yield box
    elif isinstance(box, boxes.LineBox | boxes.InlineBox):
        for child in box.children:
            yield from _texts(child)


def _spread(context: Any, box: Any, spacing: float, shift: float) -> float:
    """Move `box` by `shift` and widen it by `spacing` a character; returns the shift of what follows."""
    from weasyprint.formatting_structure import boxes
    from weasyprint.text.line_break import create_layout

    if isinstance(box, boxes.TextBox):
        box.position_x += shift
        text = _visible(box.text)
        if text:
            style = box.style = box.style.copy()
            before = style["letter_spacing"]
            style["letter_spacing"] = (0 if before == "normal" else before) + spacing
            layout = create_layout(text, style, context, None, 0)
            layout.deactivate()
            box.text, box.pango_layout = text, layout
            box.width += spacing * len(text)
            shift += spacing * len(text)
    elif isinstance(box, boxes.LineBox | boxes.InlineBox):
        box.position_x += shift
        start = shift
        for child in box.children:
            if child.is_in_normal_flow():
                shift = _spread(context, child, spacing, shift)
        box.width += shift - start
    else:
        box.translate(shift, 0)
    return shift
