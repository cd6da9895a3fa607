"""The catalogue of check codes: severity, wording and basis stand in `catalogue.toml`, not in the rules."""

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from functools import cache

from gxdesk.checks.finding import Severity
from gxdesk.resources import packaged

FROM_FORM = "form"  # the basis of this code stands in the form file, with the relation


@dataclass(frozen=True, slots=True)
class CodeDef:
    """One check code. `message` has {places} the rule fills in; `variants` are messages for other ways to break the same rule."""

    code: str
    severity: Severity
    name: str
    message: str
    basis: str
    why: str
    todo: str
    variants: Mapping[str, str] = field(default_factory=dict)


@cache
def catalogue() -> Mapping[str, CodeDef]:
    """Every code the program knows. A code that lacks an entry or has an unknown one is a defect: KeyError, TypeError or ValueError."""
    raw = tomllib.loads(packaged("checks", "catalogue.toml").read_text(encoding="utf-8"))
    known = {f.name for f in fields(CodeDef)} - {"code"}
    needed = {f.name for f in fields(CodeDef) if f.default_factory is MISSING} - {"code"}
    out = {}
    for code, entry in raw.items():
        if not needed <= set(entry) <= known:
            raise ValueError(f"catalogue.toml: {code} has {sorted(entry)}, should have {sorted(needed)}")
        out[code] = CodeDef(code, Severity(entry.pop("severity")), **entry)
    return out
