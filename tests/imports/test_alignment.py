"""Pairing in order: certain only where every best pairing agrees."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from gxdesk.imports.alignment import align


def best_pairings(scores: list[list[int]], width: int) -> list[dict[int, int]]:
    """All of the highest sum, by trying every one."""
    found: list[dict[int, int]] = []
    most = -1
    for size in range(min(len(scores), width) + 1):
        for rows in combinations(range(len(scores)), size):
            for columns in combinations(range(width), size):
                if all(scores[i][j] for i, j in zip(rows, columns, strict=True)):
                    total = sum(scores[i][j] for i, j in zip(rows, columns, strict=True))
                    if total > most:
                        most, found = total, []
                    if total == most:
                        found.append(dict(zip(rows, columns, strict=True)))
    return found


@given(st.integers(0, 4).flatmap(lambda width: st.lists(st.lists(st.sampled_from([0, 0, 1, 5, 12]), min_size=width, max_size=width), max_size=4).map(lambda rows: (rows, width))))
def test_a_line_is_certain_if_all_best_pairings_agree(case: tuple[list[list[int]], int]) -> None:
    scores, width = case
    pairings = best_pairings(scores, width)
    for i, partner in enumerate(align(scores, width)):
        partners = {pairing.get(i) for pairing in pairings}
        assert partner == (partners.pop() if len(partners) == 1 else None)


def test_a_nameless_line_is_known_by_its_neighbours() -> None:
    named = [[12, 0, 0], [1, 1, 1], [0, 0, 12]]
    assert align(named, 3) == (0, 1, 2)
    assert align([[12, 0, 0, 0], [1, 1, 1, 1], [0, 0, 0, 12]], 4) == (0, None, 3)
