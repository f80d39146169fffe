"""What a figure is by pandas alone, over Parquet files and unit_cost: tests of lineage compare with it."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd

from data.query.choices import choices
from data.query.lineage import KINDS, LADDER_DIMENSIONS, all_lines, trace
from data.snapshot import open_latest

SHARES = (
    "unallocated_share", "commitment_share", "shared_compute", "shared_storage", "shared_network",
    "shared_orchestration", "shared_support",
)  # fmt: skip
OWN = {
    "busy": {"serving_busy", "managed"},
    "allocated": {"serving_busy", "managed", "serving_idle", "serving_cpu"},
    "fully loaded": {"serving_busy", "managed", "serving_idle", "serving_cpu"},
}
KEY = (
    "day", "model", "version", "endpoint", "mode", "team", "gpu_model", "provider", "billing_account_id",
    "sub_account_id", "billing_currency",
)  # fmt: skip


AMOUNTS = ("effective_cost", "billed_cost", "contracted_cost", "list_cost")
READ = {
    "part": ("load_id", "line_id", "line_no", "device_id", "rung", "sub_rung", "component", *KEY, *AMOUNTS),
    "cost": (
        "load_id", "line_id", "line_no", "service_name", "instance_type", "region_id", "resource_id", "effective_cost",
    ),
    "gpu_hour": (
        "hour", "device_id", "resource_id", "node", "gpu_model", "state", "version", "namespace", "pod", "provider",
        "sub_account_id", "team", "model", "billing_currency", "busy_seconds", "observed_seconds", "billed_seconds",
        "unobserved_seconds", "util_avg", "idle_cost",
    ),
}  # fmt: skip


class Store:
    """A published store, and pandas' own copy of it: `part` and `cost` from their Parquet files."""

    def __init__(self, home):
        self.reader = open_latest(home)
        paths = self.ask("SELECT relation, path FROM parquet_file")
        self.part, self.cost, self.gpu_hour = (
            pd.concat(
                pd.read_parquet(home / path, columns=list(columns), dtype_backend="pyarrow")
                for told, path in paths
                if told == relation
            )
            for relation, columns in READ.items()
        )
        snapshot = self.reader.cursor().sql("FROM unit_cost").to_arrow_table()
        self.unit_cost = snapshot.to_pandas(types_mapper=pd.ArrowDtype)
        for rows in (self.part, self.unit_cost):
            rows["model_version"] = rows["model"] + " " + rows["version"]
        self.unit_cost["served"] = self.unit_cost["model"] + " " + self.unit_cost["version"].fillna("none")
        runs, days = (
            self.reader.cursor().sql(f"FROM {told}").to_arrow_table().to_pandas(types_mapper=pd.ArrowDtype)
            for told in ("idle_run", "idle_run_day")
        )
        self.idle = runs.drop(columns=["seconds", "cost"]).merge(days, on="run_id").merge(
            runs[["run_id", "seconds"]].rename(columns={"seconds": "whole_seconds"}), on="run_id"
        )  # fmt: skip
        self.choices = choices(self.reader.cursor())

    def ask(self, query, *values):
        return self.reader.cursor().execute(query, values).fetchall()

    def trace(self, figure, skip=0, top=100):
        with self.reader.cursor() as cursor:
            return trace(cursor, figure, skip, top)

    def lines(self, figure):
        with self.reader.cursor() as cursor:
            return all_lines(cursor, figure)


def within(rows, filters, where=(), day="day"):
    """The rows that filters and a narrowing let through."""
    first, after = filters.start, filters.end
    if day == "hour":
        first, after = pd.Timestamp(first), pd.Timestamp(after)
    kept = (rows[day] >= first) & (rows[day] < after)
    pairs = [
        ("provider", filters.providers), ("sub_account_id", filters.accounts), ("team", filters.teams),
        ("model", filters.models),
    ]  # fmt: skip
    for name in {name for name, _ in where}:
        pairs.append((name, tuple(value for told, value in where if told == name)))
    for name, values in pairs:
        if values:
            kept &= rows[name].fillna("none").isin(values)
    return rows[kept.fillna(False).astype(bool)]


def total(values):
    known = values.dropna()
    return known.sum() if len(known) else 0


