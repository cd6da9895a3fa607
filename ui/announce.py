"""What a screen reader is told unasked: politely, in whole sentences, and never at every key."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

from ui.paint import WORDS

if TYPE_CHECKING:  # the window announces before any report is open
    from gxdesk.checks.finding import Finding
    from gxdesk.session import Change, Session
    from ui.bridge import Bridge

PAUSE_MS = 1500  # her hand rests: what came and went since is told in one go
TOLD = 2  # findings told in full; the rest is counted


def announce(of: QWidget, words: str, *, urgent: bool = False) -> None:
    """Have `words` spoken when the present sentence is over; `urgent` ones at once."""
    event = QAccessibleAnnouncementEvent(of, words)
    politeness = QAccessible.AnnouncementPoliteness
    event.setPoliteness(politeness.Assertive if urgent else politeness.Polite)
    QAccessible.updateAccessibility(event)


class FindingsVoice(QObject):
    """Tells which findings came and how many went, once she pauses. What came and went in between is not told; nor what is only not filled in."""

    def __init__(self, session: "Session", bridge: "Bridge", of: QWidget) -> None:
        super().__init__(of)
        self._session, self._of = session, of
        self._known = self._open()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._tell)
        bridge.changed.connect(self._follow)

    def stop(self) -> None:
        self._pause.stop()

    def _open(self) -> "dict[str, Finding]":
        return {f.key: f for f in self._session.findings if not f.incomplete and not self._session.answered(f)}

    def _follow(self, change: "Change") -> None:
        """Any change is her hand at work, also one that finds nothing."""
        self._pause.start()

    def _tell(self) -> None:
        before, self._known = self._known, self._open()
        came = [f for key, f in self._known.items() if key not in before]
        went = sum(key not in self._known for key in before)
        said = [f"{WORDS[f.severity.value]}，{f.place}：{f.message}" for f in came[:TOLD]]
        said += [f"另有 {len(came) - TOLD} 处。"] if len(came) > TOLD else []
        said += [f"改好 {went} 处，还有 {len(self._known)} 处。" if self._known else f"改好 {went} 处，没有要改的了。"] if went else []
        if said:
            announce(self._of, "".join(said))
