"""Group R: what is left over from another year, another body, another form or last year's report."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from gxdesk.checks.facts import Facts
from gxdesk.checks.finding import Finding, Severity
from gxdesk.checks.language import bare_name, language, same_body
from gxdesk.checks.lastyear import compared
from gxdesk.checks.texts import BLANK, LONGEST_EXCERPT, TITLE, blanked, found, own_words, sentence_at, without_addresses
from gxdesk.forms.definition import TEXTS_AROUND
from gxdesk.outline import NUMERALS
from gxdesk.similarity import similarity

TOO_ALIKE = 0.6  # share of a section's characters; 30号文 forbids 年年雷同, the share is that of the checks in use
LEAST_ALIKE = 100  # characters: two short sections are easily alike

_DAY = r"(\d{1,2})\s*+月\s*+(\d{1,2})(?:\s*+日)?"
_PERIOD = re.compile(rf"((?:19|20)\d\d)\s*+年\s*+{_DAY}(?:\s*+起)?(?:\s*+[，,])?\s*+(?:至|到|—+|－|–|-|~)\s*+(?:((?:19|20)\d\d)\s*+年\s*+)?{_DAY}")
_YEAR = re.compile(r"(?<![\d〔\[［(（.\-—])((?:19|20)\d\d)\s*年(?:度)?")
_OWN_TITLE = re.compile(
    r"((?:19|20)\d\d)\s*年度?[\u4e00-\u9fff]{0,16}?(?:政府|政务)信息公开(?:工作)?(?:年度)?(?:工作)?(?:报告|年报|情况(?:报告如下|汇报如下|编制|予以公布|公布如下|总结如下))"
)
_NOTICE = re.compile(r"《[^《》\n]{0,120}(?:〈[^〉\n]{0,80}〉[^《》\n]{0,40})?(?:通知|意见|办法|要点|方案|格式|通报)》")
_OWN_NAME = re.compile(rf"(?:公布|公开|发布|编制|形成|将|就|为|是|由|^|[，。；：、《\n])[^\S\n]*([\u4e00-\u9fff]{{2,40}}?)\s*+(?={_OWN_TITLE.pattern})")
NEAR = 24  # characters: behind a year what may make it one of history
_FAR = 2  # years: what is further away is history, not a leftover
_CITED = r"\s*[〔\[［(（【]\s*((?:19|20)\d\d)\s*[〕\]］)）】]\s*(\d+)\s*号"
_BASIS = re.compile("根据|依据|按照|依照")
_HEADING = re.compile(rf"^[^\S\n]*(?:[（(]?[{NUMERALS}\d]{{1,3}}[）)、.．]){{1,2}}\s*([^\n。；：:，,]{{2,40}})", re.MULTILINE)
_COUNT = r"[^\d\n。；，]{0,4}\d+\s*(?:件|项|个|条|宗)"


def period(facts: Facts, key: str) -> Iterator[Finding]:
    """R-PERIOD: a statistics period that is not the calendar year of the report."""
    text, year = facts.report.texts.get(key, ""), facts.report.year
    if year is None:
        return
    for m in _PERIOD.finditer(text):
        first, *days, last, month, day = m.groups()
        if language().years.figures.search(sentence_at(text, m.start())[1]):
            said = (int(first), *map(int, days), int(last or first), int(month), int(day))
            if said != (year, 1, 1, year, 12, 31):
                yield found("R-PERIOD", facts, key, m.span(), put=f"{year}年1月1日至{year}年12月31日")


def years(facts: Facts, key: str) -> Iterator[Finding]:
    """R-YEAR: the report calls itself another year's; a sentence that states what another year saw; a plan for a year that is over."""
    text, year = facts.report.texts.get(key, ""), facts.report.year
    section = next((s for s in facts.form.sections if s.key == key), None)
    words = own_words(text)
    if year is None or key == TEXTS_AROUND[1]:
        return
    for m in _given_out(_OWN_TITLE, text, anywhere=section is None):
        if int(m[1]) != year:
            earlier = section is not None and int(m[1]) == year - 1  # of a report given out in the year itself this is true
            yield found("R-YEAR", facts, key, m.span(1), put=str(year), severity=Severity.HINT if earlier else Severity.ERROR, variant="title", year=year)
    for m in _YEAR.finditer(words):
        said, (start, sentence) = int(m[1]), sentence_at(words, m.start())
        before, after = sentence[: m.start() - start], sentence[m.end() - start :]
        at = m.span()
        improves = section is not None and section.improves
        if improves and said <= year and _planned(before, after):
            yield found("R-YEAR", facts, key, at, variant="plan", year=year, severity=None if language().plan_of_year.match(after) else Severity.HINT)
        elif 0 < (abs(said - year) if not improves else year - said) <= _FAR and _stated(before, after, sentence, improves) and f"{year}年" not in sentence.replace(" ", ""):
            yield found("R-YEAR", facts, key, at, year=year)


def _given_out(what: re.Pattern[str], text: str, *, anywhere: bool) -> Iterator[re.Match[str]]:
    """Where a text gives the report its name or its body's: anywhere in the 引言, elsewhere in a sentence that gives it out. Notices on reports
    are no reports."""
    names = blanked(_NOTICE, without_addresses(text))
    for m in what.finditer(names):
        if anywhere or language().years.given_out.search(sentence_at(names, m.start())[1]):
            yield m


def _planned(before: str, after: str) -> bool:
    """Whether a year stands in front of a plan: "2023年我区将", "为进一步规范……，2023年我局加大"."""
    aim = re.match(rf"^[^{BLANK}]{{0,6}}为(?:了)?(?:进一步|更好|切实)", before.strip())
    return language().plan_of_year.match(after) is not None or bool(aim and before.rstrip().endswith(("，", ",")))


