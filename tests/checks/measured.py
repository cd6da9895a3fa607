"""How much of what is noted as wrong in published reports the checks find, and how much of what they say is right."""

import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gxdesk.checks.engine import check
from gxdesk.checks.finding import Finding, Severity
from gxdesk.forms.known import Forms
from tests.checks.texts import narratives, published

CODES = ("N-", "T-CONTRA")


@dataclass(frozen=True)
class Measured:
    """Of one code: faults noted, found among them, and findings that stand in no note. A hint is no claim and is not judged."""

    code: str
    noted: int
    found: int
    said: int
    unfounded: tuple[str, ...]


def expected() -> list[dict[str, Any]]:
    return tomllib.loads(Path(__file__).with_name("expected.toml").read_text(encoding="utf-8"))["fault"]


def fits(fault: dict[str, Any], report: str, finding: Finding) -> bool:
    return (fault["report"], fault["code"]) == (report, finding.code) and fault.get("left", finding.left) == finding.left


def measure(forms: Forms) -> list[Measured]:
    """One line a code, in the order of the codes."""
    said = [(n, f) for n, r in (*published(forms), *narratives(forms)) for f in check(r, forms[r.form]) if f.code.startswith(CODES)]
    faults = expected()
    noted = Counter(fault["code"] for fault in faults)
    found = Counter(fault["code"] for fault in faults if sum(fits(fault, n, f) for n, f in said) == fault.get("count", 1))
    claims = [(n, f) for n, f in said if f.severity is not Severity.HINT]
    counted = Counter(f.code for _, f in claims)
    wrong = [(f.code, f"{n} {f.message}") for n, f in claims if not any(fits(fault, n, f) for fault in faults)]
    codes = sorted({*noted, *counted})
    return [Measured(c, noted[c], found[c], counted[c], tuple(words for code, words in wrong if code == c)) for c in codes]
