"""法规和格式通知: the official texts a report rests on, as far as they are kept here, read from `forms/sources/*.toml`.

Words are those of the originals and nothing else. Where some were left out the text says "…", and an article that holds it is an excerpt.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter

from gxdesk.resources import packaged

ORDER = ("regulation", "notice-2021", "notice-2019")
OMITTED = "…"
_ITEM = re.compile(r"（[一二三四五六七八九十]+）")
_CLAUSE = re.compile(r"第[一二三四五六七八九十百]+条|[一二三四五六七八九十]（[一二三四五六七八九十]+）|附件表?[一二三四五六七八九十]")


@dataclass(frozen=True)
class Article:
    """One article, or one clause of a notice. `key` is how it is quoted: 第四十九条, 一（二）, 附件表三. A paragraph or item a line."""

    key: str
    text: str
    heading: str = ""

    @property
    def excerpt(self) -> bool:
        return OMITTED in self.text


@dataclass(frozen=True)
class SourceText:
    """One official text. `names` are those by which a basis quotes it."""

    name: str
    title: str
    number: str
    dated: str
    names: tuple[str, ...]
    articles: tuple[Article, ...]

    @property
    def excerpt(self) -> bool:
        return any(article.excerpt for article in self.articles)


@dataclass(frozen=True)
class Place:
    """Where a basis points: an article, and which of its items; a text as a whole without `article`."""

    source: SourceText
    article: Article | None = None
    items: tuple[str, ...] = ()


@cache
def sources() -> tuple[SourceText, ...]:
    """The texts, the Regulation first."""
    return tuple(_read(name) for name in ORDER)


def places(basis: str) -> tuple[Place, ...]:
    """What a basis such as “《政府信息公开条例》第三十六条第（一）（二）项” quotes, in its order; an article that is not kept is left out."""
    named = sorted(((at, source, name) for source in sources() for name in source.names if (at := basis.find(name)) >= 0), key=itemgetter(0))
    ends = [at for at, _, _ in named[1:]] + [len(basis)]
    out: list[Place] = []
    for (at, source, name), end in zip(named, ends, strict=False):
        said = basis[at + len(name) : end].partition("：")[0]
        clauses = list(_CLAUSE.finditer(said))
        if not clauses:
            out.append(Place(source))
        kept = {article.key: article for article in source.articles}
        for clause, until in zip(clauses, [*(c.start() for c in clauses[1:]), len(said)], strict=False):
            if clause[0] in kept:
                out.append(Place(source, kept[clause[0]], tuple(_ITEM.findall(said[clause.end() : until]))))
    return tuple(out)


def search(words: str) -> tuple[Place, ...]:
    """The articles that hold all of these words, or are quoted so; all articles for no words."""
    wanted = words.split()
    return tuple(Place(source, article) for source in sources() for article in source.articles if _holds(article, wanted))


def _holds(article: Article, wanted: Sequence[str]) -> bool:
    whole = f"{article.key} {article.heading} {article.text}"
    return all(word in whole for word in wanted)


def marked(text: str, words: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it is one of the words looked for."""
    wanted = "|".join(map(re.escape, sorted(words.split(), key=len, reverse=True)))
    for i, piece in enumerate(re.split(f"({wanted})", text) if wanted else [text]):
        if piece:
            yield piece, bool(i % 2)


def _read(name: str) -> SourceText:
    said = tomllib.loads(packaged("forms", "sources", f"{name}.toml").read_text(encoding="utf-8"))
    articles = tuple(Article(**{**article, "text": article["text"].strip()}) for article in said.pop("articles"))
    return SourceText(names=tuple(said.pop("names")), articles=articles, **said)
