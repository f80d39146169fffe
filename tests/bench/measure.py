"""Time and processor time of things that take turns, and the table that comes of it.

On a shared machine the clock also measures the neighbours. So whatever is compared takes turns within one run, the
median counts, and where both sides work in this process the ratio of processor times stands beside that of the clock.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Spent:
    """Seconds by the clock, and seconds of processor time over all threads (None where others did the work)."""

    wall: float
    cpu: float | None = None


@dataclass(frozen=True)
class Row:
    """One line of the table: our median, the floor's, in `unit`; the aim is a phrase such as '≤ 2 ×'."""

    name: str
    ours: float
    floor: float | None
    unit: str
    n: int
    aim: str = ""
    cpu_ratio: float | None = None
    p95: float | None = None
    faster: bool = False  # the ratio is floor ÷ ours: how many times faster we are

    @property
    def ratio(self) -> float | None:
        if not self.floor or not self.ours:
            return None
        return self.floor / self.ours if self.faster else self.ours / self.floor


def timed(action: Callable[[], object]) -> Spent:
    cpu, wall = time.process_time(), time.perf_counter()
    action()
    return Spent(time.perf_counter() - wall, time.process_time() - cpu)


def in_turns(n: int, *actions: Callable[[], object]) -> list[list[Spent]]:
    """Every action n times, one after the other in each round; one list per action."""
    rounds = [[timed(action) for action in actions] for _ in range(n)]
    return [list(spent) for spent in zip(*rounds, strict=True)]


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of the values does not exceed."""
    return sorted(values)[max(0, -(-int(share * 100) * len(values) // 100) - 1)]


def walls(spent: Sequence[Spent]) -> float:
    return median([one.wall for one in spent])


def processor(spent: Sequence[Spent]) -> float:
    return median([one.cpu or 0.0 for one in spent])


def compared(
    name: str,
    ours: Sequence[Spent],
    floor: Sequence[Spent],
    aim: str = "",
    *,
    times: float = 1.0,
    faster: bool = False,
) -> Row:
    """Ours against the floor, whose seconds are taken `times` (a floor that was measured on a part of the job)."""
    ratio = processor(ours) / (processor(floor) * times)
    return Row(
        name,
        walls(ours),
        walls(floor) * times,
        "s",
        len(ours),
        aim,
        1 / ratio if faster else ratio,
        faster=faster,
    )


def table(rows: Sequence[Row]) -> str:
    head = ("", "ours", "p95", "floor", "ratio", "by CPU", "aim", "n")
    cells = [head, *(_cells(row) for row in rows)]
    width = [max(len(line[place]) for line in cells) for place in range(len(head))]
    lines = ["  ".join([line[0].ljust(width[0]), *(c.rjust(w) for c, w in zip(line[1:], width[1:], strict=True))])
             for line in cells]  # fmt: skip
    return "\n".join([lines[0], "─" * len(lines[0]), *lines[1:]])


def _cells(row: Row) -> tuple[str, ...]:
    def ratio(value: float | None) -> str:
        return "–" if value is None else f"{value:.2f} ×" if value < 10 else f"{value:.0f} ×"

    def amount(value: float | None) -> str:
        return (
            "–" if value is None else f"{value:,.2f} {row.unit}" if value < 10 else f"{value:,.0f} {row.unit}"
        )

    numbers = (amount(row.ours), amount(row.p95), amount(row.floor), ratio(row.ratio), ratio(row.cpu_ratio))
    return (row.name, *numbers, row.aim or "–", str(row.n))
