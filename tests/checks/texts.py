"""The texts of the published reports in the corpus, cut out of their pages, and the narratives, as reports to be checked."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from gxdesk import report
from gxdesk.forms.definition import FormDef
from gxdesk.forms.known import Forms
from gxdesk.report import Report
from tests.conftest import CORPUS, corpus

ORDER = "一二三四五六"
_HEADING = re.compile(r"^[#\s]*([一二三四五六])、[^\n。]{0,30}?(?:情况|措施|概述|事项|情況)", re.MULTILINE)
_PAGE = re.compile(r"^[-—]\s*\d+\s*[-—]$\n?", re.MULTILINE)
_LINE = 24  # a printed line at least this long that ends without a stop runs on in the next


def published(forms: Forms) -> Iterator[tuple[str, Report]]:
    """Number of the corpus entry and its report, with the texts of its page."""
    for path in corpus():
        read = report.read(path, forms)
        page = next((p for p in path.parent.glob(f"{path.name.split('-')[0]}-*") if p.suffix in (".txt", ".md")), None)
        texts = cut(page, forms[read.form]) if page else {}
        yield path.name.split("-")[0], replace(read, texts=texts, extra={})


def narratives(forms: Forms) -> Iterator[tuple[str, Report]]:
    """`n1` and so on: openings of reports without tables, all of it as the first section."""
    path = CORPUS / "narratives.jsonl"
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines() if path.is_file() else [], 1):
        told = json.loads(line)
        form = forms.for_year(max(told["year"], 2019))
        yield f"n{number}", Report(form.id, told["year"], {"name": told["agency"]}, {"overview": told["text"]}, {})


def cut(page: Path, form: FormDef) -> dict[str, str]:
    """The texts of a page by section: what stands before the first heading is the preamble."""
    text = _PAGE.sub("", page.read_text(encoding="utf-8").partition("\n")[2])
    headings = [("", 0, 0)]
    for m in _HEADING.finditer(text):
        if ORDER.index(m[1]) > ORDER.index(headings[-1][0] or ORDER[0]) or len(headings) == 1:
            headings.append((m[1], m.start(), m.end()))
    keys = {"": "preamble"} | {s.number: s.key for s in form.sections if s.table is None}
    ends = [start for _, start, _ in headings[1:]] + [len(text)]
    return {keys[n]: _joined(text[begin:end]) for (n, _, begin), end in zip(headings, ends, strict=True) if n in keys}


def _joined(text: str) -> str:
    """Printed lines joined to paragraphs."""
    out = ""
    for line in text.strip().splitlines():
        before = out.rpartition("\n")[2]
        runs_on = len(before) >= _LINE and len(line) > 1 and before[-1] not in "。；：:;.!！" and not re.match(r"[（(#\d]", line)
        out += line if runs_on else f"\n{line}"
    return out.strip()
