"""Tokens, painting and the components every page is made of."""

from collections.abc import Iterator
from dataclasses import fields

import pytest
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFocusEvent, QGuiApplication, QImage, QPainter, QTransform
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QSizePolicy, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui.paint import STATUS, STROKES, Boxes, box, broken, line, shape, snap, unit
from ui.parts import (
    Bar,
    Button,
    Equation,
    Mark,
    Rule,
    Sheet,
    Tick,
    column,
    holder,
    label,
    row,
    set_tone,
)
from ui.popover import Popover
from ui.section_list import Section, SectionList
from ui.tokens import DARK, LIGHT, TYPE, Look, Mode, Theme, colour, contrast, font, look, theme

GROUNDS = ("canvas", "surface", "sunken", "hover")


@pytest.fixture
def light(dressed: Look) -> Iterator[Look]:
    """The look, put back after the test."""
    yield dressed
    dressed.use(Mode.LIGHT, large=False)


# --- tokens -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("of", [LIGHT, DARK], ids=["light", "dark"])
def test_text_is_readable_on_every_ground(of: Theme) -> None:
    for ground in GROUNDS:
        for tone in ("text", "text2", "text3"):
            assert contrast(getattr(of, tone), getattr(of, ground)) >= 4.5, (tone, ground)
    for tone in ("accent", "error", "warn", "ok"):
        assert contrast(getattr(of, tone), of.surface) >= 4.5, tone
    for filled in (of.fill, of.fill_hover):
        assert contrast(of.on_accent, filled) >= 4.5
    assert contrast(of.text, of.error_soft) >= 4.5
    assert contrast(of.text, of.accent_soft) >= 4.5
    assert contrast(of.edge, of.surface) >= 3.0


def test_black_on_white_is_21() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)


def test_one_look_for_an_application(qapp: QApplication, light: Look) -> None:
    assert Look.install(qapp, Mode.LIGHT) is light is look()


def test_modes_change_theme_palette_and_sheet(qapp: QApplication, light: Look, qtbot: QtBot) -> None:
    assert theme() is LIGHT
    with qtbot.waitSignal(light.changed):
        light.use(Mode.DARK)
    assert theme() is DARK
    assert light.dark
    assert qapp.palette().window().color() == QColor(DARK.canvas)
    assert colour("text") == QColor(DARK.text)
    assert DARK.surface in qapp.styleSheet()
    with qtbot.assertNotEmitted(light.changed):
        light.use(Mode.DARK)
    light.use(Mode.SYSTEM)
    assert light.mode is Mode.SYSTEM


def test_large_type(light: Look) -> None:
    plain = font("body").pixelSize()
    light.use(Mode.LIGHT, large=True)
    assert font("body").pixelSize() > plain
    assert light.large


def test_fonts_are_made_once() -> None:
    assert font("body") is font("body")
    assert {r: (font(r).pixelSize(), font(r).bold()) for r in TYPE} == TYPE


# --- painting -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [1.0, 1.25, 1.5, 1.75, 2.0])
@pytest.mark.parametrize("at", [0.0, 1.0, 7.0, 12.5])
def test_hairlines_and_edges_fall_on_device_pixels(scale: float, at: float) -> None:
    image = QImage(200, 200, QImage.Format.Format_RGB32)
    image.fill(QColor("#FFFFFF"))
    p = QPainter(image)
    p.setTransform(QTransform.fromScale(scale, scale))
    line(p, 0, at, 60, at, "#000000")
    assert unit(p) * scale == (2 if scale >= 2 else 1)
    d = p.deviceTransform().mapRect(snap(p, QRectF(at, at, 11, 11)))
    assert all(abs(v - round(v)) < 1e-6 for v in (d.left(), d.top(), d.right(), d.bottom()))
    p.end()
    column_ = [image.pixelColor(10, y).lightness() for y in range(100)]
    assert sorted(set(column_)) == [0, 255], "no grey: no blurred edge"
    assert column_.count(0) == (2 if scale >= 2 else 1)


def test_stamped_boxes_are_the_same_picture(qapp: QApplication) -> None:
    pictures = []
    for draw in (box, Boxes().draw):
        image = QImage(120, 60, QImage.Format.Format_RGB32)
        image.fill(QColor(LIGHT.sunken))
        image.setDevicePixelRatio(1.5)
        p = QPainter(image)
        for x in (3.0, 40.0):
            draw(p, QRectF(x, 4, 30, 26), 4, LIGHT.surface, LIGHT.field)
        p.end()
        pictures.append(image)
    assert _greatest_difference(*pictures) <= 3


