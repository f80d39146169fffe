"""The pack as headed parts: sentences, a picture, a table. HTML, workbook and text are made of the same ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from dashboard import format as fmt
from dashboard import theme
from dashboard.charts.bridge import cause_name, steps, unit_causes
from dashboard.charts.overview import mover_name
from dashboard.headlines import anomalies as headlines_anomalies
from dashboard.headlines import idle as headlines_idle
from dashboard.headlines import provenance as headlines
from dashboard.headlines.bridge import bridge_scope, unit_bridge_scope
from dashboard.headlines.change import period_before
from dashboard.headlines.overview import spend
from dashboard.headlines.unit_cost import EFFECTIVE_ALONE, unit_cost
from dashboard.report.pack import Pack
from data.filters import Filters
from data.query.bridge import Bridge
from data.query.idle import DEFAULT_THRESHOLD, DEFAULT_WINDOW

Kind = Literal["text", "date", "money", "unit cost", "percent", "count"]
PER = 1000  # inferences that a unit cost is told for


@dataclass(frozen=True)
class Column:
    """What stands in a column, and how it reads."""

    label: str
    kind: Kind = "text"


@dataclass(frozen=True)
class Table:
    """Rows of plain values; None is unknown."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class Step:
    """One step of a cascade that begins at 0."""

    name: str
    amount: float


@dataclass(frozen=True)
class Section:
    """A part of the pack. `steps` are its picture, told in `steps_kind`."""

    title: str
    said: tuple[str, ...] = ()
    table: Table | None = None
    steps: tuple[Step, ...] = ()
    steps_kind: Kind = "money"


def title(pack: Pack) -> str:
    """Which week, and which days that is."""
    return f"AI cost, week {pack.week}: {fmt.period(pack.filters.start, pack.filters.end)}"


def scope(pack: Pack) -> str:
    """What every figure refers to."""
    filters = pack.filters
    narrowed = [f"{dimension} {', '.join(values)}" for dimension, values in filters.narrowed.items()]
    return " · ".join(
        [
            "UTC days",
            f"{filters.basis} basis",
            f"{filters.view} cost in {filters.currency}",
            *narrowed,
            f"snapshot {pack.snapshot.generation} of {pack.snapshot.published_at:%Y-%m-%d %H:%M} UTC",
        ]
    )


def answers(pack: Pack) -> list[str]:
    """What a person would say aloud: spend, cost per inference, whether it can be trusted."""
    causes = pack.spend_bridge.causes if pack.spend_bridge else None
    said = [spend(pack.now, pack.before, causes, pack.filters)]
    unit_before = pack.before if pack.unit_bridge else None
    said.append(unit_cost(pack.now, unit_before, pack.filters))
    said.append(headlines.evidence(pack.trust, 0, pack.filters, damaged=bool(pack.damaged)))
    if pack.damaged:
        said.append(f"{headlines.DAMAGED} It is that of {', '.join(pack.damaged)}.")
    if surprise := headlines_anomalies.surprise(pack.unexpected, pack.filters.currency):
        said.append(surprise)
    return said


def sections(pack: Pack) -> list[Section]:
    """Every part, in reading order."""
    return [part for part in _parts(pack) if part.said or part.table or part.steps]


def _parts(pack: Pack) -> Iterable[Section]:
    filters = pack.filters
    yield Section("In figures", table=_figures(pack))
    if pack.spend_bridge:
        yield _spend_bridge(pack.spend_bridge, filters)
    if pack.unit_bridge:
        yield _unit_bridge(pack.unit_bridge, filters)
    if len(pack.movers):
        yield Section(
            "What moved",
            (f"Against {period_before(filters)}, by model; else by rung.",),
            _movers(pack),
        )
    yield Section(
        "The cost ladder: every dollar exactly once", (headlines.unexplained(filters),), _ladder(pack)
    )
    yield Section("By model and version", (EFFECTIVE_ALONE,), _versions(pack))
    yield _anomalies(pack)
    rule = headlines_idle.rule(pack.idle, DEFAULT_THRESHOLD, DEFAULT_WINDOW)
    yield Section("Idle GPUs", (headlines_idle.idle(pack.idle, filters), f"{rule}."), _idle(pack))
    yield Section("Notes and decisions", _unread(pack), _notes(pack))


def _figures(pack: Pack) -> Table:
    now, before = pack.now, pack.before
    rows = []
    effective = pack.unit_bridge is not None
    figures: tuple[tuple[str, str, Kind], ...] = (
        ("Spend", "spend", "money"),
        ("Idle, any length", "idle_cost", "money"),
        ("Cost per inference", "cost_per_inference", "unit cost"),
        ("Successful requests", "requests_ok", "count"),
        ("Utilisation", "utilisation", "percent"),
        ("GPU cost observed", "coverage", "percent"),
    )
    for label, name, kind in figures:
        comparable = before is not None and (effective or name not in ("cost_per_inference", "coverage"))
        was = _known(before[name]) if before is not None and comparable else None
        is_now = _known(now[name])
        moved = fmt.points_change(is_now, was) if kind == "percent" else fmt.relative_change(is_now, was)
        told = (said(value, kind, pack.filters.currency) for value in (is_now, was))
        rows.append((label, *told, moved or fmt.UNKNOWN))
    columns = (Column(""), Column("this week"), Column("the week before"), Column("change"))
    return Table(columns, tuple(rows))


