"""Design tokens: every colour, size and font of the window, and the palette and style sheet made from them (look.md §1, §4).

Nothing else in the window names a colour, a font size, a distance or a radius. The current theme belongs to the one `Look` of the
application; components ask `theme()`, `colour()` and `font()` when they paint, so a change of theme is `Look.use` and a repaint.
"""

from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Literal, cast

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

FAMILIES = ("Microsoft YaHei UI", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC")

Role = Literal["display", "title", "heading", "strong", "body", "label", "label-strong", "caption", "caption-strong", "micro", "editor"]
Tone = Literal[
    "canvas", "surface", "sunken", "hover", "line", "field", "edge", "text", "text2", "text3", "accent", "fill", "fill_hover",
    "accent_soft", "on_accent", "error", "error_soft", "warn", "warn_soft", "ok",
]  # fmt: skip

# Size in px, bold. YaHei UI has no semibold, so the scale knows 400 and 700 and nothing between.
TYPE: dict[Role, tuple[int, bool]] = {
    "display": (28, True),
    "title": (20, True),
    "heading": (15, True),
    "strong": (14, True),
    "body": (14, False),
    "label": (13, False),
    "label-strong": (13, True),
    "caption": (12, False),
    "caption-strong": (12, True),
    "micro": (11, False),
    "editor": (16, False),
}
EDITOR_LINE = 29  # line height of the officer's own text, px
LARGE = 1.15  # 大字: Qt does not follow the system's text size setting

S1, S2, S3, S4, S5, S6 = 4, 8, 12, 16, 24, 32  # the only distances
R_CELL, R_CONTROL, R_SHEET, R_CARD = 4, 6, 8, 10  # the only radii
H_CONTROL, H_SMALL, H_ROW, H_ROW_NARROW, H_BAR, H_FOOT, H_FOOT_NARROW = 32, 28, 32, 28, 44, 48, 40
W_SECTIONS, W_SECTIONS_NARROW, W_FINDINGS = 216, 68, 312
NARROW_BELOW, VERBS_BELOW, NO_BAR_BELOW = 1000, 760, 450  # what folds when: window widths, window height


class Mode(StrEnum):
    """Which theme she wants; SYSTEM follows the desktop."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True)
class Theme:
    """One value per colour role, `#RRGGBB`. Contrasts are measured in look.md §1."""

    canvas: str  # behind everything: title strip, section list, preview desk
    surface: str  # what is read and written on
    sunken: str  # headers, labels and computed cells: never an input
    hover: str  # pointer over a row, a list item, a quiet button
    line: str  # hairlines; decoration only, below 3:1 on purpose
    field: str  # border of a number cell at rest
    edge: str  # border of a free-standing control, 3:1
    text: str
    text2: str  # supporting text
    text3: str  # last year's figures, legal basis; still 4.5:1
    accent: str  # links, rings, the current place
    fill: str  # the one filled button
    fill_hover: str
    accent_soft: str  # selected list item, labels of the current row and column
    on_accent: str  # text on a fill
    error: str
    error_soft: str
    warn: str
    warn_soft: str
    ok: str


LIGHT = Theme(
    canvas="#F3F4F6", surface="#FFFFFF", sunken="#F7F8FA", hover="#ECEEF1", line="#E2E5EA", field="#D3D8DF", edge="#868E99",
    text="#1A1E24", text2="#4C5461", text3="#646C78", accent="#275CB2", fill="#275CB2", fill_hover="#1F4C96", accent_soft="#E6EEFA",
    on_accent="#FFFFFF", error="#B3261E", error_soft="#FCEFED", warn="#855600", warn_soft="#FCF3DF", ok="#2B6B45",
)  # fmt: skip
DARK = Theme(
    canvas="#16181C", surface="#1E2126", sunken="#24282E", hover="#2B3037", line="#32373F", field="#454C56", edge="#7C8592",
    text="#E9EBEE", text2="#B3BAC4", text3="#949DA9", accent="#8FB6F4", fill="#3566B8", fill_hover="#3D70C4", accent_soft="#26354D",
    on_accent="#FFFFFF", error="#F49A92", error_soft="#3B2423", warn="#E5B45A", warn_soft="#36290F", ok="#86C99E",
)  # fmt: skip


class Look(QObject):
    """The appearance of one application: theme, type scale, palette and style sheet. There is one, made by `Look.install`."""

    changed = Signal()  # after another theme or type scale has been applied

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._mode, self._large, self._applied_large = Mode.SYSTEM, False, False
        self._theme = LIGHT
        self._colours: dict[str, QColor] = {}
        self._fonts: dict[tuple[Role, bool | None, int | None], QFont] = {}

    @classmethod
    def install(cls, app: QApplication, mode: Mode = Mode.SYSTEM, *, large: bool = False) -> "Look":
        """Give the application its look, following the system where `mode` says so. A second call returns the look it has."""
        present = getattr(app, "gxdesk_look", None)
        if isinstance(present, Look):
            present.use(mode, large=large)
            return present
        look = cls(app)
        app.gxdesk_look = look  # type: ignore[attr-defined]  # the application owns it; a module variable would outlive it
        app.setStyle(QStyleFactory.create("Fusion"))
        look.use(mode, large=large)
        app.styleHints().colorSchemeChanged.connect(look._system_changed)
        app.styleHints().accessibility().contrastPreferenceChanged.connect(look._apply)
        return look

    @property
    def theme(self) -> Theme:
        return self._theme

    @property
    def mode(self) -> Mode:
        return self._mode

    @property
    def large(self) -> bool:
        return self._large

    @property
    def dark(self) -> bool:
        return QColor(self._theme.surface).lightness() < 128

    def colour(self, tone: Tone) -> QColor:
        """The colour of a role; shared, not to be changed."""
        return self._colours[tone]

    def font(self, role: Role, *, bold: bool | None = None, size: int | None = None) -> QFont:
        """The font of a role; shared, not to be changed. Building one per paint costs more than the drawing."""
        key = role, bold, size
        found = self._fonts.get(key)
        if found is None:
            px, heavy = TYPE[role]
            found = QFont()
            found.setFamilies(FAMILIES)
            found.setPixelSize(self.px(size or px))
            found.setBold(heavy if bold is None else bold)
            self._fonts[key] = found
        return found

    def px(self, size: int) -> int:
        """A type size under the current scale."""
        return round(size * LARGE) if self._large else size

    def use(self, mode: Mode, *, large: bool | None = None) -> None:
        """Apply a mode and a type scale to every window there is."""
        self._mode = mode
        self._large = self._large if large is None else large
        hints = self._app.styleHints()
        scheme = {Mode.LIGHT: Qt.ColorScheme.Light, Mode.DARK: Qt.ColorScheme.Dark, Mode.SYSTEM: Qt.ColorScheme.Unknown}[mode]
        blocked = hints.blockSignals(True)
        hints.setColorScheme(scheme)
        hints.blockSignals(blocked)
        self._apply()

    def _system_changed(self) -> None:
        if self._mode is Mode.SYSTEM:
            self._apply()

    def _apply(self) -> None:
        """Palette first, then the style sheet, which also repaints every widget."""
        hints = self._app.styleHints()
        dark = self._mode is Mode.DARK or (self._mode is Mode.SYSTEM and hints.colorScheme() is Qt.ColorScheme.Dark)
        theme = DARK if dark else LIGHT
        before = self._theme, self._applied_large
        if hints.accessibility().contrastPreference() is Qt.ContrastPreference.HighContrast:
            theme = replace(theme, field=theme.edge, line=theme.edge)
        if self._colours and before == (theme, self._large):
            return
        self._theme, self._applied_large = theme, self._large
        self._colours = {f.name: QColor(getattr(theme, f.name)) for f in fields(theme)}
        self._fonts.clear()
        self._app.setPalette(self._palette())
        self._app.setFont(self.font("body"))
        self._app.setStyleSheet(self._style_sheet())
        self.changed.emit()

    def _palette(self) -> QPalette:
        palette = QPalette()
        role = QPalette.ColorRole
        tones: dict[QPalette.ColorRole, Tone] = {
            role.Window: "canvas", role.Base: "surface", role.AlternateBase: "sunken", role.Button: "surface", role.Text: "text",
            role.WindowText: "text", role.ButtonText: "text", role.Highlight: "fill", role.HighlightedText: "on_accent",
            role.ToolTipBase: "surface", role.ToolTipText: "text", role.PlaceholderText: "text3", role.Link: "accent",
            role.Accent: "accent", role.Mid: "line", role.Midlight: "line", role.Dark: "edge", role.Light: "surface", role.Shadow: "line",
        }  # fmt: skip
        for which, tone in tones.items():
            palette.setColor(which, self.colour(tone))
        for which in (role.Text, role.WindowText, role.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, which, self.colour("text3"))
        return palette

    def _style_sheet(self) -> str:
        """Only what Fusion cannot be told through a palette: label roles, free-standing text fields, scroll bars, tool tips, menus."""
        t = self._theme
        roles = "".join(
            f'QLabel[role="{r}"]{{font-size:{self.px(px)}px;font-weight:{700 if bold else 400}}}' for r, (px, bold) in TYPE.items()
        )
        tones = "".join(f'QLabel[tone="{f.name}"]{{color:{getattr(t, f.name)}}}' for f in fields(t))
        return f"""{roles}{tones}
        QFrame[box="line"]{{border:1px solid {t.line};border-radius:{R_CARD}px;background:{t.surface}}}
        QFrame[box="sunken"]{{border:none;border-radius:{R_CONTROL}px;background:{t.sunken}}}
        QLineEdit,QTextEdit[box="field"],QPlainTextEdit[box="field"]{{border:1px solid {t.line};border-bottom:1px solid {t.edge};
            border-radius:{R_CONTROL}px;background:{t.surface};color:{t.text};padding:5px 9px;
            selection-background-color:{t.fill};selection-color:{t.on_accent}}}
        QLineEdit:focus,QTextEdit[box="field"]:focus,QPlainTextEdit[box="field"]:focus{{border:2px solid {t.accent};padding:4px 8px}}
        QLineEdit[box="cell"]{{border:none;background:transparent;padding:0}}
        QScrollArea[box="pane"],QTextBrowser[box="pane"]{{border:2px solid transparent}}
        QScrollArea[box="pane"]:focus,QTextBrowser[box="pane"]:focus{{border:2px solid {t.accent}}}
        QScrollBar:vertical{{width:10px;background:transparent;margin:2px}}
        QScrollBar:horizontal{{height:10px;background:transparent;margin:2px}}
        QScrollBar::handle{{background:{t.field};border-radius:3px;min-height:32px;min-width:32px}}
        QScrollBar::handle:hover{{background:{t.edge}}}
        QScrollBar::add-line,QScrollBar::sub-line{{width:0;height:0}}
        QScrollBar::add-page,QScrollBar::sub-page{{background:transparent}}
        QAbstractScrollArea::corner{{background:transparent;border:none}}
        QToolTip{{border:1px solid {t.line};background:{t.surface};color:{t.text};padding:6px 8px}}
        QMenu{{background:{t.surface};border:1px solid {t.field};padding:4px}}
        QMenu::item{{padding:6px 24px 6px 12px;border-radius:{R_CELL}px;color:{t.text}}}
        QMenu::item:selected{{background:{t.accent_soft}}}
        QMenu::item:disabled{{color:{t.text3}}}
        QMenu::separator{{height:1px;background:{t.line};margin:4px 8px}}
        """


def look() -> Look:
    """The look of the running application. Raises RuntimeError before `Look.install`."""
    found = getattr(QApplication.instance(), "gxdesk_look", None)
    if found is None:
        raise RuntimeError("no Look installed on the application")
    return cast(Look, found)


def theme() -> Theme:
    return look().theme


def colour(tone: Tone) -> QColor:
    return look().colour(tone)


def font(role: Role, *, bold: bool | None = None, size: int | None = None) -> QFont:
    return look().font(role, bold=bold, size=size)


def contrast(one: str, other: str) -> float:
    """WCAG contrast of two colours, 1 to 21."""

    def luminance(text: str) -> float:
        rgb = QColor(text)
        parts = (rgb.redF(), rgb.greenF(), rgb.blueF())
        return sum(
            w * (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4) for w, v in zip((0.2126, 0.7152, 0.0722), parts, strict=True)
        )

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)
