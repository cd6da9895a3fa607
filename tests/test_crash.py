"""What a defect leaves behind says where it happened, and holds nothing of a report."""

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from gxdesk import __version__, crash

NOW = datetime(2026, 1, 12, 9, 0)


def fail(kind: type[Exception], words: str) -> None:
    raise kind(words)


def caught(secret: str) -> Exception:
    """An error with a cause and a context, each quoting the secret."""
    try:
        try:
            try:
                fail(KeyError, secret)
            except KeyError as error:
                raise ValueError(secret) from error
        except ValueError:
            fail(RuntimeError, f"while saving {secret}")
    except RuntimeError as error:
        return error
    raise AssertionError


def test_it_says_where_and_on_what() -> None:
    told = crash.describe(caught("x"), NOW)
    assert told.index("raised RuntimeError") < told.index("while handling ValueError") < told.index("caused by KeyError")
    assert told.count("test_crash.py:") == 5 and " caught" in told
    assert f"gxdesk {__version__}\n2026-01-12 09:00:00\n" in told and "PySide6_Essentials 6." in told


@given(st.text(st.sampled_from("张三李四身份证号码"), min_size=4))
def test_it_never_quotes_what_was_written(secret: str) -> None:
    told = crash.describe(caught(secret), NOW)
    assert not any(c in told for c in secret) and told.isascii()


def test_no_folder_of_hers_is_named() -> None:
    assert "/" not in crash.describe(caught("x"), NOW).split("\n\n", 1)[1]


def test_an_error_that_is_its_own_cause_comes_to_an_end() -> None:
    error = ValueError()
    error.__cause__ = error
    assert crash.describe(error, NOW).count("ValueError") == 1
