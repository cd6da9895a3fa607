"""The command line. Without a command it opens the window; that is the one place where the core names `ui`.

Exit codes: 0 done, nothing blocks; 1 something blocks a final export, or a part of the self-test failed; 2 a file cannot be read or written, or the command is not understood.
Results go to standard output, sentences about what went wrong to standard error; neither ever holds a traceback.
"""

import argparse
import errno
import gc
import io
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from gxdesk import __version__
from gxdesk.errors import UserError

# What a command needs it imports itself: opening the window waits for none of it.
if TYPE_CHECKING:
    from gxdesk.checks.finding import Finding
    from gxdesk.forms.definition import FormDef
    from gxdesk.forms.known import Forms
    from gxdesk.imports.matching import Imported
    from gxdesk.report import Report

DONE, BLOCKED, FAILED = 0, 1, 2
IN_FRONT = 0x10000  # MB_SETFOREGROUND: nobody looks for a box behind other windows
GONE = (errno.EPIPE, errno.EINVAL)  # of a reader that has gone away, the second on Windows


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code. Every failure becomes one sentence."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == ["--self-test"]:  # as it is asked for over the telephone
        words[0] = "self-test"
    try:
        if words and words[0] in COMMANDS:
            options = _parser().parse_args(words)
            if arguments is None and words[0] in READING:  # the process is this command's alone
                from gxdesk.bounds import bound_memory

                bound_memory()
            code: int = options.run(options)
            return code
        return _window(_window_parser().parse_args(words))
    except UserError as error:
        return _say(str(error))
    except KeyboardInterrupt:
        return _say("已中断，没有写完的文件不会留下。")
    except Exception as error:
        if os.environ.get("GXDESK_DEBUG"):
            raise
        return _say(f"程序内部出错（{type(error).__name__}），没有改动您的文件。请把这句话和所用的命令告诉开发者。")


# --- commands -----------------------------------------------------------------------------------------------------


