"""The renderer's process: order, newest wins, a crash, silence, a refusal, the end. A small script stands in for the renderer."""

import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gxdesk.document.edition import Edition
from gxdesk.forms.known import Forms
from gxdesk.report import Report
from ui import worker
from ui.worker import RenderWorker

FORM = Forms.load()["2021"]
SCRIPT = textwrap.dedent('''
    """Answers as the renderer does. Words in a report's `other` text make it slow, fail, crash or babble."""
    import json, os, sys, time
    from pathlib import Path

    log = Path(sys.argv[1])
    for line in sys.stdin.buffer:
        request = json.loads(line)
        words = json.loads(request["report"])["texts"].get("other", "")
        with log.open("a", encoding="utf-8") as f:
            print(os.getpid(), request["id"], words, sorted(request["targets"]), request["draft"], file=f)
        if "slow" in words:
            time.sleep(0.3)
        if "hang" in words:
            time.sleep(60)
        if "crash always" in words or ("crash" in words and not log.with_suffix(".crashed").exists()):
            log.with_suffix(".crashed").touch()
            os._exit(3)
        if "babble" in words:
            sys.stderr.write("x" * 300_000)
            print("no JSON at all", flush=True)
            print("[]", flush=True)
        if "refuse" in words:
            answer = {"id": request["id"], "error": "磁盘满了。"}
        else:
            files = list(request["targets"].values()) or [str(log.with_suffix(".preview"))]
            for name in files:
                Path(name).write_text(words, encoding="utf-8")
            answer = {"id": request["id"], "ok": True, "files": files, "notices": [words]}
        data = json.dumps(answer).encode() + b"\\n"
        sys.stdout.buffer.write(data[:9])
        sys.stdout.buffer.flush()
        sys.stdout.buffer.write(data[9:])
        sys.stdout.buffer.flush()
''')


class Heard:
    """What the worker said, in order."""

    def __init__(self, source: RenderWorker) -> None:
        self.said: list[tuple[object, ...]] = []
        source.rendered.connect(lambda asked, files, notices: self.said.append((asked, [f.name for f in files], notices)))
        source.failed.connect(lambda asked, sentence: self.said.append((asked, sentence)))


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log.txt"


@pytest.fixture
def renderer(qtbot: QtBot, tmp_path: Path, log: Path) -> Iterator[RenderWorker]:
    script = tmp_path / "fake.py"
    script.write_text(SCRIPT, encoding="utf-8")
    out = RenderWorker((sys.executable, str(script), str(log)))
    yield out
    out.close()


def saying(words: str, *, draft: bool) -> Edition:
    return Edition(Report("2021", 2026, texts={"other": words}), FORM, draft)


def waiting(qtbot: QtBot, heard: Heard, count: int) -> Callable[[], None]:
    def enough() -> None:
        assert len(heard.said) >= count

    qtbot.waitUntil(enough)
    return enough


def test_answers_carry_the_id_the_files_and_the_notices(qtbot: QtBot, renderer: RenderWorker, tmp_path: Path, log: Path) -> None:
    heard = Heard(renderer)
    asked = renderer.export(saying("一", draft=True), {"pdf": tmp_path / "年报 a.pdf", "html": tmp_path / "年报 a.html"})
    assert renderer.busy
    waiting(qtbot, heard, 1)
    assert heard.said == [(asked, ["年报 a.pdf", "年报 a.html"], ["一"])]
    assert not renderer.busy
    assert log.read_text(encoding="utf-8").split(" ", 1)[1] == f"{asked} 一 ['html', 'pdf'] True\n"


def test_it_is_not_started_before_it_is_needed_and_then_stays(qtbot: QtBot, renderer: RenderWorker, tmp_path: Path, log: Path) -> None:
    heard = Heard(renderer)
    qtbot.wait(50)
    assert renderer._process is None
    for words in "一二":
        renderer.export(saying(words, draft=False), {"pdf": tmp_path / f"{words}.pdf"})
    waiting(qtbot, heard, 2)
    assert len({line.split()[0] for line in log.read_text(encoding="utf-8").splitlines()}) == 1


def test_it_warms_up_when_idle(qtbot: QtBot, renderer: RenderWorker, monkeypatch: pytest.MonkeyPatch) -> None:
    renderer._idle.setInterval(20)
    renderer.start_when_idle()
    assert renderer._process is None
    qtbot.waitUntil(lambda: renderer._process is not None)


