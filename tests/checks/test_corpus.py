"""The checks of texts on real reports: what is noted as wrong is found, and nothing else is claimed."""

import pytest

from gxdesk.forms.known import Forms
from tests.checks.measured import expected, measure
from tests.checks.texts import published
from tests.conftest import corpus

pytestmark = pytest.mark.skipif(not corpus(), reason="shared/corpus is not here")


def test_every_page_gives_its_texts(forms: Forms) -> None:
    without = [number for number, read in published(forms) if not read.texts.get("overview")]
    assert without == ["02"]  # stands only side by side with another report in the page it comes from


def test_the_noted_faults_are_found_and_no_others_are_claimed(forms: Forms) -> None:
    lines = measure(forms)
    assert [words for m in lines for words in m.unfounded] == []
    assert sum(m.found for m in lines) == sum("missed" not in fault for fault in expected())
