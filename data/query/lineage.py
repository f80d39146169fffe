"""Lineage: from a number that a page shows to the rows it is the sum of, the lines behind these, their files and loads.

    traced = trace(cursor, Figure("spend", filters))
    traced.total == traced.lines_total + traced.unexplained

Sums are exact: money as Decimal, requests and tokens as int; device-hours are float.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal, get_args

import duckdb
import pandas as pd

from data.filters import Filters
from data.query.idle import ENOUGH_EVIDENCE
from data.query.runner import ask_exact, ask_row, keep, keep_answer, kept_as, question

Measure = Literal[
    "spend", "idle cost", "device cost", "observed cost",
    "basis cost", "counted cost", "tokened cost",
    "requests", "charged requests", "charged tokens", "device requests",
    "busy hours", "observed hours", "billed hours", "unobserved hours", "gauge hours", "gauged hours",
    "idle device cost", "held cost", "held hours", "held busy hours", "counted busy hours",
    "idle run cost", "idle run hours",
]  # fmt: skip
Ratio = Literal[
    "cost per inference", "cost per 1k inferences", "cost per 1M tokens", "utilisation", "GPU cost observed",
    "gauge mean", "throughput", "price per GPU-hour", "held utilisation", "measured throughput",
]  # fmt: skip
Amount = Decimal | int | float

MEASURES: tuple[Measure, ...] = get_args(Measure)
# numerator, denominator, and what their quotient is multiplied by
RATIOS: dict[Ratio, tuple[Measure, Measure, int]] = {
    "cost per inference": ("counted cost", "charged requests", 1),
    "cost per 1k inferences": ("counted cost", "charged requests", 1_000),
    "cost per 1M tokens": ("tokened cost", "charged tokens", 1_000_000),
    "utilisation": ("busy hours", "observed hours", 1),
    "GPU cost observed": ("observed cost", "device cost", 1),
    "gauge mean": ("gauge hours", "gauged hours", 1),
    "throughput": ("device requests", "counted busy hours", 1),
    # the ground that an ROI stands on: all of a model's hours and requests, counted or not
    "price per GPU-hour": ("held cost", "held hours", 1),
    "held utilisation": ("held busy hours", "held hours", 1),
    "measured throughput": ("requests", "held busy hours", 1),
}
# What a sum can be narrowed to ('none' stands for NULL). The last four are of the lines, not of the ladder.
LADDER_DIMENSIONS = (
    "rung", "sub_rung", "component", "provider", "billing_account_id", "sub_account_id", "team", "model", "version",
    "model_version", "endpoint", "mode", "gpu_model",
)  # fmt: skip
LINE_DIMENSIONS = ("service_name", "instance_type", "region_id", "resource_id")
DIMENSIONS = (*LADDER_DIMENSIONS, *LINE_DIMENSIONS)
UNIT_DIMENSIONS = (
    "provider", "billing_account_id", "sub_account_id", "team", "model", "version", "model_version", "served",
    "endpoint", "mode", "gpu_model",
)  # fmt: skip
# served = model and version, of a version without a name "model none"; node = the host, else the machine
DEVICE_DIMENSIONS = ("gpu_model", "model", "state", "node")
RUN_DIMENSIONS = ("machine", "state", "holder")
ALL_DIMENSIONS = tuple(dict.fromkeys((*DIMENSIONS, *UNIT_DIMENSIONS, *DEVICE_DIMENSIONS, *RUN_DIMENSIONS)))

_PAGE = 100
_MOST = 100_000


@dataclass(frozen=True)
class Kind:
    """How a kind of number is traced: the questions that keep its parts (in order), tell its total, and read them; the
    dimensions that it can be narrowed to; and the page's question whose answer is kept first, as figure_finding."""

    keeps: tuple[str, ...]
    total: str
    sums: str
    rows: str
    lines: str
    files: str
    dimensions: tuple[str, ...]
    asks: str | None = None


def _kind(
    keeps: tuple[str, ...], total: str, dimensions: tuple[str, ...], read: str = "", asks: str | None = None
) -> Kind:
    prefix = f"{read}_" if read else ""
    sums = "fact_sums" if read else "sums"
    return Kind(keeps, total, sums, f"{prefix}rows", f"{prefix}lines", f"{prefix}files", dimensions, asks)


