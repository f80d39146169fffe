"""What the lineage of a number says: what it is, that its lines sum to it, and what stands on no line."""

from __future__ import annotations

from dashboard import format as fmt
from data.query.lineage import RATIOS, Amount, Figure, Trace

WORDS = {
    "spend": "spend",
    "idle cost": "cost of device time that did nothing: warm idle, held idle, unallocated",
    "device cost": "cost of accelerators",
    "observed cost": "cost of accelerators while telemetry saw them",
    "basis cost": "cost of model versions",
    "counted cost": "cost of model versions whose requests somebody counted",
    "tokened cost": "cost of model versions whose tokens somebody counted",
    "requests": "successful requests",
    "charged requests": "successful requests of models with a cost",
    "charged tokens": "input and output tokens of models with a cost",
    "busy hours": "busy device-hours",
    "observed hours": "observed device-hours",
    "billed hours": "billed device-hours",
    "device requests": "successful requests of versions that hold devices",
    "unobserved hours": "billed device-hours without telemetry",
    "gauge hours": "observed device-hours, each times its gauge's mean",
    "gauged hours": "observed device-hours with a gauge",
    "idle device cost": "cost of device time that did nothing: warm idle, held idle, unallocated",
    "held cost": "cost of the devices that versions hold, busy or idle",
    "held hours": "device-hours held by versions, observed",
    "held busy hours": "busy device-hours of versions",
    "counted busy hours": "busy device-hours of versions whose requests somebody counted",
    "idle run cost": "cost of the idle runs with enough evidence",
    "idle run hours": "device-hours of the idle runs with enough evidence",
}
OF_A_BASIS = ("basis cost", "counted cost", "tokened cost")
LADDER = ("spend", "idle cost", "device cost", "observed cost", "idle device cost")
MONEY = (*LADDER, *OF_A_BASIS, "held cost", "idle run cost")
OF_A_VIEW = ("spend", "idle cost")


def amount(value: Amount | None, figure: Figure) -> str:
    """As many digits as there are: a sum that is proved is not rounded. Hours to the thousandth."""
    if value is None:
        return fmt.UNKNOWN
    if figure.measure in MONEY:
        digits = 6 if isinstance(value, float) else 12  # beyond them a float holds noise
        exact = f"{abs(value):,.{digits}f}".rstrip("0")
        cents = exact + "0" * max(0, 2 - len(exact.rpartition(".")[2]))
        return f"{'−' if value < 0 else ''}{fmt.symbol(figure.filters.currency)}{cents}"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.3f}"


def scope(figure: Figure) -> str:
    """The period, and whatever narrows the number."""
    filters = figure.filters
    view = filters.view if figure.measure in OF_A_VIEW else "effective"
    told = [f"{fmt.period(filters.start, filters.end)} (UTC)", f"{view} cost in {filters.currency}"]
    if any(part.measure in OF_A_BASIS for part in figure.parts()):
        told.append(f"{filters.basis} basis")
    if figure.rule:
        told.append(f"at most {figure.rule[0] * 100:g} % for {figure.rule[1]} min and more")
    chosen = (
        ("provider", filters.providers), ("account", filters.accounts), ("team", filters.teams),
        ("model", filters.models),
    )  # fmt: skip
    told += [f"{name} = {', '.join(values)}" for name, values in chosen if values]
    told += [f"{name.replace('_', ' ')} = {value}" for name, value in figure.where]
    return " · ".join(told)


def ratio(figure: Figure) -> str:
    """What is divided by what."""
    numerator, denominator, scale = RATIOS[figure.measure]  # type: ignore[index]
    times = f" × {scale:,}" if scale != 1 else ""
    return f"{WORDS[numerator].capitalize()} ÷ {WORDS[denominator]}{times}. Both, each with its lines:"


def adds_up(traced: Trace) -> str:
    """Whether the lines are the number, in all its digits."""
    figure, what = traced.figure, WORDS[traced.figure.measure]
    if figure.measure == "spend" and not figure.where:
        what += ", all rungs of the ladder"
    total = amount(traced.total, figure)
    if not traced.line_count and not traced.unexplained:
        return f"{what.capitalize()}: {total}. No line of this selection is part of it."
    lines = f"{traced.line_count:,} {_lines(figure, traced.line_count)}"
    beside = (
        f" and {amount(traced.unexplained, figure)} unexplained, on no line" if traced.unexplained else ""
    )
    if traced.adds_up:
        return f"{lines}{beside} {_sum(traced)} to **{total}**: {what}."
    found = amount(traced.lines_total, figure)
    return (
        f"{lines} {_sum(traced)} to {found}{beside}, and {what} is {total}: this does not add up. "
        "Run: python -m ingest check. It says what is off."
    )


def _sum(traced: Trace) -> str:
    return "sums" if traced.line_count == 1 and not traced.unexplained else "sum"


def rows_title(traced: Trace) -> str:
    """What the rows above the lines are."""
    if traced.figure.measure in LADDER:
        return "Rows of the ladder"
    if traced.figure.measure in OF_A_BASIS:
        shared = traced.figure.filters.basis == "fully loaded"
        return "Rows of the ladder; of shared pools, the versions' share" if shared else "Rows of the ladder"
    if traced.figure.measure in MONEY:
        return "By finding" if traced.figure.rule else "Rows of the ladder"
    return "By model" if "hours" not in traced.figure.measure else "By state and model"


def lines_title(traced: Trace) -> str:
    """What the lines are, and their order."""
    return f"{_lines(traced.figure, 2).capitalize()}, largest first"


def _lines(figure: Figure, count: int) -> str:
    one = (
        "charge line"
        if figure.measure in MONEY
        else "device-day"
        if "hours" in figure.measure
        else "hour of traffic"
    )
    several = {"hour of traffic": "hours of traffic"}.get(one, f"{one}s")
    return one if count == 1 else several
