"""Measured figures, most of them as ratios against a bare twin in the same run: `python -m tests.benchmarks [NAME …]`.

Machines differ and drift; a ratio of two things done in turn does not. Nothing here asserts: it prints the median, the range, and the goal.
What the program survives is measured by `tests.benchmarks.reliability`.
"""

import gc
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from gxdesk import report
from gxdesk.cells import CellRef
from gxdesk.checks.engine import check
from gxdesk.forms.known import Forms
from gxdesk.report import Report, Slot
from gxdesk.resources import packaged
from gxdesk.session import Session

EXAMPLE = packaged("examples", "service-center-2026.gxreport")
HERE = Path(__file__).parent
FORMS = Forms.load()
FORM = FORMS["2021"]


@dataclass(frozen=True)
class Result:
    name: str
    figure: str
    spread: str
    goal: str


def example() -> Report:
    return report.read(EXAMPLE, FORMS)


def milliseconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return (time.perf_counter() - start) * 1000


def quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def times(name: str, values: list[float], goal: str) -> Result:
    return Result(name, f"median {statistics.median(values):.2f} ms, p99 {quantile(values, 0.99):.2f} ms", f"{min(values):.2f}–{max(values):.2f} of {len(values)}", goal)


def ratio(name: str, ours: Callable[[], float], bare: Callable[[], float], runs: int, goal: str) -> Result:
    """Median of the pairwise ratios, ours and bare in turn, one warm-up each."""
    ours(), bare()
    pairs = [(ours(), bare()) for _ in range(runs)]
    ratios = [a / b for a, b in pairs]
    middle = tuple(statistics.median(x) for x in zip(*pairs, strict=True))
    return Result(name, f"{statistics.median(ratios):.2f}× ({middle[0]:.0f} ms / {middle[1]:.0f} ms)", f"{min(ratios):.2f}–{max(ratios):.2f} of {runs}", goal)


def keystroke() -> Result:
    session = Session(example(), FORM)

    def key(ref: CellRef, text: str) -> None:
        session.set_cell(ref, text, typing=True)
        session.findings  # noqa: B018  sorting them is part of the keystroke

    values = [milliseconds(lambda r=ref, t=text: key(r, t)) for ref in FORM.tables["requests"].inputs for text in ("1", "12", "0")]
    return times("keystroke in 表三 to totals and findings", values, "p99 < 5 ms")


def keystroke_in_text() -> Result:
    """In a section of 3,000 characters, in its middle: what is written there says as many numbers as that of a report."""
    slot, text = Slot("texts", "overview"), (example().texts["overview"] + "\n") * 5
    text = text[:3000]
    session = Session(replace(example(), texts={**example().texts, "overview": text}), FORM)
    values = []
    for i in range(300):
        typed = text[:1500] + "我" * (i + 1) + text[1500:]
        session.findings  # noqa: B018
        values.append(milliseconds(lambda t=typed: (session.set_text(slot, t), session.findings)))
    return times("keystroke in a section of 3,000 characters to findings", values, "p99 < 10 ms")


def whole_check() -> Result:
    one = example()
    return times("whole report checked from nothing", [milliseconds(lambda: check(one, FORM)) for _ in range(100)], "< 20 ms")


@contextmanager
def warm_export() -> Iterator[tuple[Callable[[], float], Path]]:
    """The milliseconds of one PDF export, from the window's request to the file read back and in its place, by the worker that a window
    keeps; and a folder. Each request has another text, so that nothing made before is of use. That its process is there already is no favour:
    so it is when she clicks; the programs compared with are no other way to be had than by starting them."""
    from gxdesk.document.pdf import without_gc
    from gxdesk.document.worker import Worker

    with tempfile.TemporaryDirectory() as folder:
        worker, numbers = Worker(Path(folder), lambda _: None), count(100)
        worker.warm()

        def export() -> float:
            one = example()
            texts = {**one.texts, "other": f"{one.texts['other']}{next(numbers)}"}
            text = report.dumps(replace(one, texts=texts)).decode()
            request = json.dumps({"id": 1, "report": text, "draft": False, "targets": {"pdf": str(Path(folder, "a.pdf"))}}).encode()
            gc.collect()
            with without_gc():  # as `serve` does
                start = time.perf_counter()
                answer = worker.answer(request)
                taken = (time.perf_counter() - start) * 1000
            assert answer["ok"], answer
            return taken

        yield export, Path(folder)


def warm_pdf() -> Result:
    import weasyprint

    from gxdesk.document.edition import Edition
    from gxdesk.document.html import render_print, style

    html, css = render_print(Edition(example(), FORM, draft=False).view), style("print.css")
    with warm_export() as (ours, _):
        return ratio(
            "warm PDF export, read back and in place, against bare write_pdf() of the same HTML",
            ours,
            lambda: milliseconds(lambda: weasyprint.HTML(string=html).write_pdf(stylesheets=[weasyprint.CSS(string=css)])),
            7,
            "≤ 1.35×",
        )


