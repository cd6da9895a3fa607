"""Blocks of cells as text, the way Excel and WPS put them on the clipboard: rows by line ends, cells by tabs, quotes where needed."""

import csv
import io
from collections.abc import Sequence

Block = tuple[tuple[str, ...], ...]


def read_block(text: str) -> Block:
    """The cells of a clipboard text, outer blanks removed. Rows may differ in length; a trailing line end makes no row.

    Quoted cells may hold tabs, line ends and doubled quotes; a quote that is never closed is an ordinary character.
    """
    text = text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter="\t", strict=True))
    except csv.Error:
        rows = [line.split("\t") for line in text.split("\n")]
    return tuple(tuple(cell.strip() for cell in row) or ("",) for row in rows) or (("",),)


def write_block(rows: Sequence[Sequence[str]]) -> str:
    """Cells as clipboard text, each row ended by CR LF as Excel does."""
    return "".join("\t".join(_quoted(cell) for cell in row) + "\r\n" for row in rows)


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(mark in cell for mark in '\t\n\r"') else cell
