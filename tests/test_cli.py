"""The command line, as a user runs it: exit codes, sentences, JSON, files."""

import ctypes
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from gxdesk import cli, report
from gxdesk.forms.known import Forms
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


@pytest.mark.skipif(sys.platform == "win32", reason="what stands in for a reader that has gone away is a pipe of POSIX")
@pytest.mark.parametrize("deaf", ["stdout", "stderr"])
@pytest.mark.parametrize(("words", "code"), [((SEED, EXAMPLE), 1), (("--json", SEED, EXAMPLE), 1), (("没有.gxreport", SEED), 2)])
def test_the_verdict_is_the_same_where_nobody_reads_on(tmp_path: Path, deaf: str, words: tuple[str | Path, ...], code: int) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, deaf: writer}
    done = subprocess.run([sys.executable, "-m", "gxdesk", "check", *words], cwd=tmp_path, text=True, encoding="utf-8", check=False, **streams)
    os.close(writer)
    assert done.returncode == code
    assert "程序内部出错" not in (done.stderr or "") and (deaf == "stdout" or str(words[-1]) in done.stdout)  # the last file was checked too


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_results_that_find_no_room_are_one_sentence(tmp_path: Path) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run([sys.executable, "-m", "gxdesk", "forms"], cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, encoding="utf-8", check=False)
    assert done.returncode == 2 and done.stderr.splitlines() == ["磁盘满了，“输出”没有写成。请清出一些空间再试，或换一个磁盘。"]


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


def test_a_copy_of_the_report_is_the_report(tmp_path: Path, forms: Forms) -> None:
    (tmp_path / "副本.gxreport").write_bytes(b"old")
    done = gxdesk("export", EXAMPLE, "--gxreport", "副本.gxreport", cwd=tmp_path)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "副本.gxreport", "")
    assert report.read(tmp_path / "副本.gxreport", forms) == report.read(EXAMPLE, forms)


def test_where_the_renderer_is_missing_nothing_is_written_at_all(tmp_path: Path) -> None:
    (tmp_path / "without").mkdir()
    (tmp_path / "without" / "weasyprint.py").write_text("raise ImportError", encoding="utf-8")
    (tmp_path / "out").mkdir()
    arguments = ("export", EXAMPLE, "--html", "a.html", "--gxreport", "a.gxreport", "--pdf", "a.pdf")
    done = gxdesk(*arguments, cwd=tmp_path / "out", PYTHONPATH=str(tmp_path / "without"))
    assert done.returncode == 2 and "排版部件装不起来" in done.stderr and done.stdout == ""
    assert not list((tmp_path / "out").iterdir())


@pytest.mark.no_cover
@pytest.mark.parametrize("kind", ["--gxreport", "--pdf", "--html", "--fragment"])
@pytest.mark.parametrize("name", ["今年.gxreport", "去年.gxreport", "../out/去年.gxreport", "链接.gxreport"])
def test_a_file_that_is_read_is_never_written(tmp_path: Path, kind: str, name: str) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    this, last = folder / "今年.gxreport", folder / "去年.gxreport"
    this.write_bytes(EXAMPLE.read_bytes())
    last.write_bytes(SEED.read_bytes())
    (folder / "链接.gxreport").symlink_to(last)
    done = gxdesk("export", this, "--draft", "--last-year", last, kind, name, cwd=folder)
    assert done.returncode == 2 and "不能盖掉" in done.stderr and done.stdout == ""
    assert this.read_bytes() == EXAMPLE.read_bytes() and last.read_bytes() == SEED.read_bytes() and len(list(folder.iterdir())) == 3


def test_a_written_reason_is_said(tmp_path: Path) -> None:
    read = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    (tmp_path / "去年.gxreport").write_text(json.dumps(read | {"year": 2025}), encoding="utf-8")
    findings = json.loads(gxdesk("check", EXAMPLE, "--last-year", "去年.gxreport", "--json", cwd=tmp_path).stdout)["findings"]
    explained = next(f for f in findings if f["severity"] == "explain" and f["refs"])
    keys = [f"{f['code']}:{f['refs'][0]}" for f in findings if f["severity"] == "error" or f is explained]
    (tmp_path / "今年.gxreport").write_text(json.dumps(read | {"explanations": dict.fromkeys(keys, "机构调整。")}), encoding="utf-8")
    lines = gxdesk("check", "今年.gxreport", "--last-year", "去年.gxreport", cwd=tmp_path).stdout.splitlines()
    answered = [line for line in lines if "（已说明）" in line]
    assert len(answered) == 1 and answered[0].startswith("  请说明") and explained["code"] in answered[0]  # 必须改 is not closed by words


def test_export_of_a_faulty_report_needs_draft(tmp_path: Path) -> None:
    done = gxdesk("export", SEED, "--html", "a.html", cwd=tmp_path)
    assert done.returncode == 1 and "--draft" in done.stderr and not list(tmp_path.iterdir())
    assert gxdesk("export", SEED, "--html", "a.html", "--draft", cwd=tmp_path).returncode == 0
    assert "草稿" in (tmp_path / "a.html").read_text(encoding="utf-8")


