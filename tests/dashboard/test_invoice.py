"""The Invoice page: what was paid for, by hand on the small estate; explorer and tree on a store with charge lines.

The estate's October 2 – 31: 30 days of 3,182 + a spike of 3,840 − a credit of 75 = 99,225 (test_overview).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import duckdb
import pandas as pd
import pytest
from lined_store import WEEK, small_estate
from small_store import line, load_lines, machine_line
from visitor import visit

from dashboard.cards import invoice as cards
from dashboard.charts import invoice as charts
from dashboard.headlines import invoice as headlines
from dashboard.sections.explorer import clicked_path
from dashboard.tables import invoice as tables
from data.home import snapshot_file
from data.model.settings import ModelSettings
from data.query import invoice, overview, provenance
from data.query.lineage import LADDER_DIMENSIONS, Figure, trace
from data.snapshot import open_latest
from data.warehouse import Warehouse

TOTAL = 30 * 3182 + 3840 - 75


@pytest.fixture(scope="module")
def lined(tmp_path_factory):
    return small_estate(tmp_path_factory.mktemp("lined"))


@pytest.fixture
def lined_cursor(lined):
    return open_latest(lined).cursor()


def metric(app, label):
    return next(m for m in app.metric if m.label == label)


def test_what_the_invoice_paid_for_sums_to_it(cursor, october):
    paid = headlines.paid_for(
        provenance.ladder(cursor, october), overview.figures(cursor, october)["idle_cost"].iloc[0]
    )

    assert paid.total == TOTAL
    assert paid.served == pytest.approx(30 * (787.2 + 100 + 24))
    assert paid.idle == pytest.approx(30 * 1833.6)
    assert paid.other_gpu == pytest.approx(30 * 115.2 + 3840)  # training's busy 80 % of 144, and the spike
    rest = -75  # the credit
    known = (paid.served, paid.idle, paid.other_gpu, paid.unobserved, paid.shared, paid.unused, paid.outside)
    assert sum(known) + rest == pytest.approx(TOTAL)


def test_the_page_says_it(open_page):
    app = open_page("invoice")

    assert app.subheader[0].value == (
        r"The invoice of \$99.2k in Oct 2 – Oct 31, 2026 paid for inferences \$27.3k (28 %), idle GPUs \$55.0k (55 %), "
        r"other GPU work \$7,296 (7 %), GPUs that nobody observed \$4,320 (4 %)."
    )
    assert metric(app, "Invoice").value == r"\$99.2k"
    assert metric(app, "Idle, any length").value == r"\$55.0k"  # the same as on the Overview
    ladder = next(frame.value for frame in app.dataframe if "list_cost" in frame.value)
    assert ladder["rung"].iloc[-1] == "unexplained"
    assert ladder["cost"].sum() == TOTAL
    assert ladder["share"].sum() == pytest.approx(1)


@pytest.mark.parametrize(("view", "said"), [("billed", "The invoice of"), ("list", "The list cost of")])
def test_only_what_was_charged_is_called_the_invoice(open_page, view, said):
    app = open_page("invoice", view=view)

    assert app.subheader[0].value.startswith(said)
    assert app.metric[0].label == ("Invoice" if view == "billed" else "Σ list cost")


def test_a_cost_that_the_exports_leave_out_is_unknown_and_not_nothing(october):
    rungs = pd.DataFrame({"rung": ["serving_busy", "managed", "shared"], "cost": [None, None, None]})
    untold = headlines.paid_for(rungs, None)

    assert (untold.total, untold.served, untold.idle, untold.shared, untold.outside) == (
        None,
        None,
        None,
        None,
        0,
    )
    assert [card.value for card in cards.paid_for(untold, None, october)] == [
        "–",
        "–",
        "–",
        "–",
        "$0.00",
        "$0.00",
    ]
    assert headlines.answer(untold, october) == (
        "What this selection cost is unknown: its exports leave out the effective cost."
    )


def test_what_is_known_beside_something_unknown_counts():
    some = headlines.paid_for(
        pd.DataFrame({"rung": ["serving_busy", "managed"], "cost": [2.0, None]}), float("nan")
    )

    assert (some.total, some.served, some.idle) == (2, 2, None)


def test_an_invoice_of_credits_alone_paid_for_no_use(october):
    paid = headlines.paid_for(pd.DataFrame({"rung": ["credit", "timing"], "cost": [-5.0, None]}), None)

    assert headlines.answer(paid, october) == (
        "The invoice of −$5.00 in Oct 2 – Oct 31, 2026 paid for no use: it is credits, tax, fees and timing alone."
    )


@pytest.mark.parametrize("dimension", LADDER_DIMENSIONS)
@pytest.mark.parametrize("top", [1, 100])
def test_however_it_is_grouped_the_total_is_the_same(cursor, october, dimension, top):
    for bin in invoice.BINS:
        found = invoice.explored(cursor, october, dimension, bin, top)
        assert round(found.members["cost"].sum(), 2) == TOTAL
        assert round(found.bins["cost"].sum(), 2) == TOTAL
        assert found.members["share"].sum() == pytest.approx(1)


def test_members_are_by_hand_and_the_rest_is_one(cursor, october):
    found = invoice.explored(cursor, october, "team", "month", 2).members

    # research: free 480, training 144 a day and the spike; assist: chat 960 + 480, claude 100
    assert found["member"].tolist()[:2] == ["assist", "research"]
    assert found["cost"].tolist()[:2] == [30 * 1540, 30 * 624 + 3840]
    assert tables.member_rows(found, "team")["member"].iloc[2] == "others (3)"  # docs, search, none


def test_weeks_start_on_monday(cursor, october):
    weeks = invoice.explored(cursor, october, "provider", "week", 5).bins["bin"]

    assert set(weeks.dt.dayofweek) == {0}
    assert weeks.min() == pd.Timestamp("2026-09-28")


@pytest.mark.parametrize("view", ["effective", "billed"])
@pytest.mark.parametrize("dimension", ["service_name", "instance_type", "region_id", "resource_id"])
def test_what_only_lines_know_sums_to_the_same(lined_cursor, dimension, view):
    filters = replace(WEEK, view=view)
    spend = overview.figures(lined_cursor, filters)["spend"].iloc[0]
    found = invoice.explored(lined_cursor, filters, dimension, "day", 1)

    assert found.members["cost"].sum() == pytest.approx(spend, rel=1e-12)
    assert found.bins["cost"].sum() == pytest.approx(spend, rel=1e-12)


def test_services_by_hand(lined_cursor):
    members = invoice.explored(lined_cursor, WEEK, "service_name", "day", 9).members.set_index("member")[
        "cost"
    ]

    assert members["Amazon Bedrock"] == pytest.approx(2 * (9.99 + 1.07))
    assert members["Amazon RDS"] == pytest.approx(2 * 11)  # 8 and 3 of timing


def test_the_tree_holds_every_line_once(lined_cursor):
    rows = invoice.tree(lined_cursor, WEEK, 1)

    assert rows["cost"].sum() == pytest.approx(
        overview.figures(lined_cursor, WEEK)["spend"].iloc[0], rel=1e-12
    )
    assert rows.loc[rows["resource_id"].isna(), "resources"].min() >= 1


def test_beyond_the_largest_the_resources_of_a_service_are_one(lined_cursor):
    """EC2 in account 111: i-0 for 220, i-1 for 150, and what names no resource."""
    rows = invoice.tree(lined_cursor, WEEK, 1)
    ec2 = rows[(rows["sub_account_id"] == "111") & (rows["service_name"] == "Amazon Elastic Compute Cloud")]

    assert ec2["resource_id"].fillna("others").tolist() == ["i-0", "others"]
    assert ec2["resources"].tolist() == [1, 2]


def test_what_no_line_holds_is_nobodys_and_in_the_total(tmp_path):
    home = small_estate(tmp_path)
    with duckdb.connect(str(snapshot_file(home, 1))) as con:
        con.execute("""INSERT INTO ladder BY NAME
            SELECT DATE '2026-10-06' AS day, 'unexplained' AS rung, 'USD' AS billing_currency, 5 AS effective_cost""")
    cursor = open_latest(home).cursor()
    found = invoice.explored(cursor, WEEK, "resource_id", "day", 100).members

    assert found["cost"].sum() == pytest.approx(overview.figures(cursor, WEEK)["spend"].iloc[0], rel=1e-12)
    with open_latest(home).cursor() as asked:
        of_nobody = trace(asked, Figure("spend", WEEK, (("resource_id", "none"),)))
    assert found.set_index("member")["cost"]["none"] == pytest.approx(float(of_nobody.total), rel=1e-12)


def test_a_parent_of_the_tree_is_the_sum_of_its_children(lined_cursor):
    nodes = charts.tree_nodes(invoice.tree(lined_cursor, WEEK, 2)).set_index("id")

    for name, parent in nodes.iterrows():
        children = nodes.loc[nodes["parent"] == name, "cost"]
        assert parent["level"] == 4 or children.sum() == pytest.approx(parent["cost"])


def test_what_is_below_zero_has_no_area():
    tree = pd.DataFrame(
        {
            "provider": "AWS", "sub_account_id": "1", "service_name": ["EC2", "Credits"], "resource_id": ["i-1", None],
            "resources": [1, 3], "cost": [5.0, -2.0],
        }
    )  # fmt: skip

    assert charts.tree_nodes(tree)["cost"].tolist() == [5.0] * 4
    assert charts.treemap(tree, "USD").data[0].values.tolist() == [5.0] * 4


@pytest.mark.parametrize(
    ("path", "narrowed"),
    [
        (["AWS"], {"provider": "AWS"}),
        (
            ["AWS", "1", "EC2", "arn:aws:x/y"],
            {"provider": "AWS", "sub_account_id": "1", "service_name": "EC2", "resource_id": "arn:aws:x/y"},
        ),
        (["AWS", "1", "EC2", "others (3)"], {}),
        ([], {}),
    ],
)
def test_a_click_on_the_tree_narrows_to_its_path(path, narrowed):
    clicked = {"selection": {"points": [{"id": charts.node_id(tuple(path))}]}}

    assert clicked_path(clicked) == tuple(narrowed.items())


def test_without_a_click_nothing_is_narrowed():
    assert clicked_path({"selection": {"points": []}}) == ()


def test_bars_stack_in_the_order_of_size_and_name_their_sums(cursor, october):
    found = invoice.explored(cursor, october, "rung", "week", 3)
    figure = charts.bars(found, "rung", "USD", "week")

    assert [bar.name for bar in figure.data] == [
        "serving, idle $39.7k", "serving, busy $23.6k", "unallocated GPUs $14.4k", "others (8) $21.5k",
    ]  # fmt: skip
    assert figure.data[0].marker.color == charts.theme.IDLE  # a rung keeps its colour
    assert figure.layout.barmode == "relative"


def test_the_url_chooses_the_grouping(lined, monkeypatch):
    monkeypatch.setenv("INFERLEDGER_HOME", str(lined))
    app = visit("invoice", group="service", bin="week")

    table = next(frame.value for frame in app.dataframe if list(frame.value) == ["member", "cost", "share"])
    assert "Amazon Bedrock" in set(table["member"])
    assert "Effective cost in USD by service" in "".join(caption.value for caption in app.caption)


@pytest.mark.parametrize("bin", invoice.BINS)
def test_one_day_is_a_period_too(open_page, bin):
    app = open_page("invoice", period="Custom range", range=["2026-10-07", "2026-10-07"], bin=bin)

    assert metric(app, "Invoice").value == r"\$7,022"  # 3,182 and the spike


def test_bills_in_two_currencies_without_telemetry(tmp_path, monkeypatch):
    """$24 of a GPU machine and €7 of storage: one currency at a time; whether the GPU stood idle is unknown."""
    at = datetime(2026, 10, 5)
    euro = line(
        at,
        cost="7",
        billing_currency="EUR",
        provider="OVH",
        billing_account_id="9",
        x_usage_type="EBS:VolumeUsage",
    )
    with Warehouse.open(tmp_path) as wh:
        load_lines(wh, [machine_line(at, "i-0", "24"), euro])
        wh.publish(ModelSettings())
    monkeypatch.setenv("INFERLEDGER_HOME", str(tmp_path))
    dollars, euros = (visit("invoice", currency=currency) for currency in ("USD", "EUR"))

    assert dollars.subheader[0].value == (
        r"The invoice of \$24.00 on Oct 5, 2026 paid for GPUs that nobody observed \$24.00 (100 %)."
    )
    assert [m.value for m in dollars.metric][:3] == [r"\$24.00", "–", "–"]
    assert euros.metric[0].value == "€7.00"
    dialog = euros.button(key="lineage-Invoice").click().run()
    assert any("1 charge line sums to **€7.00**" in text.value for text in dialog.markdown)


def test_a_selection_without_charges_says_so(open_page):
    app = open_page("invoice", provider=["GCP"], team=["docs"])

    assert "No charges" in app.info[0].value
