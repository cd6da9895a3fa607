"""Finds in a paragraph the quantities a form knows (`FormDef.said`), each with its number, and leaves out what speaks of something else.

A number belongs to a phrase only within its clause. Numbers of another year, of a plan, of a part of the year, of a comparison, or of a
matter that stands in no table are no mentions; those of a wider body ("全市"), or of one office of the body, are mentions with a `scope`.
Positions count in the paragraph. Reading is kept by paragraph, so that a keystroke reads one paragraph again.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import cache, lru_cache

from gxdesk.cells import Number
from gxdesk.checks import numerals
from gxdesk.checks.catalogue import catalogue
from gxdesk.errors import FormError
from gxdesk.forms.definition import FormDef, SaidDef

PIECE = 1000  # characters read at once
PARAGRAPHS = 8192  # kept as they were read: more than the longest text has, or a keystroke would read all of them again
_STOPS = "。！？!?\n"
_SEMICOLONS = "；;…"
_COMMAS = "，,：:（）()"
_CLAUSE_END = rf"(?=\s*(?:[{_STOPS}{_SEMICOLONS}{_COMMAS}、]|$))"
_GAP = r"[^\d，。；：！？（）(),;:!?…\n]"
_LEAD = rf"(?:[，,]?(?:共计|总计|合计|累计|共|计)|案件|事项|数量|总数|[为有了的是达仅只:：\s{numerals.BEFORE_ROUND}])*+"
_AREAS = ("省", "市", "县", "区", "州", "旗", "镇", "乡", "街道", "盟", "国", "系统")
_TITLE = re.compile(r"《[^《》\n]*》")
_ANYONE = re.compile(r"(?:公民|个人|自然人|群众)(?:、|或者?|和)(?:法人|企业)(?:(?:、|和|或者?|以及|及|与)?其[他它](?:社会)?组织)?")  # who may ask, not who did
_CARRIED = re.compile(r"(?P<year>\d{4})\s*年(?=度?(?:结转|转入|遗留))|(?<=[至到入转结])(?P<next>\d{4})\s*年")
_YEAR = re.compile(r"(\d{4})\s*年|(今年|本年|当年|全年)|((?<![较比与同])(?:上一?年度?|去年|前年|往年|同期)(?!度?(?:结转|转|遗留|未)))")
_COMPARED = re.compile(r"同比|环比|[较比][上去]|增加|增长|减少|下降|上升|回落|[将拟]|各[省市县区镇乡街村局部科处单]|下属|所属|直属")
_NOT_DONE_NOW = re.compile(r"(?<!规划)计划(?!类|信息|、)|力争|争取|预计|明年|下一?步|季度|半年|月份|每[年月季]|历年|历史")
_EXCEPT = re.compile(r"除[^，,；;]{1,30}外[，,]")
_PART_OF = re.compile(r"其中|包括|含")
_BODY = re.compile(rf"[全我本]({'|'.join(_AREAS)}|局|中心|委|办|院|站|所|处|厅|校|部门|单位|机关|队|会|社|馆)")
_OFFICE = re.compile(r"(?:政府办公?室?|办公厅|本级)\w{0,6}$")
_PORTAL = re.compile(r"[省市县区]\w{0,4}(?:门户)?网站")
_CHANNEL = re.compile(r"通过|利用|借助|依托|[在于经]")
_GOVERNMENT = re.compile(rf"({'|'.join(_AREAS)})(?:人民政府|政府|管委会|管理委员会|办事处)?$")


class Scope(Enum):
    """Whose number it is: the reporting body's, that of a wider body, or that of one of its offices."""

    OURS = auto()
    WIDER = auto()
    OFFICE = auto()


@dataclass(frozen=True, slots=True)
class Mention:
    """`said` with its number, at `start` to `end` of a text; the number alone at `number`, None where the words say that there was none.

    `channel` is what stood for * in the phrase. A `rounded` number says only about how many.
    """

    said: SaidDef
    start: int
    end: int
    value: Number
    number: tuple[int, int] | None
    unit: str = ""
    channel: str = ""
    rounded: bool = False
    scope: Scope = Scope.OURS


def government(agency: str) -> str:
    """What a government calls its area, by its name: 市 for 淮安市人民政府; "" for a bureau, whose numbers are never those of 全市."""
    found = _GOVERNMENT.search(re.sub(r"[（(][^（）()]*[）)]", "", agency).strip())
    return found[1] if found else ""


@lru_cache(maxsize=64)
def _ends(text: str, words: tuple[str, ...]) -> list[int]:
    """Where each of these words ends in a text, in order."""
    return sorted(m.end() for word in words for m in re.finditer(re.escape(word), text)) if words else []