def _stated(before: str, after: str, sentence: str, improves: bool) -> bool:
    """Whether a year opens a statement about it: "2021年没有……", "据统计，2022年我局公开信息……", "截至2022年底，……"."""
    words, behind = language().years, after.lstrip()
    if words.until.search(before):
        return words.year_end.match(behind) is not None
    if not words.states.match(behind) or words.history.search(behind, 0, NEAR) or (improves and words.improved.search(sentence)):
        return False
    if words.begins.fullmatch(before):
        return not words.carried.match(behind)
    return words.opens.search(before) is not None and not words.compared.search(sentence)


def tense(facts: Facts, key: str) -> Iterator[Finding]:
    """R-TENSE: plans in the account of the year that is over."""
    section = next((s for s in facts.form.sections if s.key == key), None)
    if section is not None and section.aspects:
        for m in language().plans.finditer(own_words(facts.report.texts.get(key, ""))):
            yield found("R-TENSE", facts, key, m.span())


class _Notice(NamedTuple):
    """A notice by its number: 国办公开办函〔2021〕30号."""

    issuer: str
    year: str
    serial: str


@lru_cache
def _notice(number: str) -> _Notice | None:
    m = re.fullmatch(r"(.+?)〔(\d{4})〕(\d+)号", number)
    return _Notice(m[1], m[2], m[3]) if m else None


def citation(facts: Facts, key: str) -> Iterator[Finding]:
    """R-CITE: another notice's number for that of the form, the notice without its number or under a title of one's own, no notice at all."""
    notice, text = _notice(facts.form.notice.number), facts.report.texts.get(key, "")
    if notice is None:
        return
    numbered, titles = list(re.finditer(re.escape(notice.issuer) + _CITED, text)), list(TITLE.finditer(text))
    for m in numbered:
        title = _plain(next((t[0] for t in titles if 0 <= m.start() - t.end() <= 2), ""))
        if (m[1], m[2]) != notice[1:] and "年度报告" in title:
            put = facts.form.notice.number if _plain(facts.form.notice.title) in title else None
            yield found("R-CITE", facts, key, m.span(), put=put, number=facts.form.notice.number, form=facts.form.name)
    named = False
    for m in titles:
        said = _plain(m[0])
        if "年度报告" in said and "通知" in said:
            named = True
            if said.startswith(("国办", "国务院办公厅")) and _plain(facts.form.notice.title) not in said and not any(0 <= n.start() - m.end() <= 2 for n in numbered):
                yield found("R-CITE", facts, key, m.span(), variant="title", title=facts.form.notice.title, form=facts.form.name, number=facts.form.notice.number)
    if key == TEXTS_AROUND[0] and not named and not numbered and _BASIS.search(text):
        yield found("R-CITE", facts, key, variant="missing", incomplete=True, severity=Severity.HINT, number=facts.form.notice.number)


def _plain(text: str) -> str:
    return re.sub(r"[《》〈〉<>\s]", "", text)


def retired(facts: Facts, key: str) -> Iterator[Finding]:
    """R-FORMAT, R-OLDHEAD: words and sub-headings of another format."""
    wording, text = facts.form.wording, facts.report.texts.get(key, "")
    words = own_words(text)
    if wording.retired or wording.retired_counted:
        for m in _retired(wording.retired, wording.retired_counted).finditer(words):
            yield found("R-FORMAT", facts, key, m.span(), basis=facts.form.notice.number, variant="words", form=facts.form.name)
    if wording.retired_headings:
        for m in _HEADING.finditer(words):
            if m[1].strip() in wording.retired_headings:
                yield found("R-OLDHEAD", facts, key, (m.start(1), m.start(1) + len(m[1].rstrip())))


@lru_cache
def _retired(plain: tuple[str, ...], counted: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join([*map(re.escape, plain), *(re.escape(w) + f"(?={_COUNT})" for w in counted)]))


def other_body(facts: Facts, key: str) -> Iterator[Finding]:
    """R-AGENCY: the report is called another body's; a body leads the work of a level above its own."""
    name, text = bare_name(facts.report.agency.get("name", "")), facts.report.texts.get(key, "")
    names, words = language().names, own_words(text)
    if not name:
        return
    for m in _given_out(_OWN_NAME, text, anywhere=key in TEXTS_AROUND):
        said = names.verbs.sub("", m[1])
        rest = name.partition(said)[2] if said else ""
        area = bool(rest) and not rest.startswith(names.seats)
        if said.endswith(names.places) and not said.startswith(names.relative) and (area or not same_body(said, name)):
            yield found("R-AGENCY", facts, key, (m.end(1) - len(said), m.end(1)), severity=Severity.EXPLAIN if area else None, name=name)
    if (level := language().level(name)) is not None:
        above = "|".join(w for x in language().levels[:level] for w in x.words)
        for m in re.finditer(f"(?:{names.leads})(?:{above})", words):
            yield found("R-AGENCY", facts, key, m.span(), variant="level", severity=Severity.EXPLAIN, name=name)


def repeats_last_year(facts: Facts, key: str) -> Iterator[Finding]:
    """R-SIM: most of a section stands word for word, or nearly, in last year's report."""
    section = next((s for s in facts.form.sections if s.key == key), None)
    last = facts.last_report
    if section is None or not section.renewed or last is None or compared(facts) is None:
        return
    text, then = facts.report.texts.get(key, ""), last.texts.get(key, "")
    if len(text) < LEAST_ALIKE or not then:
        return
    alike = similarity(text, then)
    if alike.share >= TOO_ALIKE:
        ours, theirs = alike.pairs[0]
        yield found("R-SIM", facts, key, (ours.start, ours.end), subject="last", share=round(alike.share * 100), count=len(alike.pairs), then=theirs.text[:LONGEST_EXCERPT])
