"""The set-up script: what it understands, what it finds missing, what it says, and how it goes on after an interruption."""

import ast
import importlib.util
import io
import os
import re
import runpy
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree as ET

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "packaging" / "bootstrap.py"
EXPORT = "python3 packaging/bootstrap.py run -- export gxdesk/examples/service-center-2026.gxreport --pdf out.pdf --html out.html"


def loaded(script: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(script.stem, script)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def bootstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, with a `.venv` of its own under `tmp_path` whose Python is there."""
    module = loaded(SCRIPT)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "STAMPS", tmp_path / ".venv" / "setup")
    monkeypatch.setattr(module, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(module, "HERE", tmp_path)  # the lock is its own too
    return module


# --- what it understands ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "understood"),
    [
        ([], ("", [])),
        (["run"], ("run", [])),
        (["run", "--"], ("run", [])),
        (["run", "--", "export", "a b", "--pdf", "--", "x"], ("run", ["export", "a b", "--pdf", "--", "x"])),
        (["run", "check", "x"], ("run", ["check", "x"])),
        (["test", "--", "-k", "cells"], ("test", ["-k", "cells"])),
    ],
)
def test_one_double_dash_is_ours(bootstrap: ModuleType, arguments: list[str], understood: tuple[str, list[str]]) -> None:
    assert bootstrap.parse(arguments) == understood


def test_a_display_is_asked_for_on_linux_only(bootstrap: ModuleType) -> None:
    assert bootstrap.no_display("linux", {})
    assert bootstrap.no_display("linux", {"DISPLAY": ""})
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        assert not bootstrap.no_display("linux", {name: ":0"})
    assert not bootstrap.no_display("win32", {})
    assert not bootstrap.no_display("darwin", {})


def called(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    clean = {name: value for name, value in os.environ.items() if name not in hidden} | environment
    return subprocess.run([sys.executable, SCRIPT, *arguments], env=clean, capture_output=True, encoding="utf-8", check=False)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
@pytest.mark.parametrize("locale", ["C", "C.UTF-8", "zh_CN.GB18030"])
def test_no_display_is_said_in_one_sentence_before_any_set_up(tmp_path: Path, locale: str) -> None:
    (tmp_path / "packaging").mkdir()
    copy = tmp_path / "packaging" / "bootstrap.py"
    copy.write_bytes(SCRIPT.read_bytes())
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    clean = {name: value for name, value in os.environ.items() if name not in hidden} | {"LC_ALL": locale}
    told = subprocess.run([sys.executable, copy, "run"], env=clean, capture_output=True, encoding="utf-8", check=False)
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr.count("\n") == 1
    assert told.stderr.endswith(f"{EXPORT}\n")
    assert not (tmp_path / ".venv").exists()


def test_the_example_it_names_exists() -> None:
    assert (ROOT / EXPORT.split()[5]).is_file()


def test_usage_for_what_is_no_command() -> None:
    asked, wrong = called("--help"), called("walk")
    assert (asked.returncode, asked.stderr) == (0, "")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert asked.stdout == wrong.stderr


def test_an_old_python_is_named_and_can_read_the_whole_file(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 7))
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    with pytest.raises(SystemExit) as stopped:
        runpy.run_path(str(SCRIPT), run_name="__main__")
    assert stopped.value.code == 2
    assert "3.11 或更新" in (said := capsys.readouterr().err)
    assert "3.9；" in said


# --- what is missing ----------------------------------------------------------------------------------------------


def test_installed_and_provided_packages_are_not_missing(bootstrap: ModuleType) -> None:
    listing = (
        "installed\tlibegl1\t\n"
        "installed\tlibglib2.0-0t64\tlibglib2.0-0 (= 2.80.0-6), libgio2.0\n"
        "config-files\tlibgl1\t\n"
        "half-configured\txvfb\txserver\n"
    )
    assert bootstrap.missing(["libegl1", "libglib2.0-0", "libgl1", "xvfb", "libgio2.0"], listing) == ["libgl1", "xvfb"]


def test_without_rights_the_command_for_the_administrator_is_named(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    listing = subprocess.CompletedProcess([], 0, "installed\tlibegl1\t\n")
    monkeypatch.setattr(bootstrap.subprocess, "run", lambda *_, **__: listing)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None if name == "sudo" else f"/usr/bin/{name}")
    monkeypatch.setattr(bootstrap.os, "geteuid", lambda: 1000, raising=False)
    with pytest.raises(bootstrap.Stop, match=r"apt-get install -y --no-install-recommends libgl1$"):
        bootstrap.system(["libegl1", "libgl1"])


@pytest.mark.parametrize(("user", "there", "asked"), [(0, "config-files", True), (0, "installed", False), (1000, "config-files", False)])
def test_what_only_some_tests_need_is_asked_for_and_never_insisted_on(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, user: int, there: str, asked: bool
) -> None:
    commands: list[list[object]] = []
    monkeypatch.setattr(bootstrap, "execute", lambda command, _="", *, check: commands.append([*command, check]))
    monkeypatch.setattr(bootstrap, "installed", lambda: f"{there}\tbrowser\t\n")
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None if name == "sudo" else f"/usr/bin/{name}")
    monkeypatch.setattr(bootstrap.os, "geteuid", lambda: user, raising=False)
    bootstrap.also(["browser"])
    assert any("browser" in command for command in commands) is asked and not any(command[-1] for command in commands)


@pytest.mark.parametrize("platform", ["win32", "darwin", "freebsd"])
def test_elsewhere_it_names_what_it_cannot_install(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], platform: str
) -> None:
    monkeypatch.setattr(bootstrap.shutil, "which", lambda _: None)
    monkeypatch.setattr(bootstrap.sys, "platform", platform)
    bootstrap.system(["libegl1"])
    assert "Pango" in capsys.readouterr().err


# --- stamps -------------------------------------------------------------------------------------------------------


class Told:
    """Three steps that write down when they ran; `fails` is the one that is interrupted."""

    def __init__(self, bootstrap: ModuleType) -> None:
        self.ran: list[str] = []
        self.fails = ""
        self.keys = {"system": "1", "venv": "", "packages": "1"}
        make = {"system": lambda: None, "venv": lambda: self.make(bootstrap.PYTHON), "packages": lambda: None}
        self.steps = [bootstrap.Step(n, n, lambda n=n: self.key(bootstrap, n), lambda n=n: self.do(n, make[n])) for n in make]

    def key(self, bootstrap: ModuleType, name: str) -> str:
        return bootstrap.venv_identity() if name == "venv" else self.keys[name]

    def do(self, name: str, make: object) -> None:
        self.ran.append(name)
        assert callable(make)
        make()
        if name == self.fails:
            raise KeyboardInterrupt

    @staticmethod
    def make(python: Path) -> None:
        python.parent.mkdir(parents=True, exist_ok=True)
        python.touch()

    def again(self, bootstrap: ModuleType) -> list[str]:
        self.ran.clear()
        bootstrap.set_up(self.steps)
        return self.ran


@pytest.fixture
def told(bootstrap: ModuleType) -> Told:
    told = Told(bootstrap)
    assert told.again(bootstrap) == ["system", "venv", "packages"]
    return told


def test_a_second_call_does_nothing(bootstrap: ModuleType, told: Told) -> None:
    assert told.again(bootstrap) == []


def test_only_what_changed_is_done_again(bootstrap: ModuleType, told: Told) -> None:
    told.keys["packages"] = "2"
    assert told.again(bootstrap) == ["packages"]


@pytest.mark.parametrize(("fails", "then"), [("packages", ["packages"]), ("venv", ["system", "venv", "packages"])])
def test_an_interrupted_step_has_no_stamp(bootstrap: ModuleType, fails: str, then: list[str]) -> None:
    told = Told(bootstrap)
    told.fails = fails
    with pytest.raises(KeyboardInterrupt):
        bootstrap.set_up(told.steps)
    told.fails = ""
    assert told.again(bootstrap) == then


def test_packages_broken_off_half_way_make_a_new_venv(bootstrap: ModuleType, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(bootstrap, "pip", killed)
    with pytest.raises(KeyboardInterrupt):
        bootstrap.install(Path("requirements.txt"))
    (bootstrap.VENV / "half").touch()
    assert told.again(bootstrap) == ["system", "venv", "packages"]
    assert not (bootstrap.VENV / "half").exists()


def test_a_venv_whose_python_has_gone_is_made_anew(bootstrap: ModuleType, told: Told) -> None:
    bootstrap.PYTHON.unlink()
    assert told.again(bootstrap) == ["system", "venv", "packages"]


def test_a_working_venv_made_by_hand_is_kept(bootstrap: ModuleType) -> None:
    bootstrap.PYTHON.parent.mkdir(parents=True)
    bootstrap.PYTHON.write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
    bootstrap.PYTHON.chmod(0o755)
    mine = bootstrap.VENV / "mine"
    mine.touch()
    Told(bootstrap).again(bootstrap)
    assert mine.exists()


def test_the_digest_follows_contents_and_boundaries(bootstrap: ModuleType, tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.write_text("a", encoding="utf-8")
    first = bootstrap.digest(file, "x")
    file.write_text("b", encoding="utf-8")
    assert bootstrap.digest(file, "x") != first
    assert bootstrap.digest("ab", "c") != bootstrap.digest("a", "bc")
    assert bootstrap.digest(["a", "b"]) != bootstrap.digest(["a"], ["b"])


# --- what went wrong ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("output", "word"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "磁盘满了"),
        ("E: You don't have enough free space in /var/cache/apt/archives/.", "磁盘满了"),
        ("E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 7 (apt-get)", "别的程序正在安装软件"),
        ("sudo: a password is required", "没有权限"),
        ("E: Could not open lock file - open (13: Permission denied)", "没有权限"),
        ("Temporary failure in name resolution\nERROR: No matching distribution found for jinja2==3.1.6", "连不上软件源"),
        ("Err:1 Temporary failure resolving 'mirror'", "连不上软件源"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "校验值不符"),
        ("E: Unable to locate package xvfb", "软件源里没有"),
        ("first\n\n  the last line \n", "“the last line”"),
        ("", "没有说明原因"),
    ],
)
def test_troubles_are_told_in_words(bootstrap: ModuleType, output: str, word: str) -> None:
    assert word in bootstrap.trouble(output)


def test_a_failing_tool_is_one_sentence(bootstrap: ModuleType) -> None:
    with pytest.raises(bootstrap.Stop, match=r"^没有装上：磁盘满了，[^\n]*。$"):
        bootstrap.execute([sys.executable, "-c", "raise SystemExit('No space left on device')"], "没有装上")


def test_failures_end_with_two_and_interruption_with_130(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for error, code in (
        (bootstrap.Stop("不行。"), 2),
        (PermissionError(13, "Permission denied", "/opt/x"), 2),
        (OSError(28, "No space left on device"), 2),
        (KeyboardInterrupt(), 130),
    ):
        monkeypatch.setattr(bootstrap, "set_up", lambda _, error=error: (_ for _ in ()).throw(error))
        assert bootstrap.main(["run", "--", "forms"]) == code
        out, err = capsys.readouterr()
        assert (out, err.count("\n")) == ("", 1)


# --- start and gates ----------------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="there the program runs as a child")
def test_it_becomes_the_program_where_it_was_called(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    became: list[list[str]] = []
    monkeypatch.setattr(bootstrap.os, "execv", lambda _, command: became.append(command))
    monkeypatch.setattr(bootstrap.os, "chdir", lambda _: pytest.fail("relative names are relative to the caller's folder"))
    monkeypatch.setattr(bootstrap.subprocess, "call", lambda *_, **__: 0)
    bootstrap.start(["check", "我的 报告.gxreport"])
    assert became == [[str(bootstrap.PYTHON), "-P", "-m", "gxdesk", "check", "我的 报告.gxreport"]]


def test_every_gate_runs_though_one_fails(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def call(command: list[str], **_: object) -> int:
        ran.append(" ".join(command))
        return int(command[-1] == "mypy")

    monkeypatch.setattr(bootstrap.subprocess, "call", call)
    assert bootstrap.test([]) == 1
    assert len(ran) == 4
    assert "pytest" in ran[-1]
    ran.clear()
    assert bootstrap.test(["-k", "cells"]) == 0
    assert ran == [f"{bootstrap.PYTHON} -m pytest -k cells"]


@pytest.mark.parametrize(
    ("allowed", "prefix"),
    [("unshare --net", "unshare --net "), ("unshare --map-current-user --net", "unshare --map-current-user --net "), ("none", "")],
)
def test_the_whole_suite_runs_where_no_network_is(bootstrap: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, allowed: str, prefix: str) -> None:
    ran: list[str] = []
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: f"/bin/{name}")
    monkeypatch.setattr(bootstrap.subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, int(" ".join(command) != f"{allowed} true")))
    monkeypatch.setattr(bootstrap.subprocess, "call", lambda command, **_: ran.append(" ".join(command)) or 0)
    assert bootstrap.test([]) == 0
    assert ran[-1].startswith(f"{prefix}{bootstrap.PYTHON} -m pytest --cov")
    assert ("套接字" in capsys.readouterr().err) is (prefix == "")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no groups of processes there")
@pytest.mark.parametrize("ignored", [True, False], ids=["in the background of a script", "at a terminal"])
def test_what_takes_too_long_is_stopped_with_all_it_started_and_told(
    bootstrap: ModuleType, capsys: pytest.CaptureFixture[str], tmp_path: Path, ignored: bool
) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN if ignored else signal.default_int_handler)
    child = "import pathlib, sys, time; time.sleep(2); pathlib.Path(sys.argv[1]).touch()"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}, sys.argv[1]])"
    assert bootstrap.bounded([sys.executable, "-c", parent, str(tmp_path / "late")], 0.5) == bootstrap.UNFINISHED
    assert "不算试过" in capsys.readouterr().err
    assert bootstrap.bounded([sys.executable, "-c", "raise SystemExit(3)"], 60) == 3
    time.sleep(2)
    assert not (tmp_path / "late").exists()


# --- the pins -----------------------------------------------------------------------------------------------------


def pins(name: str) -> set[tuple[str, str]]:
    """Package with version and hashes, each as the file has them; one that differs by the version of Python stands there twice."""
    text = (ROOT / "packaging" / name).read_text(encoding="utf-8")
    found = re.findall(r"^([\w.-]+)==(\S+)([^\n]*\\\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", text, re.MULTILINE)
    assert len(found) == text.count("==") - text.count("== '"), "every pin is exact and has its hashes"
    return {(package, version + hashes) for package, version, hashes in found}


def test_the_tests_run_on_what_the_program_runs_on() -> None:
    program, tests = pins("requirements.txt"), pins("requirements-test.txt")
    assert program <= tests


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = {"requirements.txt": project["project"]["dependencies"] + project["dependency-groups"]["editable"]}
    wanted["requirements-test.txt"] = wanted["requirements.txt"] + project["project"]["optional-dependencies"]["test"]
    for name, requirements in wanted.items():
        pinned = pins(name)
        for requirement in requirements:
            package, exactly = re.fullmatch(r"([\w-]+)(?:==([\d.]+)|>=[\d.]+)(?:; .*)?", requirement).groups()  # type: ignore[union-attr]
            found = [pin for there, pin in pinned if there == package.lower().replace("_", "-")]
            assert any(pin.startswith(exactly or "") for pin in found), requirement


def test_packaging_is_no_package() -> None:
    """It would stand in for PyPI's `packaging` wherever the checkout is on the path."""
    assert not (ROOT / "packaging" / "__init__.py").exists()


# --- fonts --------------------------------------------------------------------------------------------------------


def odd_font(width: int = 1000) -> bytes:
    """A face with the faults of Fandol: named like its family's regular, bold, and with lines of any height. Its digit is `width` wide."""
    builder = FontBuilder(1000, isTTF=False)
    builder.setupGlyphOrder([".notdef", "one", "digit"])
    builder.setupCharacterMap({0x56FD: "one", 0x31: "digit"})
    shapes = {}
    for name, wide in ((".notdef", 1000), ("one", 1000), ("digit", width)):
        pen = T2CharStringPen(wide, None)
        pen.moveTo((0, 0))
        pen.lineTo((wide - 100, 900))
        pen.lineTo((wide - 100, 0))
        pen.closePath()
        shapes[name] = pen.getCharString()
    builder.setupCFF("Odd-Bold", {"FullName": "Odd Bold"}, shapes, {})
    builder.setupHorizontalMetrics({".notdef": (1000, 0), "one": (1000, 0), "digit": (width, 0)})
    builder.setupHorizontalHeader(ascent=1100, descent=200)
    builder.setupNameTable({"familyName": "Odd", "styleName": "Bold", "licenseDescription": "Free"})
    builder.setupOS2(usWeightClass=700, sTypoAscender=1100, usWinAscent=1300, fsSelection=1 << 5)
    builder.setupPost()
    builder.font["head"].macStyle = 1
    file = io.BytesIO()
    builder.save(file)
    return file.getvalue()


def test_a_repaired_face_has_its_own_family_and_lines_as_high_as_its_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(SCRIPT.parent))
    fonts = loaded(SCRIPT.with_name("fonts.py"))
    odd = odd_font()  # it bears the second in which it was made
    made = fonts.repaired(odd, "GX Test")
    assert made == fonts.repaired(odd, "GX Test"), "the same bytes every time: exported files can be compared"
    font = TTFont(io.BytesIO(made))
    names = {record.nameID: str(record) for record in font["name"].names}
    assert (names[1], names[2], names[4], names[6], names[13]) == ("GX Test", "Regular", "GX Test", "GXTest", "Free")
    assert font["CFF "].cff.fontNames == ["GXTest"]
    assert (font["hhea"].ascent, font["hhea"].descent, font["hhea"].lineGap) == (880, -120, 0)
    assert (font["OS/2"].usWinAscent, font["OS/2"].usWinDescent, font["OS/2"].usWeightClass) == (880, 120, 400)
    assert font.getBestCmap() == {0x56FD: "one", 0x31: "digit"}


