"""Which questions of the bank each draw of a quiz gets: all different, those not yet seen first, the rest by chance."""

from collections.abc import Collection, Sequence
from random import Random


def draw(
    pools: Sequence[Collection[int]], counts: Sequence[int], random: Random, seen: Collection[int] = frozenset()
) -> list[list[int]]:
    """For each draw, `counts[i]` questions of `pools[i]`; none goes to two draws. Fewer where the bank has not enough.

    Pools may overlap: a question changes hands when only so every draw is served (augmenting paths in a bipartite graph;
    H. W. Kuhn, 1955), so no draw is short while another choice would serve all. As many unseen as possible are taken.
    """
    fresh, everything = [], []
    for pool in pools:
        mixed = random.sample(sorted(pool), len(pool))
        fresh.append([question for question in mixed if question not in seen])
        everything.append(sorted(mixed, key=lambda question: question in seen))
    taken: dict[int, int] = {}  # question → draw
    missing = list(counts)
    for allowed in (fresh, everything):
        for index in range(len(pools)):
            while missing[index] and _give(index, allowed, taken, set()):
                missing[index] -= 1
    return [[question for question, index in taken.items() if index == wanted] for wanted in range(len(pools))]


def shortfalls(pools: Sequence[Collection[int]], counts: Sequence[int]) -> list[int]:
    """How many questions each draw lacks, all served at once; 0 everywhere when the bank fills them."""
    drawn = draw(pools, counts, Random(0))  # noqa: S311 - how many does not depend on chance
    return [count - len(questions) for count, questions in zip(counts, drawn, strict=True)]


def _give(index: int, allowed: list[list[int]], taken: dict[int, int], asked: set[int]) -> bool:
    """Give a draw one question more: a free one, else one whose holder can take another instead."""
    asked.add(index)
    for question in allowed[index]:
        if question not in taken:
            taken[question] = index
            return True
    for question in allowed[index]:
        holder = taken[question]
        if holder not in asked and _give(holder, allowed, taken, asked):
            taken[question] = index
            return True
    return False
