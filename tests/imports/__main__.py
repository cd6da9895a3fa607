"""What importing reads of the corpus: `python -m tests.imports`. Precision: of the cells read, how many are right; recall: of the cells that
hold something, how many were read. `reported` are those not read and listed as doubtful or missing; the rest would be silent."""

from pathlib import Path

from gxdesk.forms.known import Forms
from tests.imports.measure import measure, sources


def main() -> None:
    forms = Forms.load()
    print(f"{'file':42}{'cells':>6}{'read':>6}{'right':>6}{'wrong':>6}{'reported':>9}{'silent':>7}{'precision':>10}{'recall':>8}")
    for source, expected in sources():
        m = measure(source, expected, forms)
        print(f"{Path(source).name:42}{m.cells:6}{m.read:6}{m.right:6}{len(m.wrong):6}{m.reported:9}{len(m.silent):7}{m.precision:10.1%}{m.recall:8.1%}{'  ' + m.error if m.error else ''}")
        for line in m.wrong[:5]:
            print("      wrong:", line)


main()
