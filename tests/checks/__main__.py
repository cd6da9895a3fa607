"""`python -m tests.checks`: prints, code by code, what the checks find in the corpus of published reports."""

from gxdesk.forms.known import Forms
from tests.checks.measured import expected, measure


def main() -> None:
    lines = measure(Forms.load())
    print(f"{'code':10} {'noted':>6} {'found':>6} {'said':>6} {'wrong':>6}")
    for m in lines:
        print(f"{m.code:10} {m.noted:6} {m.found:6} {m.said:6} {len(m.unfounded):6}")
    noted, found = sum(m.noted for m in lines), sum(m.found for m in lines)
    said, wrong = sum(m.said for m in lines), sum(len(m.unfounded) for m in lines)
    about_texts = noted - sum("no text" in fault.get("missed", "") for fault in expected())
    print(f"recall {found}/{noted} = {found / noted:.0%} ({found}/{about_texts} = {found / about_texts:.0%} where a text speaks of it), precision {said - wrong}/{said} = {(said - wrong) / said:.0%}")
    for words in (w for m in lines for w in m.unfounded):
        print(f"  {words}")


if __name__ == "__main__":
    main()
