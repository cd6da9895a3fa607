"""How far each section is: one state and a few words, for the section list and the start page."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gxdesk.checks.finding import Finding, Severity
from gxdesk.forms.definition import PREAMBLE_PAGE
from gxdesk.outline import outline
from gxdesk.states import State
from gxdesk.unread import DRAFTED, FROM_LAST_YEAR, counted, told

if TYPE_CHECKING:
    from gxdesk.session import Session


@dataclass(frozen=True)
class SectionProgress:
    """`key` is "preamble" for 基本信息与引言, else the section's."""

    key: str
    name: str
    state: State
    words: str


def progress(session: "Session", held_back: frozenset[Finding] = frozenset()) -> tuple[SectionProgress, ...]:
    """One entry for the preamble and for each section, in the order of the report. `held_back`: of these nothing is said yet."""
    open_findings = [f for f in session.findings if f not in held_back and not session.answered(f)]
    entries = [("preamble", PREAMBLE_PAGE), *((s.key, s.short) for s in session.form.sections)]
    old, drafted = (counted(session.report, session.form, (part,)) for part in (FROM_LAST_YEAR, DRAFTED))
    return tuple(_of(session, key, name, [f for f in open_findings if f.section == key], told(old.get(key, 0), drafted.get(key, 0))) for key, name in entries)


def _of(session: "Session", key: str, name: str, findings: list[Finding], unread: str) -> SectionProgress:
    table = session.form.tables.get(key)
    errors = [f for f in findings if f.severity is Severity.ERROR and not f.incomplete]
    explain = [f for f in findings if f.severity is Severity.EXPLAIN and not f.incomplete]
    blank = sum(not session.figures.entry(ref).text.strip() for ref in table.inputs) if table else 0
    words = [f"{len(errors)} 处必须改"] if errors else []
    words += [f"{len(explain)} 处请说明"] if explain else []
    if table:
        started = any(session.figures.is_typed(ref) for ref in table.cells)
        full = not blank
    else:
        text = session.report.texts.get(key, "").strip()
        started = bool(text) or (key == "preamble" and bool(session.report.agency.get("name", "").strip()))
        full = bool(text) and not any(f.incomplete and f.severity is not Severity.HINT for f in findings) and not _begun(session, key, text) and not unread
    if started and blank:
        words.append(f"{blank} 格未填")
    if unread:
        words.append(unread)
    if errors:
        state = State.ERROR
    elif explain:
        state = State.EXPLAIN
    else:
        state = State.DONE if full and started else State.DOING if started else State.TODO
    return SectionProgress(key, name, state, "，".join(words) or {State.DONE: "完成", State.DOING: "进行中", State.TODO: "未开始"}[state])


def _begun(session: "Session", key: str, text: str) -> bool:
    """Whether some aspects of the section have their sub-heading and words under it, and others not. A text without any is one piece."""
    names = next((s.aspects for s in session.form.sections if s.key == key), ())
    aspects = outline(text, names)
    return any(a.present for a in aspects) and not all(a.characters for a in aspects)
