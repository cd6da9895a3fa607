"""A field for a year: four digits, however they are typed or pasted — in full width, with 年 behind them, with blanks around."""

import unicodedata

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QLineEdit

from ui.tokens import H_CONTROL

DIGITS = 4


class _Digits(QValidator):
    """Keeps the digits of what is typed. What holds none, or more than a year has, is not taken."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)

    def validate(self, text: str, at: int) -> tuple[QValidator.State, str, int]:
        digits = _digits(text)
        if len(digits) > DIGITS or (text and not digits):
            return QValidator.State.Invalid, text, at
        return QValidator.State.Acceptable, digits, len(_digits(text[:at]))


class YearField(QLineEdit):
    """Holds at most four digits of the plain kind."""

    def __init__(self, year: int | None = None, width: int = 72) -> None:
        super().__init__("" if year is None else str(year))
        self.setFixedSize(width, H_CONTROL)
        self.setValidator(_Digits(self))
        self.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        self.setAccessibleName("报告年度")

    @property
    def year(self) -> int | None:
        """The year, once all four digits are there."""
        return int(self.text()) if len(self.text()) == DIGITS else None


def _digits(text: str) -> str:
    return "".join(str(unicodedata.digit(c)) for c in text if unicodedata.digit(c, None) is not None)
