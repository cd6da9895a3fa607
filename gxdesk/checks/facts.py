"""What the rules may look at."""

from dataclasses import dataclass, field

from gxdesk.checks.phrases import Reader
from gxdesk.checks.relations import Arithmetic
from gxdesk.figures import Figures
from gxdesk.forms.definition import FormDef
from gxdesk.report import Report


@dataclass
class Facts:
    """One report with its numbers, and last year's if there is one. The session replaces `report` as it is edited."""

    form: FormDef
    report: Report
    figures: Figures
    last_report: Report | None = None
    last: Figures | None = None
    arithmetic: dict[str, Arithmetic] = field(init=False)
    reader: Reader = field(init=False)

    def __post_init__(self) -> None:
        self.arithmetic = {key: Arithmetic(table) for key, table in self.form.tables.items()}
        self.reader = Reader(self.form)
