"""What one export is made of: a report as it stands, for which paper."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from gxdesk.checks.engine import check
from gxdesk.checks.finding import Finding
from gxdesk.document.view import DocumentView, build_view
from gxdesk.forms.definition import FormDef
from gxdesk.report import Report


class Sides(StrEnum):
    """How the paper will be printed. On both sides, even pages bind at their right edge (GB/T 9704-2012, 6.2 and 6.3)."""

    BOTH = "both"
    ONE = "one"


@dataclass(frozen=True)
class Edition:
    """A report under its form, as draft or final paper; `last` is last year's with its form, for the papers that compare. Equal editions
    give equal files."""

    report: Report
    form: FormDef
    draft: bool
    sides: Sides = Sides.BOTH
    last: tuple[Report, FormDef] | None = None

    @cached_property
    def view(self) -> DocumentView:
        return build_view(self.report, self.form, draft=self.draft)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What the checks have to say about it, with last year's report if there is one."""
        return check(self.report, self.form, *(self.last or ()))
