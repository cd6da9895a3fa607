"""The command line, as a user runs it: exit codes, sentences, JSON, files."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gxdesk.resources import packaged

EXAMPLE = packaged("examples", "service-center-2026.gxreport")
SEED = packaged("examples", "service-center-2020.gxreport")


def gxdesk(*arguments: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the program from another folder, as installed users do."""
    env = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")} | environment
    done = subprocess.run(
        [sys.executable, "-m", "gxdesk", *map(str, arguments)], cwd=cwd, env=env, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False
    )
    assert "Traceback" not in done.stderr
    return done


def test_a_sound_report_passes(tmp_path: Path) -> None:
    done = gxdesk("check", EXAMPLE, cwd=tmp_path)
    assert done.returncode == 0 and "没有发现问题" in done.stdout and done.stderr == ""


def test_check_tells_by_its_exit_code_and_goes_on_after_an_unreadable_file(tmp_path: Path) -> None:
    (tmp_path / "空.gxreport").write_bytes(b"")
    done = gxdesk("check", "--json", "空.gxreport", SEED, EXAMPLE, cwd=tmp_path)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 2 and "空文件" in done.stderr
    assert [Path(line["file"]).name for line in lines] == ["空.gxreport", SEED.name, EXAMPLE.name]
    assert lines[1]["form"] == "2019" and {"code", "severity", "section", "refs", "message", "basis"} <= set(lines[1]["findings"][0])
    assert lines[2]["findings"] == []
    assert gxdesk("check", SEED, EXAMPLE, cwd=tmp_path).returncode == 1


def test_check_against_last_year(tmp_path: Path) -> None:
    last = json.loads(EXAMPLE.read_text(encoding="utf-8")) | {"year": 2025}
    (tmp_path / "去年.gxreport").write_text(json.dumps(last), encoding="utf-8")
    done = gxdesk("check", EXAMPLE, "--last-year", "去年.gxreport", "--json", cwd=tmp_path)
    findings = json.loads(done.stdout)["findings"]
    assert done.returncode == 1
    assert [(f["code"], f["left"], f["right"], f["fix"]) for f in findings if f["code"] == "Y-CARRY"] == [("Y-CARRY", 2, 1, {"ref": "requests.carried_in.person", "value": "1"})]


def test_export_writes_the_files_asked_for(tmp_path: Path) -> None:
    done = gxdesk("export", EXAMPLE, "--pdf", "报告.pdf", "--html", "报告.html", "--fragment", "片段.html", "--gxreport", "副本.gxreport", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(["报告.pdf", "报告.html", "片段.html", "副本.gxreport"])
    assert (tmp_path / "报告.pdf").read_bytes().startswith(b"%PDF")
    assert "示例市高新区社会事务综合服务中心2026年政府信息公开工作年度报告" in (tmp_path / "报告.html").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "副本.gxreport").read_text(encoding="utf-8"))["gxreport"] == 1


def test_export_of_a_faulty_report_needs_draft(tmp_path: Path) -> None:
    done = gxdesk("export", SEED, "--html", "a.html", cwd=tmp_path)
    assert done.returncode == 1 and "--draft" in done.stderr and not list(tmp_path.iterdir())
    assert gxdesk("export", SEED, "--html", "a.html", "--draft", cwd=tmp_path).returncode == 0
    assert "草稿" in (tmp_path / "a.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("export", EXAMPLE), "要导出什么"),
        (("export", EXAMPLE, "--pdf", "a.pdf", "--html", "a.pdf"), "同一个名字"),
        (("export", EXAMPLE, "--pdf", "没有/这个/夹.pdf"), "不存在"),
        (("export", "没有.gxreport", "--pdf", "a.pdf"), "找不到"),
        (("export", EXAMPLE, "--gxreport", EXAMPLE), "不能盖掉"),
        (("export", EXAMPLE, "--pfd", "a.pdf"), "--pfd"),
        (("check",), "文件"),
        ((), "export"),
        (("没有的文件.gxreport",), "export"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_exit_code_2(tmp_path: Path, arguments: tuple[str, ...], sentence: str) -> None:
    done = gxdesk(*arguments, cwd=tmp_path)
    assert done.returncode == 2 and sentence in done.stderr and done.stdout == ""
    assert not list(tmp_path.iterdir())


def test_forms_and_version(tmp_path: Path) -> None:
    forms = [json.loads(line) for line in gxdesk("forms", "--json", cwd=tmp_path).stdout.splitlines()]
    assert [(f["id"], f["first_year"], f["last_year"]) for f in forms] == [("2019", 2019, 2020), ("2021", 2021, None)]
    assert "社会组织" in forms[1]["tables"]["requests"]["columns"]["welfare"]
    assert gxdesk("--version", cwd=tmp_path).stdout.startswith("gxdesk ")


def test_self_test_tries_every_part(tmp_path: Path) -> None:
    done = gxdesk("self-test", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["通过"] * 4


def test_checking_imports_neither_the_window_nor_the_renderer(tmp_path: Path) -> None:
    code = "import sys; from gxdesk.cli import main; main(['check', sys.argv[1]]); print([m for m in ('PySide6', 'weasyprint', 'jinja2', 'sqlite_utils', 'pypdfium2') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code, str(EXAMPLE)], cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", timeout=60, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
