"""The two kinds of failure.

A `UserError` carries one Chinese sentence fit for the officer: what happened, where, what to do. It is shown or printed as it
stands. Everything else that escapes is a defect of the program and goes to the crash dialog. Bad *content* of a report is neither:
it is a `checks.finding.Finding`.
"""


class UserError(Exception):
    """Something outside the program went wrong; `str(error)` is the sentence to show."""


class FormError(UserError):
    """A form file does not describe a form; the sentence names the file and the place in it."""


class LibraryError(UserError):
    """The library of drafts cannot be opened, read or written."""


class BusyError(LibraryError):
    """Another program has the library open."""


class DamagedError(LibraryError):
    """The file does not hold what was written to it; `drafts.recovery` saves what can be saved."""


class ExportError(UserError):
    """A finished file could not be made or put in its place."""
