"""From a card to the lines that it is the sum of: one click, and the page says whether they add up."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import duckdb
import pandas as pd
import pytest
from lined_store import WEEK, small_estate
from visitor import TOPICS, visit

from dashboard.headlines import lineage as headlines
from dashboard.tables import lineage as tables
from data.home import snapshot_file
from data.query.lineage import Figure, trace
from data.snapshot import open_latest

MONTH = "October so far"
# i-0 30 h x 7.3331, i-1 30 h x 5.01; on two days 9.99 + 1.07 + 3.335 + 1.111 + 2 - 0.5 + 4.25, and RDS, billed at 11
SPEND = 30 * (Decimal("7.3331") + Decimal("5.01")) + 2 * (Decimal("21.256") + 11)


@pytest.fixture(scope="module")
def lined(tmp_path_factory):
    return small_estate(tmp_path_factory.mktemp("lined"))


@pytest.fixture
def opened(lined, monkeypatch):
    monkeypatch.setenv("INFERLEDGER_HOME", str(lined))
    return visit


def texts(app):
    return "\n".join(element.value for element in [*app.markdown, *app.caption, *app.error])


def asked(app, label):
    app.button(key=f"lineage-{label}").click().run()
    assert not app.exception, [e.message for e in app.exception]
    return app


def tables_with(app, column):
    return [frame.value for frame in app.dataframe if column in frame.value]


def test_a_click_on_a_card_shows_the_lines_that_sum_to_it(opened):
    app = asked(opened(), "Spend")

    assert "76 charge lines sum to **\\$434.805**: spend, all rungs of the ladder." in texts(app)
    (lines,) = tables_with(app, "line_no")
    assert len(lines) == 76
    assert lines["amount"].sum() == pytest.approx(float(SPEND))
    assert set(lines["file"]) == {"memory://bill"}
    (files,) = tables_with(app, "etag")[1:] or tables_with(app, "etag")
    assert files["amount"].tolist() == [pytest.approx(float(SPEND))]


def test_without_a_click_nothing_is_asked(opened):
    assert tables_with(opened(), "line_no") == []


def test_the_dialog_is_gone_after_the_next_click(opened):
    app = asked(opened(), "Spend")
    app.selectbox(key="basis").select("busy").run()

    assert tables_with(app, "line_no") == []


def test_a_ratio_shows_its_numerator_and_says_what_it_is_divided_by(opened):
    app = asked(opened("unit_cost"), "Cost per inference")

    assert (
        "Cost of model versions whose requests somebody counted ÷ successful requests of models with a cost. "
        "Both, each with its lines:" in texts(app)
    )
    sides = [tab.label for tab in app.tabs if tab.label not in TOPICS]
    assert sides == ["Numerator: counted cost", "Denominator: charged requests"]


@pytest.mark.parametrize(
    ("page", "label"),
    [
        (page, label)
        for page, labels in {
            "overview": (
                "Spend",
                "Cost per inference",
                "Utilisation",
                "Idle, any length",
                "GPU cost observed",
                MONTH,
            ),
            "unit_cost": (
                "Cost per inference",
                "Per 1k inferences",
                "Per 1M tokens",
                "Requests",
                "Throughput",
            ),
            "utilisation": (
                "Utilisation (busy time)",
                "Busy device-hours",
                "Idle, any length",
            ),
            "roi": ("Price of a GPU-hour", "Measured utilisation", "Measured throughput", "Requests"),
            "invoice": (
                "Invoice",
                "Served inferences",
                "Idle, any length",
                "Shared",
                "Outside AI",
                "Commitment unused",
            ),
        }.items()
        for label in labels
    ],
)
def test_every_such_card_adds_up(opened, page, label):
    app = asked(opened(page), label)

    assert not app.error
    assert " sum to **" in texts(app)


@pytest.mark.parametrize(
    ("page", "label", "said"),
    [
        (
            "overview",
            "October, normalised",
            "\\$435 ÷ 2 days × 30.4375. The sum is that of the card beside it",
        ),
        ("versions", "Live versions", "A count of versions is the sum of no lines."),
        ("versions", "GPUs held by candidates", "A count of devices, not of dollars or hours."),
    ],
)
def test_a_number_that_no_line_holds_says_so(opened, page, label, said):
    app = asked(opened(page), label)

    assert said in texts(app)
    assert tables_with(app, "line_no") == []


def test_the_roi_says_what_of_it_can_be_followed(opened):
    assert "The figures above are a projection under the sliders: no line holds them." in texts(opened("roi"))


def test_the_price_of_a_gpu_hour_is_its_machine_by_hand(opened):
    """30 hours of llama at 7.3331 an hour, of which a device has nine tenths."""
    app = asked(opened("roi"), "Price of a GPU-hour")

    assert (
        "30 charge lines sum to **\\$197.9937**: cost of the devices that versions hold, busy or idle."
        in texts(app)
    )
    (metric,) = [m for m in app.metric if m.label == "Price of a GPU-hour"]
    assert metric.value == "\\$6.60"


def test_lines_that_do_not_add_up_are_an_error(tmp_path, monkeypatch):
    home = small_estate(tmp_path)
    with duckdb.connect(str(snapshot_file(home, 1))) as con:
        con.execute("UPDATE ladder SET effective_cost = effective_cost + 1 WHERE rung = 'tax'")
    monkeypatch.setenv("INFERLEDGER_HOME", str(home))
    app = asked(visit("invoice"), "Invoice")

    assert (
        "76 charge lines sum to $434.805, and spend, all rungs of the ladder is $436.805"
        in app.error[0].value
    )
    assert "python -m ingest check" in app.error[0].value


def test_a_sum_of_no_line_says_so(lined):
    with open_latest(lined).cursor() as cursor:
        nothing = trace(cursor, Figure("idle cost", replace(WEEK, teams=("nobody",))))

    assert headlines.adds_up(nothing).endswith(": –. No line of this selection is part of it.")


@pytest.mark.parametrize(
    ("measure", "value", "said"),
    [
        ("spend", Decimal("1234.500000000000"), "$1,234.50"),
        ("spend", Decimal("-0.000000000001"), "−$0.000000000001"),
        ("spend", Decimal("12"), "$12.00"),
        ("spend", 0, "$0.00"),
        ("requests", 1234567, "1,234,567"),
        ("busy hours", 12.34567, "12.346"),
        ("requests", None, "–"),
    ],
)
def test_an_amount_that_is_proved_is_not_rounded(measure, value, said):
    assert headlines.amount(value, Figure(measure, WEEK)) == said


def test_the_scope_names_what_narrows():
    figure = Figure("counted cost", replace(WEEK, teams=("none",), view="list"), (("model", "llama"),))

    assert headlines.scope(figure) == (
        "Oct 5 – Oct 11, 2026 (UTC) · effective cost in USD · allocated basis · team = none · model = llama"
    )


def test_cells_are_drawn_as_numbers_and_kept_exact():
    exact = pd.DataFrame(
        {"rung": ["serving_busy"], "amount": [Decimal("0.1")], "file": ["s3://" + "x" * 60], "line_no": [7]},
        dtype=object,
    )
    drawn = tables.shown(exact, short=True)

    assert drawn["amount"].dtype == "float64"
    assert drawn["rung"].tolist() == ["serving, busy"]
    assert len(drawn["file"].iloc[0]) == tables.FILE_LENGTH
    assert exact["amount"].iloc[0] == Decimal("0.1")
