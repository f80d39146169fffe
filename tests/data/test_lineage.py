"""Lineage: a number, the rows and lines that sum to it, their files – against pandas over the Parquet files."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import duckdb
import pandas as pd
import pytest
from lined_store import WEEK, small_estate

from data.filters import BASES, VIEWS, Filters
from data.home import snapshot_file
from data.query import invoice, overview, unit_cost
from data.query.choices import choices
from data.query.lineage import (
    DIMENSIONS,
    LADDER_DIMENSIONS,
    MEASURES,
    RATIOS,
    Figure,
    all_lines,
    asked_as,
    trace,
)
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
        "hour", "provider", "sub_account_id", "team", "model", "billing_currency", "busy_seconds", "observed_seconds",
        "billed_seconds",
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
        self.choices = choices(self.reader.cursor())

    def ask(self, query, *values):
        return self.reader.cursor().execute(query, values).fetchall()

    def trace(self, figure, skip=0, top=100):
        with self.reader.cursor() as cursor:
            return trace(cursor, figure, skip, top)

    def lines(self, figure):
        with self.reader.cursor() as cursor:
            return all_lines(cursor, figure)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return Store(small_estate(tmp_path_factory.mktemp("small")))


@pytest.fixture(scope="module")
def demo(demo_home):
    return Store(demo_home)


# ── pandas' answers ─────────────────────────────────────────────────────────


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
    if figure.measure in ("counted cost", "tokened cost"):
        rows = rows[rows["counted"]]
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
    names = ["busy_cost", "managed_cost"]
    names += [] if basis == "busy" else ["idle_cost", "cpu_cost"]
    shares = (
        sum((total(rows[name]) for name in SHARES), Decimal(0)) if basis == "fully loaded" else Decimal(0)
    )
    own = store.part[store.part["rung"].isin(OWN[basis])]
    keys = rows[list(KEY)].drop_duplicates().fillna({n: "?" for n in KEY if n != "day"})
    own = own[[*KEY, "effective_cost"]].fillna({n: "?" for n in KEY if n != "day"}).merge(keys, on=list(KEY))
    return sum((total(rows[name]) for name in names), Decimal(0)) + shares, total(
        own["effective_cost"]
    ) + shares


def expected(store, figure):
    """The sum by pandas."""
    if figure.measure in ("spend", "idle cost", "device cost", "observed cost"):
        view = figure.filters.view if figure.measure in ("spend", "idle cost") else "effective"
        return total(parts_of(store, figure)[f"{view}_cost"])
    if "hours" in figure.measure:
        rows = store.gpu_hour[store.gpu_hour["billing_currency"].fillna("USD") == figure.filters.currency]
        rows = within(rows, figure.filters, day="hour")
        return float(total(rows[f"{figure.measure.split()[0]}_seconds"])) / 3600
    by_unit_cost, by_parts = unit_sum(store, figure)
    if by_parts is not None:
        assert by_parts == by_unit_cost
    return by_unit_cost


# ── what the pages show ─────────────────────────────────────────────────────


def shown(store, figure):
    """The number as a page asks for it; NaN or None = "–"."""
    filters, where = figure.filters, dict(figure.where)
    with store.reader.cursor() as cursor:
        if figure.measure == "spend" and where:
            ((dimension, member),) = where.items()
            rows = invoice.explored(cursor, filters, dimension, "week", 100_000).members
            return rows.loc[rows["member"] == member, "cost"].sum()
        on_overview = {
            "spend": "spend", "idle cost": "idle_cost", "utilisation": "utilisation", "GPU cost observed": "coverage",
        }  # fmt: skip
        if figure.measure in on_overview:
            found = overview.figures(cursor, filters)
            return found[on_overview[figure.measure]].iloc[0] if len(found) else None
        rows = unit_cost.costs(cursor, filters, "version" if where else "total")
    if where:
        rows = rows[(rows["model"] == where["model"]) & (rows["version"].fillna("none") == where["version"])]
    column = {
        "basis cost": "cost", "requests": "requests_ok", "cost per inference": "cost_per_inference",
        "cost per 1k inferences": "cost_per_1k", "cost per 1M tokens": "cost_per_1m_tokens",
    }[figure.measure]  # fmt: skip
    return rows[column].iloc[0] if len(rows) else None


PAGE_FIGURES = (
    "spend", "spend", "spend", "idle cost", "basis cost", "basis cost", "requests", "cost per inference",
    "cost per 1k inferences", "cost per 1M tokens", "utilisation", "GPU cost observed",
)  # fmt: skip


def drawn(store, random_source, measure):
    """A figure under filters drawn at random, narrowed where its page has a table or an explorer."""

    def some(values, most=2):
        several = random_source.random() < 0.4 and len(values) > 0
        return tuple(random_source.sample(values, min(most, len(values)))) if several else ()

    first, last = store.choices.first_day, store.choices.last_day
    start = first + timedelta(days=random_source.randrange((last - first).days))
    end = min(last, start + timedelta(days=random_source.randrange(30))) + timedelta(days=1)
    filters = Filters(
        start, end, some(store.choices.providers, 1), some(store.choices.accounts), some(store.choices.teams),
        some(store.choices.models), random_source.choice(BASES), random_source.choice(VIEWS),
    )  # fmt: skip
    where = ()
    if measure == "spend" and random_source.random() < 0.7:
        dimension = random_source.choice(DIMENSIONS)
        with store.reader.cursor() as cursor:
            members = invoice.explored(cursor, filters, dimension, "week", 100_000).members["member"]
        where = ((dimension, random_source.choice(list(members))),) if len(members) else ()
    if (
        measure in ("basis cost", "requests", "cost per inference", "cost per 1M tokens")
        and random_source.random() < 0.5
    ):
        with store.reader.cursor() as cursor:
            rows = unit_cost.costs(cursor, filters, "version").dropna(subset=["model"])
        if len(rows):
            row = rows.iloc[random_source.randrange(len(rows))]
            version = "none" if pd.isna(row["version"]) else row["version"]
            where = (("model", row["model"]), ("version", version))
    return Figure(measure, filters, where)


def proven(store, figure):
    """A sum is what pandas makes of it, and so are its rows, its lines and its files."""
    traced = store.trace(figure)
    want = expected(store, figure)
    close = pytest.approx(want, rel=1e-9) if isinstance(want, float) else want
    assert (traced.total or 0) == close, figure
    assert traced.adds_up, figure
    assert total(traced.rows["amount"] if len(traced.rows) else pd.Series(dtype=object)) == close, figure
    every = store.lines(figure)
    assert total(every["amount"] if len(every) else pd.Series(dtype=object)) == close, figure
    assert len(every) == traced.line_count, figure
    if len(traced.files) and "amount" in traced.files:
        assert total(traced.files["amount"]) == close, figure
    return traced


def proven_number(store, figure):
    """A number on a page is its sum, or the quotient of its two."""
    sums = [proven(store, part) for part in figure.parts()]
    on_page = shown(store, figure)
    if len(sums) == 1:
        known = sums[0].total
    else:
        numerator, denominator = (part.total for part in sums)
        known = (
            None
            if not denominator
            else RATIOS[figure.measure][2] * float(numerator or 0) / float(denominator)
        )
    if on_page is None or pd.isna(on_page):
        assert not known or figure.measure == "spend", figure
    else:
        assert float(on_page) == pytest.approx(float(known or 0), rel=1e-9, abs=1e-9), figure
    return sums


@pytest.mark.slow
def test_twenty_random_numbers_of_the_demo_lead_to_their_lines(demo):
    drawing, told = random.Random(4), []
    while len(told) < 20:
        figure = drawn(demo, drawing, drawing.choice(PAGE_FIGURES))
        number = shown(demo, figure)
        if number is None or pd.isna(number) or not number:
            continue  # nothing of that kind under such filters: the page says so and shows no number
        told.append(proven_number(demo, figure))

    assert all(part.line_count for sums in told for part in sums)
    assert {len(sums) for sums in told} == {1, 2}


@pytest.mark.slow
def test_a_line_of_the_demo_gives_what_its_parts_give_and_names_its_file(demo):
    figure = Figure(
        "basis cost", Filters(date(2026, 10, 10), date(2026, 10, 12)), (("model", "ads-copy-8b"),)
    )
    traced = demo.trace(figure)

    parts = demo.part[demo.part["rung"].isin(OWN["allocated"]) & (demo.part["model"] == "ads-copy-8b")]
    parts = within(parts, figure.filters)
    by_line = parts.groupby(["load_id", "line_no"])["effective_cost"].sum()
    for told in traced.lines.head(20).itertuples():
        assert told.amount == by_line[told.load_id, told.line_no]
        ((uri, etag),) = demo.ask(
            "SELECT uri, etag FROM file WHERE uri = ? AND load_id = ?", told.file, told.load_id
        )
        assert (told.file, told.etag) == (uri, etag)
        source = demo.cost[(demo.cost["load_id"] == told.load_id) & (demo.cost["line_no"] == told.line_no)]
        assert told.line_cost in set(source["effective_cost"])


# ── the small estate: every measure, every narrowing ────────────────────────


@pytest.mark.parametrize(
    ("measure", "basis"),
    [
        (m, b)
        for m in MEASURES
        for b in (BASES if m in ("basis cost", "counted cost", "tokened cost") else BASES[:1])
    ],
)
@pytest.mark.parametrize(
    "narrowed",
    [{}, {"models": ("llama",)}, {"models": ("none",)}, {"end": date(2026, 10, 6)}, {"accounts": ("222",)}],
)
def test_every_sum_is_its_lines(small, measure, basis, narrowed):
    proven(small, Figure(measure, replace(WEEK, basis=basis, **narrowed)))


@pytest.mark.parametrize("view", VIEWS[:2])
@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_every_member_of_a_dimension_is_its_lines_and_all_are_the_spend(small, dimension, view):
    filters = replace(WEEK, view=view)
    with small.reader.cursor() as cursor:
        members = invoice.explored(cursor, filters, dimension, "day", 100).members["member"]
    found = [proven(small, Figure("spend", filters, ((dimension, m),))) for m in members]

    assert sum(traced.total or 0 for traced in found) == small.trace(Figure("spend", filters)).total


@pytest.mark.parametrize("measure", sorted({*PAGE_FIGURES}))
@pytest.mark.parametrize("basis", BASES)
def test_a_page_shows_what_its_lineage_sums_to(small, measure, basis):
    assert proven_number(small, Figure(measure, replace(WEEK, basis=basis)))


def test_a_fully_loaded_cost_states_its_share_of_each_pool(small):
    """titan takes a part of the storage of account 100; the lines of account 200 are nobody's."""
    figure = Figure("basis cost", replace(WEEK, basis="fully loaded"), (("model", "titan"),))
    shared = small.trace(figure).rows.query("rung == 'shared' and component == 'storage'")

    assert shared["billing_account_id"].tolist() == ["100"]
    assert shared["whole"].tolist() == [2 * Decimal("3.335")]
    assert 0 < shared["amount"].iloc[0] < shared["whole"].iloc[0]


