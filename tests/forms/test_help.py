"""怎么数: nothing is left out, and a help file is read as strictly as a form."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from gxdesk.errors import FormError
from gxdesk.forms.definition import FormDef
from gxdesk.forms.help import Help, Source, table_help
from gxdesk.forms.known import Forms
from gxdesk.resources import packaged

FORMS = Forms.load()


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_every_row_and_column_is_explained_with_its_basis(form: FormDef) -> None:
    for key, table in form.tables.items():
        help_ = table_help(form, key)
        assert help_ is not None
        assert list(help_.rows) == [line.key for line in table.row_lines] and list(help_.columns) == [line.key for line in table.column_lines]
        for one in (*help_.rows.values(), *help_.columns.values()):
            assert one.basis and one.name and len(one.line) <= 26, one
            assert one.statements and {s.source for s in one.statements} <= set(Source)
            for text in (one.means, one.mistake, one.example, *(s.text for s in one.statements)):
                assert text.endswith(("。", "？")), text
                assert not text.startswith(("依据是", "对应《条例》")), "the basis stands by itself"
            said = [one.line, one.means, one.mistake, *(s.text for s in one.statements)]
            assert len(set(said)) == len(said), one


def test_formats_share_what_is_the_same_and_differ_where_they_do() -> None:
    old, new = (table_help(FORMS[form], "requests") for form in ("2019", "2021"))
    assert old is not None and new is not None
    assert old.rows["received"].line == new.rows["received"].line
    assert "otherwise" in old.rows and "otherwise.else" in new.rows
    assert "依法不公开" in str(new_decisions := _columns("2021")["decisions"].statements) and new_decisions != _columns("2019")["decisions"].statements, "only 2021 says so"
    fees = [table_help(FORMS[form], "disclosure").rows["fees"].line for form in ("2019", "2021")]  # type: ignore[union-attr]
    assert fees[0] != fees[1]


def _columns(form: str) -> Mapping[str, Help]:
    found = table_help(FORMS[form], "disclosure")
    assert found is not None
    return found.columns


def test_a_form_without_help_has_none() -> None:
    third = Forms.load(Path(__file__).parent)["2030"]
    assert all(table_help(third, key) is None for key in third.tables)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('line = "自动得出：六列之和"', "", "columns.total 缺少 line"),
        ("[requests.columns.total]", "[requests.columns.sum]", "没有 sum"),
        ("[requests.columns.total]", "[requests.lines.total]", "只能有 rows 和 columns"),
        ('line = "自动得出：六列之和"', 'line = "自动"\nline2 = "x"', "不认识的键 line2"),
        ('example = "自然人 14、商业企业 5、法律服务机构 2：21。"', 'example = " "', "缺少 example"),
        ('means = "自然人和五类法人或其他组织之和。"\nadvice = ["不用填。"]', 'means = "甲。"\nadvice = "不用填。"', "应当是几句话的列表"),
        ('means = "自然人和五类法人或其他组织之和。"\nadvice = ["不用填。"]', 'means = "甲。"', "没有一句计数的规则"),
        ("[requests.columns.total]", "[requests.columns.total", "读不出来"),
    ],
)
def test_a_careless_help_file_is_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    text = packaged("forms", "help", "2021.toml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "2021.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(FormError, match=words):
        table_help(FORMS["2021"], "requests", tmp_path)


def test_what_is_missing_everywhere_is_named(tmp_path: Path) -> None:
    (tmp_path / "2021.toml").write_text("[requests.rows]\n", encoding="utf-8")
    with pytest.raises(FormError, match=r"requests\.rows\.received 没有说明"):
        table_help(FORMS["2021"], "requests", tmp_path)
