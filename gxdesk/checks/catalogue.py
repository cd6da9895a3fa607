"""The catalogue of check codes: severity, wording and basis stand in `catalogue.toml`, not in the rules."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache

from gxdesk.checks.finding import Severity
from gxdesk.resources import packaged

FROM_FORM = "form"  # the basis of this code stands in the form file, with the relation


@dataclass(frozen=True, slots=True)
class CodeDef:
    """One check code. `message` has {places} the rule fills in."""

    code: str
    severity: Severity
    name: str
    message: str
    basis: str
    why: str
    todo: str


@cache
def catalogue() -> Mapping[str, CodeDef]:
    """Every code the program knows. A code that lacks an entry or has an unknown one is a defect: KeyError, TypeError or ValueError."""
    raw = tomllib.loads(packaged("checks", "catalogue.toml").read_text(encoding="utf-8"))
    names = {f.name for f in fields(CodeDef)} - {"code"}
    out = {}
    for code, entry in raw.items():
        if set(entry) != names:
            raise ValueError(f"catalogue.toml: {code} has {sorted(entry)}, should have {sorted(names)}")
        out[code] = CodeDef(code, Severity(entry.pop("severity")), **entry)
    return out
