"""法规和格式通知 to read and to search, in a window of its own that may stay open beside the report; and the line of a card that opens it at its clause."""

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QTextBrowser, QWidget

from gxdesk.sources import Place, SourceText, marked, places, search, sources
from ui.parts import Button, column, holder, label, row
from ui.tokens import H_CONTROL, S1, S3, S4, font, look, theme

TITLE = "法规和格式通知"
EXCERPT = "摘录：只收年度报告用得着的条款，“…”处有省略，全文以公布的文本为准。"
W_LIST, WIDTH, HEIGHT = 264, 900, 640


def basis_line(basis: str) -> QWidget:
    """“依据：…”, with the way to the text where it is kept."""
    words = label(f"依据：{basis}", "caption", "text3", wrap=True)
    found = places(basis)
    if not found:
        return words
    read = Button("看原文", "quiet", small=True)
    read.setAccessibleName(f"看原文：{basis}")
    read.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    read.clicked.connect(lambda: open_sources(read, found[0]))
    out = row(words, read, gap=S1)
    out.setStretch(0, 1)
    out.setAlignment(read, Qt.AlignmentFlag.AlignTop)
    return holder(out)


def open_sources(of: QWidget, place: Place | None = None) -> "SourcesWindow":
    """Show the texts, at `place`, in the one window for it that belongs to the window of `of`."""
    over = of.window()
    shown = over.findChild(SourcesWindow) or SourcesWindow(over)
    shown.show()
    shown.raise_()
    shown.activateWindow()
    shown.show_place(place or Place(sources()[0]))
    return shown


class SourcesWindow(QDialog):
    """A list of the articles at the left, what to look for above, the text of the chosen one's source at the right, scrolled to it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(TITLE)
        self.resize(WIDTH, HEIGHT)
        self.field = QLineEdit()
        self.field.setPlaceholderText("查找，例如 信息处理费")
        self.field.setAccessibleName("在法规和格式通知里查找")
        self.field.setClearButtonEnabled(True)
        self.field.setFixedHeight(H_CONTROL)
        self.count = label("", "caption", "text2")
        self.list = QListWidget()
        self.list.setFont(font("body"))
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName("条款")
        beside = holder(column(self.field, self.count, self.list, gap=S1))
        beside.setFixedWidth(W_LIST)
        self.text = QTextBrowser()
        self.text.setOpenLinks(False)
        self.text.setFont(font("body"))
        self.text.setAccessibleName("原文")
        both = row(beside, self.text, gap=S3, margins=(S4, S4, S4, S4))
        both.setStretch(1, 1)
        self.setLayout(both)
        self._found: tuple[Place, ...] = ()
        self._shown = Place(sources()[0])
        self.field.textChanged.connect(self._search)
        self.field.returnPressed.connect(self.list.setFocus)
        self.list.currentItemChanged.connect(self._choose)
        QShortcut(QKeySequence.StandardKey.Find, self, self.field.setFocus)
        look().changed.connect(self._write)
        self._search()

    def show_place(self, place: Place) -> None:
        """Open a text at an article. What was looked for is forgotten, so that it is in the list."""
        self.field.clear()
        row_of = next((i for i in range(self.list.count()) if self._same(self._place(i), place)), -1)
        self.list.setCurrentRow(row_of)
        self._show(place)
        self.list.setFocus()

    # --- how ---

    def _place(self, row_: int) -> Place | None:
        found: Place | None = self.list.item(row_).data(Qt.ItemDataRole.UserRole)
        return found

    @staticmethod
    def _same(one: Place | None, other: Place) -> bool:
        return one is not None and one.article is not None and (one.source, one.article) == (other.source, other.article)

    def _search(self) -> None:
        """List what holds the words; the first of it is shown."""
        words = self.field.text()
        self._found = search(words)
        self.count.setText(f"{len(self._found)} 条里有" if self._found else "没有找到，换个词再试。")
        self.count.setVisible(bool(words.strip()))
        self.list.clear()
        source: SourceText | None = None
        for place in self._found:
            if place.source is not source:
                source = place.source
                head = QListWidgetItem(source.name, self.list)
                head.setFont(font("label-strong"))
                head.setFlags(Qt.ItemFlag.NoItemFlags)
            assert place.article is not None  # of what is searched
            item = QListWidgetItem(f"{place.article.key}　{place.article.heading}".rstrip("　"), self.list)
            item.setToolTip(item.text())
            item.setData(Qt.ItemDataRole.UserRole, place)
        if words.strip() and self._found:
            self.list.setCurrentRow(1)
        else:
            self._write()

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self._show(item.data(Qt.ItemDataRole.UserRole))

    def _show(self, place: Place) -> None:
        self._shown = place
        self._write()

    def _write(self) -> None:
        """The whole text of the source, the chosen article on a ground of its own, and it in sight."""
        t, source = theme(), self._shown.source
        out = [f'<h2>{escape(source.title)}</h2><p style="color:{t.text2}">{escape(source.number)}，{escape(source.dated)}</p>']
        if source.excerpt:
            out.append(f'<p style="color:{t.text2}">{EXCERPT}</p>')
        for article in source.articles:
            chosen = article == self._shown.article
            ground = f' bgcolor="{t.accent_soft}"' if chosen else ""
            head = f'<a name="{article.key}"></a><b>{escape(article.key)}　{escape(article.heading)}</b>'
            lines = "".join(f"<p>{self._line(line, chosen)}</p>" for line in article.text.split("\n"))
            out.append(f'<table width="100%" cellpadding="8"{ground}><tr><td>{head}{lines}</td></tr></table>')
        self.text.setHtml(f'<body style="color:{t.text}">{"".join(out)}</body>')
        if self._shown.article is not None:
            self.text.scrollToAnchor(self._shown.article.key)

    def _line(self, line: str, chosen: bool) -> str:
        """A paragraph; what was looked for on the ground of a warning, the items that were quoted in bold."""
        found = f'<span style="background-color:{theme().warn_soft}">'
        words = "".join(f"{found}{escape(piece)}</span>" if hit else escape(piece) for piece, hit in marked(line, self.field.text()))
        return f"<b>{words}</b>" if chosen and line.startswith(self._shown.items or ("\0",)) else words
