"""Which days cost what nobody would expect of their weekday (MODEL 9).

A day is judged by the modified z-score of Iglewicz and Hoaglin (1993): its distance from the median of the same
weekdays before it, in units of their median absolute deviation, which one odd week moves little. Consecutive days of
one sign are one episode: a change of level is one finding and not fifteen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WEEKS = 8  # the same weekdays before a day that it is judged by
ENOUGH = 4  # of them, else nobody can tell
Z = 3.5  # Iglewicz and Hoaglin's threshold
SIGMA = 1.4826  # median absolute deviation → standard deviation, where days are normally distributed
RELATIVE = 0.05  # of what is expected: a smaller surprise is none, however still the days before were
OF_ALL = (
    0.005  # of a median day of everything that is judged: nor is one that nobody would notice on the bill
)
LEAST = 1.0  # of the currency

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Judged:
    """Days × series. expected: money, the median weekday; score: distance from it in deviations, NaN where fewer than
    ENOUGH weekdays came before."""

    expected: Matrix
    score: Matrix

    @property
    def told(self) -> NDArray[np.bool_]:
        """Of each day, whether enough came before it to judge it."""
        return np.asarray(~np.isnan(self.score).all(axis=1))


@dataclass(frozen=True)
class Episode:
    """Days first … last (places in the matrix, both in it) of one series on which the cost surprised in one direction.
    cost, expected: money over them; peak_unexpected, score: of `peak`, the day of the largest surprise."""

    series: int
    first: int
    last: int
    peak: int
    cost: float
    expected: float
    peak_unexpected: float
    score: float

    @property
    def unexpected(self) -> float:
        """Money above what was expected; below 0 of a fall."""
        return self.cost - self.expected


def floor(everything: Matrix) -> float:
    """The smallest surprise worth a line, in money: of the daily totals of all that is judged."""
    return max(OF_ALL * float(np.median(everything)) if everything.size else 0.0, LEAST)


def judge(cost: Matrix, least: float) -> Judged:
    """Every day of every series (rows are consecutive days, from the first that any data covers; a day without cost is
    0) by the same weekdays before it. The deviation is at least what makes RELATIVE of the expected, and `least`,
    score Z: of days that never differ it would be 0, and a cent would scream."""
    expected, score = np.full(cost.shape, np.nan), np.full(cost.shape, np.nan)
    for day in range(len(cost)):
        before = cost[[day - 7 * week for week in range(1, WEEKS + 1) if day >= 7 * week]]
        if len(before) < ENOUGH:
            continue
        expected[day] = np.median(before, axis=0)
        spread = SIGMA * np.median(np.abs(before - expected[day]), axis=0)
        scale = np.maximum(spread, np.maximum(RELATIVE * np.abs(expected[day]), least) / Z)
        score[day] = (cost[day] - expected[day]) / scale
    return Judged(expected, score)


def episodes(cost: Matrix, judged: Judged, days: range) -> list[Episode]:
    """The surprises on these rows, largest first; a rise before a fall of the same size."""
    found = [
        episode
        for series in range(cost.shape[1])
        for episode in _of_series(series, cost[:, series], judged, days)
    ]
    return sorted(found, key=lambda e: (-abs(e.unexpected), -e.unexpected, e.first, e.series))


def _of_series(series: int, cost: Matrix, judged: Judged, days: range) -> list[Episode]:
    expected, score = judged.expected[:, series], judged.score[:, series]
    found: list[Episode] = []
    start: int | None = None
    for day in days:
        if not abs(score[day]) >= Z:  # of NaN too
            start = None
            continue
        if start is None or np.sign(score[day]) != np.sign(score[day - 1]):
            start = day
        else:
            found.pop()
        found.append(_episode(series, range(start, day + 1), cost, expected, score))
    return found


def _episode(series: int, days: range, cost: Matrix, expected: Matrix, score: Matrix) -> Episode:
    run = slice(days.start, days.stop)
    unexpected = (cost - expected)[run]
    peak = int(np.argmax(np.abs(unexpected).round(6)))  # the first of equals
    return Episode(
        series, days[0], days[-1], days[peak], float(cost[run].sum()), float(expected[run].sum()),
        float(unexpected[peak]), float(score[days[peak]]),
    )  # fmt: skip