WINDOWLESS = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display, and a window opens")


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
        (("check", "."), "”是一个文件夹"),
        *(pytest.param(words, "export", marks=WINDOWLESS) for words in ((), ("没有的文件.gxreport",))),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_exit_code_2(tmp_path: Path, arguments: tuple[str, ...], sentence: str) -> None:
    done = gxdesk(*arguments, cwd=tmp_path)
    assert done.returncode == 2 and sentence in done.stderr and done.stdout == ""
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("export", "a.gxreport", "--pdf"), "--pdf 后面还要写上它的内容"),
        (("check", "a.gxreport", "--last-year"), "--last-year 后面还要写上它的内容"),
        (("check", "a.gxreport", "--json=5"), "--json 后面不带内容"),
        (("check", "a.gxreport", "--json=: expected one argument"), "--json 后面不带内容"),
        (("check",), "还缺 文件"),
        (("export", "a.gxreport", "b.gxreport", "--x\ny"), "不认识 b.gxreport --x\ny"),
        (("--library",), "--library 后面还要写上它的内容"),
    ],
)
def test_a_mistake_in_a_command_is_told_in_chinese(tmp_path: Path, arguments: tuple[str, ...], sentence: str) -> None:
    done = gxdesk(*arguments, cwd=tmp_path)
    told, usage, _ = done.stderr.partition("用法：")
    assert done.returncode == 2 and told == f"命令写得不完整或有错：{sentence}。请照下面的用法改。\n" and usage


def test_several_files_dropped_on_the_program_are_told_in_a_box(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(cli, "_windowed", lambda: True)
    monkeypatch.setattr(cli, "_say", lambda sentence: said.append(sentence) or cli.FAILED)  # type: ignore[func-returns-value]
    with pytest.raises(SystemExit) as left:
        cli.main(["一份.gxreport", "另一份.gxreport"])
    assert left.value.code == cli.FAILED and len(said) == 1
    assert "另一份.gxreport" in said[0] and "一次只能打开一个文件" in said[0]


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ("argument 命令: invalid choice: 'x' (choose from 'check', 'export')", "命令 没有这样的写法"),
        ("argument --a/-b: something a later Python says", "--a/-b 写得不对"),
        ("something else altogether", "看不懂"),
    ],
)
def test_no_english_of_argparse_is_passed_on(capsys: pytest.CaptureFixture[str], message: str, sentence: str) -> None:
    with pytest.raises(SystemExit):
        cli._parser().error(message)
    assert capsys.readouterr().err.startswith(f"命令写得不完整或有错：{sentence}。")


def test_forms_and_version(tmp_path: Path) -> None:
    forms = [json.loads(line) for line in gxdesk("forms", "--json", cwd=tmp_path).stdout.splitlines()]
    assert [(f["id"], f["first_year"], f["last_year"]) for f in forms] == [("2019", 2019, 2020), ("2021", 2021, None)]
    assert "社会组织" in forms[1]["tables"]["requests"]["columns"]["welfare"]
    assert gxdesk("--version", cwd=tmp_path).stdout.startswith("gxdesk ")


