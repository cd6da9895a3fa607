"""How much memory a process may take that reads what others wrote. One that asks for more ends, and its window says that nothing was read.

Bounded are the process that reads for the window, and the commands `check` and `import`. `export` of a published report is not: it prints
pages in the process that read it, and those may need more.
"""

import sys
from contextlib import suppress

MOST = 1_500_000_000  # bytes: many times what a report of 40 MB needs, and less than an old PC has


def bound_memory(most: int = MOST) -> None:
    """Bound this process, and each that it starts. Where the system refuses, only its time is bounded, by whoever waits for it."""
    if sys.platform == "win32":
        _enter_job(most)
        return
    import resource

    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (most, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _enter_job(most: int) -> None:
    """Windows bounds the processes of a job. The job lives as long as they do, its handle need not be kept."""
    import ctypes
    from ctypes import wintypes

    class Limits(ctypes.Structure):
        """JOBOBJECT_EXTENDED_LIMIT_INFORMATION."""

        _fields_ = (
            ("times", ctypes.c_int64 * 2),
            ("flags", wintypes.DWORD),
            ("working_set", ctypes.c_size_t * 2),
            ("processes", wintypes.DWORD),
            ("affinity", ctypes.c_size_t),
            ("classes", wintypes.DWORD * 2),
            ("io", ctypes.c_uint64 * 6),
            ("process_memory", ctypes.c_size_t),
            ("job_memory", ctypes.c_size_t),
            ("peaks", ctypes.c_size_t * 2),
        )

    extended_limits, limit_process_memory = 9, 0x100
    limits = Limits(flags=limit_process_memory, process_memory=most)
    kernel = ctypes.WinDLL("kernel32")  # type: ignore[attr-defined,unused-ignore]
    kernel.CreateJobObjectW.restype = kernel.GetCurrentProcess.restype = wintypes.HANDLE
    kernel.SetInformationJobObject.argtypes = (wintypes.HANDLE, ctypes.c_int, ctypes.c_void_p, wintypes.DWORD)
    kernel.AssignProcessToJobObject.argtypes = (wintypes.HANDLE, wintypes.HANDLE)
    job = kernel.CreateJobObjectW(None, None)
    if kernel.SetInformationJobObject(job, extended_limits, ctypes.byref(limits), ctypes.sizeof(limits)):
        kernel.AssignProcessToJobObject(job, kernel.GetCurrentProcess())
