"""A stream of paragraphs and grids -> a report, by the labels of a form. The form is the one whose labels the source bears.

Every cell of the form ends up in one of four places: read, seen blank, doubtful, or missing from the source. Every piece of text ends up
in a text of the report, in a table, or in the list of what was not understood.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from gxdesk.cells import CellKind, CellRef
from gxdesk.checks.finding import Finding
from gxdesk.errors import UserError
from gxdesk.forms.definition import TEXTS_AROUND, FormDef, SectionDef, TableDef
from gxdesk.forms.known import Forms
from gxdesk.imports.labels import CLOSE, TableLabels, best, core, plain
from gxdesk.imports.page import SeenTable, otherwise
from gxdesk.imports.stream import Block, Grid, Paragraph, Stream
from gxdesk.imports.tables import Doubt, Reading, gathered, read_table
from gxdesk.report import Report

NO_YEAR, NO_NAME = "原文里没有找到报告年度，请自己填上。", "原文里没有找到机关名称，请自己填上。"  # `Imported.notes`, for who asks for them at once
MOST_ROWS = 4  # named of those that are missing
MAX_BLOCKS = 20_000
HEADING_LENGTH = 45  # characters: what is longer is a sentence
TITLE_LENGTH = 70
_ALIKE = 0.5
_ALMOST, _NAMED, _EXACT = 1, 2, 3  # how sure a heading is: alike, the very name under another number or none, both
_NUMBER = re.compile(r"^[一二三四五六七八九十]{1,2}[、.,:]")
_DIGITS = {ord(c): d for c, d in zip("〇○零一二三四五六七八九", "000123456789", strict=True)}
_YEAR = re.compile(r"(?<!\d)(20[1-9]\d)(?=年|\D|$)|(二[〇○零][一二三四五六七八九〇○零]{2})(?=年)")
_PERIOD = re.compile(r"(20[1-9]\d)年1月1日")
_DATE = re.compile(r"(?:20\d\d|二[〇○零][〇○零一二三四五六七八九]{2})年(?:\d{1,2}|[一二三四五六七八九十]{1,2})月(?:(?:\d{1,2}|[一二三四五六七八九十]{1,3})日)?")
_AROUND = re.compile(r"^[【\[（(]?(附件|相关(链接|附件|文件|阅读)|上一篇|下一篇|打印|关闭|分享|收藏|返回|主办|承办|版权|扫一扫|责任编辑|网站标识码|网站地图|联系我们|来源[:：]|发布(日期|时间|机构)|(发文|成文|公开)日期|索\s*引\s*号|点击.{0,12}朗读|下载\s*(Word|PDF)|信息来源|浏览次数|字号|字体|.{0,8}ICP备|.{0,4}公网安备|Copyright)", re.IGNORECASE)
_FINGERPRINT = re.compile(r"(—\s*\d+\s*—)?\s*校验码\s*[0-9A-Z]{4}-[0-9A-Z]{4}\s*(—\s*\d+\s*—)?")  # what gxdesk prints below a report
_SENTENCE = re.compile(r"[。；！？：]")
_STOPS = re.compile(r"[。；！？，]")
_CONTACTS: Mapping[str, re.Pattern[str]] = {
    "address": re.compile(r"地址(?:为|是)?[:：]\s*([^，,；;。）)\n]{4,60})"),
    "phone": re.compile(r"(?:联系)?电话(?:/传真)?(?:为|是)?[:：]?\s*((?:0\d{2,3}\s*[-—－–]{1,2}\s*)?\d{7,8}|1\d{10})(?!\d)"),
    "email": re.compile(r"([A-Za-z0-9][\w.+-]{0,60}@[A-Za-z0-9][\w.-]{0,60}\.[A-Za-z]{2,8})", re.ASCII),
    "website": re.compile(r"(https?://[\w.:/%#?=&~-]{4,120}|www\.[\w.-]{3,80}[\w/])", re.ASCII),
}


@dataclass(frozen=True)
class Imported:
    """What was read of a published report. `texts` also holds what stands in the sections that are tables, by section key."""

    report: Report
    form: FormDef
    kind: str  # of the source, in the officer's words
    title: str
    agency: str
    year: int | None  # said by the source; `report.year` may have been given
    texts: Mapping[str, str]
    doubts: tuple[Doubt, ...] = ()
    not_understood: tuple[str, ...] = ()
    missing: tuple[CellRef, ...] = ()  # cells of which the source says nothing at all
    notes: tuple[str, ...] = ()
    exact: bool = False  # it is a report file, or carries one: nothing was matched
    findings: tuple[Finding, ...] = ()  # what the page shows otherwise than the form prescribes; no report holds that


@dataclass
class _Parts:
    """A stream divided by the headings of a form."""

    before: list[Block] = field(default_factory=list)
    sections: list[tuple[SectionDef, list[Block]]] = field(default_factory=list)


@dataclass(frozen=True)
class _Heading:
    """The paragraph in place `at` that opens a section; `rest` follows the heading on the same line."""

    at: int
    section: SectionDef
    rest: str
    sure: int


@dataclass(frozen=True)
class _Match:
    form: FormDef
    parts: _Parts
    readings: Mapping[str, Reading]
    left: Sequence[tuple[str | None, str]]
    score: int


def match(stream: Stream, forms: Forms, kind: str, *, year: int | None = None, name: str = "这个文件") -> Imported:
    """The report a stream holds; `year` is what the officer says. Raises UserError if it holds none."""
    stream = tuple(block for block in stream if not (isinstance(block, Paragraph) and _FINGERPRINT.fullmatch(block.text.strip())))
    if len(stream) > MAX_BLOCKS:
        raise UserError(f"“{name}”太长了，不像一份年度报告。请核对选的文件。")
    matches = [_matched(stream, form) for form in forms.values()]
    said = next((y for m in matches if (y := _title(m)[2]) is not None), None)
    wanted = year or said
    chosen = max(matches, key=lambda m: (m.score, wanted is not None and m.form.serves(wanted), m.form.first_year), default=None)
    if chosen is None or (not any(r.read for r in chosen.readings.values()) and len({s.key for s, _ in chosen.parts.sections}) < 2):
        raise UserError(f"“{name}”里没有找到年度报告的标题和表格，不像一份政府信息公开工作年度报告。请打开它核对，选报告正文的那一个文件。")
    return _told(chosen, kind, year)


def _matched(stream: Stream, form: FormDef) -> _Match:
    labels = {key: TableLabels.of(table) for key, table in form.tables.items()}
    rows = frozenset(name for known in labels.values() for name in known.rows)
    parts = _parted(stream, form, rows)
    lines, left = gathered(_pieces(parts), labels)
    spelled = plain("".join(b.text if isinstance(b, Paragraph) else "".join(p.text for p in b.places) for b in stream))
    readings = {key: read_table(lines[key], labels[key], form, _units(spelled, labels[key])) for key in labels}
    printed = {plain(s) for known in labels.values() for s in known.spellings} | {plain(s.heading) for s in form.sections}
    score = 2 * sum(spelling in spelled for spelling in printed) + sum(len(r.cells) for r in readings.values())
    return _Match(form, parts, readings, left, score)


def _pieces(parts: _Parts) -> list[tuple[str | None, Block]]:
    """What may be of a table: every grid, and the paragraphs of the sections that are tables, each with the table of its section."""
    pieces: list[tuple[str | None, Block]] = [(None, b) for b in parts.before if isinstance(b, Grid)]
    for section, blocks in parts.sections:
        pieces += [(section.table, b) for b in blocks if section.table or isinstance(b, Grid)]
    return pieces


def _units(spelled: str, labels: TableLabels) -> dict[str, str]:
    """The unit the source names behind the head of a money column, by column key."""
    found: dict[str, str] = {}
    for column in labels.table.column_lines:
        for name in map(core, column.names) if column.kind is CellKind.MONEY else ():
            if unit := re.search(rf"{re.escape(name)}[(:]*(?:单位)?[(:]*(亿元|万元|千元|元)", spelled):
                found[column.key] = unit[1]
    return found


# --- sections ---------------------------------------------------------------------------------------------------------


def _parted(stream: Stream, form: FormDef, rows: Iterable[str] = ()) -> _Parts:
    """The stream divided by headings. A list of contents in front of the report is in front of the report."""
    found = [_Heading(i, *opened) for i, block in enumerate(stream) if isinstance(block, Paragraph) and (opened := _heading(block.text, form, rows))]
    firsts = [n for n, h in enumerate(found) if h.section is form.sections[0]]
    if len(firsts) > 1 and len(found) - firsts[-1] > 1:
        found = found[firsts[-1] :]
    surest = {section.key: max((h.sure for h in found if h.section is section), default=0) for section in form.sections}
    found = [h for before, h in zip([None, *found], found, strict=False) if h.sure == surest[h.section.key] or (before and before.section is h.section)]
    parts = _Parts(before=list(stream[: found[0].at] if found else stream))
    for h, end in zip(found, [*(h.at for h in found[1:]), len(stream)], strict=False):
        content: list[Block] = [Paragraph(h.rest)] if h.rest else []
        parts.sections.append((h.section, content + list(stream[h.at + 1 : end])))
    return parts


def _heading(text: str, form: FormDef, rows: Iterable[str]) -> tuple[SectionDef, str, int] | None:
    """The section a paragraph opens, what follows the heading on the same line, and how sure that is."""
    found = [(section, *opened) for section in form.sections if (opened := _opens(text, section, form, rows))]
    return max(found, key=lambda opened: opened[-1], default=None)


def _opens(text: str, section: SectionDef, form: FormDef, rows: Iterable[str]) -> tuple[str, int] | None:
    caption = plain(form.tables[section.table].name) if section.table else ""
    bare = plain(text).removeprefix(caption).lstrip(":")
    names = [plain(name).removeprefix(f"{section.number}、") for name in (section.heading, *section.aliases)]
    dash = "—–-" if section.number == "一" else ""
    number = re.match(rf"(?:第?{section.number}[、.,:]|[{dash}][、.,])" if dash else rf"第?{section.number}[、.,:]", bare)
    if number is None:
        return ("", _NAMED) if _NUMBER.sub("", bare) in names else None
    rest = bare[number.end() :]
    for name in sorted(names, key=len, reverse=True):
        if rest.startswith(name):
            return _after(text, len(plain(text)) - len(rest) + len(name)), _EXACT
    words = core(rest)
    alike = any(core(name) in words or SequenceMatcher(None, words, core(name), autojunk=False).ratio() >= _ALIKE for name in names)
    if alike and len(rest) <= HEADING_LENGTH and not _SENTENCE.search(rest) and best(words, rows) < CLOSE:
        return "", _ALMOST
    return None


def _after(text: str, count: int) -> str:
    """What follows the first `count` characters of a text, blanks not counted."""
    seen = 0
    for i, c in enumerate(text):
        seen += len(plain(c))
        if seen >= count:
            return text[i + 1 :].strip(" \t　:：")
    return ""


# --- title, agency, year --------------------------------------------------------------------------------------------------


def _title(match: _Match) -> tuple[range, str, int | None, str]:
    """The title: which of the paragraphs in front of the sections it is, its text, the year, the agency."""
    form = match.form
    before = [b.text if isinstance(b, Paragraph) else b.line(0) for b in match.parts.before]
    for i in reversed(range(len(before))):
        bare, end = plain(before[i]), i + 1
        subject = _subject(bare, form)
        if not subject and end < len(before):
            below = plain(before[end])
            if (over_two := _subject(bare + below, form)) and over_two not in below:  # a title over two lines
                subject, bare, end = over_two, bare + below, end + 1
        if not subject or len(bare) > TITLE_LENGTH or "。" in bare or "》" in bare:
            continue
        head = re.split(r"[>»|:_]|--|当前位置", bare[: bare.index(subject)])[-1]
        year, agency = _year(head), _agency(bare, head, form)
        if not agency and i and len(plain(before[i - 1])) <= 30 and not re.search(r"[\d。，,：:、>|]", plain(before[i - 1])):
            agency = plain(before[i - 1])
            return range(i - 1, end), agency + bare, year, agency
        return range(i, end), bare, year, agency
    return range(0), "", None, ""


def _subject(text: str, form: FormDef) -> str:
    return next((s for s in map(plain, (form.subject, *form.aliases)) if s in text), "")


def _agency(title: str, head: str, form: FormDef) -> str:
    pattern = re.escape(plain(form.title)).replace(r"\{agency\}", "(?P<agency>.+?)").replace(r"\{year\}", r"\d{4}").replace("年", "年度?")
    if (found := re.search(pattern, re.split(r"[>»|:]", title)[-1])) and not _year(found["agency"]):
        return found["agency"].strip("-—_·")
    return re.sub(r"(20\d\d|二[〇○零][〇○零一二三四五六七八九]{2})年?(年?度)?的?", "", head).strip("-—_·关于()")


def _year(text: str) -> int | None:
    found = _YEAR.search(text)
    return int(found[0].translate(_DIGITS)) if found else None


# --- the whole --------------------------------------------------------------------------------------------------------------


def _told(chosen: _Match, kind: str, year: int | None) -> Imported:
    form = chosen.form
    at, title, said, agency = _title(chosen)
    texts = {s.key: "" for s in form.sections}
    strange: list[str] = []
    for section, blocks in chosen.parts.sections:
        if section.table is None:
            texts[section.key] = "\n".join(filter(None, [texts[section.key], *(b.text for b in blocks if isinstance(b, Paragraph))]))
    for key, text in chosen.left:
        if key is None:
            strange.append(text)
        else:
            texts[key] = f"{texts[key]}\n{text}".strip()
    preamble, dropped = _preamble(chosen.parts.before, at)
    closing: list[str] = []
    after: list[str] = []
    if chosen.parts.sections:
        last = chosen.parts.sections[-1][0].key
        body, closing, after = _ending(texts[last].split("\n"), agency)
        texts[last] = "\n".join(body)
    if not agency and closing and not _DATE.fullmatch(plain(closing[0])):
        agency = plain(closing[0])
    if said is None and (found := _PERIOD.search(plain("".join([*preamble, *texts.values()])))):
        said = int(found[1])
    cells = {ref: text for reading in chosen.readings.values() for ref, text in reading.cells.items()}
    doubts = tuple(d for reading in chosen.readings.values() for d in reading.doubts)
    doubtful = {ref for d in doubts for ref in d.refs}
    blanks = {ref for reading in chosen.readings.values() for ref in reading.blanks}
    missing = tuple(ref for ref in form.cells if ref not in cells and ref not in doubtful and ref not in blanks)
    known = {"name": agency, **_contacts(preamble, texts)}
    report = Report(
        form.id,
        year or said,
        agency={key: text for key, text in known.items() if text},
        texts={
            key: text
            for key, text in ((TEXTS_AROUND[0], "\n".join(preamble)), *((s.key, texts[s.key]) for s in form.sections if s.table is None), (TEXTS_AROUND[1], "\n".join(closing)))
            if text
        },
        cells={ref: cells[ref] for ref in form.cells if ref in cells},
    )
    shown = tuple(otherwise([block for _, block in _pieces(chosen.parts)], list(_seen(chosen, texts))))
    strange += [text for section in form.sections if section.table for text in texts[section.key].split("\n") if text]
    strange = [*dropped, *strange, *(line for reading in chosen.readings.values() for line in reading.strange), *after]
    notes = tuple(_notes(chosen, report, said, year, missing))
    return Imported(report, form, kind, title, agency, said, {k: t for k, t in texts.items() if t}, doubts, tuple(dict.fromkeys(strange)), missing, notes, findings=shown)


def _seen(chosen: _Match, texts: Mapping[str, str]) -> Iterator[SeenTable]:
    """The tables as the page has them; `texts` holds what stands in their sections beside them."""
    sections = chosen.form.sections
    headed = {section.key for section, _ in chosen.parts.sections}
    for i, section in enumerate(sections):
        if section.table:
            goes_on = any(later.key in headed for later in sections[i + 1 :])
            yield SeenTable(chosen.form.tables[section.table], section, chosen.readings[section.table], texts[section.key], section.key in headed, goes_on)


def _preamble(before: Sequence[Block], title: range) -> tuple[list[str], list[str]]:
    """The paragraphs between title and first section that say something, and what else stands in front."""
    texts = [(i, b.text) for i, b in enumerate(before) if isinstance(b, Paragraph)]
    kept = [text for i, text in texts if i >= title.stop and not _is_around(text)]
    while kept and not (("。" in kept[0] or kept[0].endswith(("：", ":"))) and len(kept[0]) > 12) and not title:
        kept.pop(0)
    return kept, [text for i, text in texts if text not in kept and i not in title]


def _ending(lines: Sequence[str], agency: str) -> tuple[list[str], list[str], list[str]]:
    """The lines of the last section, parted into its text, the signature, and what the page has below the report."""
    dated = next((i for i in reversed(range(len(lines))) if _DATE.fullmatch(plain(lines[i]))), None)
    signed = next((i for i in reversed(range(len(lines))) if agency and plain(lines[i]) == plain(agency)), None)
    end = len(lines) if dated is None and signed is None else max(dated if dated is not None else -1, signed if signed is not None else -1) + 1
    begin = end
    if dated is not None or signed is not None:
        begin = min(i for i in (dated, signed) if i is not None) if dated is not None and signed is not None and abs(dated - signed) == 1 else end - 1
        if begin == dated and begin > 1 and len(lines[begin - 1]) <= 40 and not re.search(r"[。；，,;:：]", lines[begin - 1]):
            begin -= 1
    else:
        said = max((i for i, line in enumerate(lines) if _STOPS.search(line) and not _is_around(line)), default=0)
        begin = end = next((i for i in range(said + 1, len(lines)) if _is_around(lines[i])), end)
    return list(lines[:begin]), list(lines[begin:end]), list(lines[end:])


def _is_around(text: str) -> bool:
    """Whether a line is what a site puts around a report. A sentence of the report may begin with the same word: 承办建议12件。"""
    found = _AROUND.match(text.strip())
    if found is None:
        return False
    behind = text.strip()[found.end() - 1 :]  # from the last character of the word on
    return len(behind) == 1 or bool(re.match(r".?(单位|机关|部门)?[:：\]】]", behind)) or (len(text) <= TITLE_LENGTH and not _STOPS.search(text))


def _contacts(preamble: Sequence[str], texts: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in ("\n".join(preamble), *texts.values()):
        for key, pattern in _CONTACTS.items():
            if key not in found and (hit := pattern.search(text)):
                found[key] = hit[1].strip().rstrip(".")
    return found


def _notes(chosen: _Match, report: Report, said: int | None, year: int | None, missing: Sequence[CellRef]) -> Iterator[str]:
    form = chosen.form
    if report.year is None:
        yield NO_YEAR
    elif year is not None and said is not None and year != said:
        yield f"原文写的是 {said} 年度，按您说的 {year} 年度读。"
    if report.year is not None and not form.serves(report.year):
        yield f"表格是{form.name}的，{report.year} 年度应当用另一种格式；照原文的表格读。"
    if not report.agency.get("name"):
        yield NO_NAME
    there = {s.key for s, _ in chosen.parts.sections}
    if gone := [s.heading for s in form.sections if s.key not in there]:
        yield f"原文里没有找到这些部分的标题：{'；'.join(gone)}。"
    for table in form.tables.values():
        if gone := [ref for ref in table.inputs if ref in missing]:
            yield f"{table.name}有 {len(gone)} 格在原文里没有找到，空着{_rows_of(gone, table)}。"


def _rows_of(gone: Sequence[CellRef], table: TableDef) -> str:
    """Which rows cells stand in, as far as that can be said in a line."""
    rows = list(dict.fromkeys(table.cells[ref].row.short for ref in gone))
    if len(rows) == len({table.cells[ref].row for ref in table.inputs}):
        return ""  # the whole table
    return f"：{'、'.join(rows[:MOST_ROWS])}{f'等 {len(rows)} 行' if len(rows) > MOST_ROWS else ''}"
