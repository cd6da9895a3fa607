"""First drafts of what a report words from what is known: 引言, 落款, and sentences from its own figures.

They are offered, never put in by themselves, and hers to change. A sentence put in follows its figures as long as it stands in the text as
it was offered; one letter changed makes it hers (`follow`). What is not known is left out rather than marked: a placeholder is what gets
printed. The sentences of a form are data: `forms/sentences/<form>.toml`.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from gxdesk.cells import CellRef, Number, show
from gxdesk.errors import FormError
from gxdesk.figures import Figures
from gxdesk.forms.definition import TEXTS_AROUND, FormDef
from gxdesk.outline import Aspect, numeral, outline, with_heading
from gxdesk.report import Report, Slot
from gxdesk.resources import packaged
from gxdesk.unread import DRAFTED, redrafted

if TYPE_CHECKING:
    from jinja2 import Template


@dataclass(frozen=True)
class Sentence:
    """A sentence of a form, as a template."""

    key: str
    text: str
    aspect: str
    says: str


@dataclass(frozen=True)
class Answer:
    """One answer to a question, as a template; with a `unit` she says how much."""

    choice: str
    says: str
    unit: str = ""


@dataclass(frozen=True)
class Question:
    """A fact no table holds, which only she knows: asked, never guessed."""

    text: str
    asks: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Sentences:
    """What can be said under a form, what must be asked for it, and by text what only she can write."""

    sentences: tuple[Sentence, ...]
    questions: tuple[Question, ...]
    prompts: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Proposal:
    """Words for a place: the text and its aspect, if it has any. Empty while a figure is missing."""

    text: str
    aspect: str
    words: str


class _BlankError(Exception):
    """A figure the sentence needs is not there yet."""


def proposals(report: Report, form: FormDef, figures: Figures) -> tuple[Proposal, ...]:
    """Every draft, in an order that depends on the form alone: the paragraphs of the 引言, then the form's sentences."""
    preamble = (Proposal(TEXTS_AROUND[0], "", words) for words in opening(report, form).split("\n"))
    return (*preamble, *(Proposal(s.text, s.aspect, _said(s, report, figures)) for s in sentences(form).sentences))


def prepare(form: FormDef) -> None:
    """Read and compile the sentences of a form, as their first use would."""
    for sentence in sentences(form).sentences:
        _template(sentence.says)


def worded(answer: Answer, report: Report, amount: str = "") -> str:
    """Her answer as a sentence of the report; empty while the year or the amount it needs is missing."""
    if report.year is None or (answer.unit and not amount):
        return ""
    return _template(answer.says).render(amount=amount, year=report.year, we=_we(report))


def _we(report: Report) -> str:
    return report.agency.get("self_reference", "").strip() or "本单位"


def follow(before: Sequence[Proposal], now: Sequence[Proposal], report: Report) -> dict[Slot, str]:
    """What changes because a draft in a text reads differently now: the text, and its list of sentences to be read. Only whole drafts
    follow, each where it stands once."""
    out: dict[Slot, str] = {}
    for old, new in zip(before, now, strict=True):
        slot, marks = Slot("texts", old.text), Slot(DRAFTED, old.text)
        text = out.get(slot, report.get(slot))
        if old.words and new.words and old.words != new.words and text.count(old.words) == 1:
            out[slot] = text.replace(old.words, new.words)
            kept = out.get(marks, report.get(marks))
            if (left := redrafted(kept, old.words, new.words)) != kept:
                out[marks] = left
    return out


def put_in(text: str, aspects: Sequence[str], offered: Iterable[Proposal]) -> str:
    """`text` with these drafts, each at the end of its aspect, whose sub-heading is put in where it is missing; one without an aspect at
    the end. What is there already is not put in twice."""
    for draft in offered:
        if not draft.words or draft.words in text:
            continue
        end = len(text)
        if draft.aspect:
            here = aspect_of(text, aspects, draft.aspect)
            if not here.present:
                text, _ = with_heading(text, outline(text, aspects), here)
                here = aspect_of(text, aspects, draft.aspect)
            end = here.end
        before, after = text[:end].rstrip(), text[end:].lstrip("\n")
        text = (f"{before}\n" if before else "") + draft.words + (f"\n{after}" if after else "")
    return text


def aspect_of(text: str, aspects: Sequence[str], name: str) -> Aspect:
    return next(a for a in outline(text, aspects) if a.name == name)


# --- 引言 and 落款 -------------------------------------------------------------------------------------------------