def test_of_waiting_previews_only_the_newest_is_made_and_exports_go_first(qtbot: QtBot, renderer: RenderWorker, tmp_path: Path) -> None:
    heard = Heard(renderer)
    first = renderer.preview(saying("slow", draft=True))
    renderer.preview(saying("二", draft=True))
    export = renderer.export(saying("三", draft=True), {"pdf": tmp_path / "3.pdf"})
    newest = renderer.preview(saying("四", draft=True))
    waiting(qtbot, heard, 3)
    assert [said[0] for said in heard.said] == [first, export, newest]
    assert [said[2] for said in heard.said] == [["slow"], ["三"], ["四"]]


def test_an_error_is_told_as_its_sentence_and_the_next_request_goes_on(qtbot: QtBot, renderer: RenderWorker, tmp_path: Path) -> None:
    heard = Heard(renderer)
    refused = renderer.export(saying("refuse", draft=True), {"pdf": tmp_path / "1.pdf"})
    made = renderer.export(saying("好", draft=True), {"pdf": tmp_path / "2.pdf"})
    waiting(qtbot, heard, 2)
    assert heard.said == [(refused, "磁盘满了。"), (made, ["2.pdf"], ["好"])]


def test_after_a_crash_it_is_started_once_more(qtbot: QtBot, renderer: RenderWorker, tmp_path: Path, log: Path) -> None:
    heard = Heard(renderer)
    asked = renderer.export(saying("crash", draft=True), {"pdf": tmp_path / "1.pdf"})
    waiting(qtbot, heard, 1)
    assert heard.said == [(asked, ["1.pdf"], ["crash"])]
    assert len({line.split()[0] for line in log.read_text(encoding="utf-8").splitlines()}) == 2


def test_a_second_crash_is_a_sentence_and_the_next_request_works(qtbot: QtBot, renderer: RenderWorker, tmp_path: Path) -> None:
    heard = Heard(renderer)
    lost = renderer.export(saying("crash always", draft=True), {"pdf": tmp_path / "1.pdf"})
    made = renderer.export(saying("好", draft=True), {"pdf": tmp_path / "2.pdf"})
    waiting(qtbot, heard, 2)
    assert heard.said == [(lost, worker.BROKEN), (made, ["2.pdf"], ["好"])]


def test_chatter_is_passed_over(qtbot: QtBot, renderer: RenderWorker, tmp_path: Path) -> None:
    heard = Heard(renderer)
    renderer.export(saying("babble", draft=True), {"pdf": tmp_path / "1.pdf"})
    waiting(qtbot, heard, 1)
    assert heard.said[0][1] == ["1.pdf"]


def test_silence_ends_in_a_sentence(qtbot: QtBot, renderer: RenderWorker, tmp_path: Path) -> None:
    heard = Heard(renderer)
    renderer._patience.setInterval(400)
    renderer.export(saying("hang", draft=True), {"pdf": tmp_path / "1.pdf"})
    waiting(qtbot, heard, 1)
    assert heard.said[0][1] == worker.SLOW
    renderer._patience.setInterval(20_000)
    renderer.export(saying("好", draft=True), {"pdf": tmp_path / "2.pdf"})
    waiting(qtbot, heard, 2)
    assert heard.said[1][1] == ["2.pdf"]


def test_a_program_that_is_not_there_is_a_sentence(qtbot: QtBot, tmp_path: Path) -> None:
    renderer = RenderWorker((str(tmp_path / "missing"),))
    heard = Heard(renderer)
    asked = renderer.export(saying("一", draft=True), {"pdf": tmp_path / "1.pdf"})
    again = renderer.preview(saying("一", draft=True))
    waiting(qtbot, heard, 2)
    assert heard.said == [(asked, worker.MISSING), (again, worker.MISSING)]
    renderer.close()


def test_closing_ends_the_process_and_says_nothing_more(qtbot: QtBot, renderer: RenderWorker, tmp_path: Path) -> None:
    heard = Heard(renderer)
    renderer.export(saying("slow", draft=True), {"pdf": tmp_path / "1.pdf"})
    renderer.preview(saying("二", draft=True))
    process = renderer._process
    assert process is not None and process.waitForStarted(5000)
    renderer.close()
    assert process.state() is process.ProcessState.NotRunning
    qtbot.wait(50)
    assert heard.said == []
