"""What every test may use: the official forms, the examples, the corpus of published reports (tests skip where it is absent)."""

import logging
import socket  # noqa: TID251  # to forbid it
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from gxdesk import report
from gxdesk.forms.definition import FormDef
from gxdesk.forms.known import Forms
from gxdesk.report import Report
from gxdesk.resources import packaged

# How long an example takes is a matter of what else the computer does; Hypothesis gives it 200 ms.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"


@pytest.fixture(scope="session")
def forms() -> Forms:
    return Forms.load()


@pytest.fixture(scope="session")
def form(forms: Forms) -> FormDef:
    return forms["2021"]


@pytest.fixture
def example(forms: Forms) -> Report:
    """The complete 2026 report that comes with the program."""
    return report.read(packaged("examples", "service-center-2026.gxreport"), forms)


@pytest.fixture
def seed(forms: Forms) -> Report:
    """The report that started the project, with its gaps."""
    return report.read(packaged("examples", "service-center-2020.gxreport"), forms)


def corpus(*numbers: str) -> list[Path]:
    """The corpus reports with these numbers, all without any; empty where the corpus is absent."""
    files = sorted(CORPUS.glob("*.gxreport.json")) if CORPUS.is_dir() else []
    return [f for f in files if not numbers or f.name.split("-")[0] in numbers]


@pytest.fixture(autouse=True)
def no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    """Law 6: whoever makes a socket in this process fails its test. test_no_network.py watches the program's own processes."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("gxdesk opens no socket")

    monkeypatch.setattr(socket.socket, "__init__", refuse)  # the class stays one, for those who inherit from it
    for name in ("getaddrinfo", "gethostbyname", "gethostname"):
        monkeypatch.setattr(socket, name, refuse)


@pytest.fixture(autouse=True)
def untraced(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test starts that is not traced (`no_cover`) is not traced either."""
    if request.node.get_closest_marker("no_cover"):
        monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)


@pytest.fixture(autouse=True)
def no_unexpected_logs(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A log record of warning or worse that the test did not ask for is a failure."""
    yield
    records = [r for when in ("setup", "call") for r in caplog.get_records(when) if r.levelno >= logging.WARNING]
    assert not records, [r.getMessage() for r in records]
