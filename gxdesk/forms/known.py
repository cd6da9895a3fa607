"""The formats known, by id; the report year chooses among them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import pairwise
from pathlib import Path

from gxdesk.errors import FormError, UserError
from gxdesk.forms.definition import LAST_YEAR, FormDef
from gxdesk.resources import packaged


@dataclass(frozen=True)
class Known:
    """A format by its head, and how to have the rest."""

    file: str
    id: str
    first_year: int
    read: Callable[[], FormDef]
    last_year: int | None = None

    @cached_property
    def form(self) -> FormDef:
        return replace(self.read(), last_year=self.last_year)


class Forms(Mapping[str, FormDef]):
    """The formats known, by id. The report year chooses among them. Each is read when it is first asked for, which may raise FormError: the
    start page asks for the newest alone, and reading all would take a fifth of the start."""

    def __init__(self, known: Iterable[Known]) -> None:
        self._known: dict[str, Known] = {}
        for one in sorted(known, key=lambda k: k.first_year):
            if other := self._known.get(one.id):
                raise FormError(f"{one.file}.id：{one.id} 已经是 {other.file} 的 id，只能有一个。")
            self._known[one.id] = one
        for earlier, later in pairwise(tuple(self._known.values())):
            if earlier.first_year == later.first_year:
                raise FormError(f"{later.file}.first_year：{later.first_year} 年起用的已经有 {earlier.file}，只能有一个。")
            self._known[earlier.id] = replace(earlier, last_year=later.first_year - 1)

    @classmethod
    def of(cls, form: FormDef) -> "Forms":
        """One format alone."""
        return cls([Known(form.file, form.id, form.first_year, lambda: form)])

    @classmethod
    def load(cls, folder: Path | None = None) -> "Forms":
        """Every `*.toml` of `folder` (default: those that come with the program). Raises FormError."""
        from gxdesk.forms.loader import load_form, load_head  # the start of the window names the formats, but reads them later

        files = sorted((folder or packaged("forms")).glob("*.toml"))
        return cls(Known(path.name, *load_head(path), partial(load_form, path)) for path in files)

    def __getitem__(self, form_id: str) -> FormDef:
        return self._known[form_id].form

    def __contains__(self, form_id: object) -> bool:
        return form_id in self._known

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def for_year(self, year: int) -> FormDef:
        """The format of a report about `year`. Raises UserError for a year before the first format, or after `LAST_YEAR`."""
        if year > LAST_YEAR:
            raise UserError(f"年度最晚写到 {LAST_YEAR}。请核对。")
        fitting = [k for k in self._known.values() if k.first_year <= year]
        if not fitting:
            first = next(iter(self._known.values()), None)
            raise UserError(f"{year} 年的报告没有全国统一格式：统一格式从 {first.first_year if first else '…'} 年度起用。请核对报告年度。")
        return fitting[-1].form
