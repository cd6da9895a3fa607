"""The sub-headings of a text: which of the aspects the format names are there, where, and how long each is.

A sub-heading begins a line with its numeral in brackets, "（二）依申请公开", alone on the line or with the sentence run on behind it.
Positions are those of the stored text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

NUMERALS = "一二三四五六七八九十"
HEADING_LENGTH = 28  # characters: one line of the type area (GB/T 9704-2012 5.2.3); what is longer is a paragraph that begins with a number
LEAD_LENGTH = 20
_SENTENCE_END = "。！？；：，、.!?;:,"
_NUMBER = re.compile(rf"[（(][{NUMERALS}]{{1,3}}[）)]\s*")
_HEADING = re.compile(rf"^[^\S\n]*[（(]([{NUMERALS}]{{1,3}})[）)][^\S\n]*([^\n。；：:，,]*)", re.MULTILINE)


@dataclass(frozen=True)
class Aspect:
    """One aspect of the format. `start` is where its sub-heading begins, None if it is not there; `end` where the next one begins.

    `characters` counts what is written under the sub-heading, as the guide of the format counts. `spoken_at` is where a text without the
    sub-heading speaks of it: the format asks for the five matters, not for five headings.
    """

    name: str
    heading: str  # as it is inserted: （五）监督保障
    start: int | None = None
    end: int = 0
    characters: int = 0
    spoken_at: int | None = None

    @property
    def present(self) -> bool:
        return self.start is not None

    @property
    def covered(self) -> bool:
        """Whether the text has it, under its sub-heading or in running sentences."""
        return self.start is not None or self.spoken_at is not None


def characters(text: str) -> int:
    """Length as the 1,000-character guide counts it: everything but blanks and line breaks."""
    return len("".join(text.split()))


def parted(line: str) -> tuple[str, str]:
    """A paragraph as (lead, text): its sub-heading and what follows it. GB/T 9704-2012 7.3.3: the second level is numbered （一） and set in
    楷体, whether it stands alone on its line or as the first sentence of the paragraph; "1." and "（1）" are set like the text.
    """
    number = _NUMBER.match(line)
    if number is None:
        return "", line
    if len(line) <= HEADING_LENGTH and line[-1] not in _SENTENCE_END and "。" not in line:
        return line, ""
    stop = line.find("。") + 1
    if number.end() < stop <= LEAD_LENGTH + number.end() and stop < len(line):
        return line[:stop], line[stop:]
    return "", line


def is_heading(line: str) -> bool:
    """Whether a paragraph is a sub-heading standing alone: short, and not a sentence."""
    lead, text = parted(line.strip())
    return bool(lead) and not text


def outline(text: str, names: Sequence[str], words: Sequence[Sequence[str]] = ()) -> tuple[Aspect, ...]:
    """Every aspect in the order of the format, found in `text` or not. `words` tell, aspect by aspect, that a text speaks of it."""
    found = list(_HEADING.finditer(text))
    ends = [*(m.start() for m in found[1:]), len(text)]
    out = []
    taken: set[int] = set()
    for number, name in enumerate(names):
        heading = f"（{numeral(number + 1)}）{name}"
        at = next((i for i, m in enumerate(found) if i not in taken and _names(m[2].strip(), name)), None)
        if at is None:
            spoken = [i for word in (name, *words[number]) if (i := text.find(word)) >= 0] if words else []
            out.append(Aspect(name, heading, spoken_at=min(spoken, default=None)))
            continue
        taken.add(at)
        match = found[at]
        body = text[match.start(2) + len(match[2].rstrip()) : ends[at]].lstrip("。：:")
        out.append(Aspect(name, heading, match.start(), ends[at], characters(body)))
    return tuple(out)


def first_missing(aspects: Sequence[Aspect]) -> Aspect | None:
    return next((a for a in aspects if not a.present), None)


def with_heading(text: str, aspects: Sequence[Aspect], missing: Aspect) -> tuple[str, int]:
    """`text` with the sub-heading of `missing` on a line of its own, before the first later aspect that is there, else at the end.

    Returns the new text and the position behind the heading's line, where she goes on writing.
    """
    later = aspects[list(aspects).index(missing) + 1 :]
    at = min((a.start for a in later if a.start is not None), default=len(text))
    before, after = text[:at].rstrip(), text[at:].lstrip("\n")
    head = (before + "\n" if before else "") + missing.heading + "\n"
    return head + ("\n" + after if after else ""), len(head)


def _names(written: str, name: str) -> bool:
    """Whether a written sub-heading stands for an aspect: the same words, more words ("主动公开情况"), or its last words ("平台建设")."""
    return bool(written) and (name in written or (len(written) >= 4 and name.endswith(written)))


def numeral(number: int) -> str:
    """1 to 99 in Chinese: 十, 十二, 二十一."""
    tens, ones = divmod(number, 10)
    return (NUMERALS[tens - 1] if tens > 1 else "") + ("十" if tens else "") + (NUMERALS[ones - 1] if ones else "")