def parts_of(store, figure):
    """The rows of `part` behind a sum of the ladder."""
    filters, rows = figure.filters, store.part
    rows = rows[rows["billing_currency"] == filters.currency]
    of_lines = [(name, value) for name, value in figure.where if name not in LADDER_DIMENSIONS]
    rows = within(rows, filters, [pair for pair in figure.where if pair not in of_lines])
    for name, value in of_lines:
        lines = store.cost.loc[store.cost[name].fillna("none") == value, ["load_id", "line_id"]]
        rows = rows.merge(lines, on=["load_id", "line_id"])
    if figure.measure == "idle cost":
        held = (rows["rung"] == "other_gpu") & (rows["sub_rung"].fillna("") == "held idle")
        rows = rows[rows["rung"].isin(["serving_idle", "unallocated"]) | held]
    if figure.measure == "device cost":
        rows = rows[rows["device_id"].notna() | (rows["rung"] == "unobserved")]
    if figure.measure == "observed cost":
        rows = rows[rows["device_id"].notna() & (rows["rung"] != "unobserved")]
    return rows


def unit_rows(store, figure):
    """The rows of unit_cost that a figure counts: counted and charged per model, in pandas' words."""
    rows = within(store.unit_cost, figure.filters)
    rows = rows[
        rows["billing_currency"].isna() | (rows["billing_currency"] == figure.filters.currency)
    ].copy()
    costs = [name for name in rows if name.endswith(("_cost", "_share")) or name.startswith("shared_")]
    priced = rows["billing_currency"].notna()
    model, count = rows["model"].fillna("none"), rows["requests_ok"]
    if "token" in figure.measure:
        count = rows["input_tokens"] + rows["output_tokens"]
    seen = (count.notna() & priced).groupby(model).transform("any")
    seen_that_day = (count.notna() & priced).groupby([model, rows["day"]]).transform("any")
    managed = rows["managed_cost"].fillna(Decimal(0)) != 0
    rows["counted"] = (seen & (~managed | seen_that_day)).astype(bool)
    paid = rows[costs].notna().any(axis=1)
    rows["charged"] = (priced & paid.groupby(model).transform("any")).astype(bool)
    if figure.measure in ("counted cost", "tokened cost", "counted busy hours"):
        rows = rows[rows["counted"]]
    if figure.measure == "device requests":
        rows = rows[(rows["held_seconds"] > 0).fillna(False)]
    if figure.measure.startswith("charged"):
        rows = rows[rows["charged"]]
    return within(rows, figure.filters, figure.where)


def unit_sum(store, figure):
    """(cost or count by unit_cost, the part of it that versions hold themselves by `part`)."""
    rows, basis = unit_rows(store, figure), figure.filters.basis
    if figure.measure == "charged tokens":
        return total(rows["input_tokens"] + rows["output_tokens"]), None
    if "requests" in figure.measure:
        return total(rows["requests_ok"]), None
    if "hours" in figure.measure:
        return float(
            total(rows["held_seconds" if figure.measure == "held hours" else "busy_seconds"])
        ) / 3600, None
    names = ["busy_cost", "managed_cost"]
    names += [] if basis == "busy" else ["idle_cost", "cpu_cost"]
    rungs = OWN[basis]
    if figure.measure == "held cost":
        names, rungs, basis = ["busy_cost", "idle_cost"], {"serving_busy", "serving_idle"}, "held"
    shares = (
        sum((total(rows[name]) for name in SHARES), Decimal(0)) if basis == "fully loaded" else Decimal(0)
    )
    own = store.part[store.part["rung"].isin(rungs)]
    keys = rows[list(KEY)].drop_duplicates().fillna({n: "?" for n in KEY if n != "day"})
    own = own[[*KEY, "effective_cost"]].fillna({n: "?" for n in KEY if n != "day"}).merge(keys, on=list(KEY))
    return sum((total(rows[name]) for name in names), Decimal(0)) + shares, total(
        own["effective_cost"]
    ) + shares


def device_rows(store, figure):
    """The rows of gpu_hour that pass the filters and the narrowing; a node is the host, else the machine."""
    rows = store.gpu_hour[store.gpu_hour["billing_currency"].fillna("USD") == figure.filters.currency]
    rows = rows.assign(node=rows["node"].fillna(rows["resource_id"]))
    return within(rows, figure.filters, figure.where, day="hour")


