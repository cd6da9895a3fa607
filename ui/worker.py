"""The renderer as a process of its own, so that laying out pages never holds up a keystroke.

`gxdesk.document.worker` is started once and kept warm; the wording of requests and answers is described there. One request is under way
at a time. Exports wait in order; of the previews only the newest waits, an older one is dropped unseen. Nothing here blocks: not the
start, not a request; only at the very end it waits a moment for a file that is being written.
"""

import json
import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, QProcess, QTimer, Signal

from gxdesk import report as report_file
from gxdesk.document.edition import Edition
from ui import child

IDLE_START_MS = 3000  # after a report was opened: the window stands, she is still reading
PATIENCE_MS = 120_000  # a page of tables takes under a second; after two minutes it will not come any more
CLOSING_MS = 1500

CANCELLED = "已取消，没有写任何文件。"
BROKEN = "排版程序中途停了，文件没有生成。请再试一次；还不行，就关掉本程序重新打开。已写的内容不受影响。"
SLOW = "排版等了两分钟还没有完成，已经停下，文件没有生成。请再试一次。已写的内容不受影响。"
MISSING = "排版程序启动不了，文件没有生成。请重新安装本程序。已写的内容不受影响。"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Request:
    id: int
    line: bytes
    preview: bool
    tries: int = 0


