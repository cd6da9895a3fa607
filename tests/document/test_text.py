"""The report as plain text, for editors that take nothing else."""

from gxdesk.document.html import DRAFT_NOTE
from gxdesk.document.text import render_text
from gxdesk.forms.definition import FormDef
from gxdesk.forms.known import Forms
from tests.document.conftest import edition


def test_every_word_and_figure_stands_in_its_order(forms: Forms, third: FormDef) -> None:
    for form in (*forms.values(), third):
        view = edition(form).view
        text = render_text(view)
        at = 0
        for words in (view.title, *(w for s in view.sections for w in (s.heading, *(p.lead + p.text for p in s.paragraphs))), *view.signature):
            at = text.index(words, at)
        rows = [line.split("\t") for line in text.splitlines() if "\t" in line]
        assert len(rows) == sum(len(t.rows) for t in view.tables()) and {len(row) for row in rows} <= {t.width for t in view.tables()}
        figures = [figure for _, figure in view.numbers if figure]
        assert [cell for row in rows for cell in row if cell in set(figures)].count(figures[0]) >= 1
        assert sum(len(row) for row in rows) == sum(t.width * len(t.rows) for t in view.tables())


def test_a_draft_says_so_first(form: FormDef) -> None:
    assert render_text(edition(form, draft=True).view).startswith(DRAFT_NOTE + "\n") and DRAFT_NOTE not in render_text(edition(form).view)