def test_requests_of_a_gateway_without_a_machine_are_where_its_model_has_cost(small):
    traced = small.trace(Figure("charged requests", WEEK, (("model", "titan"),)))

    assert (traced.total, traced.line_count) == (11 * 30, 30)
    assert set(traced.lines["endpoint"]) == {"gateway"}
    assert set(traced.files["source"]) == {"vllm"}


def test_lines_come_in_pages_and_the_last_are_the_smallest(small):
    figure = Figure("spend", WEEK)
    pages = [small.trace(figure, skip, 25).lines for skip in range(0, 100, 25)]
    sizes = [abs(a) for page in pages for a in page["amount"]]

    assert len(sizes) == small.trace(figure).line_count == 76
    assert sizes == sorted(sizes, reverse=True)


def test_what_does_not_fit_into_a_file_is_one_row_of_it(small):
    figure = Figure("spend", WEEK)
    with small.reader.cursor() as cursor:
        few = all_lines(cursor, figure, most=10)

    assert len(few) == 11
    assert few["description"].iloc[-1] == "66 further lines"
    assert sum(few["amount"]) == small.trace(figure).total


def test_what_no_line_holds_is_told_apart(tmp_path):
    """$5 that the invoice has and no line."""
    home = small_estate(tmp_path)
    with duckdb.connect(str(snapshot_file(home, 1))) as con:
        con.execute("""INSERT INTO ladder BY NAME
            SELECT DATE '2026-10-01' AS billing_period, DATE '2026-10-06' AS day, 'unexplained' AS rung,
                'AWS' AS provider, 'USD' AS billing_currency, 5 AS effective_cost, 5 AS billed_cost""")
    store = Store(home)
    traced = store.trace(Figure("spend", WEEK))

    assert traced.unexplained == 5
    assert traced.total == traced.lines_total + 5
    assert traced.adds_up
    assert store.lines(Figure("spend", WEEK))["description"].iloc[-1] == "unexplained: on no line"
    assert store.trace(Figure("spend", replace(WEEK, models=("llama", "none")))).unexplained == 0


