"""First drafts of the parts every report words alike: 引言 and 落款. They are offered, never put in by themselves, and hers to change.

What is not known is left out rather than marked: a placeholder is what gets printed.
"""

from datetime import date

from gxdesk.forms.definition import FormDef
from gxdesk.outline import numeral
from gxdesk.report import Report


def opening(report: Report, form: FormDef) -> str:
    """An 引言: basis, parts, period, where the report can be had, whom to ask. Two paragraphs."""
    agency = {key: text.strip() for key, text in report.agency.items()}
    basis = f"本报告根据《中华人民共和国政府信息公开条例》和《{_inner(form.notice.title)}》（{form.notice.number}）编制"
    names = [s.heading.removeprefix(f"{s.number}、") for s in form.sections]
    first = f"{basis}，由{'，'.join(names)}{numeral(len(names))}个部分组成。"
    if report.year is not None:
        first += f"所列数据的统计期限为{report.year}年1月1日至{report.year}年12月31日。"
    where = f"本报告电子版可在网站（{agency['website']}）下载。" if agency.get("website") else ""
    contact = [f"{name}：{agency[key]}" for key, name in (("address", "地址"), ("phone", "电话"), ("email", "电子邮箱")) if agency.get(key)]
    ask = f"对报告内容有疑问的，请与{agency.get('self_reference') or '本单位'}联系" + (f"（{'，'.join(contact)}）。" if contact else "。")
    return f"{first}\n{where}{ask}"


def signature(report: Report, today: date) -> str:
    """A 落款: the agency's name and the day, or the month the report is due in while that is still to come."""
    name = report.agency.get("name", "").strip()
    dated = report.year is None or today.year > report.year
    day = f"{today.year}年{today.month}月{today.day}日" if dated else f"{(report.year or 0) + 1}年1月"
    return "\n".join(filter(None, (name, day)))


def _inner(title: str) -> str:
    """A title as it is written inside 《》: its own become 〈〉 (GB/T 15834)."""
    return title.replace("《", "〈").replace("》", "〉")
