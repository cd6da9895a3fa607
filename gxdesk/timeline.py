"""回到过去 for one open report: its moments, what changed since, and the way back, which is a step like any other."""

from datetime import UTC, datetime

from gxdesk.diff import Difference, difference
from gxdesk.drafts.moments import Kind, Moment
from gxdesk.drafts.store import DraftStore
from gxdesk.report import Report
from gxdesk.session import Session


class Timeline:
    """The moments of draft `draft_id`, which is open as `session`. Every method may raise LibraryError."""

    def __init__(self, store: DraftStore, draft_id: int, session: Session) -> None:
        self._store, self._draft, self._session = store, draft_id, session

    def moments(self) -> tuple[Moment, ...]:
        """Newest first."""
        return self._store.moments.of(self._draft)

    def report(self, moment: Moment) -> Report:
        return self._store.moments.report(moment.id)

    def since(self, moment: Moment) -> Difference:
        """What changed from then to now."""
        return difference(self.report(moment), self._session.report)

    def note(self, kind: Kind, what: str = "") -> None:
        """Keep the report as it stands on the screen."""
        self._store.moments.note(self._draft, kind, self._session.report, what)

    def restore(self, moment: Moment) -> None:
        """Make the report what it was then: one step, taken back by one undo. What it is now becomes a moment first."""
        then = self.report(moment)
        self.note(Kind.BEFORE_RESTORE)
        when = datetime.fromtimestamp(moment.time, UTC).astimezone()
        self._session.restore(then, f"回到 {when.month} 月 {when.day} 日 {when:%H:%M}")