_LADDER = _kind(("ladder_parts",), "ladder_total", DIMENSIONS)
_COVERAGE = _kind(("ladder_parts",), "coverage_total", ())
_IDLE_DEVICE = _kind(("ladder_parts",), "idle_device_total", ("gpu_model", "model"))
_UNIT = _kind(("unit_rows", "unit_parts"), "unit_total", UNIT_DIMENSIONS)
_TRAFFIC = _kind(("unit_rows", "traffic_parts"), "traffic_total", UNIT_DIMENSIONS, "traffic")
_HELD = _kind(("unit_rows", "held_parts"), "held_total", UNIT_DIMENSIONS, "device")
_DEVICE = _kind(("device_parts",), "device_total", DEVICE_DIMENSIONS, "device")
_RUNS = ("idle_runs", "idle_hours")
_RUN_HOURS = _kind((*_RUNS, "idle_days"), "idle_total", RUN_DIMENSIONS, "device", "idle_findings")
_RUN_COST = replace(
    _kind((*_RUNS, "idle_parts"), "idle_total", RUN_DIMENSIONS, asks="idle_findings"), rows="idle_rows"
)
KINDS: dict[Measure, Kind] = {
    "spend": _LADDER,
    "idle cost": _LADDER,
    "device cost": _COVERAGE,
    "observed cost": _COVERAGE,
    "basis cost": _UNIT,
    "counted cost": _UNIT,
    "tokened cost": _UNIT,
    "requests": _TRAFFIC,
    "charged requests": _TRAFFIC,
    "charged tokens": _TRAFFIC,
    "busy hours": _DEVICE,
    "observed hours": _DEVICE,
    "billed hours": _DEVICE,
    "unobserved hours": _DEVICE,
    "gauge hours": _DEVICE,
    "gauged hours": _DEVICE,
    "device requests": _TRAFFIC,
    "idle device cost": _IDLE_DEVICE,
    "held cost": _UNIT,
    "held hours": _HELD,
    "held busy hours": _HELD,
    "counted busy hours": _HELD,
    "idle run cost": _RUN_COST,
    "idle run hours": _RUN_HOURS,
}


@dataclass(frozen=True)
class Figure:
    """A number that a page shows: a sum or a ratio of them, under the page's filters, narrowed to values of some
    dimensions: (("rung", "shared"), ("rung", "tax")) is both rungs. `rule` is that of idle runs: threshold, and minutes
    that one must last. Raises ValueError for a dimension that the number does not have, and for runs without a rule."""

    measure: Measure | Ratio
    filters: Filters
    where: tuple[tuple[str, str], ...] = ()
    rule: tuple[float, int] | None = None

    def __post_init__(self) -> None:
        if self.measure in RATIOS:
            self.parts()  # each of them is asked
            return
        kind = KINDS[_sum_of(self)]
        unknown = [name for name, _ in self.where if name not in kind.dimensions]
        if unknown:
            there = ", ".join(kind.dimensions) or "none"
            raise ValueError(f"No dimension {', '.join(unknown)} of {self.measure}. There are: {there}.")
        if kind.asks and self.rule is None:
            raise ValueError(f"{self.measure} is of idle runs: say threshold and minutes as the rule.")

    def parts(self) -> tuple[Figure, ...]:
        """Itself for a sum; numerator and denominator of a ratio."""
        if self.measure not in RATIOS:
            return (self,)
        numerator, denominator, _ = RATIOS[self.measure]
        return replace(self, measure=numerator), replace(self, measure=denominator)

    def params(self) -> dict[str, object]:
        """The values for the questions' named parameters. What the effective view alone tells is asked in it."""
        values: dict[str, object] = {
            name: [value for narrowed, value in self.where if narrowed == name] for name in ALL_DIMENSIONS
        }
        asked = self.filters.params() | values | {"measure": self.measure}
        if self.rule:
            asked |= {"threshold": self.rule[0], "window": self.rule[1] * 60, "enough": ENOUGH_EVIDENCE}
        return asked if self.measure in ("spend", "idle cost") else asked | {"view": "effective"}


