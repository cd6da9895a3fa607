"""The process that makes files and previews for the window: `python -m gxdesk.document.worker`.

Requests and answers are JSON objects, one a line, UTF-8.

    {"id": 7, "report": "<text of a .gxreport file>", "last": null, "draft": true, "sides": "both", "targets": {"pdf": "D:\\…\\a.pdf"}}
    {"id": 7, "making": "pdf"}
    {"id": 7, "ok": true, "files": ["D:\\…\\a.pdf"], "notices": ["…"], "pages": 6}

`last` is last year's report, `targets` maps keys of `FORMATS` to paths; before each one is made, a line says so. `pages` are those of the
PDF, null without one. With no target at all the PDF goes to a temporary file for the preview, which is there until the next preview is
asked for. `forms`, if given, is a folder of form files. {"cancel": 7} ends request 7 before the next format is made, with nothing
written; it has no answer of its own. A failure is {"id": 7, "ok": false, "error": "<one sentence>"}; `id` is null where the line was no
request. The process ends with its input. Nothing else is ever written to its output.
"""

import contextlib
import json
import os
import queue
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from gxdesk import crash
from gxdesk import report as reports
from gxdesk.document.edition import Edition, Sides
from gxdesk.document.export import Workshop, export
from gxdesk.document.pdf import without_gc
from gxdesk.errors import ExportError, UserError
from gxdesk.forms.known import Forms
from gxdesk.temporary import TemporaryDirectory

NOT_A_REQUEST = "窗口和导出程序之间的消息读不懂，这一次没有导出。请重新打开 gxdesk 再试。"
FAREWELL_SECONDS = 3.0
DEFECT = "生成文件时程序出了错（{}），没有改动任何文件。请再试一次；还不行，请把这份报告发给开发者。"


CANCELLED = "已取消，没有写任何文件。"


class Worker:
    """Answers requests one after the other in one workshop. `folder` is for previews; `say` sends a line."""

    def __init__(self, folder: Path, say: Callable[[dict[str, Any]], None]) -> None:
        self._folder, self._say = folder, say
        self._workshop = Workshop()
        self._lock = threading.Lock()  # WeasyPrint sets one document at a time
        self._forms: dict[str, Forms] = {}
        self._preview: Path | None = None
        self._count = 0
        self._cancelled: set[object] = set()

    def warm(self) -> None:
        """Load the renderer and set one page, so that the first request need not wait for it."""
        with self._lock, contextlib.suppress(UserError):  # the first request meets it again and says so
            forms = self._form_files("")
            self._workshop.make("pdf", Edition(reports.Report(list(forms)[-1], None), forms[list(forms)[-1]], draft=True))

    def cancel(self, number: object) -> None:
        """Let request `number` end before it makes its next file. May be called while it is served."""
        self._cancelled.add(number)

    def answer(self, line: bytes) -> dict[str, Any]:
        """The answer to one request. Never raises."""
        number: Any = None
        try:
            request = json.loads(line)
            number = request.get("id")
            with self._lock:
                return {"id": number, "ok": True, **self._serve(number, request)}
        except UserError as error:
            return {"id": number, "ok": False, "error": str(error)}
        except Exception as error:  # noqa: BLE001  a defect met by one request must not end the worker; stderr has its places
            print(crash.describe(error, datetime.now(UTC)), file=sys.stderr)
            return {"id": number, "ok": False, "error": NOT_A_REQUEST if number is None else DEFECT.format(type(error).__name__)}

    def _serve(self, number: object, request: dict[str, Any]) -> dict[str, Any]:
        forms = self._form_files(request.get("forms") or "")
        report, last = _read(request["report"], forms, "这份报告"), None
        if request.get("last"):
            before = _read(request["last"], forms, "去年的报告")
            last = before, forms[before.form]
        edition = Edition(report, forms[report.form], bool(request.get("draft", True)), Sides(request.get("sides") or Sides.BOTH), last)
        targets = {key: Path(path) for key, path in (request.get("targets") or {}).items()}
        if not targets:
            return self._preview_of(edition)

        def tell(key: str) -> None:
            if number in self._cancelled:
                raise ExportError(CANCELLED)
            self._say({"id": number, "making": key})

        exported = export(edition, targets, self._workshop, before=tell)
        return {"files": [str(path) for path in exported.files], "notices": list(exported.notices), "pages": exported.pages}

    def _preview_of(self, edition: Edition) -> dict[str, Any]:
        # A new name each time: on Windows the viewer may still hold the file before.
        self._count += 1
        path = self._folder / f"preview-{self._count}.pdf"
        made = self._workshop.make("pdf", edition)
        path.write_bytes(made.data)
        if self._preview is not None:
            with contextlib.suppress(OSError):  # still open in a viewer: it goes with the folder
                self._preview.unlink(missing_ok=True)
        self._preview = path
        return {"files": [str(path)], "notices": list(made.notices), "pages": made.pages}

    def _form_files(self, folder: str) -> Forms:
        if folder not in self._forms:
            self._forms[folder] = Forms.load(Path(folder) if folder else None)
        return self._forms[folder]


def _read(text: str, forms: Forms, name: str) -> reports.Report:
    return reports.loads(text.encode("utf-8", "surrogatepass"), forms, name)


def serve(requests: BinaryIO, answers: BinaryIO, *, warm: bool = True) -> None:
    """Answer every line of `requests` until it ends. Lines are read as they come, so that a request under way can be cancelled."""

    def say(line: dict[str, Any]) -> None:
        answers.write(json.dumps(line, ensure_ascii=True).encode() + b"\n")
        answers.flush()

    with TemporaryDirectory(prefix="gxdesk-preview-", ignore_cleanup_errors=True) as folder:
        worker = Worker(Path(folder), say)
        if warm:
            threading.Thread(target=worker.warm, daemon=True).start()
        waiting: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        threading.Thread(target=_sort, args=(requests, waiting, worker), daemon=True).start()
        while (line := waiting.get()) is not None:
            with without_gc():  # the collection comes when she has her answer
                say(worker.answer(line))


def _sort(requests: BinaryIO, waiting: "queue.SimpleQueue[bytes | None]", worker: Worker) -> None:
    """Pass requests on in their order, and what cancels one at once. Where reading fails, as under Wine a read that waits may, the process
    ends too, once the window has had time to read its preview: it starts another and asks again, where a deaf one would leave it waiting."""
    try:
        for line in requests:
            with contextlib.suppress(ValueError, RecursionError, AttributeError):
                number = json.loads(line).get("cancel")
                if number is not None:
                    worker.cancel(number)
                    continue
            if line.strip():
                waiting.put(line)
    except OSError:
        time.sleep(FAREWELL_SECONDS)
    waiting.put(None)


def main() -> None:
    """Serve standard input and output. A stray print of any library goes to standard error instead."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