def _window(options: argparse.Namespace) -> int:
    if sys.platform.startswith("linux") and not any(os.environ.get(k) for k in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")):
        return _say("这里没有图形显示，打不开窗口。可以用命令行导出：gxdesk export 报告.gxreport --pdf 报告.pdf --html 报告.html")
    gc.disable()  # a start makes thousands of objects and drops none: collecting in between is lost time; run() takes it up again
    try:
        from ui.application import run
    except ImportError as error:
        if sys.platform == "win32":
            return _say("程序文件缺了或坏了，窗口打不开；可能是被杀毒软件拦下了。请重新安装本程序；还不行，请管理员把程序文件夹加进信任。")
        return _say(f"窗口所需的图形库没有装好（{error.name or error}）。请用 python3 packaging/bootstrap.py run 重新安装，或重装本程序。")
    code: int = run(library=options.library, file=options.file, printing=options.print)
    return code


def _read(path: Path, forms: "Forms") -> "Report":
    """A report file, or a published report of any kind; what of that one could not be read is said."""
    return _read_with_page(path, forms)[0]


def _read_with_page(path: Path, forms: "Forms") -> "tuple[Report, Sequence[Finding]]":
    """The same, and what the page of a published report shows otherwise than the form."""
    from gxdesk import report

    if path.suffix.lower() in (".gxreport", ".json"):
        return report.read(path, forms), ()
    from gxdesk.imports import reading

    imported = reading.read(path, forms)
    _say_what_is_left(path, imported)
    return imported.report, imported.findings


def _say_what_is_left(path: Path, imported: "Imported") -> None:
    for note in imported.notes:
        _tell(f"{path.name}：{note}", sys.stderr)
    for doubt in imported.doubts:
        where = imported.form.cells[doubt.refs[0]].place if doubt.refs else "原文"
        more = f"等 {len(doubt.refs)} 格" if len(doubt.refs) > 1 else ""
        _tell(f"存疑  {where}{more}  {doubt.why}原文：{doubt.excerpt}", sys.stderr)
    for text in imported.not_understood:
        _tell(f"没读懂  {' '.join(text.split())[:100]}", sys.stderr)


def _import(options: argparse.Namespace) -> int:
    from gxdesk import report
    from gxdesk.document.export import refuse_targets
    from gxdesk.forms.known import Forms
    from gxdesk.imports import reading

    refuse_targets([options.output], [options.source])
    if options.output.exists() and not options.replace:
        raise UserError(f"“{options.output.name}”已经有了，没有改动它。请换一个名字；确实要盖掉它，就加上 --replace。")
    forms = Forms.load()
    if options.year is not None:
        forms.for_year(options.year)  # refuses a year that has no form
    imported = reading.read(options.source, forms, year=options.year)
    report.write(imported.report, options.output)
    _say_what_is_left(options.source, imported)
    _tell(options.output)
    return BLOCKED if imported.doubts or imported.not_understood or imported.missing else DONE


def _check(options: argparse.Namespace) -> int:
    import json

    from gxdesk.checks.engine import blocks, check
    from gxdesk.forms.known import Forms

    forms = Forms.load()
    last = _read(options.last_year, forms) if options.last_year else None
    worst = DONE
    for path in options.files:
        try:
            read, page = _read_with_page(path, forms)
        except UserError as error:
            if options.json:
                _tell(json.dumps({"file": str(path), "error": str(error)}, ensure_ascii=False))
            worst = _say(str(error))
            continue
        findings = check(read, forms[read.form], last, forms[last.form] if last else None, page)
        if options.json:
            _tell(json.dumps({"file": str(path), "form": read.form, "findings": [f.to_json() for f in findings]}, ensure_ascii=False))
        else:
            _tell(_told(path, read, forms[read.form], findings))
        if blocks(findings):
            worst = max(worst, BLOCKED)
    return worst


def _told(path: Path, read: "Report", form: "FormDef", findings: "Sequence[Finding]") -> str:
    from gxdesk.checks.engine import answered
    from gxdesk.checks.finding import Severity

    lines = [f"{path}：{read.title(form)}（{form.name}）"]
    for f in findings:
        lines.append(f"  {f.severity.words}  {f.place}  {f.message}〔{f.code}〕{'（已说明）' if answered(f, read) else ''}")
        if f.left_text:
            lines.append(f"          {f.left_text}  ／  {f.right_text}")
        lines += [f"          {line}" for line in (f.possible, f"依据：{f.basis}") if line]
    counts = "，".join(f"{s.words} {n} 处" for s in Severity if (n := sum(f.severity is s for f in findings)))
    lines.append(f"  共：{counts}。" if findings else "  没有发现问题。")
    return "\n".join(lines)


def _export(options: argparse.Namespace) -> int:
    from gxdesk.checks.engine import blocks, check
    from gxdesk.document.edition import Edition, Sides
    from gxdesk.document.export import export, refuse_targets
    from gxdesk.document.formats import FORMATS
    from gxdesk.forms.known import Forms

    targets = {key: path for key in FORMATS if (path := getattr(options, key))}
    if not targets:
        raise UserError(f"没有说要导出什么。请加上 {'、'.join(f'--{key}' for key in FORMATS)} 中的一个或几个，后面写文件名，例如 --pdf 报告.pdf。")
    refuse_targets(targets.values(), [path for path in (options.file, options.last_year) if path])
    for key, path in targets.items():
        ending = Path(FORMATS[key].ending).suffix or FORMATS[key].ending
        if path.suffix.lower() != ending and not path.is_dir():
            raise UserError(f"--{key} 写出的是 {ending} 文件，“{path.name}”的名字不合。请让它以 {ending} 结尾。")
    forms = Forms.load()
    read = _read(options.file, forms)
    before = _read(options.last_year, forms) if options.last_year else None
    last = (before, forms[before.form]) if before else None
    blocking = [f for f in check(read, forms[read.form], *(last or ())) if blocks([f])]
    if blocking and not options.draft and any(FORMATS[key].final for key in targets):
        for f in blocking:
            _tell(f"{f.severity.words}  {f.place}  {f.message}〔{f.code}〕", sys.stderr)
        _say(f"还有 {len(blocking)} 处必须改，不能导出终稿。改好再导出；或加上 --draft，导出每页带“草稿”的稿子。")
        return BLOCKED
    done = export(Edition(read, forms[read.form], bool(options.draft), Sides.ONE if options.one_sided else Sides.BOTH, last), targets)
    for file in done.files:
        _tell(file)
    for notice in done.notices:
        _tell(notice, sys.stderr)
    return DONE


def _forms(options: argparse.Namespace) -> int:
    import json

    from gxdesk.forms.known import Forms

    forms = Forms.load()
    for form in forms.values():
        first, last = form.first_year, form.last_year
        if options.json:
            tables = {
                t.key: {"cells": len(t.cells), "rows": {r.key: r.names for r in t.row_lines}, "columns": {c.key: c.names for c in t.column_lines}}
                for t in form.tables.values()
            }
            entry = {"id": form.id, "name": form.name, "first_year": first, "last_year": last, "notice": form.notice.number, "tables": tables}
            _tell(json.dumps(entry, ensure_ascii=False))
        else:
            span = f"{first} 年度起" if last is None else f"{first} 至 {last} 年度"
            counts = "，".join(f"{t.name} {len(t.cells)} 格" for t in form.tables.values())
            _tell(f"{form.id}  {form.name}，{span}，{form.notice.number}；{counts}")
    return DONE


def _manual(options: argparse.Namespace) -> int:
    from gxdesk import files
    from gxdesk.document.manual import NAME, pdf
    from gxdesk.document.pdf import Press

    path: Path = options.output
    if path.suffix.lower() != ".pdf":
        raise UserError(f"{NAME}写成 PDF，文件名要以 .pdf 结尾；“{path.name}”没有改动。")
    made = pdf(Press())
    files.replace(path, made.data)
    _tell(path)
    for notice in made.notices:
        _tell(notice, sys.stderr)
    return DONE


def _self_test(options: argparse.Namespace) -> int:
    import json
    from dataclasses import asdict

    from gxdesk.selftest import run

    passed = True
    for line in run(options.folder):
        _tell(json.dumps(asdict(line), ensure_ascii=False) if options.json else line)
        passed = passed and line.passed
    return DONE if passed else BLOCKED


# --- words --------------------------------------------------------------------------------------------------------


def _tell(line: object, to: TextIO | None = None) -> None:
    """Print a line at once, a result unless `to` says otherwise. A reader that has gone away, as `head` does, is no failure, and the work goes
    on without it: the exit code is an answer too."""
    stream = to or sys.stdout
    try:
        print(line, file=stream, flush=True)
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # or Python would try once more when it ends
        if stream is sys.stdout and error.errno not in GONE:
            from gxdesk.files import refusal

            raise UserError(refusal(error, Path("输出"))) from error


def _windowed() -> bool:
    """Started by a double click on Windows: what is said stands in a box, or nowhere."""
    return sys.platform == "win32" and sys.stderr is None


def _say(sentence: str) -> int:
    if sys.platform == "win32" and _windowed():
        import ctypes

        ctypes.windll.user32.MessageBoxW(None, sentence, "GXDesk", IN_FRONT)
    else:
        _tell(sentence, sys.stderr)
    return FAILED


class _Formatter(argparse.RawDescriptionHelpFormatter):
    def add_usage(self, usage: str | None, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


# What argparse says in English, and what is said instead. The last fits whatever else is wrong with an argument.
_MISTAKES = (
    (r"the following arguments are required: (.+)", "还缺 {}"),
    (r"unrecognized arguments: (.+)", "不认识 {}"),
    (r"argument ([^:]+): expected .*", "{} 后面还要写上它的内容"),
    (r"argument ([^:]+): ignored explicit argument .*", "{} 后面不带内容"),
    (r"argument ([^:]+): invalid choice: .*", "{} 没有这样的写法"),
    (r"argument ([^:]+): .*", "{} 写得不对"),
)


class _Parser(argparse.ArgumentParser):
    """argparse in Chinese: headings, and one sentence with the usage instead of its English errors."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"formatter_class": _Formatter, "allow_abbrev": False, **more, "add_help": False})
        self._positionals.title, self._optionals.title = "参数", "选项"
        self.add_argument("-h", "--help", action="help", help="显示这段说明")

    def format_help(self) -> str:
        """argparse sets half a colon behind its headings."""
        return re.sub(r"^(参数|选项):$", r"\1：", super().format_help(), flags=re.MULTILINE)

    def error(self, message: str) -> NoReturn:
        said = next((words.format(found[1]) for mistake, words in _MISTAKES if (found := re.fullmatch(mistake, message, re.DOTALL))), "看不懂")
        if _windowed():  # several files were dropped on the program
            raise SystemExit(_say(f"打不开：{said}。一次只能打开一个文件，其余的请在窗口里一个一个地打开。"))
        _tell(f"命令写得不完整或有错：{said}。请照下面的用法改。", sys.stderr)
        self.print_usage(sys.stderr)
        raise SystemExit(FAILED)


def _window_parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="gxdesk",
        usage="gxdesk [文件] [--print] [--library 文件] | gxdesk 命令 …",
        description="写政府信息公开工作年度报告。不带命令就打开窗口。",
        epilog="\n".join(["命令：", *(f"  {name:<10} {what}" for name, what in COMMANDS.items()), "", "gxdesk 命令 --help 看每个命令的用法。", EXIT_CODES]),
    )
    parser.add_argument("file", metavar="文件", nargs="?", type=Path, help="要打开的 .gxreport 报告文件，或已经公布的报告（网页、Word、PDF、文本）")
    parser.add_argument("--print", action="store_true", help="打开报告文件后接着打印")
    parser.add_argument("--library", metavar="文件", type=Path, help="报告库放在哪里；不写就放在本用户的数据文件夹")
    parser.add_argument("--version", action="version", version=f"gxdesk {__version__}", help="显示版本")
    return parser


def _parser() -> argparse.ArgumentParser:
    from gxdesk.document.formats import FORMATS

    parser = _Parser(prog="gxdesk")
    commands = parser.add_subparsers(metavar="命令", required=True, parser_class=_Parser)
    one = commands.add_parser("check", description="检查报告，逐条列出问题。", epilog="退出码：0 可以导出终稿，1 有必须改的，2 有文件读不了。")
    one.add_argument("files", metavar="文件", nargs="+", type=Path, help=".gxreport 报告文件，或已经公布的报告（网页、Word、PDF、文本）")
    one.add_argument("--last-year", metavar="文件", type=Path, help="去年的报告（同上各种文件），用来核对结转等跨年的数")
    one.add_argument("--json", action="store_true", help="每个文件输出一行 JSON")
    one.set_defaults(run=_check)
    two = commands.add_parser("export", description="把报告导出为 PDF、Word、网页等文件，一次可以要几种；写好后读回来核对，都对了才放到位。", epilog="有必须改的问题时，不加 --draft 什么也不写。" + EXIT_CODES)
    two.add_argument("file", metavar="文件", type=Path, help=".gxreport 报告文件，或已经公布的报告")
    for f in FORMATS.values():
        two.add_argument(f"--{f.key}", metavar="文件", type=Path, help=f"{f.name}：{f.use}")
    two.add_argument("--last-year", metavar="文件", type=Path, help="去年的报告，导出前一并核对；一页纸里与它对比")
    two.add_argument("--one-sided", action="store_true", help="单面打印用：每页都在左边装订，页码都在右边")
    two.add_argument("--draft", action="store_true", help="导出草稿，每页带“草稿”字样")
    two.set_defaults(run=_export)
    five = commands.add_parser("import", description="把已经公布的报告读成报告文件；没读懂的逐条列出，不会丢。", epilog=EXIT_CODES)
    five.add_argument("source", metavar="文件", type=Path, help="网页（.html .mht）、Word（.docx .doc）、PDF、文本（.txt .md）或 .gxreport")
    five.add_argument("-o", "--output", metavar="文件", type=Path, required=True, help="要写成的 .gxreport 报告文件")
    five.add_argument("--year", metavar="年度", type=int, help="报告年度；不写就从原文里找")
    five.add_argument("--replace", action="store_true", help="写成的文件已经有了，也盖掉它")
    five.set_defaults(run=_import)
    three = commands.add_parser("forms", description="列出程序里的报告格式。")
    three.add_argument("--json", action="store_true", help="每个格式输出一行 JSON")
    three.set_defaults(run=_forms)
    six = commands.add_parser("manual", description="把用户手册写成 PDF，可以打印。在窗口里按 F1 也能看。")
    six.add_argument("output", metavar="文件", type=Path, help="要写成的 PDF")
    six.set_defaults(run=_manual)
    four = commands.add_parser("self-test", description="检查程序在这台电脑上能不能用：磁盘、程序文件、报告库、导出和读入、字体、打印机。写成 --self-test 也行。", epilog="退出码：0 全部通过，1 有没通过的，2 中途停了或命令写错。")
    four.add_argument("folder", metavar="文件夹", nargs="?", type=Path, help="把做出来的文件和结果留在这里，结果是其中的“自检.txt”，可以发给维护人员")
    four.add_argument("--json", action="store_true", help="每一项输出一行 JSON")
    four.set_defaults(run=_self_test)
    return parser


COMMANDS = {
    "check": "检查报告，逐条列出问题",
    "export": "导出 PDF、Word、网页等",
    "import": "把已经公布的报告读成报告文件",
    "forms": "列出程序里的报告格式",
    "manual": "把用户手册写成 PDF",
    "self-test": "检查程序在这台电脑上能不能用",
}
READING = ("check", "import")  # they read what others wrote, and print no pages, which may take more than a bound allows
EXIT_CODES = "退出码：0 做好了，1 有必须改的，2 文件读不了、写不了或命令写错。"
