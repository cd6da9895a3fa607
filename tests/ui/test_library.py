"""The library as the window uses it, without a window."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gxdesk.drafts.moments import Kind
from gxdesk.drafts.store import DraftStore
from gxdesk.errors import UserError
from gxdesk.forms.known import Forms
from gxdesk.report import Report
from ui.library import Library, Takeover, write_file


@pytest.fixture
def library(tmp_path: Path, forms: Forms) -> Iterator[Library]:
    with DraftStore.open(tmp_path / "library.gxd") as store:
        yield Library(store, forms)


def test_the_example_is_nobodys_last_year(library: Library, example: Report) -> None:
    shown = library.example()
    mine = library.store.create(Report("2021", 2027, {"name": "某中心"}))
    assert library.open(mine).session.last_report is None
    library.store.create(Report("2021", 2026, {"name": "某中心"}))
    last = library.open(mine).session.last_report
    assert last is not None and last.agency["name"] == "某中心"
    again = library.store.create(replace(example, year=2027))
    assert library.open(again).session.last_report == library.report(shown)


def test_a_report_of_a_form_this_version_lacks_is_refused_and_no_last_year(library: Library) -> None:
    later = library.store.create(Report("2031", 2031, {"name": "某中心"}))
    mine = library.store.create(Report("2021", 2032, {"name": "某中心"}))
    with pytest.raises(UserError, match=r"“2031”格式.*请安装新版"):
        library.open(later)
    assert library.report(later).form == "2031"
    assert library.open(mine).session.last_report is None


def test_what_was_read_from_a_file_is_a_moment(library: Library, example: Report, tmp_path: Path) -> None:
    write_file(example, tmp_path / "去年.gxreport")
    draft = library.bring(tmp_path / "去年.gxreport")
    (moment,) = library.store.moments.of(draft)
    assert (moment.kind, moment.what) == (Kind.IMPORTED, "去年.gxreport")
    assert library.store.moments.report(moment.id) == library.report(draft) == example


def test_what_last_year_is_taken_over_can_be_gone_back_behind(library: Library, example: Report) -> None:
    draft = library.take(Takeover(example, 2027, texts=True))
    after, before = library.store.moments.of(draft)
    assert (after.kind, before.kind) == (Kind.IMPORTED, Kind.BEFORE_IMPORT)
    assert library.store.moments.report(after.id) == library.report(draft)
    assert library.report(draft).texts and not library.store.moments.report(before.id).texts


def test_a_pdf_of_gxdesk_is_brought_in_like_its_report_file(library: Library, forms: Forms, example: Report, tmp_path: Path) -> None:
    from gxdesk.document.edition import Edition
    from gxdesk.document.formats import FORMATS
    from gxdesk.document.pdf import Press

    (tmp_path / "a.pdf").write_bytes(FORMATS["pdf"].make(Edition(example, forms[example.form], draft=False), Press()).data)
    assert library.report(library.bring(tmp_path / "a.pdf")) == example


@pytest.mark.parametrize(
    ("said", "name", "known"),
    [("某", "某区民政局", "某区民政局"), ("某区民政局", "民政局", "某区民政局"), ("某局", "别的局", "某局"), ("", "某区民政局", "某区民政局")],
)
def test_of_the_name_she_says_and_the_one_in_last_years_report_the_fuller_one_is_kept(library: Library, said: str, name: str, known: str) -> None:
    library.take(Takeover(Report("2021", 2025, {"name": name, "phone": "1"}), None), {"name": said} if said else {})
    assert library.agency_name() == known
    assert ("phone" in library.store.agency()) == (name == known)


def test_last_year_tells_what_is_not_known_yet_of_the_agency_she_named(library: Library) -> None:
    library.begin_as({"name": "某中心"})
    library.add(Report("2021", 2025, {"name": "别的中心", "phone": "1"}))
    assert library.store.agency() == {"name": "某中心"}
    library.add(Report("2021", 2025, {"name": "某中心", "phone": "2", "address": "某路"}))
    assert library.store.agency() == {"name": "某中心", "phone": "2", "address": "某路"}
    library.add(Report("2021", 2024, {"name": "某中心", "phone": "3"}))
    assert library.store.agency()["phone"] == "2", "what is known stays"
    library.begin_as({})
    assert library.agency_name() == "某中心"
