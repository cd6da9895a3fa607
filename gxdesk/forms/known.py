"""The formats known, by id; the report year chooses among them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from gxdesk.errors import FormError, UserError
from gxdesk.forms.definition import LAST_YEAR, FormDef
from gxdesk.resources import packaged


class Forms(Mapping[str, FormDef]):
    """The formats known, by id. The report year chooses among them."""

    def __init__(self, forms: Iterable[FormDef]) -> None:
        self._forms: dict[str, FormDef] = {}
        for form in sorted(forms, key=lambda f: f.first_year):
            if other := self._forms.get(form.id):
                raise FormError(f"{form.file}.id：{form.id} 已经是 {other.file} 的 id，只能有一个。")
            self._forms[form.id] = form
        for earlier, later in pairwise(tuple(self._forms.values())):
            if earlier.first_year == later.first_year:
                raise FormError(f"{later.file}.first_year：{later.first_year} 年起用的已经有 {earlier.file}，只能有一个。")
            self._forms[earlier.id] = replace(earlier, last_year=later.first_year - 1)

    @classmethod
    def load(cls, folder: Path | None = None) -> "Forms":
        """Every `*.toml` of `folder` (default: those that come with the program). Raises FormError."""
        from gxdesk.forms.loader import load_form  # the start of the window names the formats, but reads them later

        return cls(load_form(path) for path in sorted((folder or packaged("forms")).glob("*.toml")))

    def __getitem__(self, form_id: str) -> FormDef:
        return self._forms[form_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._forms)

    def __len__(self) -> int:
        return len(self._forms)

    def for_year(self, year: int) -> FormDef:
        """The format of a report about `year`. Raises UserError for a year before the first format, or after `LAST_YEAR`."""
        if year > LAST_YEAR:
            raise UserError(f"年度最晚写到 {LAST_YEAR}。请核对。")
        fitting = [f for f in self._forms.values() if f.first_year <= year]
        if not fitting:
            first = next(iter(self._forms.values()), None)
            raise UserError(f"{year} 年的报告没有全国统一格式：统一格式从 {first.first_year if first else '…'} 年度起用。请核对报告年度。")
        return fitting[-1]
