"""用户手册: one text for the window and for paper.

Each file of `docs/manual` is a topic: `03-tables.html` has the key `tables`, sets its `title`, and uses only what QTextBrowser can draw too.
Pictures are screenshots taken at `SCALE`; what stands between “ ” is always a word of the window, and the tests hold it against the source.
"""

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gxdesk import resources
from gxdesk.document import html

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2 import Environment
    from markupsafe import Markup

    from gxdesk.document.pdf import Press, Rendered

NAME = "用户手册"
SCALE = 1.5  # screenshot pixels for each pixel of the window
WIDEST = 680  # px of the window a picture takes at most
MILLIMETRES = 0.225  # of paper for a pixel of the window


@dataclass(frozen=True)
class Topic:
    """`key` is what links name (`#tables`), `text` its HTML without the heading."""

    key: str
    title: str
    text: "Markup"


def for_window() -> str:
    """The whole as one page of HTML; its pictures lie relative to `resources.manual()`."""

    def picture(name: str, words: str) -> "Markup":
        return _element('<p class="picture"><img src="pictures/{}.png" width="{}" alt="{}"></p>', name, min(_width(name), WIDEST), words)

    return html.render_template("manual/window.html", topics=topics(picture))


def for_paper() -> str:
    """The HTML of the PDF, to be printed under `manual/print.css`."""
    folder = resources.manual().resolve().as_uri()

    def picture(name: str, words: str) -> "Markup":
        width = min(_width(name), WIDEST) * MILLIMETRES
        return _element('<p class="picture"><img src="{}/pictures/{}.png" style="width:{:.1f}mm" alt="{}"></p>', folder, name, width, words)

    return html.render_template("manual/print.html", topics=topics(picture))


def outline() -> tuple[tuple[str, str], ...]:
    """Key and title of each topic."""
    return tuple((topic.key, topic.title) for topic in topics(lambda _, words: _element("{}", words)))


def pdf(press: "Press") -> "Rendered":
    """The manual on paper. Raises ExportError."""
    return press.print(for_paper(), "manual/print.css")


def topics(picture: "Callable[[str, str], Markup]") -> tuple[Topic, ...]:
    """The topics in their order; `picture(name, words)` makes the element that shows a screenshot."""
    from markupsafe import Markup

    environment = _environment()
    made = []
    for path in sorted(resources.manual().glob("[0-9][0-9]-*.html")):
        module = environment.get_template(path.name).make_module({"picture": picture})
        made.append(Topic(path.stem[3:], str(getattr(module, "title")), Markup(str(module))))  # noqa: B009, S704  packaged files
    return tuple(made)


def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(loader=FileSystemLoader(resources.manual()), undefined=StrictUndefined, autoescape=True)


def _element(markup: str, *values: object) -> "Markup":
    from markupsafe import Markup

    return Markup(markup).format(*values)  # noqa: S704  the values are escaped


def _width(name: str) -> int:
    """Width of a screenshot in pixels of the window, from the head of its PNG file (PNG 11.2.2)."""
    with (resources.manual() / "pictures" / f"{name}.png").open("rb") as file:
        head: tuple[int] = struct.unpack(">I", file.read(20)[16:])
    return round(head[0] / SCALE)
