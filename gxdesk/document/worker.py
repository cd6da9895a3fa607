"""The process that makes files and previews for the window: `python -m gxdesk.document.worker`.

Requests and answers are JSON objects, one a line, UTF-8.

    {"id": 7, "report": "<text of a .gxreport file>", "draft": true, "pdf": "D:\\…\\a.pdf", "html": null, "fragment": null}
    {"id": 7, "ok": true, "files": ["D:\\…\\a.pdf"], "notices": ["…"], "pages": 6}

`pages` are those of the PDF, null without one. With no target at all the PDF goes to a temporary file for the preview, which is there
until the next preview is asked for. `forms`, if given, is a folder of form files. A failure is
{"id": 7, "ok": false, "error": "<one sentence>"}; `id` is null where the line was no request. The process ends with its input.
Nothing else is ever written to its output.
"""

import contextlib
import json
import os
import sys
import tempfile
import threading
import traceback
from pathlib import Path
from typing import Any, BinaryIO

from gxdesk import report as reports
from gxdesk.document.export import export
from gxdesk.document.pdf import Press
from gxdesk.document.view import DocumentView, build_view
from gxdesk.errors import UserError
from gxdesk.forms.definition import Forms

NOT_A_REQUEST = "窗口和导出程序之间的消息读不懂，这一次没有导出。请重新打开 gxdesk 再试。"
DEFECT = "生成文件时程序出了错（{}），没有改动任何文件。请再试一次；还不行，请把这份报告发给开发者。"


class Worker:
    """Answers requests one after the other with one warm press. `folder` is for previews."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._press: Press | None = None
        self._lock = threading.Lock()  # WeasyPrint sets one document at a time
        self._forms: dict[str, Forms] = {}
        self._preview: Path | None = None
        self._count = 0

    def warm(self) -> None:
        """Load the renderer and set one page, so that the first request need not wait for it."""
        with self._lock, contextlib.suppress(UserError):  # the first request meets it again and says so
            forms = self._form_files("")
            form = forms[list(forms)[-1]]
            self._warm_press().render(build_view(reports.Report(form.id, None), form, draft=True))

    def _warm_press(self) -> Press:
        if self._press is None:
            self._press = Press()
        return self._press

    def answer(self, line: bytes) -> dict[str, Any]:
        """The answer to one request. Never raises."""
        number: Any = None
        try:
            request = json.loads(line)
            number = request.get("id")
            with self._lock:
                return {"id": number, "ok": True, **self._serve(request)}
        except UserError as error:
            return {"id": number, "ok": False, "error": str(error)}
        except Exception as error:  # noqa: BLE001  a defect met by one request must not end the worker; stderr has the trace
            traceback.print_exc()
            return {"id": number, "ok": False, "error": NOT_A_REQUEST if number is None else DEFECT.format(type(error).__name__)}

    def _serve(self, request: dict[str, Any]) -> dict[str, Any]:
        forms = self._form_files(request.get("forms") or "")
        report = reports.loads(request["report"].encode("utf-8", "surrogatepass"), forms, "这份报告")
        view = build_view(report, forms[report.form], draft=bool(request.get("draft", True)))
        pdf, html, fragment = (Path(request[kind]) if request.get(kind) else None for kind in ("pdf", "html", "fragment"))
        if pdf is None and html is None and fragment is None:
            return self._preview_of(view)
        press = self._warm_press() if pdf is not None else None
        exported = export(view, press, pdf=pdf, html=html, fragment=fragment)
        return {"files": [str(path) for path in exported.files], "notices": list(exported.notices), "pages": exported.pages}

    def _preview_of(self, view: DocumentView) -> dict[str, Any]:
        # A new name each time: on Windows the viewer may still hold the file before.
        self._count += 1
        path = self._folder / f"preview-{self._count}.pdf"
        rendered = self._warm_press().render(view)
        path.write_bytes(rendered.data)
        if self._preview is not None:
            with contextlib.suppress(OSError):  # still open in a viewer: it goes with the folder
                self._preview.unlink(missing_ok=True)
        self._preview = path
        return {"files": [str(path)], "notices": list(rendered.notices), "pages": rendered.pages}

    def _form_files(self, folder: str) -> Forms:
        if folder not in self._forms:
            self._forms[folder] = Forms.load(Path(folder) if folder else None)
        return self._forms[folder]


def serve(requests: BinaryIO, answers: BinaryIO, *, warm: bool = True) -> None:
    """Answer every line of `requests` until it ends."""
    with tempfile.TemporaryDirectory(prefix="gxdesk-preview-", ignore_cleanup_errors=True) as folder:
        worker = Worker(Path(folder))
        if warm:
            threading.Thread(target=worker.warm, daemon=True).start()
        for line in requests:
            if line.strip():
                answers.write(json.dumps(worker.answer(line), ensure_ascii=True).encode() + b"\n")
                answers.flush()


def main() -> None:
    """Serve standard input and output. A stray print of any library goes to standard error instead."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
