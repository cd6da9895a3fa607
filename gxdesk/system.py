"""What only the operating system itself can answer: its name, the printers, what of its ways the program runs in."""

import os
import sys
from contextlib import suppress
from pathlib import Path

UTF8 = 65001  # the number Windows gives to that code page
PRINTCAP = (Path("/run/cups/printcap"), Path("/etc/printcap"))  # where CUPS writes down the printers it knows, a line each


def name() -> str:
    """The operating system and its version; `platform` would ask a socket for the name of the machine, and open a console for Windows'."""
    if sys.platform == "win32":
        return f"Windows {'.'.join(map(str, sys.getwindowsversion()[:3]))}"
    system = os.uname()
    return f"{system.sysname} {system.release} {system.machine}"


def narrow_names() -> bool:
    """Whether a library that opens files by narrow names, as fontconfig does, fails in a folder outside the system's own script: Windows
    before 1903 does not heed the manifest of the launcher."""
    if sys.platform != "win32":
        return False
    import ctypes

    return ctypes.windll.kernel32.GetACP() != UTF8


def loaded(library: str) -> Path | None:
    """Where a DLL of this process was loaded from; None if it is not loaded, or elsewhere than on Windows."""
    if sys.platform != "win32":
        return None
    import ctypes
    from ctypes import wintypes

    kernel = ctypes.WinDLL("kernel32")
    kernel.GetModuleHandleW.restype = wintypes.HMODULE
    kernel.GetModuleFileNameW.argtypes = (wintypes.HMODULE, wintypes.LPWSTR, wintypes.DWORD)
    handle, path = kernel.GetModuleHandleW(library), ctypes.create_unicode_buffer(32768)
    return Path(path.value) if handle and kernel.GetModuleFileNameW(handle, path, len(path)) else None


def printers() -> list[str]:
    """The names of the printers of this computer. No printer is asked anything, nor is CUPS, which would answer through a socket only."""
    if sys.platform == "win32":
        return _windows_printers()
    for listing in PRINTCAP:
        with suppress(OSError):
            lines = listing.read_text(encoding="utf-8", errors="replace").splitlines()
            return [line.partition("|")[0].partition(":")[0] for line in lines if line.strip() and not line.startswith("#")]
    return []


def _windows_printers() -> list[str]:
    if sys.platform != "win32":
        return []
    import ctypes
    from ctypes import wintypes

    class Printer(ctypes.Structure):  # PRINTER_INFO_4W
        _fields_ = (("name", wintypes.LPWSTR), ("server", wintypes.LPWSTR), ("attributes", wintypes.DWORD))

    local, connected, level = 2, 4, 4
    spooler = ctypes.WinDLL("winspool.drv")
    needed, count = wintypes.DWORD(), wintypes.DWORD()
    spooler.EnumPrintersW(local | connected, None, level, None, 0, ctypes.byref(needed), ctypes.byref(count))
    room = ctypes.create_string_buffer(max(1, needed.value))
    if not spooler.EnumPrintersW(local | connected, None, level, room, needed, ctypes.byref(needed), ctypes.byref(count)):
        return []
    return [one.name for one in ctypes.cast(room, ctypes.POINTER(Printer))[: count.value]]
