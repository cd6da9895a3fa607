"""The texts of the published reports of the corpus, cut from their pages into the texts of a report by the headings they print."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from gxdesk import report
from gxdesk.forms.known import Forms
from gxdesk.report import Report
from tests.conftest import CORPUS, corpus

_HEADINGS = (
    ("overview", r"一、(?:总体情况|总体概述|工作总体推进情况)"),
    ("disclosure", r"二、(?:行政机关)?主动公开政府信息情况"),
    ("requests", r"三、(?:行政机关)?收到和(?:处|處)理政府信息公开申请情况"),
    ("remedies", r"四、(?:因)?政府信息公开.{0,12}(?:复议|诉讼).{0,12}情况"),
    ("problems", r"五、(?:政府信息公开工作)?存在的?(?:主要)?问题[及和](?:改进情况|整改措施)"),
    ("other", r"六、其他需要报告的事项"),
)
_FURNITURE = re.compile(r"^(?:\[source:.*|标题[:：].*|发布时间[:：].*|发布机构[:：].*|原文链接[:：].*|名称 .*索引号.*|更新日期[:：].*|来源[:：].*|发布日期[:：].*|[-—] ?\d+ ?[-—])$|^当前位置.*?-->", re.MULTILINE)
_MIRROR = str.maketrans("總體況為黨導認貫徹實華國條嚴縣開動強組織領責製現將壓請務關訴訟議複費減對積極網", "总体况为党导认贯彻实华国条严县开动强组织领责制现将压请务关诉讼议复费减对积极网")  # one page is a mirror in traditional characters
_TITLE = re.compile(r"^[^\n，。、]{0,40}(?:工作年度报告|信息公开年度报告)(?:（2019 format）)?$", re.MULTILINE)


def reports(forms: Forms) -> Iterator[tuple[str, Report]]:
    """Every report of the corpus with the texts its page holds, by number; "" for a text the page does not hold."""
    for path in corpus():
        number = path.name.split("-")[0]
        held = report.read(path, forms)
        source = next((p for p in (path.with_name(path.name.replace(".gxreport.json", end)) for end in (".txt", ".md")) if p.is_file()), None)
        yield number, replace(held, texts=texts(source.read_text(encoding="utf-8")) if source else {})


def narratives() -> Iterator[tuple[str, Report]]:
    """Excerpts from the openings of further reports, as N01, N02, …: what stood before is left out, as …… says."""
    path = CORPUS / "narratives.jsonl"
    for i, line in enumerate(path.read_text(encoding="utf-8").splitlines() if path.is_file() else (), 1):
        data = json.loads(line)
        form = "2021" if data["year"] >= 2021 else "2019"
        yield f"N{i:02}", Report(form, data["year"], {"name": data["agency"]}, texts("……" + data["text"], prose=True))


def texts(page: str, *, prose: bool = False) -> dict[str, str]:
    """The page cut at the headings of the sections; what stands before the first is the 引言, or the account itself where there is none.

    `prose`: what stands under the headings of tables are sentences, and stay with the account.
    """
    page = page.translate(_MIRROR)
    page = _FURNITURE.sub("", re.sub(r"^#+ *|(?<=\d)\u3000", "", page, flags=re.MULTILINE))
    page = re.sub(r"<(https?[^>]*)>|\[([^\]]*)\]\(mailto:[^)]*\)", lambda m: m[1] or m[2], page)
    cuts = [(m.start(), m.end(), key) for key, heading in _HEADINGS[: 1 if prose else None] if (m := re.search(heading, page))]
    if not any(key == "problems" for _, _, key in cuts) and (m := re.search(r"（一）\d{4} ?年工作中存在问题的改进情况", page)):
        cuts.append((m.start(), m.start(), "problems"))
    cuts.sort()
    out = {"preamble" if any(key == "overview" for *_, key in cuts) else "overview": page[: cuts[0][0] if cuts else len(page)]}
    for (_, begin, key), (end, *_) in pairwise([*cuts, (len(page), 0, "")]):
        out[key] = page[begin:end]
    broken = _broken(out.get("overview", ""))
    return {key: tidy for key, text in out.items() if key not in ("disclosure", "requests", "remedies") and (tidy := _tidy(text, broken))}


def _tidy(text: str, broken: bool) -> str:
    """Without the title, and its paragraphs whole again where the page broke its lines."""
    text = re.sub(r"\n{2,}", "\n", _TITLE.sub("", text))
    return (re.sub(r"(?<![。；\n])\n(?!（[一二三四五]）)", "", text) if broken else text).strip(" \n\u3000")


def _broken(text: str) -> bool:
    """Whether the lines are those of a printed page: nearly all of one length."""
    lengths = [len(line) for line in text.split("\n") if line]
    return len(lengths) > 6 and sum(20 <= n <= 34 for n in lengths) > len(lengths) * 0.7
