"""Temporary files and folders, as `tempfile` makes them, with an end to its tries.

In a folder in which Windows lets nobody write, such as a write-protected stick, `tempfile` takes the refusal for a name in use and tries the next
one, two thousand million times (CPython issue 66305). Here it gives up soon, with the FileExistsError that `files.refusal` can read.
"""

import tempfile
from tempfile import NamedTemporaryFile, TemporaryDirectory, TemporaryFile, gettempdir, mkstemp

__all__ = ["NamedTemporaryFile", "TemporaryDirectory", "TemporaryFile", "gettempdir", "mkstemp"]

setattr(tempfile, "TMP_MAX", 20)  # noqa: B010  final to the type checker; of names with eight letters each, by chance not even the second is in use
