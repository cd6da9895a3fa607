"""The manual: it builds, it is short, and what it says of the window is there."""

import ast
import re
from pathlib import Path

import pypdfium2
import pytest

from gxdesk import resources
from gxdesk.document import manual
from gxdesk.document.pdf import Press

ROOT = Path(__file__).resolve().parents[2]
MOST_PAGES = 15
TAGS = {"p", "b", "a", "h2", "h3", "ol", "ul", "li", "table", "thead", "tr", "th", "td", "img"}  # those QTextBrowser draws


@pytest.fixture(scope="module")
def page() -> str:
    return manual.for_window()


def test_it_fits_fifteen_pages_and_holds_every_topic(press: Press) -> None:
    made = manual.pdf(press)
    document = pypdfium2.PdfDocument(made.data)
    text = "".join(document[i].get_textpage().get_text_range() for i in range(len(document)))
    assert not [notice for notice in made.notices if "字体里没有" in notice or "排版部件提示" in notice]
    assert made.pages == len(document) <= MOST_PAGES
    assert all(title in text for _, title in manual.outline())


def test_every_picture_exists_and_every_one_there_is_is_shown(page: str) -> None:
    shown = set(re.findall(r'src="(pictures/[^"]+)"', page))
    there = {f"pictures/{path.name}" for path in (resources.manual() / "pictures").iterdir()}
    assert shown == there
    assert all(words for words in re.findall(r'alt="([^"]*)"', page))


def test_no_link_is_dead(page: str) -> None:
    assert set(re.findall(r'href="([^"]*)"', page)) <= {f"#{key}" for key, _ in manual.outline()}
    assert re.findall(r'name="([^"]*)"', page) == [key for key, _ in manual.outline()]


def test_it_uses_only_what_the_window_can_draw(page: str) -> None:
    assert set(re.findall(r"<(\w+)", page)) <= TAGS


def test_every_word_it_quotes_stands_in_the_program(page: str) -> None:
    quoted = set(re.findall("“([^”]+)”", re.sub(r"<[^>]+>", "", page)))
    said = _said_by_the_program()
    assert len(quoted) > 40
    assert sorted(words for words in quoted if words not in said) == []


def _said_by_the_program() -> str:
    """Every string of the program that is no docstring, and the words of forms and catalogues."""
    words = [path.read_text(encoding="utf-8") for path in (ROOT / "gxdesk").rglob("*.toml")]
    for path in [*(ROOT / "ui").rglob("*.py"), *(ROOT / "gxdesk").rglob("*.py")]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        statements = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        words += [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in statements]
    return "\n".join(words)