def against(tool: str, what: str, arguments: Callable[[Path], list[str]], key: str) -> Result:
    """A warm PDF export against another program making a PDF of the report in format `key`: started anew with a profile it has used before."""
    from gxdesk.document.edition import Edition
    from gxdesk.document.export import export

    name, program = f"warm PDF export against {what}", shutil.which(tool)
    if program is None:
        return Result(name, f"not measured: {tool} is not installed", "", "≤ 0.5×")
    with warm_export() as (ours, folder):
        source = folder / f"source.{key}"
        export(Edition(example(), FORM, draft=False), {key: source})
        command = [program, *arguments(folder), str(source)]
        bare = lambda: milliseconds(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))  # noqa: E731
        return ratio(name, ours, bare, 7, "≤ 0.5×")


def chromium() -> Result:
    def arguments(folder: Path) -> list[str]:
        return ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", f"--user-data-dir={folder}", f"--print-to-pdf={folder / 'b.pdf'}"]

    return against("chromium", "headless Chromium printing the same page", arguments, "html")


def libreoffice() -> Result:
    def arguments(folder: Path) -> list[str]:
        return [f"-env:UserInstallation={folder.as_uri()}", "--headless", "--convert-to", "pdf", "--outdir", str(folder)]

    return against("soffice", "LibreOffice converting the same Word file", arguments, "docx")


def growth() -> Result:
    """Milliseconds a page, of a text of about 120 pages against one of about 30: 1.00 is linear."""
    from gxdesk.document.edition import Edition
    from gxdesk.document.formats import FORMATS
    from gxdesk.document.pdf import Press

    press, sentence = Press(), "坚持“公开为常态、不公开为例外”，全年主动公开信息256条，办结申请1,280件。"

    def a_page(times: int) -> float:
        one = example()
        edition = Edition(replace(one, texts={**one.texts, "overview": (sentence * 12 + "\n") * times}), FORM, draft=False)
        start = time.perf_counter()
        pages = FORMATS["pdf"].make(edition, press).pages
        assert pages
        return (time.perf_counter() - start) * 1000 / pages

    return ratio("a page of a report of 120 pages, against one of 30", lambda: a_page(150), lambda: a_page(33), 3, "≤ 1.2×")


def child(*arguments: str | Path) -> float:
    """Milliseconds of a whole Python process; compiled modules are kept, as on any machine but a test runner's."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, *map(str, arguments)]
    return milliseconds(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment))


def cold_export() -> Result:
    with tempfile.TemporaryDirectory() as folder:
        pdf, html = Path(folder, "a.pdf"), Path(folder, "a.html")
        return ratio(
            "cold `gxdesk export` against a naive script rendering the same HTML",
            lambda: child("-m", "gxdesk", "export", EXAMPLE, "--pdf", pdf, "--html", html),
            lambda: child(HERE / "naive_export.py", EXAMPLE, pdf, html),
            7,
            "≤ 1.15×",
        )


def until_shown(*arguments: str | Path) -> float:
    """Milliseconds from the start of the process to its painted window."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, str(HERE / "start.py"), *map(str, arguments)]
    began = time.monotonic()
    done = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8", env=environment)
    return (float(done.stdout) - began) * 1000


def start(twin: str, what: str) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder, "library.gxd")
        name = f"process start to the painted window with its reports, against {what}"
        return ratio(name, lambda: until_shown("gxdesk", library), lambda: until_shown(twin), 11, "≤ 1.5×")


def window() -> Result:
    return start("bare", "a bare PySide6 window of the same kinds of widgets")


def least_window() -> Result:
    return start("least", "an empty PySide6 window")


def library() -> Result:
    from tests.benchmarks.screens import start_page_times

    return times("start page with 10,000 reports, shown", start_page_times(), "< 200 ms")


def repaint() -> Result:
    from tests.benchmarks.screens import repaint_times

    return times("keystroke in 表三 to the repainted view", repaint_times(), "p99 < 16 ms")


def stalls() -> Result:
    """Every sitting is a process of its own, with a window on no screen and the real renderer."""
    command = [sys.executable, str(HERE / "stalls.py")]
    sittings = [json.loads(subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout) for _ in range(5)]
    said = []
    for what in sittings[0]:
        whole, computing = zip(*(s[what] for s in sittings), strict=True)
        said.append(f"{what}: {statistics.median(whole):.0f} ms (at most {max(whole):.0f}), the window itself computing {statistics.median(computing):.0f} ms")
    return Result("longest time the window stands still, and from the click on 导出 to a file that was made before", "\n    ".join(said), f"of {len(sittings)}", "< 50 ms")


def imports() -> Result:
    code = "import ui.application, sys; print([m for m in ('weasyprint', 'jinja2', 'pypdfium2', 'docx') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=True)
    return Result("renderer imported before it is needed", done.stdout.strip(), "", "[]")


ALL: dict[str, Callable[[], Result]] = {f.__name__: f for f in (keystroke, keystroke_in_text, whole_check, warm_pdf, growth, chromium, libreoffice, cold_export, imports, window, least_window, repaint, library, stalls)}


def main(names: list[str]) -> None:
    for name in names or list(ALL):
        result = ALL[name]()
        print(f"{result.name}\n    {result.figure}    range {result.spread or '–'}    goal {result.goal}", flush=True)


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    main(sys.argv[1:])