def sentence(text: str, at: int, *, stops: str = _STOPS) -> int:
    """Where the sentence begins that holds the character `at`."""
    ends = _ends(text, tuple(stops))
    before = bisect_right(ends, at)
    return ends[before - 1] if before else 0


def clause(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the clause begins and ends that holds `start` to `end`."""
    stops = _STOPS + _SEMICOLONS + _COMMAS
    ends = _ends(text, tuple(stops))
    after = bisect_right(ends, end)
    return sentence(text, start, stops=stops), ends[after] - 1 if after < len(ends) else len(text)


def masked(text: str) -> str:
    """The text with the names of documents blotted out: what they count, nobody reports."""
    return _TITLE.sub(lambda m: "《" + "＿" * (len(m[0]) - 2) + "》", text) if "《" in text else text


def plain(text: str, year: int | None) -> str:
    """The text as its phrases are looked for, every place where it was: without the names of documents, without 公民、法人和其他组织, and with
    上年, 下年 for the years on either side of what was carried over.
    """

    def named(m: re.Match[str]) -> str:
        by = {-1: "上年", 1: "下年"}.get(int(m["year"] or m["next"]) - (year or 0), "")
        return by.rjust(len(m[0]), "＿") if by == ("上年" if m["year"] else "下年") else m[0]

    return _CARRIED.sub(named, _ANYONE.sub(lambda m: "＿" * len(m[0]), masked(text)))


def pieces(text: str) -> Iterator[tuple[int, str]]:
    """The paragraphs of a text, each with its place; one without an end in sight is cut at its sentences, so that none takes long to read."""
    at = 0
    for paragraph in text.split("\n"):
        begin = 0
        while len(paragraph) - begin > PIECE:
            end = paragraph.rfind("。", begin, begin + PIECE) + 1 or begin + PIECE
            yield at + begin, paragraph[begin:end]
            begin = end
        yield at + begin, paragraph[begin:]
        at += len(paragraph) + 1


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A phrase of a form as a regular expression, compiled when a text may hold it: that is when of each `needed` words one stands in it."""

    find: str
    needed: tuple[tuple[str, ...], ...]

    def matches(self, text: str) -> Iterator[re.Match[str]]:
        if all(any(word in text for word in words) for words in self.needed):
            yield from _compiled(self.find).finditer(text)


@cache
def _phrase(words: str, units: tuple[str, ...]) -> _Phrase:
    """A phrase as `SaidDef` writes it: {甲|乙} either, … and * gaps that take as few characters as they can, N the number with its unit, 。 where
    the clause ends."""
    parts = [part for part in re.split(r"(\{[^{}]*\}|[…*N。])", words) if part]
    needed = [tuple(part.strip("{}").split("|")) for part in parts if part not in ("…", "*", "N", "。")]
    certain = [alternatives for alternatives in needed if all(alternatives) and not any("…" in word for word in alternatives)]
    unit = "|".join(sorted(units, key=len, reverse=True))
    number = rf"(?P<number>{numerals.NUMBER})\s*(?P<round>[{numerals.AFTER_ROUND}])?\s*(?P<unit>{unit})"
    named = {"*": rf"(?P<channel>{_GAP}{{2,40}}?)", "N": number if words.startswith("N") else _LEAD + number, "。": _CLAUSE_END}
    find = "".join(named.get(part) or _either(part) for part in parts)
    return _Phrase(find, tuple(sorted(certain, key=len)))


_compiled = cache(re.compile)


def _told_by(said: SaidDef) -> re.Pattern[str]:
    """Finds a word that a phrase of this quantity cannot do without: most paragraphs hold none, and are passed over at once."""
    phrases = [_phrase(words, ()) for words in said.none] + [_phrase(words, said.units) for words in said.phrases]
    if not all(p.needed for p in phrases):
        return _compiled("")
    return _compiled("|".join(sorted({re.escape(word) for p in phrases for word in p.needed[0]})))


def _either(part: str) -> str:
    alternatives = part.strip("{}").split("|")
    return "(?:" + "|".join(rf"{_GAP}{{0,40}}?".join(map(re.escape, words.split("…"))) for words in alternatives) + ")"


class Reader:
    """Reads texts under one form. What was read is kept: the same paragraph, year and area give the same mentions."""

    def __init__(self, form: FormDef) -> None:
        """Raises FormError if the form names a check this version does not have."""
        if unknown := sorted({said.code for said in form.said} - set(catalogue())):
            raise FormError(f"格式文件里 said 用了本程序没有的检查 {'、'.join(unknown)}。请安装新版程序。")
        self._form = form
        self._told_by = tuple((said, _told_by(said)) for said in form.said)
        self._read_kept = lru_cache(maxsize=PARAGRAPHS)(self._read)
        self._mentions_kept = lru_cache(maxsize=16)(self._mentions)

    def mentions(self, text: str, year: int | None, agency: str) -> tuple[Mention, ...]:
        """All mentions of a text, in order."""
        return self._mentions_kept(text, year, government(agency))

    def _mentions(self, text: str, year: int | None, area: str) -> tuple[Mention, ...]:
        return tuple(_moved(m, at) for at, piece in pieces(text) for m in self._read_kept(piece, year, area))

    def _read(self, paragraph: str, year: int | None, area: str) -> tuple[Mention, ...]:
        text = plain(paragraph, year)
        chosen: dict[object, Mention] = {}  # of several phrases the longest speaks of a number, or says that there was none
        for said, told_by in self._told_by:
            for mention in self._matches(said, text) if told_by.search(text) else ():
                if not self._about(said, text, mention.end):
                    continue
                about = mention.number or (said, mention.start)
                other = chosen.get(about)
                if other is None or mention.end - mention.start > other.end - other.start:
                    chosen[about] = mention
        found = [_scoped(m, text, area) for m in chosen.values() if _ours(m, text, year)]
        return tuple(sorted(found, key=lambda m: (m.start, m.end)))

    def _matches(self, said: SaidDef, text: str) -> Iterator[Mention]:
        for words in said.none:
            for m in _phrase(words, ()).matches(text):
                yield Mention(said, m.start(), m.end(), 0, None)
        for words in said.phrases:
            for m in _phrase(words, said.units).matches(text):
                value = numerals.read(m["number"])
                if value is not None:
                    rounded = numerals.is_rounded(text, m.start("number"), m["round"])
                    channel = m["channel"] if "*" in words else ""
                    yield Mention(said, m.start(), m.end(), value, m.span("number"), m["unit"], channel, rounded)

    def _about(self, said: SaidDef, text: str, end: int) -> bool:
        """Whether the matter named last up to its end, in its sentence or else in its paragraph, is one of those it is about."""
        about, others = _ends(text, said.about), _ends(text, self._form.apart + said.apart)
        for begin in (sentence(text, end, stops=_STOPS + _SEMICOLONS), 0):
            mine, other = (ends[i - 1] if (i := bisect_right(ends, end)) and ends[i - 1] > begin else -1 for ends in (about, others))
            if mine >= 0 or other >= 0:
                return mine > other if said.about else other < 0
            if not said.about:
                return True
        return False


def _ours(mention: Mention, text: str, year: int | None) -> bool:
    """Whether it speaks of this year, done, of all of it, and of nothing its quantity excludes."""
    said, start, end = mention.said, mention.start, mention.end
    first, last = clause(text, start, end)
    another = text.find("、", end, last)  # 制发 2 件、废止 1 件: what follows is another matter
    if any(word in text[first : last if another < 0 else another] for word in said.unless) or _COMPARED.search(text, first, start):
        return False
    if _NOT_DONE_NOW.search(text, sentence(text, start, stops=_STOPS + _SEMICOLONS), start):
        return False
    begin = sentence(text, start)
    if mention.number is None and _EXCEPT.search(text, begin, start):
        return False
    markers = list(_YEAR.finditer(text, begin, end))
    if markers and (markers[-1][3] or (markers[-1][1] and year is not None and int(markers[-1][1]) != year)):
        return False
    if said.whole:
        before = text[sentence(text, start, stops=_STOPS + _SEMICOLONS) : start]
        return not _PART_OF.search(before) and sum(before.count(c) for c in "（(") <= sum(before.count(c) for c in "）)")
    return True


def _scoped(mention: Mention, text: str, area: str) -> Mention:
    """The mention with whose number it is: the body named last before it counts, and a portal that publishes by itself is the area's."""
    begin = sentence(text, mention.start)
    bodies = _BODY.findall(text, begin, mention.end)
    first, _ = clause(text, mention.start, mention.end)
    portal = None if area else _PORTAL.search(text, first, mention.start)
    if bodies and bodies[-1] in _AREAS and bodies[-1] != area:
        return replace(mention, scope=Scope.WIDER)
    if portal and not _CHANNEL.search(text, first, portal.end()):
        return replace(mention, scope=Scope.WIDER)
    if area and _OFFICE.search(text, begin, mention.start):
        return replace(mention, scope=Scope.OFFICE)
    return mention


def _moved(mention: Mention, by: int) -> Mention:
    number = (mention.number[0] + by, mention.number[1] + by) if mention.number else None
    return replace(mention, start=mention.start + by, end=mention.end + by, number=number) if by else mention
