"""The process that makes files for the window."""

import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from gxdesk import report as reports
from gxdesk.document import worker
from gxdesk.forms.definition import FormDef
from tests.document.conftest import report_for

Ask = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def process() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        [sys.executable, "-m", "gxdesk.document.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=Path(__file__).parents[2]
    ) as started:
        yield started
        assert started.stdin is not None and started.stdout is not None
        started.stdin.close()
        assert started.wait(60) == 0  # it ends with its input
        assert started.stdout.read() == b""


@pytest.fixture
def made() -> list[str]:
    """The formats the process said it was making."""
    return []


@pytest.fixture
def ask(process: subprocess.Popen[bytes], made: list[str]) -> Ask:
    def ask(line: bytes | None = None, **request: object) -> dict[str, Any]:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(line if line is not None else json.dumps(request).encode() + b"\n")
        process.stdin.flush()
        while "making" in (answer := json.loads(process.stdout.readline())):
            made.append(answer["making"])
        assert isinstance(answer, dict)
        return answer

    return ask


@pytest.fixture
def text(form: FormDef) -> str:
    return reports.dumps(report_for(form)).decode()


def test_previews_and_files(ask: Ask, made: list[str], text: str, tmp_path: Path) -> None:
    first = ask(id=1, report=text, draft=True)
    assert first["id"] == 1 and first["ok"] and first["notices"] == []
    preview = Path(first["files"][0])
    with pypdfium2.PdfDocument(preview) as document:
        assert len(document) == first["pages"]
    second = ask(id="b", report=text, draft=True, targets={})
    assert second["id"] == "b" and Path(second["files"][0]) != preview and not preview.exists()

    pdf, page = tmp_path / "甲.pdf", tmp_path / "甲.html"
    third = ask(id=3, report=text, draft=False, targets={"pdf": str(pdf), "html": str(page)})
    assert made == ["pdf", "html"]
    assert third == {"id": 3, "ok": True, "files": [str(pdf), str(page)], "notices": [], "pages": first["pages"]}
    assert "草稿" not in page.read_text(encoding="utf-8") and pdf.stat().st_size > 10_000
    assert Path(second["files"][0]).exists()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"garbage\n", "读不懂"),
        (b"[1, 2]\n", "读不懂"),
        (b"\xff\xfe\n", "读不懂"),
        (b'{"id": 4}\n', "程序出了错"),
        (b'{"id": 4, "report": 5}\n', "程序出了错"),
        (b'{"id": 4, "report": "{"}\n', "损坏"),
        (b'{"id": 4, "report": "{\\"gxreport\\": 1, \\"form\\": \\"2021\\"}", "targets": {"html": "/no/such/folder/a.html"}}\n', "不存在"),
        (b"[" * 100_000 + b"\n", "读不懂"),
    ],
)
def test_bad_requests_are_answered_and_survived(ask: Ask, text: str, line: bytes, words: str) -> None:
    answer = ask(line)
    assert not answer["ok"] and words in answer["error"] and "\n" not in answer["error"]
    assert answer["id"] in {None, 4}
    assert ask(id=5, report=text, draft=True)["ok"]


def test_forms_of_another_folder(ask: Ask, third: FormDef) -> None:
    folder = Path(__file__).parents[1] / "forms"
    text = reports.dumps(report_for(third)).decode()
    assert ask(id=1, report=text, forms=str(folder))["ok"]
    assert "2030" in ask(id=1, report=text)["error"]


def test_serve_without_a_process(text: str, tmp_path: Path) -> None:
    requests = [b"\n", json.dumps({"id": 1, "report": text, "targets": {"html": str(tmp_path / "a.html"), "fragment": str(tmp_path / "b.html")}}).encode() + b"\n"]
    answers = io.BytesIO()
    worker.serve(io.BytesIO(b"".join(requests)), answers, warm=False)
    assert json.loads(answers.getvalue().splitlines()[-1])["files"] == [str(tmp_path / "a.html"), str(tmp_path / "b.html")]


def test_a_request_is_cancelled_before_it_writes(text: str, tmp_path: Path) -> None:
    targets = {"html": str(tmp_path / "a.html"), "fragment": str(tmp_path / "b.html")}
    said: list[dict[str, Any]] = []

    def say(line: dict[str, Any]) -> None:
        said.append(line)
        one.cancel(7)

    one = worker.Worker(tmp_path, say)
    answer = one.answer(json.dumps({"id": 7, "report": text, "targets": targets}).encode())
    assert said == [{"id": 7, "making": "html"}] and not answer["ok"] and "已取消" in answer["error"] and list(tmp_path.iterdir()) == []
    assert one.answer(json.dumps({"id": 8, "report": text, "targets": targets}).encode())["ok"]


def test_cancelling_reaches_a_request_that_waits(text: str, tmp_path: Path) -> None:
    request = {"id": 1, "report": text, "targets": {"html": str(tmp_path / "a.html")}}
    lines = [json.dumps({"cancel": 1}).encode() + b"\n", json.dumps(request).encode() + b"\n"]
    answers = io.BytesIO()
    worker.serve(io.BytesIO(b"".join(lines)), answers, warm=False)
    assert [json.loads(line)["ok"] for line in answers.getvalue().splitlines()] == [False] and list(tmp_path.iterdir()) == []


def test_where_nothing_can_be_read_any_more_it_answers_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under Wine a pipe may fail while it waits: the window sees the process end, and starts another."""

    class Broken(io.BytesIO):
        def __next__(self) -> bytes:
            line = self.readline()
            if not line:
                raise OSError(22, "Invalid argument")
            return line

    monkeypatch.setattr(worker, "FAREWELL_SECONDS", 0.0)
    answers = io.BytesIO()
    worker.serve(Broken(b"{}\n[]\n"), answers, warm=False)
    assert len(answers.getvalue().splitlines()) == 2
