"""The text of a file whose encoding is not known: UTF-8, UTF-16 or GB18030 (which holds GBK and GB2312). Never fails."""

import codecs
import re

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]{1,20})|<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w-]{1,20})""", re.IGNORECASE)
_HEAD = 4096  # bytes in which a page says what it is written in


def decode(data: bytes, declared: str = "") -> str:
    """`declared` is what a mail part or the like says. What is said is tried after what can be seen, for pages often say it wrongly."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    if wide := _wide(data[:_HEAD]):
        return data.decode(wide, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    said = _DECLARED.search(data[:_HEAD])
    names = [declared, *(name.decode("ascii", "replace") for name in (said.groups() if said else ()) if name), "gb18030"]
    for name in ("gb18030" if n.lower().startswith("gb") else n for n in names):
        try:
            return data.decode(name)
        except (LookupError, UnicodeError, ValueError):
            continue
    utf8, gb = (data.decode(name, errors="replace") for name in ("utf-8", "gb18030"))
    return min(utf8, gb, key=lambda text: text.count("\ufffd"))  # a damaged file: the reading with the fewest holes


def _wide(head: bytes) -> str:
    """UTF-16 without a mark: plain ASCII in it has a zero in every other byte."""
    if len(head) < 4:
        return ""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) < len(head) // 16 or min(even, odd) > max(even, odd) // 4:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"