def test_without_a_console_a_sentence_is_shown_in_a_box(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[tuple[object, ...]] = []
    user32 = SimpleNamespace(MessageBoxW=lambda *words: shown.append(words))
    monkeypatch.setattr(ctypes, "windll", SimpleNamespace(user32=user32), raising=False)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(sys, "stderr", None)
    monkeypatch.setattr(sys, "stdout", None)
    assert cli.main(["check", "没有这个文件.gxreport"]) == 2
    assert [words[1:3] for words in shown] == [("找不到“没有这个文件.gxreport”。请核对文件名和所在的文件夹。", "GXDesk")]


@pytest.mark.no_cover
@pytest.mark.parametrize("spelling", ["self-test", "--self-test"])
def test_self_test_leaves_a_page_to_send(tmp_path: Path, spelling: str) -> None:
    done = gxdesk(spelling, "自检 Ω", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines() == (tmp_path / "自检 Ω" / "自检.txt").read_text(encoding="utf-8-sig").splitlines()[3:]
    assert {line.split()[0] for line in done.stdout.splitlines()} == {"通过"}


def test_self_test_says_for_a_program_what_failed(tmp_path: Path) -> None:
    (tmp_path / "文件").touch()
    done = gxdesk("self-test", "--json", "文件", cwd=tmp_path)
    assert done.returncode == 1
    (told,) = map(json.loads, done.stdout.splitlines())
    assert told["what"] == "存放的文件夹" and not told["passed"] and "请" in told["detail"]


def test_the_command_line_itself_imports_no_checks_and_no_document(tmp_path: Path) -> None:
    code = "import sys, gxdesk.cli; print([m for m in sys.modules if m.startswith(('gxdesk.checks', 'gxdesk.document', 'gxdesk.forms'))])"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", timeout=60, check=True)
    assert done.stdout.strip() == "[]"


def test_checking_imports_neither_the_window_nor_the_renderer(tmp_path: Path) -> None:
    code = "import sys; from gxdesk.cli import main; main(['check', sys.argv[1]]); print([m for m in ('PySide6', 'weasyprint', 'docx', 'jinja2', 'sqlite_utils', 'pypdfium2') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code, str(EXAMPLE)], cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", timeout=60, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.no_cover
def test_an_exported_pdf_is_read_like_the_report_file(tmp_path: Path) -> None:
    assert gxdesk("export", EXAMPLE, "--pdf", "报告.pdf", cwd=tmp_path).returncode == 0
    assert gxdesk("check", "报告.pdf", "--last-year", "报告.pdf", cwd=tmp_path).stderr == ""
    done = gxdesk("export", "报告.pdf", "--gxreport", "还原.gxreport", "--pdf", "再印.pdf", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "还原.gxreport").read_bytes() == EXAMPLE.read_bytes()
    assert (tmp_path / "再印.pdf").read_bytes() == (tmp_path / "报告.pdf").read_bytes()


@pytest.mark.no_cover
def test_a_pdf_that_shows_other_figures_is_read_with_a_warning(tmp_path: Path, forms: Forms) -> None:
    from gxdesk.document.pdf import Attachment, Press
    from gxdesk.document.view import build_view

    inside = report.read(EXAMPLE, forms)
    shown = replace(inside, cells={**inside.cells, "requests.granted.person": "77"})
    source = Attachment("report.gxreport", "", report.dumps(inside))
    (tmp_path / "报告.pdf").write_bytes(Press().render(build_view(shown, forms[shown.form], draft=False), source=source).data)
    done = gxdesk("check", "报告.pdf", cwd=tmp_path)
    assert done.returncode == 0 and "没有发现问题" in done.stdout
    assert "纸面上有" in done.stderr and done.stderr.count("\n") == 1


def test_import_makes_a_report_file_of_a_published_page_and_says_what_is_left(tmp_path: Path) -> None:
    gxdesk("export", EXAMPLE, "--html", "报告.html", cwd=tmp_path)
    done = gxdesk("import", "报告.html", "-o", "读入.gxreport", cwd=tmp_path)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "读入.gxreport", "")
    got, given = (json.loads(path.read_text(encoding="utf-8")) for path in (tmp_path / "读入.gxreport", EXAMPLE))
    assert got["texts"] == given["texts"] and got["year"] == given["year"] and given["cells"].items() <= got["cells"].items()
    page = tmp_path / "报告.html"
    page.write_text(page.read_text(encoding="utf-8").replace(">14<", ">14（含电话）<", 1).replace("</body>", "<p>扫一扫手机看</p></body>"), encoding="utf-8")
    done = gxdesk("import", "报告.html", "-o", "再读.gxreport", "--year", "2026", cwd=tmp_path)
    assert done.returncode == 1 and "存疑" in done.stderr and "没读懂  扫一扫手机看" in done.stderr


def test_import_never_overwrites_unasked(tmp_path: Path) -> None:
    source = tmp_path / "报告.txt"
    source.write_text("测试局2025年政府信息公开工作年度报告\n一、总体情况\n平稳。\n六、其他需要报告的事项\n没有。\n", encoding="utf-8")
    assert gxdesk("import", source, "-o", source, cwd=tmp_path).returncode == 2
    (tmp_path / "有了.gxreport").write_text("我的", encoding="utf-8")
    done = gxdesk("import", source, "-o", "有了.gxreport", cwd=tmp_path)
    assert done.returncode == 2 and "已经有了" in done.stderr and (tmp_path / "有了.gxreport").read_text(encoding="utf-8") == "我的"
    assert gxdesk("import", source, "-o", "有了.gxreport", "--replace", cwd=tmp_path).returncode == 1  # most of it is missing
    assert json.loads((tmp_path / "有了.gxreport").read_text(encoding="utf-8"))["texts"] == {"overview": "平稳。", "other": "没有。"}
    source.write_text("这不是报告。", encoding="utf-8")
    assert gxdesk("import", source, "-o", "没有.gxreport", cwd=tmp_path).returncode == 2 and not (tmp_path / "没有.gxreport").exists()


def test_check_audits_a_published_page(tmp_path: Path) -> None:
    gxdesk("export", EXAMPLE, "--html", "报告.html", cwd=tmp_path)
    done = gxdesk("check", "报告.html", cwd=tmp_path)
    assert done.returncode == 0 and "没有发现问题" in done.stdout and done.stderr == ""
    page = tmp_path / "报告.html"
    page.write_text(page.read_text(encoding="utf-8").replace(">21</td>", ">22</td>", 1), encoding="utf-8")
    done = gxdesk("check", "--json", "报告.html", cwd=tmp_path)
    assert done.returncode == 1 and [f["code"] for f in json.loads(done.stdout)["findings"]] == ["N-APPLY", "A3-BAL", "A3-ROW"]