class RenderWorker(QObject):
    """Turns reports into files, one after the other. Every request ends in exactly one signal, but for previews overtaken by a newer one."""

    rendered = Signal(int, list, list)  # request id, files as `Path`, notices as sentences
    failed = Signal(int, str)  # request id, one sentence to show
    making = Signal(int, str)  # request id, key of the format that is being made now

    def __init__(self, command: Sequence[str] | None = None, parent: QObject | None = None) -> None:
        """`command` replaces the renderer, for tests. The process is not started before it is needed."""
        super().__init__(parent)
        self._command = tuple(command or (*child.MODULE, "gxdesk.document.worker"))
        self._process: QProcess | None = None
        self._buffer = b""
        self._exports: deque[_Request] = deque()
        self._preview: _Request | None = None
        self._current: _Request | None = None
        self._last_id = 0
        self._idle = self._timer(IDLE_START_MS, self.start)
        self._patience = self._timer(PATIENCE_MS, self._give_up)
        if (app := QCoreApplication.instance()) is not None:
            app.aboutToQuit.connect(self.close)

    # --- asking ---

    def start_when_idle(self) -> None:
        """Start the process in a while, so that the first preview finds it warm."""
        if self._process is None:
            self._idle.start()

    def start(self) -> None:
        """Start the process now, if it does not run."""
        self._idle.stop()
        if self._process is not None:
            return
        process = child.process(self)
        process.readyReadStandardOutput.connect(self._read)
        process.readyReadStandardError.connect(self._drain)
        process.finished.connect(self._ended)
        process.errorOccurred.connect(self._refused)
        self._buffer = b""
        self._process = process
        process.start(self._command[0], list(self._command[1:]))

    def preview(self, edition: Edition) -> int:
        """Ask for a PDF to look at; replaces a preview that still waits. Returns the id its signal will carry. The file is the renderer's:
        it is there until the next preview is asked for."""
        self._preview = self._request(edition, {}, preview=True)
        asked = self._preview.id
        self._send_next()
        return asked

    def export(self, edition: Edition, targets: Mapping[str, Path]) -> int:
        """Ask for files: `targets` maps keys of `FORMATS` to where they go. Returns the id its signals will carry."""
        request = self._request(edition, targets, preview=False)
        self._exports.append(request)
        self._send_next()
        return request.id

    def cancel(self, asked: int) -> None:
        """Give up an export. Its signal comes as ever: `failed`, or `rendered` if it was finished already."""
        for request in self._exports:
            if request.id == asked:
                self._exports.remove(request)
                self.failed.emit(asked, CANCELLED)
                return
        if self._process is not None and self._current is not None and self._current.id == asked:
            self._process.write(json.dumps({"cancel": asked}).encode() + b"\n")

    @property
    def busy(self) -> bool:
        return self._current is not None

    def close(self) -> None:
        """End the process. What is under way is dropped and sends no signal; a new request would start it again."""
        self._idle.stop()
        self._patience.stop()
        self._exports.clear()
        self._preview = self._current = None
        self._stop_process(at_once=False)

    # --- how ---

    def _timer(self, milliseconds: int, then: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(then)
        return timer

    def _request(self, edition: Edition, targets: Mapping[str, Path], *, preview: bool) -> _Request:
        self._last_id += 1
        body = {
            "id": self._last_id,
            "report": report_file.dumps(edition.report).decode("utf-8"),
            "last": report_file.dumps(edition.last[0]).decode("utf-8") if edition.last else None,
            "draft": edition.draft,
            "sides": edition.sides,
            "targets": {key: str(path) for key, path in targets.items()},
        }
        return _Request(self._last_id, json.dumps(body, ensure_ascii=False).encode("utf-8") + b"\n", preview)

    def _send_next(self) -> None:
        if self._current is not None:
            return
        if self._exports:
            self._current = self._exports.popleft()
        elif self._preview is not None:
            self._current, self._preview = self._preview, None
        else:
            return
        self._send(self._current)

    def _send(self, request: _Request) -> None:
        self.start()
        self._patience.start()
        if self._process is not None and self._current is request:  # a start that is refused at once has answered it already
            self._process.write(request.line)

    def _read(self) -> None:
        if self._process is None:
            return
        self._buffer += self._process.readAllStandardOutput().data()
        *lines, self._buffer = self._buffer.split(b"\n")
        for line in lines:
            self._answer(line)

    def _answer(self, line: bytes) -> None:
        try:
            answer = json.loads(line)
            if "making" in answer:
                self._patience.start()
                self.making.emit(answer["id"], answer["making"])
                return
            asked, error = answer["id"], str(answer.get("error") or "")
            files, notices = [Path(f) for f in answer.get("files", ())], [str(n) for n in answer.get("notices", ())]
        except (ValueError, KeyError, TypeError, AttributeError):
            _log.info("renderer said something that is no answer (%d bytes)", len(line))
            return
        if self._current is None or asked != self._current.id:
            return
        self._current = None
        self._patience.stop()
        if error:
            self.failed.emit(asked, error)
        else:
            self.rendered.emit(asked, files, notices)
        self._send_next()

    def _drain(self) -> None:
        """A library may chatter on standard error; unread it would fill the pipe and stop the renderer."""
        if self._process is not None:
            self._process.readAllStandardError()

    def _refused(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._forget_process()
            self._fail(MISSING)

    def _ended(self) -> None:
        """The process went away unasked. What it was doing is tried once more with a new one."""
        self._read()
        self._forget_process()
        request = self._current
        if request is None:
            return
        if request.tries:
            self._fail(BROKEN)
        else:
            _log.info("renderer ended during request %d, started again", request.id)
            self._current = _Request(request.id, request.line, request.preview, tries=1)
            self._send(self._current)

    def _give_up(self) -> None:
        self._stop_process(at_once=True)
        self._fail(SLOW)

    def _stop_process(self, at_once: bool) -> None:
        """End the process; unless `at_once`, let it finish what it is writing, for a moment."""
        process, self._process = self._process, None
        if process is None:
            return
        process.blockSignals(True)
        process.closeWriteChannel()  # the renderer ends at the end of its input
        if process.state() is not QProcess.ProcessState.NotRunning and (at_once or not process.waitForFinished(CLOSING_MS)):
            process.kill()
            process.waitForFinished(CLOSING_MS)
        process.deleteLater()

    def _forget_process(self) -> None:
        if self._process is not None:
            self._process.deleteLater()
            self._process = None

    def _fail(self, sentence: str) -> None:
        request, self._current = self._current, None
        self._patience.stop()
        if request is not None:
            self.failed.emit(request.id, sentence)
        self._send_next()