def opening(report: Report, form: FormDef) -> str:
    """An 引言: basis, parts, period, where the report can be had, whom to ask. Two paragraphs."""
    agency = {key: text.strip() for key, text in report.agency.items()}
    basis = f"本报告根据《中华人民共和国政府信息公开条例》和《{_inner(form.notice.title)}》（{form.notice.number}）编制"
    names = [s.heading.removeprefix(f"{s.number}、") for s in form.sections]
    first = f"{basis}，由{'，'.join(names)}{numeral(len(names))}个部分组成。"
    if report.year is not None:
        first += f"所列数据的统计期限为{report.year}年1月1日至{report.year}年12月31日。"
    where = f"本报告电子版可在网站（{agency['website']}）下载。" if agency.get("website") else ""
    contact = [f"{name}：{agency[key]}" for key, name in (("address", "地址"), ("phone", "电话"), ("email", "电子邮箱")) if agency.get(key)]
    ask = f"对报告内容有疑问的，请与{agency.get('self_reference') or '本单位'}联系" + (f"（{'，'.join(contact)}）。" if contact else "。")
    return f"{first}\n{where}{ask}"


def signature(report: Report, today: date) -> str:
    """A 落款: the agency's name and the day, or the month the report is due in while that is still to come."""
    name = report.agency.get("name", "").strip()
    dated = report.year is None or today.year > report.year
    day = f"{today.year}年{today.month}月{today.day}日" if dated else f"{(report.year or 0) + 1}年1月"
    return "\n".join(filter(None, (name, day)))


def _inner(title: str) -> str:
    """A title as it is written inside 《》: its own become 〈〉 (GB/T 15834)."""
    return title.replace("《", "〈").replace("》", "〉")


# --- sentences from figures ---------------------------------------------------------------------------------------


@cache
def _read(form_id: str) -> Mapping[str, Any]:
    path = packaged("forms", "sentences", f"{form_id}.toml")
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def sentences(form: FormDef) -> Sentences:
    """The sentences of a form; none for a form without a file of them. Raises FormError for one that belongs nowhere in the form."""
    said = _read(form.id)
    shared = [s for s in _read(said["base"]).get("sentences", ()) if s["key"] not in said.get("without", ())] if "base" in said else []
    found = tuple(Sentence(s["key"], s["text"], s.get("aspect", ""), s["says"]) for s in (*shared, *said.get("sentences", ())))
    aspects = {s.key: s.aspects for s in form.sections}
    for s in found:
        if s.text not in form.texts:
            raise FormError(f"sentences/{form.id}.toml：{s.key} 放进的 {s.text} 不是 {form.file} 里的一段文字。")
    placed = tuple(Sentence(s.key, s.text, _aspect(s.aspect, aspects.get(s.text, ())), s.says) for s in found)
    questions = tuple(Question(q["text"], q["asks"], tuple(Answer(**a) for a in q["answers"])) for q in said.get("questions", ()))
    return Sentences(placed, questions, {text: tuple(asked) for text, asked in said.get("prompts", {}).items()})


def _aspect(name: str, among: Sequence[str]) -> str:
    """The aspect of this form that a shared sentence means: formats shorten names (政府信息公开平台建设, 平台建设)."""
    return next((a for a in among if a == name or a.endswith(name) or name.endswith(a)), "")


def _said(sentence: Sentence, report: Report, figures: Figures) -> str:
    def n(line: str, column: str) -> Number:
        table, _, row = line.partition(".")
        known = [r.key for r in figures.form.tables[table].row_lines if r.key == row or r.key.startswith(f"{row}.")]
        values = [figures.value(CellRef.of(table, key, column)) for key in known]
        if not known:
            raise FormError(f"sentences/{figures.form.id}.toml：{sentence.key} 问的 {line} 不在表里。")
        if any(value is None for value in values):
            raise _BlankError
        return sum(value for value in values if value is not None)

    if report.year is None:
        return ""
    try:
        told = _template(sentence.says).render(n=n, list=_listed, year=report.year, we=_we(report))
    except _BlankError:
        return ""
    return "".join(told.split())


def _listed(items: Iterable[tuple[str, Number]]) -> str:
    return "、".join(f"{name}{show(number)}件" for name, number in items if number)


@cache
def _template(source: str) -> "Template":
    from jinja2 import Environment, StrictUndefined

    return Environment(undefined=StrictUndefined, autoescape=False).from_string(source)  # noqa: S701  plain text: outputs escape it, as all she writes