def test_stand_ins_answer_to_every_name_that_paper_and_word_file_ask_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(SCRIPT.parent))
    fonts = loaded(SCRIPT.with_name("fonts.py"))
    paper, word = ((ROOT / "templates" / name).read_text(encoding="utf-8") for name in ("print.css", "word.xml"))
    stacks = [[name.strip(' "') for name in stack.split(",")] for stack in re.findall(r'"[^;{}]*"GX [^;{}]*', paper)]
    asked = {(stack[stack.index(family)], name) for stack in stacks for family in stack if family.startswith("GX ") for name in stack[: stack.index(family)]}
    answered = {(family, name) for family, names in fonts.STANDS_FOR.items() for name in names}
    assert asked == answered - {("GX SongTi", "宋体")}
    assert set(re.findall(r'w:font w:name="([^"]+)"', word)) <= {name for _, name in answered}
    rules = ET.fromstring(fonts.aliases())
    assert {(rule.findtext("accept/family"), rule.findtext("family")) for rule in rules.iter("alias")} == answered


def test_a_face_takes_digits_and_letters_from_another_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(SCRIPT.parent))
    fonts = loaded(SCRIPT.with_name("fonts.py"))
    font = TTFont(io.BytesIO(fonts.repaired(odd_font(), "GX Test", odd_font(width=500))))
    glyphs, drawn = font.getGlyphSet(), {}
    for name in ("one", "digit"):
        pen = BoundsPen(glyphs)
        glyphs[name].draw(pen)
        drawn[name] = pen.bounds
    assert drawn == {"one": (0, 0, 900, 900), "digit": (0, 0, 400, 900)}
    assert font["hmtx"]["digit"] == (500, 0) and glyphs["digit"].width == 500 and glyphs["one"].width == 1000
