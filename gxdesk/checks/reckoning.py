"""Group N, what the numbers of a text say of each other: lists that add up, percentages, savings, counts of what is listed, numbers left out
or only rounded. Nothing here knows a form; a list or a share is judged only where the text says what it is a part of.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from itertools import accumulate

from gxdesk.cells import Number, show
from gxdesk.checks import numerals
from gxdesk.checks.catalogue import catalogue
from gxdesk.checks.facts import Facts
from gxdesk.checks.finding import Finding, Rewrite, Severity
from gxdesk.checks.narrative import near, place
from gxdesk.checks.phrases import PARAGRAPHS, masked, pieces, sentence

INTRODUCED = 16  # characters at most between "三个方面" and 一是
LONGEST_LIST = 400  # characters in brackets
SLIGHT = 10  # a tenth of a whole: numbers that come so close to it are its parts
UNITS = "件次|件|条|次|个|篇|期|场|份|项|部|宗|起|人次|人|批|张|幅|例|户|家|万元|元"
_COUNTED = re.compile(rf"(?P<number>{numerals.NUMBER})\s*(?P<round>[{numerals.AFTER_ROUND}])?\s*(?P<unit>{UNITS})(?![年月日例款])")
_LIST = re.compile(r"[，,。；;：:（(]?\s*(?:其中|分别(?:为|是)?|包括)[，,：:]?")
_ALL_OF_IT = re.compile(r"分别(?:为|是)?[，,：:]?$")
_IN_ALL = re.compile(r"(?:共计|总计|合计|累计|共)[^，,。；;：:\d]{0,14}$")
_ACT = re.compile("发布|公开|制作|召开|开展|收到|受理|办理|回复|答复|举办|推送|更新|转发|编发|上报|报送|刊发|组织")  # begins something else
_REST = re.compile("其他|其它|其余")
_BESIDES = re.compile(r"[（(]\s*(?:含|包含|包括|不含|另|不包括)")  # what a bracket adds to a number is no list of its parts
_OVERLAPPING = ("件次", "件", "次", "起", "宗", "例", "人次", "人", "户", "家")
_SEPARATORS = "，,、；;"
_OPEN = re.compile(r"等[^，,、；;。（(]{0,6}$|……|…")
_SHARE = re.compile(r"\s*(?:[，,]\s*占(?:比|总数的?|总量的?|全部的?|办结总数的?|申请总数的?|受理总数的?)?(?:为|约)?|[（(]\s*(?:占比?)?)\s*(\d{1,3}(?:\.\d+)?)\s*[%％]")
_SAVED = re.compile(rf"(?:节约|节省|结余)(?:了|资金|经费|财政资金|预算)*\s*(?P<number>{numerals.ARABIC})\s*(?P<unit>万元|元)")
_MONEY = re.compile(rf"(?P<what>预算|概算|控制价|成交|中标|合同|实际|决算|支出)[^，,。；;\d]{{0,10}}(?P<number>{numerals.ARABIC})\s*(?P<unit>万元|元)")
_PLANNED_MONEY = ("预算", "概算", "控制价")
_PARTS = re.compile(rf"由(?P<names>[^。；;\n]{{10,400}}?)等?\s*(?P<number>[{numerals.DIGITS}十]|\d{{1,2}})\s*个?(?:部分|方面)\s*(?:内容)?(?:组成|构成)")
_NAMES = re.compile(r"(?:包括|包含|分为)(?P<names>[^。；;\n]{10,400}?)等?\s*(?P<number>[六七八五四三]|\d)\s*个?部分")
_NAME_ENDS = re.compile(r"(?:情况|事项|问题|措施|内容)(?=[、，,]|和|以及|等|$)")
_ASPECTS = re.compile(r"(?P<number>[两二三四五六七八九十]|\d{1,2})\s*个?方面")
_LEVEL = re.compile(r"[（(]一|\d[.．、]")
_FIRST = re.compile(r"[一二三四五六七八九十]是")
_MEASURES = "条|件|次|份|篇|期|场|个|项|宗|起"
_LEFT_OUT = (
    re.compile(rf"(?<=[\u4e00-\u9fff：:])(?<![{numerals.DIGITS}十百千万亿几数多每各该此余第])[ \u3000_＿]+(?:{_MEASURES})(?=[，,。；;、）)]|其中|$)"),
    re.compile(rf"(?:信息|申请|文件|案件)(?:共计|共|总计|累计)(?:{_MEASURES})(?=[，,。；;]|$)"),
    re.compile(r"(?<=\d)年[ \u3000]*月[ \u3000]*\d{0,2}日|(?<=\d)年[ \u3000]+月|(?:(?<=[自至为，。；：、（(])|^)[ \u3000]*年[ \u3000]*\d{1,2}[ \u3000]*月(?:[ \u3000]*\d{1,2}[ \u3000]*日)?"),
    re.compile(r"(?<=\d月)[ \u3000]*日(?=[，,。；;、至起止）)])"),
    re.compile(r"(?<=[息态告示读章闻讯帖言])(?:条|篇)(?=[，,。；;、）)]|其中)|(?:许可|处罚|强制|复议|诉讼)件(?=[，,。；;、）)])"),
    re.compile(r"(?:(?<=[。；;：:，,）)…])|^)[ \u3000]*年(?=[，,我全共未]|本[^级地]|依法|主动|收到|受理)"),
)
_BARE = re.compile(r"[、，,；;][^\d、，,。；;：:（()）《》]{1,12}(?<![数量率编话号楼室路码为第至到])(?P<number>\d{1,6})(?=[、，,。；;](?!\d)|$)")
_NO_UNIT = re.compile(
    r"(?:公开|发布|收到|受理|新收|办结|答复|制发|印发|现行有效)[^，,。；;：:\d（(《]{0,12}(?:信息|申请|文件)(?:共计|共|总计|累计)?\s*(?!20\d\d\D)(\d{1,6})(?=[，,。；;](?!\d)|$)"
)
_OWN_COUNT = re.compile(r"(?:公开|发布|更新|推送|报送|收到|受理|办理|答复|办结)[^，,。；;：:\d]{0,16}$")


@dataclass(frozen=True, slots=True)
class Counted:
    """A number with its unit, from `start` to `end`, the number alone up to `stop`."""

    value: Number
    unit: str
    start: int
    stop: int
    end: int
    rounded: bool


@dataclass(frozen=True, slots=True)
class Slip:
    """What is wrong with the characters `start` to `end` of a text, in words; `value` is what should stand at `number`."""

    code: str
    start: int
    end: int
    how: str
    left: Number | None = None
    right: Number | None = None
    number: tuple[int, int] | None = None
    severity: Severity | None = None  # where it differs from the catalogue's


def slips(facts: Facts, key: str) -> Iterator[Finding]:
    """N-SUM, N-PCT, N-DERIVED, N-COUNT, N-BLANKNUM, N-ROUND."""
    text = facts.report.texts.get(key, "")
    for at, piece in pieces(text):
        for slip in _slips(piece):
            code = catalogue()[slip.code]
            start, end = at + slip.start, at + slip.end
            excerpt = " ".join(text[start:end].split())
            rewrite = None
            if slip.number and slip.right is not None:
                first, last = at + slip.number[0], at + slip.number[1]
                rewrite = Rewrite(key, first, last, numerals.written(slip.right, text[first:last]))
            yield Finding(
                code.code,
                slip.severity or code.severity,
                key,
                code.message.format(excerpt=excerpt, how=slip.how),
                code.basis,
                place(facts, key),
                subject=f"{key}:{excerpt}",
                left=slip.left,
                right=slip.right,
                rewrite=rewrite,
                excerpt=excerpt,
                span=(key, start, end),
            )


@lru_cache(maxsize=PARAGRAPHS)
def _slips(paragraph: str) -> tuple[Slip, ...]:
    text = masked(paragraph)
    counted = tuple(_counted(text))
    found = [*_lists(text, counted), *_shares(text, counted), *_savings(text), *_counts(text), *_left_out(text, counted), *_rounded(text, counted)]
    return tuple(sorted(found, key=lambda s: (s.start, s.code)))


def _counted(text: str) -> Iterator[Counted]:
    for m in _COUNTED.finditer(text):
        value = numerals.read(m["number"])
        if value is not None:
            yield Counted(value, m["unit"], m.start(), m.end("number"), m.end(), numerals.is_rounded(text, m.start(), m["round"]))


def _lists(text: str, counted: tuple[Counted, ...]) -> Iterator[Slip]:
    """N-SUM: "共 N 条，其中甲 a 条、其他 b 条", "N 条（甲 a 条、乙 b 条）": a list that is complete comes to the whole, no list to more than it.

    A list behind 其中 may leave something out; if that is very little, it is only asked about.
    """
    for i, whole in enumerate(counted):
        intro = _LIST.match(text, whole.end)
        bracketed = text[whole.end : whole.end + 1] in ("（", "(")
        if whole.rounded or _BESIDES.match(text, whole.end):
            continue
        if intro is None and not bracketed:
            yield from _listed_at_once(text, counted, i)
            continue
        begin = intro.end() if intro else whole.end + 1
        end = _list_end(text, whole.end if bracketed else begin, bracketed)
        items = [c for c in counted[i + 1 :] if begin <= c.start < end]
        if intro is not None:
            items, end = _until(text, items, end, begin)
        items = [c for c in items if _depth(text, begin, c.start) == 0]
        if len(items) < 2 or any(c.unit != whole.unit or c.rounded for c in items) or _OPEN.search(text[begin : items[-1].end]):
            continue
        tail = text[items[-1].end : end].strip("，,；; ")
        if tail.startswith("等") or "…" in text[begin:end] or (bracketed and intro is None and tail):
            continue
        total = sum(c.value for c in items)
        closed = intro is None or bool(_REST.search(text, items[-2].end, items[-1].start)) or bool(_ALL_OF_IT.search(intro[0]))  # without that, some may be left out
        after_a_stop = intro is not None and intro[0].startswith("。")  # then 其中 may speak of more than the last number
        if total == whole.value or any(c.value == whole.value for c in items):
            continue
        if after_a_stop and (not closed or total in [c.value for c in counted[:i] if c.unit == whole.unit]):
            continue
        if closed or (total > whole.value and not _counts_twice(text, items, whole)):
            yield _uneven(whole, items, total)
        elif len(items) > 2 and total < whole.value and (whole.value - total) * SLIGHT <= whole.value:
            yield replace(_uneven(whole, items, total, "，是不是没有列全"), severity=Severity.HINT)


def _listed_at_once(text: str, counted: tuple[Counted, ...], at: int) -> Iterator[Slip]:
    """N-SUM: "共 52 条，会议 20 条、财政 4 条、实事 24 条。": three and more names right behind the whole, up to the end of the sentence, that
    nearly come to it."""
    whole = counted[at]
    if not _IN_ALL.search(text, max(0, whole.start - 16), whole.start) or text[whole.end : whole.end + 1] not in tuple("，,：:"):
        return
    end = _list_end(text, whole.end, False)
    items = [c for c in counted[at + 1 :] if c.start < end]
    if len(items) < 3 or any(c.unit != whole.unit or c.rounded for c in items) or _ACT.search(text, whole.end, end) or text[items[-1].end : end].strip():
        return
    total = sum(c.value for c in items)
    if total != whole.value and abs(Decimal(total - whole.value)) * SLIGHT <= whole.value:
        yield _uneven(whole, items, total)


def _uneven(whole: Counted, items: list[Counted], total: Number, asked: str = "") -> Slip:
    added = " ＋ ".join(show(c.value) for c in items)
    how = f"{added} ＝ {show(total)}，前面写 {show(whole.value)}{asked}"
    return Slip("N-SUM", whole.start, items[-1].end, how, whole.value, total, (whole.start, whole.stop))


def _counts_twice(text: str, items: list[Counted], whole: Counted) -> bool:
    """Whether the items may count the same things by who asked and again by how: some in a row make up the whole already, or, of cases and
    people, they are not all of one row of names."""
    sums = list(accumulate((c.value for c in items), initial=0))
    if any(later - sums[i] == whole.value for i in range(len(sums)) for later in sums[i + 1 :]):
        return True
    between = {text[a.end : a.end + 1] for a in items[:-1]}
    return whole.unit in _OVERLAPPING and not between <= {"、", "；", ";"}


def _list_end(text: str, begin: int, bracketed: bool) -> int:
    """Where a list ends: at its closing bracket, else with its sentence."""
    if not bracketed:
        ends = [i for i in (text.find(c, begin) for c in "。！？!?") if i >= 0]
        return min(ends, default=len(text))
    depth = 0
    for i in range(begin, min(len(text), begin + LONGEST_LIST)):
        depth += (text[i] in "（(") - (text[i] in "）)")
        if depth == 0:
            return i
    return _list_end(text, begin, False)  # a bracket that is never closed


def _until(text: str, items: list[Counted], end: int, begin: int) -> tuple[list[Counted], int]:
    """A list parted by commas ends with a semicolon; one parted by semicolons goes on. A list within the list ends it."""
    inner = text.find("其中", begin, end)
    if inner >= 0:
        end = inner
    first = next((i for i in range(items[0].end, end) if text[i] in _SEPARATORS), end) if items else end
    if first < end and text[first] not in "；;":
        semicolon = min((i for i in (text.find(c, begin, end) for c in "；;") if i >= 0), default=end)
        end = min(end, semicolon)
    return [c for c in items if c.start < end], end


def _depth(text: str, begin: int, at: int) -> int:
    return sum((c in "（(") - (c in "）)") for c in text[begin:at])


def _shares(text: str, counted: tuple[Counted, ...]) -> Iterator[Slip]:
    """N-PCT: "258 件，占 33.9%": of which whole is found by the shares beside it, or it is the only number it can be a part of."""
    shares = [(c, m) for c in counted if (m := _SHARE.match(text, c.end)) and not c.rounded]
    for i, (part, share) in enumerate(shares):
        wholes = {c.value for c in counted if c.start < part.start and c.unit == part.unit and c.value >= part.value and c.value and not c.rounded}
        beside = [(p, s) for j, (p, s) in enumerate(shares) if j != i and p.unit == part.unit]
        likely = {w for w in wholes if any(_is_share(p, s, w) for p, s in beside)} if beside else wholes
        if len(likely) == 1 and not any(_is_share(part, share, w) for w in wholes):
            (whole,) = likely
            is_really = (Decimal(part.value) * 100 / Decimal(whole)).quantize(Decimal(1).scaleb(-len(share[1].partition(".")[2])))
            how = f"{show(part.value)} 占 {show(whole)} 的 {is_really}%"
            yield Slip("N-PCT", part.start, share.end(), how, Decimal(share[1]), is_really, share.span(1))


def _is_share(part: Counted, share: re.Match[str], whole: Number) -> bool:
    return near(Decimal(part.value) * 100 / Decimal(whole), share[1])


def _savings(text: str) -> Iterator[Slip]:
    """N-DERIVED: what was saved is what was planned less what was paid, where the sentence gives each of them once."""
    for saved in _SAVED.finditer(text):
        begin = sentence(text, saved.start())
        planned: list[re.Match[str]] = []
        paid: list[re.Match[str]] = []
        for m in _MONEY.finditer(text, begin, saved.start()):
            (planned if m["what"] in _PLANNED_MONEY else paid).append(m)
        if len(planned) == len(paid) == 1 and planned[0]["unit"] == paid[0]["unit"] == saved["unit"]:
            values = [numerals.read(m["number"]) for m in (planned[0], paid[0], saved)]
            if None not in values:
                plan, cost, said = (Decimal(v) for v in values if v is not None)
                if plan - cost != said:
                    how = f"{show(plan)} － {show(cost)} ＝ {show(plan - cost)}，写的是 {show(said)}"
                    yield Slip("N-DERIVED", saved.start(), saved.end(), how, said, plan - cost, saved.span("number"))


def _counts(text: str) -> Iterator[Slip]:
    """N-COUNT: "六个部分" with another number of names, "三个方面" with 一是 to 四是."""
    for m in (*_PARTS.finditer(text), *_NAMES.finditer(text)):
        said, names = numerals.read(m["number"]), m["names"]
        listed = len([p for p in re.split("[、，,]", names) if p.strip()])
        ends = len(_NAME_ENDS.findall(names))
        if said is not None and ends and "…" not in names and not min(listed, ends) <= said <= max(listed, ends):
            yield Slip("N-COUNT", m.start("number"), m.end(), f"列出的是 {ends} 个", said, ends, m.span("number"))
    for m in _ASPECTS.finditer(text):
        said = numerals.read(m["number"])
        rest = text[m.end() :]
        another = _ASPECTS.search(rest)
        ordinals = [numerals.read(x[0][0]) for x in _FIRST.finditer(rest[: another.start()] if another else rest)]
        if not ordinals or ordinals[0] != 1 or (first := rest.find("一是")) > INTRODUCED or _LEVEL.search(rest, 0, first):
            continue
        run = 1
        while run < len(ordinals) and ordinals[run] == run + 1:
            run += 1
        complete = run == len(ordinals) or ordinals[run] == 1
        if said is not None and complete and run != said and "…" not in rest[first:]:
            yield Slip("N-COUNT", m.start(), m.start("number") + len(m["number"]), f"后面列出的是 {run} 个", said, run, m.span("number"))


def _left_out(text: str, counted: tuple[Counted, ...]) -> Iterator[Slip]:
    """N-BLANKNUM: a place for a number or a unit that nobody filled."""
    for pattern in _LEFT_OUT:
        for m in pattern.finditer(text):
            begin = max(text.rfind(c, 0, m.start()) for c in "，,。；;：:") + 1
            yield Slip("N-BLANKNUM", max(begin, m.start() - 16), m.end(), "好像漏填了数")
    for m in _NO_UNIT.finditer(text):
        yield Slip("N-BLANKNUM", m.start(), m.end(), "数字后面没有单位")
    for c in counted:  # in a row of numbers with their units one without
        if c.unit in ("条", "件", "篇") and (bare := _BARE.match(text, c.end)):
            yield Slip("N-BLANKNUM", bare.start() + 1, bare.end(), "数字后面没有单位", severity=Severity.HINT)


def _rounded(text: str, counted: tuple[Counted, ...]) -> Iterator[Slip]:
    """N-ROUND: "100余条" of what she counted herself."""
    for c in counted:
        if c.rounded and c.unit in ("条", "件"):
            begin = max(0, c.start - 24)
            if (m := _OWN_COUNT.search(text, begin, c.start)) and not re.search("全[省市县区国]", text[sentence(text, c.start) : c.start]):
                yield Slip("N-ROUND", m.start(), c.end, "写准确的数")
