"""Where things lie that are not the program's own files: what is hers, and what the Windows package puts beside the program.

That package (packaging/windows) is a folder with `GXDesk.exe`, which is the Python that runs this, and `native/`: Pango and fontconfig.
Its portable kind also has `data/`. Anywhere else neither is there.
"""

import sys
from collections.abc import MutableMapping
from pathlib import Path

NAME = "GXDesk"


def program_folder() -> Path:
    """The folder of the program that runs: of `GXDesk.exe`, or of Python."""
    return Path(sys.executable).parent


def data_folder() -> Path:
    """Folder of the library, the settings and the records of crashes: beside a portable program, else the user's own."""
    portable = program_folder() / "data"
    if portable.is_dir() or not program_folder().exists():  # a stick that was pulled out is no reason to write elsewhere
        return portable
    from platformdirs import user_data_dir

    return Path(user_data_dir(NAME, appauthor=False))


def native_folder() -> Path | None:
    """Pango and fontconfig of the Windows package; None where the system's are used."""
    native = program_folder() / "native"
    return native if native.is_dir() else None


def find_native(environment: MutableMapping[str, str]) -> None:
    """Have WeasyPrint, not imported yet, find the package's own libraries and no others.

    Its search goes along PATH and tries first the names that GTK and MSYS2 use, so PATH is replaced, not lengthened. For a process that
    does nothing but render: what it starts would inherit this.
    """
    native = native_folder()
    if native is None:
        return
    windows = environment.get("SystemRoot", r"C:\Windows")
    environment["WEASYPRINT_DLL_DIRECTORIES"] = str(native)
    environment["PATH"] = ";".join((str(native), rf"{windows}\System32", windows))
    environment["FONTCONFIG_FILE"] = str(native / "fonts.conf")
    environment["XDG_CACHE_HOME"] = str(data_folder() / "cache")  # where fonts.conf has its list of fonts kept
