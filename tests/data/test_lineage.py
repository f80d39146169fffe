"""Lineage: a number, the rows and lines that sum to it, their files – against pandas over the Parquet files."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import duckdb
import pandas as pd
import pytest
from lineage_by_pandas import OWN, Store, expected, total, within
from lined_store import WEEK, small_estate

from dashboard import figures
from data.filters import BASES, VIEWS, Filters
from data.home import snapshot_file
from data.query import idle, invoice, overview, roi_baseline, unit_cost, utilisation, versions
from data.query.lineage import (
    DIMENSIONS,
    MEASURES,
    RATIOS,
    Figure,
    all_lines,
    asked_as,
)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return Store(small_estate(tmp_path_factory.mktemp("small")))


@pytest.fixture(scope="module")
def demo(demo_home):
    return Store(demo_home)


# ── what the pages show ─────────────────────────────────────────────────────


def shown(store, figure):
    """The number as a page asks for it; NaN or None = "–"."""
    filters, where = figure.filters, dict(figure.where)
    with store.reader.cursor() as cursor:
        if figure.measure == "spend" and where:
            ((dimension, member),) = where.items()
            rows = invoice.explored(cursor, filters, dimension, "week", 100_000).members
            return rows.loc[rows["member"] == member, "cost"].sum()
        if figure.measure in OF_A_PAGE:
            return OF_A_PAGE[figure.measure](cursor, figure)
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
        "cost per 1k inferences": "cost_per_1k", "cost per 1M tokens": "cost_per_1m_tokens", "throughput": "throughput",
    }[figure.measure]  # fmt: skip
    return rows[column].iloc[0] if len(rows) else None


def _of_utilisation(column):
    return lambda cursor, figure: getattr(utilisation.utilisation(cursor, figure.filters), column)


def _of_idle(column):
    def asked(cursor, figure):
        found = idle.idle(cursor, figure.filters, *figure.rule)
        if not figure.where:
            return getattr(found, column)
        told = dict(figure.where)
        rows = found.findings
        rows = rows[rows["state"] == idle.STATES[told["state"]]]
        if "machine" in told:
            rows = rows[
                (rows["machine"] == told["machine"]) & (rows["holder"].fillna("none") == told["holder"])
            ]
        return rows[column].sum()

    return asked


def _of_baseline(column):
    def asked(cursor, figure):
        measured = roi_baseline.roi_baseline(cursor, figure.filters, dict(figure.where)["model"])
        return None if measured is None else getattr(measured.baseline, column)

    return asked


# the numbers of a page that is asked in another way than Overview and Cost per inference
OF_A_PAGE = {
    "gauge mean": _of_utilisation("gauge_mean"),
    "busy hours": _of_utilisation("busy_hours"),
    "unobserved hours": _of_utilisation("unobserved_hours"),
    "idle device cost": _of_utilisation("idle_cost"),
    "idle run cost": _of_idle("cost"),
    "idle run hours": _of_idle("hours"),
    "price per GPU-hour": _of_baseline("price"),
    "held utilisation": _of_baseline("utilisation"),
    "measured throughput": _of_baseline("throughput"),
}
BASELINE = ("price per GPU-hour", "held utilisation", "measured throughput")
NEWER_FIGURES = (*OF_A_PAGE, "throughput")
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
    if measure in BASELINE:
        with store.reader.cursor() as cursor:
            models = roi_baseline.roi_models(cursor, filters)
        where = (("model", random_source.choice(models or ("none",))),)
    if measure in ("idle run cost", "idle run hours"):
        return a_finding(store, random_source, measure, filters)
    return Figure(measure, filters, where)


def a_finding(store, random_source, measure, filters):
    """All findings of a rule, those of one state, or one."""
    rule = random_source.choice(idle.THRESHOLDS), random_source.choice((0, 30, 240))
    with store.reader.cursor() as cursor:
        rows = idle.idle(cursor, filters, *rule).findings
    narrowed = random_source.randrange(3) if len(rows) else 0
    if not narrowed:
        return Figure(measure, filters, (), rule)
    row = rows.iloc[random_source.randrange(len(rows))]
    states = {name: state for state, name in idle.STATES.items()}
    where = (("state", states[row["state"]]),)
    if narrowed == 2:
        holder = "none" if pd.isna(row["holder"]) else row["holder"]
        where += (("machine", row["machine"]), ("holder", holder))
    return Figure(measure, filters, where, rule)


def proven(store, figure):
    """A sum is what pandas makes of it, and so are its rows, its lines and its files."""
    traced = store.trace(figure)
    want = expected(store, figure)
    exact = not isinstance(want, float)

    def agrees(told):
        return told == want if exact else float(told) == pytest.approx(want, rel=1e-9, abs=1e-9)

    assert agrees(traced.total or 0), figure
    assert traced.adds_up, figure
    every = store.lines(figure)
    assert len(every) == traced.line_count, figure
    for table in (traced.rows, every, *((traced.files,) if "amount" in traced.files else ())):
        assert agrees(total(table["amount"]) if len(table) else 0), figure
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
def test_twenty_random_numbers_of_the_other_pages_lead_to_their_lines(demo):
    drawing, told = random.Random(7), []
    while len(told) < 20:
        figure = drawn(demo, drawing, NEWER_FIGURES[len(told) % len(NEWER_FIGURES)])
        number = shown(demo, figure)
        if number is None or pd.isna(number) or not number:
            continue
        told.append(proven_number(demo, figure))

    assert all(part.line_count for sums in told for part in sums)


@pytest.mark.slow
@pytest.mark.parametrize("dimension", utilisation.DIMENSIONS)
def test_a_row_of_every_table_leads_to_the_number_that_it_shows(demo, dimension):
    """Of the tables of the pages: who was busy, versions, cost by version and by member, movers, candidates."""
    filters = Filters(date(2026, 10, 10), date(2026, 10, 24), basis="fully loaded")
    with demo.reader.cursor() as cursor:
        groups = utilisation.by(cursor, filters, dimension)
        found = versions.versions(cursor, filters)
        units = unit_cost.costs(cursor, filters, "GPU type")
        movers = overview.movers(cursor, filters)
    for row in (groups.iloc[0], groups.iloc[len(groups) // 2], groups.iloc[-1]):
        figure = figures.group(row, dimension, filters)
        number = row["billed_hours" if figure.measure == "billed hours" else "utilisation"]
        assert quotient(demo, figure) == pytest.approx(number, rel=1e-9)
    for row in found.rows.head(3).to_dict("records"):
        assert quotient(demo, figures.version(row, filters)) == pytest.approx(row["cost"], rel=1e-9)
    several = figures.candidates(found.candidates, filters)
    assert quotient(demo, several) == pytest.approx(found.candidates_cost, rel=1e-9)
    for row in units.to_dict("records"):
        figure = figures.unit_cost(row, "GPU type", filters)
        number = row["cost" if figure.measure == "basis cost" else "cost_per_1k"]
        assert quotient(demo, figure) == pytest.approx(number, rel=1e-9)
    for row in movers.head(4).to_dict("records"):
        now, before = (quotient(demo, figure) for figure in figures.mover(row, filters).values())
        assert now - before == pytest.approx(row["change"], abs=1e-6)


def quotient(store, figure):
    """The number that pandas and the lines agree on."""
    sums = [float(proven(store, part).total or 0) for part in figure.parts()]
    return sums[0] if len(sums) == 1 else RATIOS[figure.measure][2] * sums[0] / sums[1]


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


def figure_of(measure, filters, where=()):
    """A figure with the rule or the model that its page has."""
    if measure in BASELINE:
        return Figure(measure, filters, (("model", "llama"),))
    return Figure(measure, filters, where, (0.01, 30) if measure.startswith("idle run") else None)


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
    proven(small, figure_of(measure, replace(WEEK, basis=basis, **narrowed)))


@pytest.mark.parametrize("view", VIEWS[:2])
@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_every_member_of_a_dimension_is_its_lines_and_all_are_the_spend(small, dimension, view):
    filters = replace(WEEK, view=view)
    with small.reader.cursor() as cursor:
        members = invoice.explored(cursor, filters, dimension, "day", 100).members["member"]
    found = [proven(small, Figure("spend", filters, ((dimension, m),))) for m in members]

    assert sum(traced.total or 0 for traced in found) == small.trace(Figure("spend", filters)).total


@pytest.mark.parametrize("measure", sorted({*PAGE_FIGURES, *NEWER_FIGURES}))
@pytest.mark.parametrize("basis", BASES)
def test_a_page_shows_what_its_lineage_sums_to(small, measure, basis):
    assert proven_number(small, figure_of(measure, replace(WEEK, basis=basis)))


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


def by_any_client(store, figure):
    """The number by the question and the values that the page shows; every snapshot holds the macros that it calls."""
    sql, values = asked_as(figure)
    with store.reader.cursor() as cursor:
        for statement in duckdb.extract_statements(sql):
            told = {name: values[name] for name in statement.named_parameters}
            answer = cursor.execute(statement, told).fetchall()
    return answer[0][0]


@pytest.mark.parametrize(
    ("measure", "narrowed"),
    [
        ("spend", (("rung", "tax"),)),
        ("charged requests", (("model", "llama"),)),
        ("held hours", (("model", "llama"),)),
        ("busy hours", ()),
        ("idle device cost", ()),
    ],
)
def test_the_question_and_its_values_give_the_number_in_any_client(small, measure, narrowed):
    figure = Figure(measure, WEEK, narrowed)

    assert by_any_client(small, figure) == small.trace(figure).total > 0


@pytest.mark.slow
def test_the_question_of_idle_runs_gives_their_number_in_any_client(demo):
    october = Filters(date(2026, 10, 10), date(2026, 10, 12))
    figure = Figure("idle run cost", october, (("state", "free"),), (0.01, 30))

    assert by_any_client(demo, figure) == pytest.approx(demo.trace(figure).total)


def test_hours_of_versions_that_the_telemetry_does_not_hold_do_not_add_up(tmp_path):
    home = small_estate(tmp_path)
    with duckdb.connect(str(snapshot_file(home, 1))) as con:
        con.execute("UPDATE unit_cost SET held_seconds = held_seconds + 1")
    traced = Store(home).trace(Figure("held hours", WEEK))

    assert not traced.adds_up


def test_hours_of_one_team_are_its_share_of_each_day_of_a_device(small):
    """Two modes of llama share its GPU by their requests: 40 of 140 + h a batch."""
    hours = [
        small.trace(Figure("held hours", WEEK, (("mode", mode),))) for mode in ("batch", "real time", "none")
    ]
    batch = sum(40 / (140 + h) for h in range(30))

    assert all(traced.adds_up for traced in hours)
    assert hours[0].total == pytest.approx(batch)
    assert sum(traced.total or 0 for traced in hours) == pytest.approx(30)


def test_a_dimension_that_is_none_is_refused():
    with pytest.raises(ValueError, match=r"No dimension colour of spend\. There are: rung, sub_rung"):
        Figure("spend", WEEK, (("colour", "red"),))
    with pytest.raises(
        ValueError, match=r"No dimension team of busy hours\. There are: gpu_model, model, state, node"
    ):
        Figure("utilisation", WEEK, (("team", "ads"),))
    with pytest.raises(ValueError, match="say threshold and minutes"):
        Figure("idle run cost", WEEK)


def test_a_ratio_is_traced_by_its_parts(small):
    with pytest.raises(KeyError, match="is a ratio"):
        small.trace(Figure("utilisation", WEEK))
