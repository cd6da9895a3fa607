"""The Windows package, as far as it can be judged without making it: what it refuses, and what it takes along.

`python3 packaging/bootstrap.py windows` and `windows-test` make it and try it (docs/windows.md).
"""

import hashlib
import importlib
import importlib.metadata
import os
import py_compile
import re
import shutil
import struct
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from email.message import Message
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
WINDOWS = ROOT / "packaging" / "windows"


@pytest.fixture
def sources(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    yield from module("sources", monkeypatch)


def module(name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """A module of packaging/windows, which finds its neighbours as it does when it is run; they are forgotten afterwards."""
    for folder in (WINDOWS.parent, WINDOWS):
        monkeypatch.syspath_prepend(str(folder))
    before = set(sys.modules)
    yield importlib.import_module(name)
    for new in {"bootstrap", "fonts", "sources", "verify", "bundle", "bill", "build", "box"} & (set(sys.modules) - before):
        del sys.modules[new]


# --- pins ---------------------------------------------------------------------------------------------------------


def test_a_file_with_other_bytes_stops_the_build_and_is_removed(sources: ModuleType, tmp_path: Path) -> None:
    file = tmp_path / "package.whl"
    file.write_bytes(b"as published")
    right = hashlib.sha256(b"as published").hexdigest()
    assert sources.checked(file, right) == file
    file.write_bytes(b"as published.")
    with pytest.raises(sources.Stop, match=r"package\.whl.*校验值与记录不符"):
        sources.checked(file, right)
    assert not file.exists()


def test_everything_from_outside_is_pinned(sources: ModuleType) -> None:
    for name, pin in sources.PINS.items():
        digests = pin.values() if name == "fonts" else [pin["sha256"]]
        assert all(re.fullmatch(r"[0-9a-f]{64}", digest) for digest in digests), name
        assert name == "fonts" or re.fullmatch(r"[\w-]+==[\d.]+", pin["requirement"])


def test_the_fonts_that_are_made_here_are_the_pinned_ones(sources: ModuleType) -> None:
    """Whoever changes fonts.py changes pins.toml: the next Windows build would stop."""
    home = sources.font_home()
    recipe = home / "recipe"
    if not recipe.is_file() or recipe.read_text(encoding="utf-8") != hashlib.sha256((WINDOWS.parent / "fonts.py").read_bytes() + b"\0").hexdigest():
        pytest.skip("the fonts here were made by another fonts.py, or not at all")
    assert [file.name for file in sources.fonts()] == list(sources.PINS["fonts"])


def test_requirements_are_judged_for_windows(sources: ModuleType) -> None:
    text = (
        "a==1 ; sys_platform == 'win32' \\\n    --hash=sha256:aa \\\n    --hash=sha256:ab\n"
        "b==2 ; sys_platform == 'linux' \\\n    --hash=sha256:bb\n# c==3\nd==4 \\\n    --hash=sha256:dd\n"
    )
    assert list(sources._for_windows(text)) == ["a==1 --hash=sha256:aa --hash=sha256:ab", "d==4 --hash=sha256:dd"]


def wheel(folder: Path, name: str, version: str, *needs: str) -> None:
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        lines = [f"Name: {name}", f"Version: {version}", *(f"Requires-Dist: {need}" for need in needs)]
        archive.writestr(f"{name}-{version}.dist-info/METADATA", "Metadata-Version: 2.1\n" + "\n".join(lines) + "\n")


def taken(sources: ModuleType, folder: Path, *roots: str) -> list[str]:
    there = {one.name: one for one in map(sources._opened, folder.glob("*.whl"))}
    return sorted(sources._closure([sources.Requirement(root) for root in roots], there))


def test_what_windows_needs_is_taken_and_nothing_else(sources: ModuleType, tmp_path: Path) -> None:
    wheel(tmp_path, "app", "1", "Lib[fast]>=2", "pip", "unix; os_name == 'posix'", "win>=1; sys_platform == 'win32'")
    wheel(tmp_path, "lib", "2.1", "speed; extra == 'fast'", "docs; extra == 'docs'", "app")
    for name in ("speed", "win", "tool"):
        wheel(tmp_path, name, "1")
    assert taken(sources, tmp_path, "app") == ["app", "lib", "speed", "win"]


@pytest.mark.parametrize("need", ["absent", "lib>=3"])
def test_a_requirement_that_is_not_met_stops_the_build(sources: ModuleType, tmp_path: Path, need: str) -> None:
    wheel(tmp_path, "app", "1", need)
    wheel(tmp_path, "lib", "2")
    with pytest.raises(sources.Stop, match=need):
        taken(sources, tmp_path, "app")


@pytest.mark.parametrize(("requirements", "extra"), [("requirements.txt", "dependencies"), ("requirements-test.txt", "test")])
def test_all_that_windows_needs_is_written_down(sources: ModuleType, requirements: str, extra: str) -> None:
    """By what the packages installed here say they need, judged for Windows; of those that are for Windows alone the names have to do."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    roots = [*project["dependencies"], *project["optional-dependencies"].get(extra, [])]
    there = {}
    for line in sources._for_windows((WINDOWS.parent / requirements).read_text(encoding="utf-8")):
        name, version = line.split()[0].split("==")
        try:
            metadata = importlib.metadata.metadata(name)
        except importlib.metadata.PackageNotFoundError:
            metadata = Message()
        key = sources.canonicalize_name(re.sub(r"\[.*", "", name))
        there[key] = sources.Wheel(key, version, Path(), metadata)
    needed = [one for one in map(sources.Requirement, roots) if one.marker is None or one.marker.evaluate(sources.WINDOWS)]
    assert {sources.canonicalize_name(one.name) for one in needed} <= sources._closure(needed, there)


# --- CPython ------------------------------------------------------------------------------------------------------


@pytest.fixture
def verify(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    yield from module("verify", monkeypatch)


@pytest.fixture
def library(tmp_path: Path) -> dict[str, Any]:
    """A compiled standard library of one module, its source, and a catalogue that lists it."""
    source = tmp_path / "one.py"
    source.write_bytes(b"x = 1\r\n")
    compiled = tmp_path / "python311.zip"
    with zipfile.ZipFile(compiled, "w") as archive:
        archive.write(py_compile.compile(str(source), cfile=str(tmp_path / "one.pyc"), doraise=True), "one.pyc")
    return {"compiled": compiled, "listing": b"..." + hashlib.sha256(source.read_bytes()).digest() + b"...", "source": lambda _: source.read_bytes()}


def test_a_library_compiled_from_listed_source_is_accepted(verify: ModuleType, library: dict[str, Any]) -> None:
    assert verify.library(**library) == 1


def test_compiled_code_of_another_source_stops_the_build(verify: ModuleType, library: dict[str, Any]) -> None:
    other = b"x = 2\r\n"
    with pytest.raises(verify.Stop, match="与它的源代码不一致"):
        verify.library(**{**library, "source": lambda _: other, "listing": hashlib.sha256(other).digest()})


def test_source_that_nobody_signed_stops_the_build(verify: ModuleType, library: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "one.py").write_bytes(b"x = 1\n")
    monkeypatch.setattr(verify.sysconfig, "get_path", lambda _: str(own))
    unlisted = {**library, "listing": b"other"}
    with pytest.raises(verify.Stop, match="没有列在签名的目录里"):
        verify.library(**unlisted)
    monkeypatch.setattr(verify, "FORGOTTEN", "one.py")  # but the same as here
    assert verify.library(**unlisted) == 1
    (own / "one.py").write_bytes(b"x = 2\n")
    with pytest.raises(verify.Stop, match="没有列在签名的目录里"):
        verify.library(**unlisted)


def test_a_module_the_standard_library_has_not_stops_the_build(verify: ModuleType, library: dict[str, Any]) -> None:
    def source(name: str) -> bytes:
        raise KeyError(name)

    with pytest.raises(verify.Stop, match=r"标准库里没有“one\.py”"):
        verify.library(**{**library, "source": source})


def signature(content: bytes, *organisations: str, inside: bytes = b"", beside: bytes = b"") -> bytes:
    """The form of a signature over `content`, with nothing true in it but the names; `inside` is a further one, `beside` is not covered."""
    from asn1crypto import algos, cms, core, keys, x509

    sha, name = {"algorithm": "sha256"}, {"common_name": "x", **({"organization_name": organisations} if organisations else {})}
    subject = x509.Name.build({**name, "organization_name": organisations[0]} if len(organisations) == 1 else name)
    signed_by = algos.SignedDigestAlgorithm({"algorithm": "sha256_rsa"})
    times = {key: x509.Time({"utc_time": "250101000000Z"}) for key in ("not_before", "not_after")}
    key = keys.PublicKeyInfo.wrap(keys.RSAPublicKey({"modulus": 35, "public_exponent": 5}), "rsa")
    told = {"serial_number": 7, "signature": signed_by, "issuer": subject, "validity": times, "subject": subject, "subject_public_key_info": key}
    certificate = x509.Certificate({"tbs_certificate": told, "signature_algorithm": signed_by, "signature_value": b"0"})
    further = [{"type": "microsoft_nested_signature", "values": [cms.ContentInfo.load(inside)]}] if inside else []
    further += [{"type": "1.2.3", "values": [core.OctetString(beside)]}] if beside else []
    signer = {
        "version": "v1",
        "sid": {"issuer_and_serial_number": {"issuer": subject, "serial_number": 7}},
        "digest_algorithm": sha,
        "signature_algorithm": {"algorithm": "rsassa_pkcs1v15"},
        "signature": b"0",
        **({"unsigned_attrs": further} if further else {}),
    }
    covered = {"content_type": "1.3.6.1.4.1.311.10.1", "content": core.Sequence(contents=core.OctetString(content).dump(), explicit=0)}
    signed = {"version": "v1", "digest_algorithms": [sha], "encap_content_info": covered, "certificates": [certificate], "signer_infos": [signer]}
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(signed)}).dump())


def program_file(signed: bytes, *, more: bytes = b"") -> bytes:
    """The least that is a program file with a table of certificates; `more` is a second entry in it."""
    entries = [struct.pack("<IHH", 8 + len(one), 0x200, 2) + one + bytes(-len(one) % 8) for one in (signed, more) if one]
    start = 64 + 24 + 240
    optional = bytearray(240)
    struct.pack_into("<H", optional, 0, 0x20B)
    struct.pack_into("<I", optional, 108, 16)
    struct.pack_into("<II", optional, 112 + 4 * 8, start, sum(map(len, entries)))
    head = b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0" + struct.pack("<HHIIIHH", 0x8664, 0, 0, 0, 0, len(optional), 0x22)
    return head + bytes(optional) + b"".join(entries)


@pytest.fixture
def all_succeed(verify: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """osslsigncode finds every signature good: of somebody it is then."""
    monkeypatch.setattr(verify.subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 0, "Succeeded\n", ""))


FOUNDATION, MICROSOFT, SOMEBODY = "Python Software Foundation", "Microsoft Corporation", "Somebody"


def test_files_signed_by_those_who_make_them_are_accepted(verify: ModuleType, all_succeed: None, tmp_path: Path) -> None:
    (tmp_path / "python311.dll").write_bytes(program_file(signature(b"", FOUNDATION)))
    (tmp_path / "python.cat").write_bytes(signature(b"", FOUNDATION))
    (tmp_path / "vcruntime140.dll").write_bytes(program_file(signature(b"", MICROSOFT, inside=signature(b"", MICROSOFT))))
    (tmp_path / "LICENSE.txt").touch()
    assert verify.signatures(tmp_path) == 3


@pytest.mark.parametrize(("code", "said"), [(1, "Succeeded\n"), (1, "Failed\n"), (0, "No signature found\n")])
def test_a_bad_signature_stops_the_build(verify: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: int, said: str) -> None:
    (tmp_path / "PYTHON311.DLL").write_bytes(program_file(signature(b"", FOUNDATION)))
    monkeypatch.setattr(verify.subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, code, said, ""))
    with pytest.raises(verify.Stop, match="签名核对不上"):
        verify.signatures(tmp_path)


@pytest.mark.parametrize(
    ("name", "signers", "inside"),
    [
        ("python311.dll", (SOMEBODY,), None),
        ("python311.dll", (), None),
        ("python311.dll", (f"{SOMEBODY}/O={FOUNDATION}/CN=",), None),  # as a line of text it would have the name of the Foundation in it
        ("python311.dll", (f"{FOUNDATION} Ltd",), None),
        ("python311.dll", (FOUNDATION,), SOMEBODY),
        ("python311.dll", (MICROSOFT,), None),
        ("_ssl.PYD", (MICROSOFT,), None),
        ("python.cat", (MICROSOFT,), None),
        ("vcruntime140.dll", (FOUNDATION,), None),
    ],
)
def test_a_signature_of_others_stops_the_build(
    verify: ModuleType, all_succeed: None, tmp_path: Path, name: str, signers: tuple[str, ...], inside: str | None
) -> None:
    signed = signature(b"", *signers, inside=signature(b"", inside) if inside else b"")
    (tmp_path / name).write_bytes(signed if name == "python.cat" else program_file(signed))
    with pytest.raises(verify.Stop, match=f"“{name}”的签名人应是"):
        verify.signatures(tmp_path)


def test_a_second_entry_in_the_table_of_certificates_stops_the_build(verify: ModuleType, all_succeed: None, tmp_path: Path) -> None:
    (tmp_path / "python311.dll").write_bytes(program_file(signature(b"", FOUNDATION), more=signature(b"", SOMEBODY)))
    with pytest.raises(verify.Stop, match="多了或少了东西"):
        verify.signatures(tmp_path)


def test_digests_count_only_where_the_signature_covers_them(verify: ModuleType, tmp_path: Path) -> None:
    catalogue = tmp_path / "python.cat"
    catalogue.write_bytes(signature(b"listed", FOUNDATION, beside=b"beside"))
    assert b"listed" in verify._listing(catalogue) and b"beside" in catalogue.read_bytes()
    assert b"beside" not in verify._listing(catalogue)
    catalogue.write_bytes(catalogue.read_bytes() + b"behind")
    with pytest.raises(verify.Stop, match="多了或少了东西"):
        verify._listing(catalogue)


@pytest.mark.parametrize("name", ["weasyprint.py", "PYTHON311.ZIP", "python311.zip.pth", "sub"])
def test_a_file_that_python_does_not_publish_stops_the_build(verify: ModuleType, all_succeed: None, library: dict[str, Any], tmp_path: Path, name: str) -> None:
    folder = tmp_path / "python"
    folder.mkdir()
    library["compiled"].rename(folder / "python311.zip")
    for published in ("python311._pth", "LICENSE.txt"):
        (folder / published).touch()
    (folder / "python.cat").write_bytes(signature(library["listing"], FOUNDATION))
    assert "1 个文件的签名、标准库 1 个模块" in verify.distribution(folder, library["source"])
    (folder / name).mkdir() if name == "sub" else (folder / name).touch()
    with pytest.raises(verify.Stop, match=f"不该有的文件“{name}”"):
        verify.distribution(folder, library["source"])


# --- licences -----------------------------------------------------------------------------------------------------


@pytest.fixture
def bill(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    yield from module("bill", monkeypatch)


class Stated:
    """A program file as pefile reads it, with what it states of itself."""

    def __init__(self, version: bytes | None, compiled_in: bytes | None) -> None:
        if version:
            self.FileInfo = [[SimpleNamespace(StringTable=[SimpleNamespace(entries={b"ProductVersion": version})])]]
        named = SimpleNamespace(PdbFileName=compiled_in) if compiled_in else SimpleNamespace()
        self.DIRECTORY_ENTRY_DEBUG = [SimpleNamespace(entry=named)]

    def parse_data_directories(self, _: object) -> None: ...

    def __enter__(self) -> "Stated":
        return self

    def __exit__(self, *_: object) -> None: ...


@pytest.mark.parametrize(
    ("version", "compiled_in", "told"),
    [
        (b"6.11.3.0", None, "6.11.3.0"),
        (None, rb"C:\build\sources\msvc_x86_64\zlib-1.3.1\b\z-1.pdb\0", "zlib-1.3.1"),
        (b"1.56.2", rb"C:\build\sources\msvc_x86_64\pango-1.56.2\b\pango\pango-1.0-0.pdb", "pango-1.56.2"),
        (None, rb"D:\a\1\s\z-1.pdb", "没有写明版本"),
        (None, None, "没有写明版本"),
    ],
)
def test_a_version_is_what_the_file_states_or_said_to_be_unstated(
    bill: ModuleType, monkeypatch: pytest.MonkeyPatch, version: bytes | None, compiled_in: bytes | None, told: str
) -> None:
    monkeypatch.setattr(bill.pefile, "PE", lambda *_, **__: Stated(version, compiled_in))
    assert told in bill.stated(Path("z-1.dll"))


def test_the_bill_names_the_commit_and_whether_it_was_changed(bill: ModuleType, tmp_path: Path) -> None:
    assert "不是从 git 里取出来的" in bill.source_state(tmp_path)
    git = ("git", "-C", str(tmp_path), "-c", "user.name=x", "-c", "user.email=x@example.org")
    (tmp_path / "file").write_text("one", encoding="utf-8")
    for words in (("init", "--quiet"), ("add", "file"), ("commit", "--quiet", "--message", "x")):
        subprocess.run([*git, *words], check=True)
    clean = bill.source_state(tmp_path)
    assert re.fullmatch(r"[0-9a-f]{40}", clean)
    (tmp_path / "file").write_text("two", encoding="utf-8")
    assert bill.source_state(tmp_path) == f"{clean}-dirty"
    (tmp_path / "file").write_text("one", encoding="utf-8")
    (tmp_path / "one more").touch()  # it would be packed too
    assert bill.source_state(tmp_path) == f"{clean}-dirty"
    shutil.rmtree(tmp_path / ".git")
    (tmp_path / ".git").write_text("gitdir: nowhere", encoding="utf-8")
    assert bill.source_state(tmp_path) == "git 没有说出是哪一次提交"


def test_the_licence_texts_of_a_package_keep_their_places(bill: ModuleType, tmp_path: Path) -> None:
    texts = {"a-1.dist-info/licenses/LICENSE": "MIT", "a-1.dist-info/licenses/other/LICENSE": "BSD", "a-1.dist-info/NOTICE": "note"}
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as archive:
        archive.mkdir("a-1.dist-info/licenses")
        for name, text in {**texts, "a/licenses/code.py": "x", "a-1.dist-info/METADATA": "y"}.items():
            archive.writestr(name, text)
    bill._texts_of(tmp_path / "a.whl", tmp_path / "texts")
    found = {str(file.relative_to(tmp_path / "texts")): file.read_text(encoding="utf-8") for file in (tmp_path / "texts").rglob("*") if file.is_file()}
    assert found == {"LICENSE": "MIT", "other/LICENSE": "BSD", "NOTICE": "note"}


def test_a_licence_that_is_only_referred_to_is_named(bill: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    common = tmp_path / "common"
    common.mkdir()
    for name in ("LGPL-2.1", "GPL-2", "GPL-3"):
        (common / name).touch()
    (common / "GPL").symlink_to("GPL-3")
    monkeypatch.setattr(bill, "COMMON", common)
    monkeypatch.setattr(bill, "REFERRED", re.compile(rb"/common/([A-Z][A-Za-z0-9.+-]*[A-Za-z0-9])"))
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "copyright").write_text("See /common/LGPL-2.1. And /common/GPL-2.0, or `/common/GPL'.", encoding="utf-8")
    assert bill._referred(texts) == {"LGPL-2.1", "GPL-2", "GPL-3"}


# --- what is shipped ----------------------------------------------------------------------------------------------


def test_the_launcher_asks_for_utf8_sharp_letters_long_paths_and_no_rights() -> None:
    told = {node.tag.rpartition("}")[2]: node for node in ET.parse(WINDOWS / "launcher" / "manifest.xml").iter()}
    assert told["activeCodePage"].text == "UTF-8"
    assert told["dpiAwareness"].text == "PerMonitorV2"
    assert told["longPathAware"].text == "true"
    assert told["requestedExecutionLevel"].get("level") == "asInvoker"


def test_the_launcher_asks_for_the_message_boxes_of_today() -> None:
    identities = [node.attrib for node in ET.parse(WINDOWS / "launcher" / "manifest.xml").iter() if node.tag.endswith("}assemblyIdentity")]
    (controls,) = [one for one in identities if one["name"] == "Microsoft.Windows.Common-Controls"]
    assert (controls["version"], controls["publicKeyToken"]) == ("6.0.0.0", "6595b64144ccf1df")


def test_the_launcher_forgets_the_plugins_of_another_qt() -> None:
    launcher = (WINDOWS / "launcher" / "launcher.c").read_text(encoding="utf-8")
    forgotten = set(re.findall(r'L"(QT_\w+)"', launcher))
    assert {"QT_PLUGIN_PATH", "QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_PLATFORMTHEME", "QT_STYLE_OVERRIDE"} <= forgotten
    assert not forgotten & {"QT_QPA_PLATFORM", "QT_SCALE_FACTOR"}  # the tests say the one, the window (ui/magnify.py) the other
    assert launcher.index("SetEnvironmentVariableW(foreign[i], NULL)") < launcher.index("LoadLibraryExW(path")


def test_the_uninstaller_removes_files_by_name_only() -> None:
    """It shares its folder with whatever she keeps there, and takes her reports only when she says so."""
    script = (WINDOWS / "setup.nsi").read_text(encoding="utf-8")
    installer, uninstaller = script.split('Section "Uninstall"')
    assert re.findall(r"RMDir /r (\S+)", uninstaller) == ['"${DATA}\\cache"', '"${DATA}"']
    assert set(re.findall(r"RMDir /r (\S+)", installer)) == {'"${NEW}"'}  # which it made itself
    asked = script.index("MessageBox MB_YESNO")
    assert "/SD IDNO IDNO done" in script[asked : script.index('RMDir /r "${DATA}"\n')]


def test_an_older_version_goes_only_when_the_new_one_lies_beside_it() -> None:
    """What needs room, and may fail for want of it, comes before."""
    script = (WINDOWS / "setup.nsi").read_text(encoding="utf-8")
    section = script[script.index("\nSection\n") : script.index('Section "Uninstall"')]
    steps = [section.index(step) for step in ('SetOutPath "${NEW}"', "File /r", "WriteUninstaller", "ExecWait", "FILES PLACE_FILE", "CreateShortCut")]
    assert steps == sorted(steps)


def test_the_installer_knows_each_file_and_each_folder_by_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("pefile", reason="a tool of the build; packaging/bootstrap.py windows installs it")
    (build,) = module("build", monkeypatch)
    called: list[str | Path] = []
    monkeypatch.setattr(build, "execute", lambda command, _: called.extend(command))
    program = tmp_path / "GXDesk"
    for name in ("GXDesk.exe", "python/Lib/one.py", "python/python311.dll"):
        (program / name).parent.mkdir(parents=True, exist_ok=True)
        (program / name).touch()
    build.setup(program, tmp_path, tmp_path / "setup.exe")
    macros = re.findall(r"!macro (\w+) DO\n(.*?)!macroend", (tmp_path / "contents.nsh").read_text(encoding="utf-8"), re.DOTALL)
    named = {name: re.findall(r'!insertmacro \$\{DO\} "(.*)"', lines) for name, lines in macros}
    assert sorted(named["FILES"]) == ["GXDesk.exe", "python\\Lib\\one.py", "python\\python311.dll"]
    assert named["FOLDERS"] == ["python\\Lib", "python"]  # innermost first: so they can be removed
    longest = next(int(str(word).partition("=")[2]) for word in called if str(word).startswith("-DLONGEST="))
    assert longest + len(f"\\{build.STAGE}\\python\\python311.dll") == build.LONGEST_PATH


def test_every_sentence_of_the_installer_is_there_in_both_languages() -> None:
    script = (WINDOWS / "setup.nsi").read_text(encoding="utf-8")
    said = dict(re.findall(r'!insertmacro SAY (\w+) "[^"]*[\u4e00-\u9fff][^"]*" ("[^"]+")', script))
    assert set(re.findall(r"\$\((\w+)\)", script)) == set(said)


@pytest.fixture
def bundle(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    yield from module("bundle", monkeypatch)


SITE = "python/Lib/site-packages"


@pytest.mark.parametrize(
    ("file", "needs", "there", "found"),
    [
        ("GXDesk.exe", "kernel32.dll", "", True),
        ("python/_ssl.pyd", "api-ms-win-crt-heap-l1-1-0.dll", "", True),
        ("python/_ssl.pyd", "libssl-3.dll", "python/libssl-3.dll", True),
        (f"{SITE}/a/b.pyd", "c.dll", f"{SITE}/a/C.DLL", True),
        (f"{SITE}/a/b.pyd", "c.dll", f"{SITE}/a.libs/c.dll", True),
        (f"{SITE}/a/b.pyd", "vcruntime140_1.dll", "python/vcruntime140_1.dll", True),
        (f"{SITE}/PySide6/plugins/platforms/q.dll", "qt6gui.dll", f"{SITE}/PySide6/Qt6Gui.dll", True),
        (f"{SITE}/PySide6/QtGui.pyd", "shiboken6.abi3.dll", f"{SITE}/shiboken6/shiboken6.abi3.dll", True),
        *((f"{SITE}/a/b.pyd", name, "", False) for name in ("msvcp60.dll", "msvcr120.dll", "msvcr120d.dll", "msvcp140.dll", "libwinpthread-1.dll")),
        (f"{SITE}/a/B.PYD", "c.dll", "", False),
        (f"{SITE}/a/b.pyd", "c.dll", f"{SITE}/d/c.dll", False),
        (f"{SITE}/a/b.pyd", "c.dll", f"{SITE}/d.libs/c.dll", False),
        (f"{SITE}/a/b.pyd", "glib-2.0-0.dll", "native/glib-2.0-0.dll", False),
        (f"{SITE}/a/b.pyd", "qt6gui.dll", f"{SITE}/PySide6/Qt6Gui.dll", False),
    ],
)
def test_a_dll_must_lie_where_windows_looks_for_it_or_belong_to_windows(
    bundle: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, file: str, needs: str, there: str, found: bool
) -> None:
    for name in filter(None, (file, there)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.setattr(bundle, "imports", lambda binary: {needs} if binary == tmp_path / file else set())
    if found:
        bundle.complete(tmp_path)
    else:
        with pytest.raises(bundle.Stop, match=re.escape(f"{Path(file).name} 要 {needs}")):
            bundle.complete(tmp_path)


def test_qt_is_cut_down_to_what_the_window_imports(bundle: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("from PySide6.QtGui import QFont\nfrom PySide6 import QtCore\nimport PySide6.QtWidgets\nimport os\n", encoding="utf-8")
    assert bundle.qt_modules(tmp_path) == {"QtGui", "QtCore", "QtWidgets"}


@pytest.mark.parametrize("command", ["windows-test", "windows-ci"])
def test_without_wine_the_trial_is_left_out_and_says_why(tmp_path: Path, command: str) -> None:
    told = subprocess.run(
        [sys.executable, WINDOWS.parent / "bootstrap.py", command], env={**os.environ, "PATH": str(tmp_path)}, capture_output=True, encoding="utf-8", check=False
    )
    assert told.returncode == 0 and told.stderr.startswith("跳过：") and "wine" in told.stderr and told.stderr.count("\n") == 1


@pytest.mark.parametrize(("script", "seconds", "told"), [("echo broken >&2; exit 3", 60, "broken"), ("sleep 60", 0.1, "还没有结束")])
def test_a_tool_of_the_trial_that_fails_ends_it_with_a_sentence(monkeypatch: pytest.MonkeyPatch, script: str, seconds: float, told: str) -> None:
    (box,) = module("box", monkeypatch)
    with pytest.raises(box.Stop, match=told):
        box.tool(["sh", "-c", script], os.environ, seconds)


def test_the_tests_left_out_under_wine_are_there() -> None:
    left_out = re.findall(r'^    "([\w/]+\.py)(?:::(\w+))?": ', (WINDOWS / "prove.py").read_text(encoding="utf-8"), re.MULTILINE)
    assert left_out
    for file, test in left_out:
        assert f"def {test}" in (ROOT / "tests" / file).read_text(encoding="utf-8")