def _greatest_difference(one: QImage, other: QImage) -> int:
    return max(
        abs(one.pixelColor(x, y).lightness() - other.pixelColor(x, y).lightness()) for x in range(one.width()) for y in range(one.height())
    )


def test_every_shape_and_icon_draws_something_of_its_own(qapp: QApplication) -> None:
    seen: dict[bytes, str] = {}
    for name in [*STATUS, *STROKES]:
        image = QImage(32, 32, QImage.Format.Format_RGB32)
        image.fill(QColor("#FFFFFF"))
        p = QPainter(image)
        shape(p, name, QRectF(0, 0, 32, 32), "#000000")
        p.end()
        data = bytes(image.constBits())
        assert data.count(b"\xff") < len(data), name
        if {name, seen.get(data)} != {"done", "check"}:
            assert data not in seen, (name, seen.get(data))
        seen[data] = name


def test_labels_break_where_they_break_well_and_never_leave_one_character(qapp: QApplication) -> None:
    f = font("label")
    assert broken(("社会公益", "组织"), f, 200) == ("社会公益组织",)
    assert broken(("社会公益", "组织"), f, 60) == ("社会公益", "组织")
    lines = broken(("申请人逾期未按收费通知要求缴纳费用、行政机关不再处理",), f, 13 * 25)
    assert "".join(lines) == "申请人逾期未按收费通知要求缴纳费用、行政机关不再处理"
    assert min(map(len, lines)) > 5
    assert broken(("",), f, 10) == ("",)


# --- components ---------------------------------------------------------------------------------------------------


def test_labels_are_plain_text_and_change_their_tone() -> None:
    of = label("<b>规章</b>", "caption", "text2")
    assert of.textFormat() is Qt.TextFormat.PlainText
    assert of.font().pixelSize() == 12
    set_tone(of, "error")
    assert of.property("tone") == "error"


def test_the_ring_shows_for_the_keyboard_alone(qtbot: QtBot) -> None:
    button = Button("下一步", "primary", trailing="next")
    qtbot.addWidget(button)
    button.show()
    rest = button.grab().toImage()
    QApplication.sendEvent(button, QFocusEvent(QEvent.Type.FocusIn, Qt.FocusReason.MouseFocusReason))
    assert button.grab().toImage() == rest
    QApplication.sendEvent(button, QFocusEvent(QEvent.Type.FocusIn, Qt.FocusReason.TabFocusReason))
    assert button.grab().toImage() != rest
    QApplication.sendEvent(button, QFocusEvent(QEvent.Type.FocusOut))
    assert button.grab().toImage() == rest


def test_enter_and_space_press_a_button(qtbot: QtBot) -> None:
    button = Button("新建", icon="plus")
    qtbot.addWidget(button)
    button.show()
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Space):
        with qtbot.waitSignal(button.clicked):
            QTest.keyClick(button, key)


def test_a_button_is_as_wide_as_its_words(qtbot: QtBot) -> None:
    short, long = Button("新建"), Button("从去年的报告开始", icon="copy")
    assert long.sizeHint().width() > short.sizeHint().width()
    short.setText("打开文件打开文件打开文件")
    assert short.sizeHint().width() > 100
    icon = Button(kind="icon", icon="undo", name="撤销")
    assert icon.accessibleName() == icon.toolTip() == "撤销"
    assert icon.sizeHint().width() == 32


def test_a_tick_is_toggled_anywhere(qtbot: QtBot) -> None:
    tick = Tick("PDF", "打印、签字、盖章")
    qtbot.addWidget(tick)
    tick.show()
    tick.resize(tick.sizeHint())
    with qtbot.waitSignal(tick.toggled):
        qtbot.mouseClick(tick, Qt.MouseButton.LeftButton, pos=tick.rect().center())
    assert tick.isChecked()


def test_the_section_list(qtbot: QtBot) -> None:
    sections = [
        Section("一、总体情况", "explain", "1 处请说明", "一"),
        Section("三、申请办理", "error", "1 处必须改", "三"),
        Section("核对与导出", "file", "还没有核对", apart=True),
    ]
    of = SectionList()
    qtbot.addWidget(of)
    of.resize(216, 300)
    of.set_sections(sections)
    of.setCurrentRow(1)
    of.show()
    assert of.item(1).data(Qt.ItemDataRole.AccessibleTextRole) == "三、申请办理，1 处必须改"
    assert of.visualItemRect(of.item(2)).height() > of.visualItemRect(of.item(1)).height()
    before = of.grab().toImage()
    of.set_sections([sections[0], Section("三、申请办理", "done", "完成", "三"), sections[2]])
    assert of.currentRow() == 1
    assert of.grab().toImage() != before
    of.set_narrow(True)
    assert of.visualItemRect(of.item(0)).height() == 44
    with qtbot.waitSignal(of.currentRowChanged):
        QTest.keyClick(of, Qt.Key.Key_Down)


