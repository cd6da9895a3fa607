"""The strict loader: what it refuses, each with the place of the fault."""

from pathlib import Path

import pytest

from gxdesk.errors import FormError
from gxdesk.forms.definition import Forms
from gxdesk.forms.loader import load_form
from gxdesk.resources import packaged

OFFICIAL = packaged("forms", "2021.toml").read_text(encoding="utf-8")


def load(folder: Path, text: str) -> None:
    path = folder / "changed.toml"
    path.write_text(text, encoding="utf-8")
    load_form(path)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('id = "2021"', 'id = "2021"\ncolour = "red"', "不认识的键 colour"),
        ('key = "person", label', 'key = "person", hue = 1, label', "不认识的键 hue"),
        ('term = "规章", text', 'term = "规章", link = "x", text', "不认识的键 link"),
        ('key = "legal", label = "法律服务机构"', 'key = "legal"', "缺少 label"),
        ('first_year = 2021', 'first_year = "2021"', "应当是整数"),
        ('sum = ["person", "business"', 'sum = ["persons", "business"', "没有 persons"),
        ('sum = ["person", "business"', 'sum = ["person", "person", "business"', "写了两次"),
        ('left = ["received", "carried_in"]', 'left = ["received", "carried"]', "没有 carried"),
        ('over = ["regulations", "normative"]\nop', 'over = ["regulations", "licenses"]\nop', "没有 disclosure.licenses"),
        ('label = "科研机构", lines = ["科研", "机构"]', 'label = "商业企业"', "商业企业 写了两次"),
        ('lines = ["科研", "机构"]', 'lines = ["科研", "机关"]', "拼起来不是"),
        ('key = "research"', 'key = "business"', "business 写了两次"),
        ('key = "received", label', 'key = "received", sum = ["handled"], label', "有 sum 就要有 code"),
        ('key = "granted", label', 'key = "granted", sum = ["handled"], code = "X", label', "绕了一圈"),
        ('kind = "money"', 'kind = "euro"', "只能是"),
        ('{ key = "decisions", span = 3 }', '{ key = "decision", span = 3 }', "没有列 decision"),
        ('table = "remedies"', 'table = "remedy"', "没有表 remedy"),
        ('label_widths = [8.0, 16.65, 54.0]', 'label_widths = [8.0]', "3 层行标题"),
        ('op = "at_least"', 'op = "roughly"', "只能是"),
        ('heading = "六、其他需要报告的事项"', 'heading = "一、总体情况"', "写了两次"),
    ],
)
def test_refuses_and_names_the_place(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    assert old in OFFICIAL
    with pytest.raises(FormError, match=complaint) as caught:
        load(tmp_path, OFFICIAL.replace(old, new, 1))
    assert "changed.toml" in str(caught.value)


def test_refuses_what_is_no_toml(tmp_path: Path) -> None:
    with pytest.raises(FormError, match="读不出来"):
        load(tmp_path, "id = ")


def test_refuses_two_forms_for_the_same_years(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.toml").write_text(OFFICIAL.replace('id = "2021"', f'id = "{name}"', 1), encoding="utf-8")
    with pytest.raises(FormError, match="只能有一个"):
        Forms.load(tmp_path)
