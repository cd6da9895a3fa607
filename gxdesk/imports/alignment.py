"""Lines of a source against lines of a form, both in their order."""

from collections.abc import Sequence


def align(scores: Sequence[Sequence[int]], width: int) -> tuple[int | None, ...]:
    """For each source line the form line it is, None where that is not certain.

    `scores[i][j]` says how well source line i agrees with form line j of `width`, 0 if not at all. Of all ways to pair lines without
    crossing, those with the highest sum count; a line is certain only if it has the same partner in every one of them.
    """
    height = len(scores)
    before = [[0] * (width + 1) for _ in range(height + 1)]
    for i in range(height):
        for j in range(width):
            paired = before[i][j] + scores[i][j] if scores[i][j] else 0
            before[i + 1][j + 1] = max(before[i][j + 1], before[i + 1][j], paired)
    after = [[0] * (width + 1) for _ in range(height + 1)]
    for i in reversed(range(height)):
        for j in reversed(range(width)):
            paired = after[i + 1][j + 1] + scores[i][j] if scores[i][j] else 0
            after[i][j] = max(after[i + 1][j], after[i][j + 1], paired)
    most = before[height][width]
    found: list[int | None] = []
    for i in range(height):
        partners = [j for j in range(width) if scores[i][j] and before[i][j] + scores[i][j] + after[i + 1][j + 1] == most]
        alone = any(before[i][j] + after[i + 1][j] == most for j in range(width + 1))
        found.append(partners[0] if len(partners) == 1 and not alone else None)
    return tuple(found)
