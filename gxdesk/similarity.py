"""How much of a text stands in another, sentence by sentence: this year's against last year's, or what was written over an import.

Years do not count, they change by themselves; every other figure does: a sentence whose figures are new says something new.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

ALIKE = 0.85  # share of common character pairs from which two sentences are taken for the same
SHORT = 8  # characters: what is shorter is a heading or a formula
MANY = 400  # sentences: in longer texts only the very same sentence is found
_STOPS = tuple("。！？；!?;")
_SENTENCE = re.compile(r"[^。！？；!?;\n]+[。！？；!?;]?")
_YEAR = re.compile(r"(?:19|20)\d\d\s*年?")
_FIGURE = re.compile(r"\d+(?:\.\d+)?")
_NUMBERING = re.compile(r"^(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]|[一二三四五六七八九十](?=是))\s*")
_MARKS = re.compile(r"[^\w]+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a text: where it stands, and itself."""

    start: int
    text: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Similarity:
    """`share` of the characters of a text that stand in sentences of the other, 0 to 1, and those pairs of sentences (ours, theirs)."""

    share: float
    pairs: tuple[tuple[Sentence, Sentence], ...]


def sentences(text: str, *, formulas: bool = False) -> Iterator[Sentence]:
    """The sentences of a text that say something; headings are left out, and so are formulas as 无。 unless they are asked for."""
    for match in _SENTENCE.finditer(text):
        said = match[0].strip()
        if len(said) >= SHORT or (formulas and said[-1:] in _STOPS):
            yield Sentence(match.start() + match[0].index(said[0]), said)


def similarity(text: str, other: str) -> Similarity:
    """How much of `text` stands in `other`, in the same or nearly the same words."""
    ours, theirs = tuple(sentences(text)), {s.text: s for s in sentences(other)}
    others = tuple(theirs) if max(len(ours), len(theirs)) <= MANY else ()
    matches = ((s, s.text if s.text in theirs else _nearest(s.text, others)) for s in ours)
    pairs = [(s, theirs[match]) for s, match in matches if match]
    length = sum(len(s.text) for s in ours)
    return Similarity(sum(len(s.text) for s, _ in pairs) / length if length else 0.0, tuple(pairs))


@lru_cache(maxsize=1024)  # a keystroke changes one sentence
def _nearest(sentence: str, others: tuple[str, ...]) -> str:
    """The sentence of `others` that says the same, "" if there is none."""
    pairs, figures = _core(sentence)
    best, nearest = 0.0, ""
    for other in others:
        theirs, their_figures = _core(other)
        if figures == their_figures and (alike := 2 * len(pairs & theirs) / max(1, len(pairs) + len(theirs))) > best:
            best, nearest = alike, other
    return nearest if best >= ALIKE else ""


@lru_cache(maxsize=1024)
def _core(sentence: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """The character pairs of a sentence without numbering, marks and figures; and its figures, years left out."""
    timeless = _YEAR.sub("", _NUMBERING.sub("", sentence))
    words = _MARKS.sub("", _FIGURE.sub("", timeless))
    return frozenset(words[i : i + 2] for i in range(len(words) - 1)), tuple(_FIGURE.findall(timeless))