def device_sum(store, figure):
    """Device-hours, or idle cost, of gpu_hour."""
    rows, measure = device_rows(store, figure), figure.measure
    if measure == "idle device cost":
        return total(rows["idle_cost"])
    observed, billed = rows["observed_seconds"].fillna(0.0), rows["billed_seconds"]
    seconds = {
        "unobserved hours": billed - observed,
        "gauge hours": rows["util_avg"] * observed,
        "gauged hours": observed[rows["util_avg"].notna()],
    }
    return float(total(seconds.get(measure, rows.get(f"{measure.split()[0]}_seconds")))) / 3600


def run_days(store, figure):
    """The days of idle runs that a rule and the findings with enough evidence let through, all in pandas."""
    filters, (threshold, minutes) = figure.filters, figure.rule
    rows = store.idle[
        ((store.idle["threshold"] - threshold).abs() < 1e-9) & (store.idle["whole_seconds"] >= minutes * 60)
    ].copy()
    rows = rows[rows["start_at"] < pd.Timestamp(filters.end)]
    rows = rows[rows["billing_currency"].fillna(filters.currency) == filters.currency]
    rows["machine"] = rows["resource_id"].fillna(rows["node"]).fillna(rows["device_id"])
    named = {
        "serving": rows["model"] + (" " + rows["version"]).fillna(""),
        "other": (rows["namespace"] + "/").fillna("") + rows["pod"],
    }
    rows["holder"] = [named[s].loc[i] if s in named else None for i, s in rows["state"].items()]
    rows["holder"] = rows["holder"].fillna("none")
    inside = within(rows, filters, figure.where)
    told = enough(store, filters, rows)
    keys = zip(inside["machine"], inside["state"], inside["holder"], strict=True)
    return inside[pd.Series([key in told for key in keys], index=inside.index, dtype=bool)]


def enough(store, filters, rows):
    """(machine, state, holder) whose devices telemetry saw for 80 % of the time since the last spell began."""
    passed = within(rows.assign(any_day=filters.start), filters, day="any_day")
    hours = store.gpu_hour[store.gpu_hour["billing_currency"].fillna(filters.currency) == filters.currency]
    hours = hours[
        (hours["hour"] >= pd.Timestamp(filters.start)) & (hours["hour"] < pd.Timestamp(filters.end))
    ]
    hours = hours.assign(machine=hours["resource_id"].fillna(hours["node"]).fillna(hours["device_id"]))
    by_machine = dict(list(hours.groupby("machine")))
    found = set()
    for key, runs in passed.groupby(["machine", "state", "holder"]):
        spell = runs.drop_duplicates("run_id").sort_values("start_at")
        pause = spell["start_at"] - spell["end_at"].cummax().shift()
        since = spell.loc[pause.isna() | (pause > pd.Timedelta(days=1)), "start_at"].max().floor("h")
        counts = runs[(runs["day"] >= filters.start) & (runs["day"] < filters.end)]
        seen = by_machine.get(key[0])
        if seen is None or not len(counts):
            continue
        seen = seen[seen["device_id"].isin(set(counts["device_id"]))]
        last = spell.loc[spell["run_id"].isin(set(counts["run_id"])), "end_at"].max()
        seen = seen[(seen["hour"] >= since) & (seen["hour"] < last)]
        watched = float(total(seen["observed_seconds"]))
        if watched + float(total(seen["unobserved_seconds"])) and watched >= 0.8 * (
            watched + float(total(seen["unobserved_seconds"]))
        ):
            found.add(key)
    return found


def expected(store, figure):
    """The sum by pandas."""
    if figure.rule:
        days = run_days(store, figure)
        return float(total(days["cost"] if figure.measure == "idle run cost" else days["seconds"] / 3600))
    if KINDS[figure.measure].total in ("device_total", "idle_device_total"):
        return device_sum(store, figure)
    if figure.measure in ("spend", "idle cost", "device cost", "observed cost"):
        view = figure.filters.view if figure.measure in ("spend", "idle cost") else "effective"
        return total(parts_of(store, figure)[f"{view}_cost"])
    by_unit_cost, by_parts = unit_sum(store, figure)
    if by_parts is not None:
        assert by_parts == by_unit_cost
    return by_unit_cost