def _spend_bridge(bridge: Bridge, filters: Filters) -> Section:
    rows = tuple(
        (cause_name(c), _known(m) or "", float(a)) for c, m, a in bridge.bars.itertuples(index=False)
    )
    table = Table((Column("cause"), Column("model"), Column("change", "money")), rows)
    return Section("Why spend moved", (bridge_scope(filters),), table, _steps(bridge.causes))


def _unit_bridge(bridge: Bridge, filters: Filters) -> Section:
    bars = unit_causes(bridge.bars)
    rows = tuple((cause_name(c), _known(m) or "", float(a) * PER) for c, m, a in bars.itertuples(index=False))
    table = Table((Column("cause"), Column("model"), Column("change per 1k inferences", "unit cost")), rows)
    told = _steps(unit_causes(bridge.causes), PER)
    return Section("Why cost per inference moved", (unit_bridge_scope(filters),), table, told, "unit cost")


def _steps(causes: pd.DataFrame, per: float = 1) -> tuple[Step, ...]:
    return tuple(
        Step(str(cause), float(amount) * per) for cause, amount in steps(causes).itertuples(index=False)
    )


def _movers(pack: Pack) -> Table:
    rows = pack.movers[["rung", "model", "cost_before", "cost", "change"]].itertuples(index=False)
    told = tuple((mover_name(rung, model), *map(_known, amounts)) for rung, model, *amounts in rows)
    amounts = (Column(label, "money") for label in ("the week before", "this week", "change"))
    return Table((Column("model or rung"), *amounts), told)


def _ladder(pack: Pack) -> Table:
    """Rung by rung, down to what they sum to; `unexplained` is always there."""
    costs = {str(rung): cost for rung, cost in zip(pack.ladder["rung"], pack.ladder["cost"], strict=True)}
    if pack.filters.reconcilable:
        costs.setdefault("unexplained", 0.0)
    order = [rung for rung in theme.RUNGS if rung in costs] + sorted(costs.keys() - theme.RUNGS.keys())
    rows = [(theme.rung_name(rung), _known(costs[rung])) for rung in order]
    total = float(pack.now["spend"])
    return Table(
        (Column("rung"), Column("cost", "money")), (*rows, (theme.total_name(pack.filters.view), total))
    )


def _versions(pack: Pack) -> Table:
    names = ("model", "version", "cost", "requests_ok", "cost_per_1k", "cost_per_1m_tokens", "utilisation")
    rows = tuple(tuple(map(_known, row)) for row in pack.versions[list(names)].itertuples(index=False))
    columns = (
        Column("model"), Column("version"), Column("cost", "money"), Column("requests", "count"),
        Column("per 1k inferences", "unit cost"), Column("per 1M tokens", "unit cost"),
        Column("utilisation", "percent"),
    )  # fmt: skip
    return Table(columns, rows)


def _anomalies(pack: Pack) -> Section:
    currency = pack.filters.currency
    said = (
        headlines_anomalies.found(pack.unexpected, currency),
        headlines_anomalies.rule(pack.unexpected, currency),
    )
    names = ["first_day", "days", "unexpected", "cost", "expected", "resource_id"]
    rows = tuple(
        (headlines_anomalies.what(row), *(_known(row[name]) for name in names))
        for _, row in pack.unexpected.found.iterrows()
    )
    columns = (
        Column("what"), Column("from (UTC)", "date"), Column("days", "count"), Column("unexpected", "money"),
        Column("cost", "money"), Column("expected", "money"), Column("suspected resource"),
    )  # fmt: skip
    return Section("Anomalies", said, Table(columns, rows) if rows else None)


def _idle(pack: Pack) -> Table | None:
    found = pack.idle.findings
    if found.empty:
        return None
    rows = tuple(
        (
            headlines_idle.machine(row), row["state"], _known(row["team"]), f"{row['since']:%Y-%m-%d}",
            *(_known(row[name]) for name in ("cost", "cash", "freed", "coverage")),
        )
        for _, row in found.iterrows()
    )  # fmt: skip
    columns = (
        Column("machine"), Column("state"), Column("team"), Column("since", "date"), Column("idle cost", "money"),
        Column("cash", "money"), Column("freed", "money"), Column("observed", "percent"),
    )  # fmt: skip
    return Table(columns, rows)


def _unread(pack: Pack) -> tuple[str, ...]:
    return () if pack.notes is not None else ("What people noted is unknown: people.sqlite cannot be read.",)


def _notes(pack: Pack) -> Table | None:
    """What people noted about the week; absent where nobody did."""
    if not pack.notes:
        return None
    rows = tuple(
        (note.day.isoformat(), note.model or "", note.text, note.who, note.noted_at.date().isoformat())
        for note in pack.notes
    )
    columns = (
        Column("day (UTC)", "date"), Column("model"), Column("note"), Column("who"), Column("noted", "date"),
    )  # fmt: skip
    return Table(columns, rows)


def _known(value: Any) -> Any:  # noqa: ANN401 – a cell
    return None if fmt.is_unknown(value) else value


def said(value: Any, kind: Kind, currency: str) -> str:  # noqa: ANN401 – a cell
    """A cell in words: "–" for unknown."""
    if value is None:
        return fmt.UNKNOWN
    match kind:
        case "money":
            return fmt.money(value, currency)
        case "unit cost":
            return fmt.unit_cost(value, currency)
        case "percent":
            return fmt.percent(value)
        case "count":
            return fmt.count(value)
        case _:
            return str(value)
