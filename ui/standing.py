"""How far a report is, in the short form kept beside its draft, so that the start page need not open 10,000 reports to say it.

The library keeps this as a text it does not read (`DraftSummary.progress`). One that is empty or from another version reads as unknown.
"""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gxdesk.states import State

if TYPE_CHECKING:
    from gxdesk.session import Session


@dataclass(frozen=True)
class Standing:
    """`sections`: (short mark, state, words) for 引言 and each section, in order; `page` is the name of the page she was on."""

    sections: tuple[tuple[str, State, str], ...] = ()
    page: str = ""

    @classmethod
    def of(cls, session: "Session", page: str) -> "Standing":
        from gxdesk.progress import progress  # the start page waits for nothing a report needs

        marks = {s.key: s.number for s in session.form.sections}
        return cls(tuple((marks.get(p.key, "引言"), p.state, p.words) for p in progress(session)), page)

    @classmethod
    def loads(cls, text: str) -> "Standing":
        try:
            data = json.loads(text)
            return cls(tuple((str(m), State(s), str(w)) for m, s, w in data["sections"]), str(data["page"]))
        except (ValueError, KeyError, TypeError):
            return cls()

    def dumps(self) -> str:
        return json.dumps({"sections": self.sections, "page": self.page}, ensure_ascii=False, separators=(",", ":"))

    @property
    def strongest(self) -> State:
        """The state that most needs her: what is wrong, then what asks for words, then what is not done."""
        order = (State.ERROR, State.EXPLAIN, State.DOING, State.TODO, State.DONE)
        return min((state for _, state, _ in self.sections), key=order.index, default=State.TODO)

    @property
    def done(self) -> int:
        return sum(state is State.DONE for _, state, _ in self.sections)

    def words(self, state: State) -> str:
        """What the sections in `state` say, first part of each, e.g. "三：1 处必须改"."""
        told = [f"{mark}：{words.split('，')[0]}" for mark, s, words in self.sections if s is state]
        return "，".join(told)
