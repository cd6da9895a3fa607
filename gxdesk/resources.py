"""The one way to files that come with the program: forms, catalogue, examples, templates.

In a wheel `templates/` lies inside the package; in a checkout it lies beside it.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def packaged(*parts: str) -> Path:
    """Path of a file or folder under `gxdesk/`, e.g. `packaged("forms")`."""
    return _PACKAGE.joinpath(*parts)


def templates() -> Path:
    """Folder of the Jinja2 templates and their style sheets."""
    inside = _PACKAGE / "templates"
    return inside if inside.is_dir() else _PACKAGE.parent / "templates"
