"""The one way to files that come with the program: forms, catalogue, examples, templates, manual.

In a wheel the templates and the manual lie inside the package; in a checkout `templates/` and `docs/manual/` lie beside it.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def packaged(*parts: str) -> Path:
    """Path of a file or folder under `gxdesk/`, e.g. `packaged("forms")`."""
    return _PACKAGE.joinpath(*parts)


def templates() -> Path:
    """Folder of the Jinja2 templates and their style sheets."""
    return _inside_or(_PACKAGE.parent / "templates")


def manual() -> Path:
    """Folder of the manual's texts and pictures."""
    return _inside_or(_PACKAGE.parent / "docs" / "manual")


def _inside_or(beside: Path) -> Path:
    inside = _PACKAGE / beside.name
    return inside if inside.is_dir() else beside