def test_a_popover_stays_in_the_window_and_goes_at_the_right_time(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    field = QLineEdit(window)
    window.resize(400, 300)
    window.show()
    field.setFocus()
    layout = QVBoxLayout()
    layout.addWidget(label("文中 31，表三是 33"))
    inside = Button("改成 33")
    layout.addWidget(inside)
    card = Popover(window, layout)
    for anchor in (QRect(380, 20, 15, 20), QRect(10, 270, 40, 20), QRect(0, 0, 4, 4)):
        card.show_at(anchor)
        assert window.rect().contains(card.geometry()), anchor
        assert not card.geometry().adjusted(8, 9, -8, -9).intersects(anchor)
    QTest.keyClicks(field, "a")
    assert card.isVisible(), "only a passing one goes with a key"
    qtbot.mouseClick(inside, Qt.MouseButton.LeftButton)
    assert card.isVisible()
    with qtbot.waitSignal(card.closed):
        QTest.keyClick(field, Qt.Key.Key_Escape)
    card.show_at(QRect(100, 100, 40, 20))
    qtbot.mouseClick(window, Qt.MouseButton.LeftButton, pos=QPointF(390, 290).toPoint())
    assert not card.isVisible()
    passing = Popover(window, column(label("合计")), passing=True)
    passing.show_at(QRect(100, 100, 40, 20))
    QTest.keyClicks(field, "b")
    assert not passing.isVisible()
    assert field.text() == "ab", "the key still reaches its field"


def test_all_components_paint_in_both_themes(qtbot: QtBot, light: Look) -> None:
    bar = Bar(0.3)
    sheet = holder(
        column(
            row(*(Mark(name) for name in STATUS), Mark("check", 14, "ok"), None),
            row(*(Button("按钮", kind, "check") for kind in ("primary", "plain", "quiet")), Button(kind="icon", icon="more", name="更多")),
            row(Tick("PDF", "打印", checked=True), Rule(upright=True), bar),
            Rule(),
            Equation([("一、新收 6", "8"), ("三、总计 7", "7")], "差 1"),
            *(label(role, role) for role in TYPE),
            None,
        ),
        Sheet(rounded=True),
    )
    qtbot.addWidget(sheet)
    sheet.resize(500, 700)
    sheet.show()
    bar.set_share(1.4, "warn")
    pictures = []
    for mode in (Mode.LIGHT, Mode.DARK):
        light.use(mode)
        QApplication.processEvents()
        pictures.append(sheet.grab().toImage())
    grounds = [picture.pixelColor(480, 600).name().upper() for picture in pictures]
    assert grounds == [LIGHT.surface, DARK.surface]
    assert {f.name for f in fields(LIGHT)} == {f.name for f in fields(DARK)}


def test_high_contrast_draws_every_border_at_three_to_one(dressed: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    hints = QGuiApplication.styleHints().accessibility()
    for mode in (Mode.LIGHT, Mode.DARK):
        with monkeypatch.context() as patched:
            patched.setattr(type(hints), "contrastPreference", lambda _: Qt.ContrastPreference.HighContrast)
            dressed.use(mode)
            strong = theme()
        assert strong.line == strong.field == strong.edge and contrast(strong.edge, strong.surface) >= 3
        dressed.use(Mode.LIGHT)
        assert theme().line != strong.line


def test_a_line_without_room_ends_in_dots_and_can_be_read_whole(dressed: Look, qtbot: QtBot) -> None:
    words = "7 项中 3 项完成，最近写到三、申请办理"
    out = label(words, "body", "text2", elided=True)
    qtbot.addWidget(out)
    out.resize(out.fontMetrics().horizontalAdvance(words) + 4, 24)
    out.show()
    whole = out.grab().toImage()
    assert out.toolTip() == "" and out.sizePolicy().horizontalPolicy() is QSizePolicy.Policy.Ignored
    out.resize(120, 24)
    cut = out.grab().toImage()
    assert out.toolTip() == words and out.text() == words
    ground = cut.pixelColor(0, 0)
    assert all(cut.pixelColor(cut.width() - 1, y) == ground for y in range(cut.height())), "no character is cut through"
    dressed.use(Mode.DARK)
    assert out.grab().toImage() != cut and whole.width() > cut.width()
    dressed.use(Mode.LIGHT)