@dataclass(frozen=True)
class Trace:
    """A sum, and what it is made of. `total` is asked of the relation that the page asks, the lines of those below it.

    rows: ladder key (traffic, devices: model, version …): lines, amount, whole, largest first. lines: one page of
    charge lines (hours of traffic, days of a device): amount and where they stand. files: file, etag, load, amount.
    `unexplained` is what no line holds; NULL amounts (None) are lines without a price in this view.
    """

    figure: Figure
    total: Amount | None
    lines_total: Amount | None
    unexplained: Decimal | int
    line_count: int
    rows: pd.DataFrame
    lines: pd.DataFrame
    files: pd.DataFrame

    @property
    def adds_up(self) -> bool:
        """Whether the lines and what no line holds are the number: to the last digit, hours to a billionth."""
        total, lines = self.total or 0, self.lines_total or 0
        if isinstance(total, float) or isinstance(lines, float):
            return abs(float(total) - float(lines)) <= 1e-9 * max(1.0, abs(float(lines)))
        return total == lines + self.unexplained


def trace(cursor: duckdb.DuckDBPyConnection, figure: Figure, skip: int = 0, top: int = _PAGE) -> Trace:
    """What a sum is made of, with `top` of its lines after `skip`. Of a ratio, trace each of its parts().

    Raises KeyError for a ratio.
    """
    kind, params = KINDS[_sum_of(figure)], figure.params() | {"skip": skip, "top": top}
    if kind.asks:
        keep_answer(cursor, kind.asks, "figure_finding", params)
    for name in kind.keeps:
        keep(cursor, f"lineage/{name}", params)
    total = ask_row(cursor, f"lineage/{kind.total}", params)
    sums = ask_row(cursor, f"lineage/{kind.sums}", params)
    unexplained = sums["unexplained"] or 0
    # a cell of a service or a resource is a sum of lines to begin with
    amount = total["amount"] if total["told"] else (sums["amount"] or 0) + unexplained
    return Trace(
        figure, amount, sums["amount"], unexplained, sums["lines"],
        rows=ask_exact(cursor, f"lineage/{kind.rows}", params),
        lines=ask_exact(cursor, f"lineage/{kind.lines}", params),
        files=ask_exact(cursor, f"lineage/{kind.files}", params),
    )  # fmt: skip


def all_lines(cursor: duckdb.DuckDBPyConnection, figure: Figure, most: int = _MOST) -> pd.DataFrame:
    """Every line of a sum, exact, to keep as a file; beyond the `most` largest the others are one row, so that the
    column `amount` sums to the number."""
    traced = trace(cursor, figure, 0, most)
    rest = (traced.lines_total or 0) - sum(a for a in traced.lines["amount"] if a is not None)
    further = []
    if traced.line_count > most:
        further.append({"amount": rest, "description": f"{traced.line_count - most} further lines"})
    if traced.unexplained:
        further.append({"amount": traced.unexplained, "description": "unexplained: on no line"})
    return pd.concat([traced.lines, pd.DataFrame(further)]) if further else traced.lines


def asked_as(figure: Figure) -> tuple[str, Mapping[str, object]]:
    """The SQL that tells the number, and the values that it is asked with: those that it names."""
    kind = KINDS[_sum_of(figure)]
    sql, wanted = question(f"lineage/{kind.total}")
    if kind.asks:
        asked, more = question(kind.asks)
        sql, wanted = f"{kept_as('figure_finding')}{asked.rstrip()};\n{sql}", wanted | more
    if "figure_unit" in sql:
        rows, more = question("lineage/unit_rows")
        sql, wanted = f"{rows.rstrip()};\n{sql}", wanted | more
    params = figure.params()
    return sql, {name: params[name] for name in sorted(wanted)}


def _sum_of(figure: Figure) -> Measure:
    if figure.measure in RATIOS:
        raise KeyError(f"'{figure.measure}' is a ratio: trace its parts() instead.")
    return figure.measure  # type: ignore[return-value]
