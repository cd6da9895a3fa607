"""What every trial under Wine has at hand: where the program is installed, how it is called, what is expected of it."""

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import build
from bootstrap import Stop, say
from box import Wine

from gxdesk.resources import packaged

PROOF = build.BUILD / "proof"
FOLDER = r"C:\公开 Ω 年报\GX Desk"  # of no Western code page, which is what Wine has here
EXAMPLE = packaged("examples", "service-center-2026.gxreport")
CLASSES = tuple(rf"Classes\{key}" for key in (".gxreport", "GXDesk.report", ".gxhandover", "GXDesk.handover"))  # below HKCU\Software


def expect(what: str, right: object, seen: object = "") -> None:
    if not right:
        raise Stop(f"没有通过：{what}。{seen}")
    say(f"  通过  {what}")


def cli(wine: Wine, *arguments: str, folder: str = FOLDER, **more: str) -> subprocess.CompletedProcess[str]:
    return wine.run(rf"{folder}\gxdesk-cli.exe", *arguments, **more)


def install(wine: Wine, setup: Path, folder: str = FOLDER) -> int:
    return wine.as_written(f'"{wine.named(setup)}" /S /D={folder}')


def data(wine: Wine) -> Path:
    return next(wine.drive.joinpath("users").glob("*/AppData/Local")) / "GXDesk"


def shortcuts(wine: Wine) -> list[Path]:
    return sorted(wine.prefix.rglob("GXDesk.lnk"))
