"""Group D as far as a report knows it: the date of the signature against the deadline; and C-SIGN, whether there is one.

When a text was published, and whether it was changed afterwards (D-CHANGE, D-SAME), is not in the report.
"""

import re
from collections.abc import Iterator
from datetime import date

from gxdesk.checks.facts import Facts
from gxdesk.checks.finding import Finding
from gxdesk.checks.language import bare_name
from gxdesk.checks.texts import found
from gxdesk.forms.definition import TEXTS_AROUND

_DATE = re.compile(r"((?:19|20)\d\d)\s*年\s*(\d{1,2})\s*月(?:\s*(\d{1,2})\s*日)?")


def signature(facts: Facts, key: str) -> Iterator[Finding]:
    """C-SIGN: a signature without the agency or without a date."""
    text = facts.report.texts.get(key, "").strip()
    if key != TEXTS_AROUND[1] or not text or not facts.form.wording.signed:
        return
    name = bare_name(facts.report.agency.get("name", ""))
    missing = [what for what, there in (("机关名称", _DATE.sub("", text).strip()), ("日期", _DATE.search(text))) if not there]
    if missing:
        yield found("C-SIGN", facts, key, incomplete=True, what="和".join(missing), name=name)


def deadline(facts: Facts, key: str) -> Iterator[Finding]:
    """D-SUBMIT, D-SUM: signed after the last day for a body of its sort, or before the year of the report is over."""
    year, text = facts.report.year, facts.report.texts.get(key, "")
    if key != TEXTS_AROUND[1] or year is None:
        return
    name = bare_name(facts.report.agency.get("name", ""))
    later = facts.form.later_deadline(name)
    month, day = later.day if later else facts.form.deadline
    code = "D-SUM" if later else "D-SUBMIT"
    clause = later.clause if later else facts.form.deadline_clause
    for m in _DATE.finditer(text):
        try:
            signed = date(int(m[1]), int(m[2]), int(m[3] or 1)).timetuple()[:3]  # a report may be of a year that is in no calendar
        except ValueError:
            yield found(code, facts, key, m.span(), variant="none", basis=clause)
            continue
        if signed <= (year, 12, 30):
            yield found(code, facts, key, m.span(), variant="early", basis=clause, year=year)
        elif signed > (year + 1, month, day):
            yield found(code, facts, key, m.span(), basis=clause, year=year + 1, month=month, day=day)