def test_parts_that_lost_a_line_do_not_add_up(tmp_path):
    home = small_estate(tmp_path)
    with duckdb.connect(str(snapshot_file(home, 1))) as con:
        con.execute("UPDATE ladder SET effective_cost = effective_cost + 0.000000000001 WHERE rung = 'tax'")

    assert not Store(home).trace(Figure("spend", WEEK)).adds_up


@pytest.mark.parametrize(
    ("measure", "narrowed"), [("spend", (("rung", "tax"),)), ("charged requests", (("model", "llama"),))]
)
def test_the_question_and_its_values_give_the_number_in_any_client(small, measure, narrowed):
    """Every snapshot holds the macros that it calls."""
    figure = Figure(measure, WEEK, narrowed)
    sql, values = asked_as(figure)
    with small.reader.cursor() as cursor:
        for statement in duckdb.extract_statements(sql):
            told = {name: values[name] for name in statement.named_parameters}
            ((number, _),) = [
                row if len(row) == 2 else (row[0], None) for row in cursor.execute(statement, told).fetchall()
            ]

    assert number == small.trace(figure).total > 0


def test_a_dimension_that_is_none_is_refused():
    with pytest.raises(ValueError, match=r"No dimension colour\. There are: rung, sub_rung"):
        Figure("spend", WEEK, (("colour", "red"),))


def test_a_ratio_is_traced_by_its_parts(small):
    with pytest.raises(KeyError, match="is a ratio"):
        small.trace(Figure("utilisation", WEEK))
