"""What the package is made of, fetched and checked: nothing is opened whose SHA-256 is not written down in this repository.

Python packages are those of `../requirements.txt`; which of them Windows needs is read from their own metadata. All else is in `pins.toml`.
"""

import hashlib
import os
import re
import sys
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path
from typing import Any, NamedTuple

from bootstrap import HERE, PYTHON, ROOT, Stop, execute, font_home
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PINS: dict[str, dict[str, str]] = tomllib.loads((HERE / "windows" / "pins.toml").read_text(encoding="utf-8"))
PYTHON_VERSION = "3.11"
WINDOWS = {
    "implementation_name": "cpython",
    "implementation_version": "3.11.9",
    "os_name": "nt",
    "platform_machine": "AMD64",
    "platform_python_implementation": "CPython",
    "platform_release": "10",
    "platform_system": "Windows",
    "platform_version": "10.0.19045",
    "python_full_version": "3.11.9",
    "python_version": PYTHON_VERSION,
    "sys_platform": "win32",
}
LEFT_OUT = {"pip": "sqlite-utils 只在它自己的安装命令里用它"}  # name -> why a requirement is not shipped
PLATFORM = ("--only-binary=:all:", "--platform", "win_amd64", "--implementation", "cp", "--abi", "abi3", "--abi", "none")


class Wheel(NamedTuple):
    """A package as it is shipped."""

    name: str
    version: str
    path: Path
    metadata: Message


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def checked(path: Path, expected: str) -> Path:
    """`path`, if its bytes are those written down. Otherwise it is removed, so that the next run fetches it again."""
    found = sha256(path)
    if found != expected:
        path.unlink()
        raise Stop(f"“{path.name}”的校验值与记录不符，没有继续：记录是 {expected}，实际是 {found}。")
    return path


# --- fetching -----------------------------------------------------------------------------------------------------


def pinned(name: str, folder: Path) -> Path:
    """The file of `pins.toml` with this name, in `folder`."""
    pin = PINS[name]
    path = folder / pin["file"]
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        (_wheel if path.suffix == ".whl" else _sdist)(pin, path)
    return checked(path, pin["sha256"])


def _wheel(pin: Mapping[str, str], path: Path) -> None:
    minor = path.name.split("-cp3")[1].split("-")[0]
    _pip("download", "--no-deps", "--dest", path.parent, "--python-version", f"3.{minor}", "--abi", f"cp3{minor}", *PLATFORM, pin["requirement"])


def _sdist(pin: Mapping[str, str], path: Path) -> None:
    """With pip's own connection, because `pip download` runs the setup.py of a source archive before its hash is known to us."""
    from pip._internal.commands import create_command
    from pip._internal.network.utils import response_chunks

    command: Any = create_command("download")
    options, _ = command.parse_args([pin["requirement"]])
    with command.main_context():
        session = command.get_default_session(options)
        found = command._build_package_finder(options, session).find_all_candidates(Requirement(pin["requirement"]).name)  # noqa: SLF001  pip offers no other way
        links = [candidate.link for candidate in found if candidate.link.filename == path.name]
        if not links:
            raise Stop(f"软件源里没有“{path.name}”，请检查软件源的设置。")
        fresh = path.with_suffix(".new")
        with fresh.open("wb") as file:
            file.writelines(response_chunks(session.get(links[0].url_without_fragment, stream=True)))
        fresh.replace(path)


def wheels(requirements: Path, roots: list[str], folder: Path) -> list[Wheel]:
    """The wheels that `roots` need on Windows, out of a pinned requirements file; in order of their names."""
    folder.mkdir(parents=True, exist_ok=True)
    text = requirements.read_text(encoding="utf-8")
    wanted = folder.with_suffix(".txt")  # markers are judged here for Windows; pip would judge them for the machine it runs on
    wanted.write_text("\n".join(_for_windows(text)), encoding="utf-8")
    _pip("download", "--no-deps", "--require-hashes", "--find-links", folder, "--dest", folder,
         "--python-version", PYTHON_VERSION, "--abi", "cp311", *PLATFORM, "-r", wanted)  # fmt: skip
    known = set(re.findall(r"sha256:([0-9a-f]{64})", text))  # of what lies there from earlier builds only what is still written down
    there = {wheel.name: wheel for wheel in (_opened(path) for path in sorted(folder.glob("*.whl")) if sha256(path) in known)}
    needed = [one for one in map(Requirement, roots) if one.marker is None or one.marker.evaluate(WINDOWS)]
    return [there[name] for name in sorted(_closure(needed, there))]


def _for_windows(text: str) -> Iterator[str]:
    for line in text.replace("\\\n", " ").splitlines():
        if line.strip() and not line.startswith("#"):
            requirement, *hashes = line.split(" --hash=")
            needed = Requirement(requirement.strip())
            if needed.marker is None or needed.marker.evaluate(WINDOWS):
                needed.marker = None
                yield " ".join([str(needed), *(f"--hash={one.strip()}" for one in hashes)])


def _opened(path: Path) -> Wheel:
    with zipfile.ZipFile(path) as archive:
        inside = next(name for name in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", name))
        metadata = HeaderParser().parsestr(archive.read(inside).decode("utf-8"))
    return Wheel(canonicalize_name(metadata["Name"]), metadata["Version"], path, metadata)


def _closure(roots: list[Requirement], there: Mapping[str, Wheel]) -> set[str]:
    """Names of what `roots` need on Windows, with all that those need. Stops where one is missing or of another version."""
    seen: dict[str, set[str]] = {}
    while roots:
        needed = roots.pop()
        name, extras = canonicalize_name(needed.name), needed.extras | {""}
        if name in LEFT_OUT or extras <= seen.get(name, set()):
            continue
        if name not in there or not needed.specifier.contains(there[name].version, prereleases=True):
            raise Stop(f"记录的 Python 组件里没有 Windows 所需的“{needed}”；请按 packaging/requirements.txt 开头的说明更新。")
        seen[name] = seen.get(name, set()) | extras
        further = map(Requirement, there[name].metadata.get_all("Requires-Dist", []))
        roots += [one for one in further if not one.marker or any(one.marker.evaluate({**WINDOWS, "extra": extra}) for extra in extras)]
    return set(seen)


def own_wheel(folder: Path) -> Path:
    """gxdesk itself as a wheel; its build tool is among the pinned packages, so nothing is fetched."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.whl"):
        old.unlink()
    _pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", folder, ROOT)
    return next(folder.glob("*.whl"))


def fonts() -> list[Path]:
    """The five faces that fonts.py makes, as they lie in the user's font folder."""
    home = font_home()
    if absent := [name for name in PINS["fonts"] if not (home / name).exists()]:
        raise Stop(f"公文字体没有做成，缺少 {'、'.join(absent)}；请运行 {PYTHON} {HERE / 'fonts.py'}。")
    for name, expected in PINS["fonts"].items():
        if sha256(home / name) != expected:
            raise Stop(f"公文字体“{name}”与记录不符，没有继续；请核对 packaging/fonts.py 和 pins.toml。")
    return [home / name for name in PINS["fonts"]]


def _pip(command: str, *words: str | Path) -> None:
    options = ("--disable-pip-version-check", "--no-input", "--progress-bar", "off", "--quiet")
    os.environ.setdefault("SOURCE_DATE_EPOCH", "1577836800")  # a wheel made here bears no time of its own
    execute([sys.executable, "-I", "-m", "pip", command, *options, *words], "Python 组件没有取到")
