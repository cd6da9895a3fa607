"""Numbers as Chinese text says them: 3119, ３１１９, 3,119, 3.5万, 一百零三, 两, 100余, 近300.

`read` turns the spelling of one number into its value; `NUMBER` is a pattern for such a spelling. A numeral of Chinese characters is
taken for a number only where a measure word follows, which the caller's pattern sees to: 一是, 统一 and 第二十条 count nothing.
"""

from decimal import Decimal

from gxdesk.cells import Number, show

DIGITS = "零〇一二两三四五六七八九"
_VALUES = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_POWERS = {"万": 10_000, "亿": 100_000_000}

ARABIC = r"\d{1,3}(?:[,，]\d{3})+(?!\d)|\d{1,12}(?:[.．]\d{1,6})?"
CHINESE = rf"(?<![第{DIGITS}十百千万亿])[{DIGITS}十百千][{DIGITS}十百千万亿]*"
LONGEST = 16  # characters of a Chinese numeral; what is longer counts nothing
NUMBER = rf"(?:(?:{ARABIC})(?:\s*[万亿])?|{CHINESE})"
BEFORE_ROUND = "近约超逾上"  # right before a number: not the exact one
AFTER_ROUND = "余多来几"


def read(text: str) -> Number | None:
    """The value of a spelling `NUMBER` matches; None for characters that make no number, as 百千 does. An int where it is whole."""
    bare = "".join(text.split())
    factor = 1
    if bare and bare[0].isdigit():
        while bare[-1] in _POWERS:
            factor *= _POWERS[bare[-1]]
            bare = bare[:-1]
        return plain(Decimal(bare.translate({ord(","): None, ord("，"): None, ord("．"): "."})) * factor)
    return _chinese(bare)


def is_rounded(text: str, start: int, after: str | None) -> bool:
    """Whether the number at `start` is only about right: 近300, or with one of `AFTER_ROUND` behind it."""
    return bool(after) or text[max(0, start - 4) : start].rstrip()[-1:] in set(BEFORE_ROUND)


def written(value: Number, like: str) -> str:
    """A value as text in the manner of the number it stands for: 六 (两, as before a measure word) for a Chinese numeral, 3.5万 for 4.5万."""
    if like and not like[0].isdigit():
        return "零一两三四五六七八九十"[int(value)] if value in range(11) else show(value)
    if like[-1:] in _POWERS:
        return f"{show(plain(Decimal(value) / _POWERS[like[-1]]))}{like[-1]}"
    return show(value)


def plain(value: Decimal) -> Number:
    """The value without zeros at its end."""
    return int(value) if value == value.to_integral_value() else value.normalize()


def _chinese(text: str) -> int | None:
    """一百零三, 十二, 两万三千, 一亿二千万, 二〇二四: below each power of ten thousand a group of thousands, hundreds and tens."""
    if len(text) > LONGEST:
        return None
    if len(text) > 1 and all(c in _VALUES for c in text):
        return int("".join(str(_VALUES[c]) for c in text))
    total = group = 0
    power = unit = 0  # the last power of ten thousand and the last unit below it; 一百二 leaves open what the 二 counts
    digit: int | None = None
    zero = False
    for c in text:
        if c in _VALUES:
            if digit:
                return None
            digit = _VALUES[c]
            zero = zero or not digit
        elif c in _TENS:
            if digit is None and group and c != "十":
                return None
            group += _TENS[c] * (1 if digit is None else digit)
            unit, digit, zero = _TENS[c], None, False
        elif c in _POWERS:
            section = group + (digit or 0)
            higher = power and _POWERS[c] > power  # 一万亿
            total = (total + section) * _POWERS[c] if higher or not total else total + section * _POWERS[c]
            power, unit, group, digit, zero = _POWERS[c], 0, 0, None, False
        else:
            return None
    if digit and not zero and (unit > 10 or (power and not group)):
        return None
    return total + group + (digit or 0)
