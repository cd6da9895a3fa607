"""What to make of the report, where to put it, and what came of it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QFontDatabase, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QGridLayout, QMenu, QSizePolicy, QWidget

from gxdesk.document.edition import Sides
from gxdesk.document.faces import to_add
from gxdesk.document.formats import FORMATS
from ui import desktop
from ui.announce import announce
from ui.dialogs import called, documents
from ui.library import Choices
from ui.parts import Button, Tick, column, holder, label, plain, row, set_tone
from ui.tokens import S1, S2, S3, S4, S5

CHOSEN = ("pdf", "html")  # ticked at first
IN_A_ROW = 2  # formats with their use; without it, all of them where they fit
REPORT = tuple(f for f in FORMATS.values() if not f.internal)
OPENERS = {".pdf": "打开 PDF", ".docx": "用 WPS/Word 打开"}
PAPERS = tuple(f for f in FORMATS.values() if f.internal)


@dataclass(frozen=True)
class Wish:
    """What she asked for: keys of `FORMATS`, and whether they go into a folder of their own."""

    keys: tuple[str, ...]
    folder: bool = False


class ExportBox(QWidget):
    """It says what its buttons will do before they are pressed. Where files go, what was ticked and how paper is printed is kept."""

    export_wanted = Signal(Wish)
    cancel_wanted = Signal()
    print_wanted = Signal()
    copy_wanted = Signal()
    sides_chosen = Signal(Sides)

    def __init__(self, choices: Choices) -> None:
        super().__init__()
        self._choices = choices
        kept = choices.recall("export_folder", "")
        self.folder = Path(kept) if kept and Path(kept).is_dir() else documents()
        self._made: tuple[Path, ...] = ()
        self._said, self._one_line, self._narrow = "", False, False
        self._draft = self._busy = self._can_cancel = False
        self._sides = Sides.BOTH
        self._why = label("", "body", wrap=True)
        ticked = choices.recall("export_formats", CHOSEN)
        self.ticks = {f.key: Tick(f.name, f.use, checked=f.key in ticked) for f in REPORT}
        for tick in self.ticks.values():
            tick.toggled.connect(self._tick)
        self.button = Button("", "primary")
        self.button.clicked.connect(lambda: self.export_wanted.emit(Wish(self.wanted)))
        self.print_button = Button("打印…", "plain", "print")
        self.print_button.clicked.connect(self.print_wanted)
        self.more = Button("更多", "plain", trailing="down")
        self.more.clicked.connect(self._pop_up)
        self.cancel = Button("取消", "plain")
        self.cancel.clicked.connect(self.cancel_wanted)
        self._choose = Button("选择位置…", "quiet", small=True)
        self._choose.clicked.connect(self._choose_folder)
        self._where = label("", "caption", "text2")
        self._where.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._result = label("", "label", "text2", wrap=True, selectable=True)
        self._open_folder = Button("打开所在文件夹", "quiet", small=True)
        self._open_folder.clicked.connect(lambda: self._hand_over(desktop.show_in_folder, next(iter(self._made), None)))
        self._openers = {ending: Button(words, "quiet", small=True) for ending, words in OPENERS.items()}
        for ending, button in self._openers.items():
            button.clicked.connect(lambda _=False, e=ending: self._hand_over(desktop.open_file, self._file(e)))
        self._links = holder(row(*self._openers.values(), self._open_folder, None, gap=S1))
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(0)
        self._in_a_row = 0
        place = row(self._where, self._result, self._choose, gap=S1)  # where it will go, or what went there
        place.setStretch(0, 1)
        place.setStretch(1, 1)
        place.setAlignment(self._choose, Qt.AlignmentFlag.AlignTop)
        buttons = row(self.button, self.print_button, self.more, self.cancel, None)
        self._lay = column(self._why, self._grid, 2, buttons, place, self._links, gap=S1, margins=(S5, S3, S5, S3))
        self.setLayout(self._lay)
        for part in (self._result, self._links, self.cancel):
            part.hide()
        self._keep_room(True)
        self._lay_ticks(IN_A_ROW)
        self._say_folder()

    @property
    def wanted(self) -> tuple[str, ...]:
        """Keys of the formats that are ticked."""
        return tuple(key for key, tick in self.ticks.items() if tick.isChecked())

    def show_state(self, errors: int, explains: int, unread: int = 0) -> None:
        """How many findings are open decides whether this is the final paper; what is not explained or read yet is only told."""
        self._draft = errors > 0
        left = "、".join(words for number, words in ((explains, f"{explains} 处没有写说明"), (unread, f"{unread} 句没有看过")) if number)
        if errors:
            words = f"还有 {errors} 处必须改，现在导出每页带“草稿”。"
        elif left:
            words = f"没有必须改的了，导出的就是终稿。还有 {left}，不影响导出。"
        else:
            words = "都核对过了，导出的就是终稿。"
        self._why.setText(words)
        self._say_button()

    def set_sides(self, sides: Sides) -> None:
        self._sides = sides

    def show_busy(self, words: str = "正在导出…", *, can_cancel: bool = True) -> None:
        """Something is being made."""
        self._busy, self._can_cancel = True, can_cancel
        self._show_result(False)
        self._links.hide()
        self._say_button(words)

    def show_made(self, paths: tuple[Path, ...], notices: tuple[str, ...], kinds: str) -> None:
        """The files are there. Of one its kind is said before its name, which may lose its middle."""
        self._made = paths
        fonts = to_add(QFontDatabase.families()) if self._file(".pdf") else ""
        where = paths[0].parent
        what = f"已导出 {len(paths)} 个文件" if len(paths) > 1 else f"已导出{kinds}“{paths[0].name}”"
        self.tell("\n".join(filter(None, [f"{what}，在“{called(where)}”里", *notices, fonts])), one_line=True)
        self._result.setToolTip(plain("\n".join([str(where), *(path.name for path in paths)])))
        for ending, button in self._openers.items():
            button.setVisible(self._file(ending) is not None)
        self._links.show()

    def show_failure(self, sentence: str) -> None:
        """Nothing was written; why, and what to do."""
        self.tell(sentence, failed=True)

    def tell(self, sentence: str, *, failed: bool = False, one_line: bool = False) -> None:
        """Say what came of it, under the buttons; the first of its lines on `one_line`, without its middle if it is longer."""
        self._busy = False
        self._say_button()
        set_tone(self._result, "error" if failed else "text2")
        self._said, self._one_line = sentence, one_line
        self._say_result()
        self._result.setToolTip("")
        announce(self._result, sentence, urgent=failed)
        self._show_result(True)
        self._links.hide()

    def set_narrow(self, narrow: bool) -> None:
        pad = S4 if narrow else S5
        self._lay.setContentsMargins(pad, S2 if narrow else S3, pad, S2 if narrow else S3)
        self._lay.setSpacing(2 if narrow else S1)
        self._keep_room(not narrow)
        self._narrow = narrow
        for tick in self.ticks.values():
            tick.set_short(narrow)
        self._share_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_out()
        self._say_folder()
        self._say_result()

    # --- how ---

    def _tick(self) -> None:
        self._choices.keep("export_formats", list(self.wanted))
        self._say_button()

    def _keep_room(self, keep: bool) -> None:
        """The way to what was made has its place before: nothing moves under her hand when it appears."""
        policy = self._links.sizePolicy()
        policy.setRetainSizeWhenHidden(keep)
        self._links.setSizePolicy(policy)

    def _show_result(self, shown: bool) -> None:
        self._result.setVisible(shown)
        self._where.setVisible(not shown)

    def _room(self) -> int:
        return self.width() - self._lay.contentsMargins().left() - self._lay.contentsMargins().right()

    def _share_out(self) -> None:
        wide = sum(tick.sizeHint().width() + S2 for tick in self.ticks.values())
        self._lay_ticks(IN_A_ROW if not self._narrow else len(self.ticks) if wide <= self._room() + S2 else IN_A_ROW + 1)

    def _lay_ticks(self, in_a_row: int) -> None:
        if in_a_row == self._in_a_row:
            return
        self._grid.setColumnStretch(self._in_a_row, 0)
        self._in_a_row = in_a_row
        self._grid.setHorizontalSpacing(S3 if in_a_row == IN_A_ROW else S2)
        for at, tick in enumerate(self.ticks.values()):
            self._grid.addWidget(tick, at // in_a_row, at % in_a_row)
        self._grid.setColumnStretch(in_a_row, 1)

    def _say_button(self, busy: str = "") -> None:
        count = len(self.wanted)
        words = (busy or "正在导出…") if self._busy else f"导出{'草稿' if self._draft else '终稿'}（{count} 个文件）" if count else "先选要导出什么"
        if words != self.button.text():
            self.button.setText(words)
            self.button.updateGeometry()
        self.print_button.setVisible(not self._busy)
        self.more.setVisible(not self._busy)
        self.cancel.setVisible(self._busy and self._can_cancel)
        self.button.setEnabled(count > 0 and not self._busy)  # last: the keyboard goes from it to what is there then

    def menu(self) -> QMenu:
        """更多: the whole set, the clipboard, the papers around the report, one side or both."""
        menu = QMenu(self)
        menu.addAction("导出全套，放进一个文件夹").triggered.connect(lambda: self.export_wanted.emit(Wish(tuple(f.key for f in REPORT), folder=True)))
        menu.addAction("复制到网站后台").triggered.connect(self.copy_wanted)
        menu.addSeparator()
        for paper in PAPERS:
            menu.addAction(f"{paper.name}（{paper.use}）").triggered.connect(lambda _=False, key=paper.key: self.export_wanted.emit(Wish((key,))))
        menu.addSeparator()
        for sides, words in ((Sides.BOTH, "双面打印的版面"), (Sides.ONE, "单面打印的版面")):
            action = menu.addAction(words)
            action.setCheckable(True)
            action.setChecked(sides is self._sides)
            action.triggered.connect(lambda _=False, s=sides: self.sides_chosen.emit(s))
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _pop_up(self) -> None:
        menu = self.menu()
        menu.popup(self.more.mapToGlobal(QPoint(0, -menu.sizeHint().height())))

    def _say_folder(self) -> None:
        room = max(80, self._where.width())
        self._where.setText(self._where.fontMetrics().elidedText(f"放到 {self.folder}", Qt.TextElideMode.ElideMiddle, room))
        self._where.setToolTip(plain(str(self.folder)))

    def _say_result(self) -> None:
        room, fonts = self._room() - self._choose.width() - S1, self._result.fontMetrics()
        lines = self._said.split("\n")
        if self._one_line:
            lines[0] = fonts.elidedText(lines[0], Qt.TextElideMode.ElideMiddle, room)
        self._result.setText("\n".join(lines))

    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "导出到哪个文件夹", str(self.folder))
        if chosen:
            self.folder = Path(chosen)
            self._choices.keep("export_folder", chosen)
            self._say_folder()
            self._show_result(False)  # what was said of the old folder
            self._links.hide()

    def _file(self, ending: str) -> Path | None:
        return next((path for path in self._made if path.suffix == ending), None)

    def _hand_over(self, to: Callable[[Path], bool], path: Path | None) -> None:
        if path is not None and not to(path):
            self.tell(f"“{path.name}”没有打开，请到“{path.parent}”里找它。", failed=True)
            self._links.show()
