"""How much of a text stands in another: sentence by sentence, years and figures aside only where a sentence is otherwise the same.

雷同度 is the share of this year's text, in characters, whose sentences stand in last year's too: word for word, or so nearly that only a
few characters were changed. A year moved on by one does not make a new sentence.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

SAME = 0.85  # from this likeness on a sentence counts as the one of last year
SHORTEST = 6  # characters: shorter sentences are headings and phrases that every report has
MOST = 400  # sentences compared
_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?]*[”’）〉》]*")
_YEAR = re.compile(r"20\d\d年?|二[〇○零][〇○零一二三四五六七八九]{2}年?")


@dataclass(frozen=True)
class Sentence:
    """A sentence and where it stands in its text."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Twin:
    """A sentence of this year and the one of last year it repeats; `likeness` is 1 for the same words, years aside."""

    now: Sentence
    then: Sentence
    likeness: float

    @property
    def identical(self) -> bool:
        return self.likeness == 1.0


@dataclass(frozen=True)
class Similarity:
    """`share` of the characters of this year's sentences that repeat last year's, 0 to 1."""

    share: float
    twins: tuple[Twin, ...]


def sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences of a text, blanks around them left out."""
    return tuple(_sentences(text))


def compare(now: str, then: str) -> Similarity:
    """How much of `now` repeats `then`."""
    ours, theirs = (tuple(s for s in sentences(text)[:MOST] if len(_folded(s.text)) >= SHORTEST) for text in (now, then))
    known: dict[str, Sentence] = {}
    for sentence in theirs:
        known.setdefault(_folded(sentence.text), sentence)
    twins = tuple(twin for sentence in ours if (twin := _twin(sentence, known)) is not None)
    total = sum(len(_folded(s.text)) for s in ours)
    return Similarity(sum(len(_folded(t.now.text)) for t in twins) / total if total else 0.0, twins)


def _twin(sentence: Sentence, known: dict[str, Sentence]) -> Twin | None:
    folded = _folded(sentence.text)
    if folded in known:
        return Twin(sentence, known[folded], 1.0)
    matcher = SequenceMatcher(None, b=folded, autojunk=False)
    found: Twin | None = None
    for other, then in known.items():
        matcher.set_seq1(other)
        least = found.likeness if found else SAME
        if matcher.real_quick_ratio() >= least and matcher.quick_ratio() >= least and (ratio := matcher.ratio()) >= least and ratio < 1.0:
            found = Twin(sentence, then, ratio)
    return found


def _sentences(text: str) -> Iterator[Sentence]:
    for match in _SENTENCE.finditer(text):
        bare = match[0].strip()
        if bare:
            start = match.start() + match[0].index(bare)
            yield Sentence(start, start + len(bare), bare)


def _folded(text: str) -> str:
    """A sentence as it is compared: without blanks and punctuation, every year the same."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    return re.sub(r"[^\w]", "", _YEAR.sub("Y", plain))
