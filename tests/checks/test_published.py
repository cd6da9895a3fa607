"""The rules that read texts on published reports: which noted faults they must find, and every must-change or explain finding there is.

By number of the corpus and code, no words of theirs. Each finding named here was read against its page and is right; anything more is a false
alarm until somebody has read it. Left out of the noted faults is what a report file does not hold: headings and labels of tables, prose in
their place. `python -m tests.checks.test_published` prints the table.
"""

from collections import Counter

import pytest

from gxdesk.checks.engine import RULES, check
from gxdesk.checks.finding import Severity
from gxdesk.forms.known import Forms
from tests.checks.published import narratives, reports
from tests.conftest import corpus

READ = {
    "01": ["C-GOV"],
    "04": ["C-GOV"],
    "11": ["F-ENUM"],
    "18": ["F-NUMBERING", "F-SELF", "R-AGENCY", "R-CITE", "R-CITE"],
    "19": ["C-ASPECT"],
    "20": ["F-NUMBERING"],
    "25": ["C-ASPECT"],
    "26": ["C-ASPECT"],
    "28": ["C-ASPECT"],
    "29": ["C-ASPECT"],
    "33": ["C-ASPECT"],
    "34": ["C-ASPECT"],
    "37": ["C-ASPECT", "T-TYPO"],
    "39": ["C-ASPECT", "C-GOV"],
    "N01": ["R-PERIOD"],
    "N03": ["F-NUMBERING", "T-TYPO"],
    "N12": ["R-FORMAT"],
    "N15": ["R-AGENCY", "T-TYPO"],
    "N16": ["F-SELF"],
}
NOTED = {
    "11": ["F-ENUM"],
    "14": ["R-YEAR", "T-NAME", "T-PUNCT"],
    "18": ["C-ASPECT", "F-NUMBERING", "F-SELF", "R-AGENCY", "R-CITE"],  # C-ASPECT: a heading with something else under it
    "20": ["F-NUMBERING"],
    "21": ["C-INTRO", "T-PUNCT"],
    "24": ["T-NAME"],
    "25": ["R-CITE"],
    "26": ["C-INTRO"],
    "28": ["C-INTRO", "T-PUNCT"],
    "29": ["C-ASPECT", "C-INTRO", "R-YEARWORD", "T-PUNCT"],
    "33": ["C-ASPECT", "R-OLDHEAD", "R-YEARWORD"],
    "34": ["C-ASPECT", "C-INTRO"],
    "35": ["C-INTRO", "R-CITE"],
    "37": ["C-INTRO", "T-TYPO"],
    "39": ["C-INTRO", "T-NAME"],
    "N01": ["R-PERIOD", "T-NAME"],
    "N03": ["F-NUMBERING", "T-TYPO"],
    "N10": ["T-UNIT"],
    "N12": ["R-FORMAT", "T-UNIT"],
    "N15": ["R-AGENCY", "T-PUNCT", "T-TYPO"],
    "N16": ["F-SELF", "R-CITE", "T-UNIT"],
}
RECALL = 0.9
OURS = {code for rule in RULES for code in rule.codes if code[0] in "CDFRT"} - {"C-SECTION", "C-LEN", "T-CONTRA"}
EXCERPT = "N"  # of these only an excerpt is known: an aspect may stand in the rest
CUT = {("35", "F-TITLE"), ("N13", "R-FORMAT")}  # the year is not in the excerpt; the year is before the first form


def found(forms: Forms) -> tuple[dict[str, list[str]], dict[str, set[str]]]:
    """By report: the codes of what must be changed or explained, each as often as found; and every code."""
    strong: dict[str, list[str]] = {}
    every: dict[str, set[str]] = {}
    for number, report in [*reports(forms), *narratives()]:
        findings = [f for f in check(report, forms[report.form]) if f.code in OURS and (number, f.code) not in CUT]
        every[number] = {f.code for f in findings}
        strong[number] = sorted(f.code for f in findings if f.severity is not Severity.HINT and not (number.startswith(EXCERPT) and f.code in ("C-ASPECT", "C-GOV")))
    return strong, every


@pytest.fixture(scope="module")
def all_found(forms: Forms) -> tuple[dict[str, list[str]], dict[str, set[str]]]:
    if not corpus():
        pytest.skip("shared/corpus is not here")
    return found(forms)


def test_nothing_is_said_that_a_careful_reader_would_call_wrong(all_found: tuple[dict[str, list[str]], dict[str, set[str]]]) -> None:
    assert {number: codes for number, codes in all_found[0].items() if codes} == READ


def test_the_noted_faults_are_found(all_found: tuple[dict[str, list[str]], dict[str, set[str]]]) -> None:
    noted = [(number, code) for number, codes in NOTED.items() for code in codes]
    missed = [(number, code) for number, code in noted if code not in all_found[1][number]]
    assert len(missed) <= len(noted) * (1 - RECALL), missed
    assert missed == [("18", "C-ASPECT")]


def table() -> str:
    """Code, noted faults found, must-change and explain findings, hints."""
    strong, every = found(Forms.load())
    noted, hit = Counter(c for codes in NOTED.values() for c in codes), Counter(c for n, codes in NOTED.items() for c in codes if c in every[n])
    firm = Counter(c for codes in strong.values() for c in codes)
    read = Counter(c for codes in READ.values() for c in codes)
    lines = [f"{'code':14}{'noted':>6}{'found':>6}{'firm':>6}{'right':>6}{'reports':>9}"]
    lines += [f"{code:14}{noted[code]:6}{hit[code]:6}{firm[code]:6}{read[code]:6}{sum(code in codes for codes in every.values()):9}" for code in sorted(OURS)]
    lines.append(f"{'all':14}{noted.total():6}{hit.total():6}{firm.total():6}{(firm & read).total():6}{len(every):9}")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
