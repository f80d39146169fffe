"""A store whose export states effective costs that mean nothing: pages show the billed ladder and say so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pandas as pd
import pytest
from small_store import line, load_lines
from visitor import visit

from dashboard.charts import provenance as charts
from dashboard.charts import versions as version_charts
from dashboard.headlines import versions as headlines_versions
from data.filters import Filters
from data.model.settings import ModelSettings
from data.query.billed_only import billed_only
from data.query.versions import versions
from data.snapshot import open_latest
from data.warehouse import Warehouse

OCTOBER = Filters(date(2026, 10, 1), date(2026, 11, 1))


def damaged_lines(day: int, cost: str) -> dict[str, object]:
    """A Bedrock charge of so many dollars whose effective cost is spelled 0."""
    told = {"service_name": "Amazon Bedrock", "resource_id": "model/chat", "effective_cost": "0"}
    return line(datetime(2026, 10, day), cost=cost, **told)


@pytest.fixture(scope="module")
def damaged(tmp_path_factory):
    """$6 on the 1st and $4 on the 3rd from a damaged export, replaced once; $5 on the 2nd of GCP from a sound one."""
    home = tmp_path_factory.mktemp("damaged")
    sound = line(datetime(2026, 10, 2), cost="5", provider="GCP", sub_account_id="222")
    with Warehouse.open(home) as wh:
        load_lines(wh, [sound], source="sound", usable=False)
        load_lines(wh, [sound], source="sound")  # the delivery that stands is sound
        load_lines(wh, [damaged_lines(1, "6"), damaged_lines(3, "4")], source="damaged", usable=False)
        wh.publish(ModelSettings())
    return home


@pytest.fixture(scope="module")
def damaged_before(tmp_path_factory):
    """October is sound ($5); of September ($3 + $6) the larger part is from a damaged export."""
    home = tmp_path_factory.mktemp("damaged-before")
    told = {"service_name": "Amazon Bedrock", "resource_id": "model/chat"}
    sound = [line(datetime(2026, *day), cost=cost, **told) for day, cost in (((9, 1), "3"), ((10, 30), "5"))]
    with Warehouse.open(home) as wh:
        load_lines(wh, sound, source="sound")
        load_lines(
            wh,
            [line(datetime(2026, 9, 10), cost="6", effective_cost="0", **told)],
            source="damaged",
            usable=False,
        )
        wh.publish(ModelSettings())
    return home


@pytest.fixture(scope="module")
def one_file(tmp_path_factory):
    """One export of two providers: AWS charged $6 with the effective cost lost, Microsoft $4, amortised to $3."""
    home = tmp_path_factory.mktemp("one-file")
    told = {"service_name": "Amazon Bedrock", "resource_id": "model/chat"}
    sound = line(datetime(2026, 10, 2), cost="4", provider="Microsoft", **told)
    with Warehouse.open(home) as wh:
        load_lines(wh, [damaged_lines(1, "6"), sound | {"effective_cost": "3"}])
        wh.con.execute(
            "INSERT INTO unusable_effective SELECT load_id, 'AWS', '100', 'USD' FROM load"
        ).fetchall()
        wh.publish(ModelSettings())
    return home


@pytest.fixture
def opened(damaged, monkeypatch):
    monkeypatch.setenv("INFERLEDGER_HOME", str(damaged))
    return visit


@pytest.fixture
def opened_before(damaged_before, monkeypatch):
    monkeypatch.setenv("INFERLEDGER_HOME", str(damaged_before))
    return visit


def test_only_what_stands_and_is_in_scope_counts_as_damaged(damaged):
    cursor = open_latest(damaged).cursor()

    assert billed_only(cursor, OCTOBER) == ("damaged (AWS)",)
    assert billed_only(cursor, replace(OCTOBER, providers=("GCP",))) == ()
    assert billed_only(cursor, replace(OCTOBER, start=date(2026, 10, 2), end=date(2026, 10, 3))) == ()


def test_the_overview_shows_what_was_billed_and_says_so(opened):
    app = opened()

    assert "billed only: effective cost unusable in damaged (AWS)" in app.markdown[0].value
    assert app.metric[0].value == r"\$15.00"
    captions = "".join(caption.value for caption in app.caption)
    assert "billed cost in USD" in captions
    assert "Cost per inference lacks what damaged (AWS) charged" in captions
    assert "on the allocated basis" not in captions  # a sum without those charges would pass for the ladder


def test_the_data_page_shows_the_billed_ladder(opened):
    app = opened("data")
    ladder = next(frame.value for frame in app.dataframe if "rung" in frame.value)

    assert ladder["cost"].sum() == 15
    assert "only the billed one is shown" in app.warning[0].value
    assert "no GPU cost" not in app.subheader[0].value


def test_a_sound_scope_keeps_its_effective_view(opened):
    app = opened(provider="GCP")

    assert "amortised" in app.markdown[0].value
    assert app.metric[0].value == r"\$5.00"


def test_a_filter_to_the_sound_provider_of_a_file_shows_its_effective_view(one_file, monkeypatch):
    monkeypatch.setenv("INFERLEDGER_HOME", str(one_file))
    whole, sound, damaged = visit(), visit(provider="Microsoft"), visit(provider="AWS")

    assert "billed only: effective cost unusable in bill (AWS)" in whole.markdown[0].value
    assert whole.metric[0].value == r"\$10.00"
    assert "amortised" in sound.markdown[0].value
    assert "unusable" not in sound.markdown[0].value
    assert sound.metric[0].value == r"\$4.00"  # $3 amortised and $1 of timing
    assert "billed only" in damaged.markdown[0].value
    assert damaged.metric[0].value == r"\$6.00"


def test_a_damaged_period_before_is_not_compared_with_and_the_page_says_so(opened_before):
    """In the effective view September would be $3, and October a rise of 67 % that nobody was billed."""
    app = opened_before()
    spend, month = app.metric[0], next(m for m in app.metric if m.label == "October so far")

    assert (
        "not compared with Sep 1 – Sep 30, 2026: there effective cost is unusable in damaged (AWS)"
        in app.caption[0].value
    )
    assert (spend.value, spend.delta) == (r"\$5.00", "")
    assert (month.value, month.delta) == (r"\$5.00", "")
    assert "+66.7" not in "".join(text.value for text in (*app.subheader, *app.markdown))


def test_billed_cost_is_compared_across_a_damaged_period(opened_before):
    app = opened_before(view="billed")

    assert "compared with Sep 1 – Sep 30, 2026 " in app.caption[0].value
    assert "−44.4 %" in app.metric[0].delta  # $5 after $9
    assert app.metric[1].delta == ""  # cost per inference is effective whatever view is chosen


@pytest.mark.parametrize(
    ("page", "answer"),
    [
        ("unit_cost", "Cost per inference is unknown here"),
        ("utilisation", "No GPU hours billed in USD"),
        ("idle", "Whether GPUs stood idle is unknown"),
        ("versions", "Whether a version could go is unknown"),
        ("roi", "No models with GPU hours"),
        ("data", "Every dollar is explained"),
    ],
)
def test_every_page_opens_after_a_damaged_period_and_compares_nothing_with_it(opened_before, page, answer):
    app = opened_before(page)

    assert [*app.subheader, *app.info][0].value.startswith(answer)
    assert [metric.label for metric in app.metric if metric.delta] == []


def test_an_unknown_step_is_no_bar_of_zero():
    ladder = pd.DataFrame({"rung": ["serving_busy", "outside"], "cost": [None, None]})
    bars = charts.ladder_waterfall(charts.ladder_rows(ladder, reconcilable=False), "USD", "invoice").data[0]

    assert pd.isna(list(bars.x)).all()
    assert set(bars.customdata) == {"–"}


def test_a_known_step_beside_an_unknown_one_keeps_its_place():
    ladder = pd.DataFrame({"rung": ["serving_busy", "managed", "outside"], "cost": [3.0, None, 4.0]})
    bars = charts.ladder_waterfall(charts.ladder_rows(ladder, reconcilable=True), "USD", "invoice").data[0]

    assert list(bars.base) == [0, 3, 3, 7, 0]
    assert list(bars.customdata) == ["$3.00", "–", "$4.00", "$0.00", "$7.00"]


def test_a_version_that_nobody_told_is_called_by_its_model():
    assert version_charts.label("chat", None) == "chat"
    assert version_charts.label("chat", float("nan")) == "chat"
    assert version_charts.label("chat", "v2") == "chat v2"


def test_versions_whose_traffic_and_cost_are_unknown_do_not_earn_their_place(damaged):
    found = versions(open_latest(damaged).cursor(), OCTOBER)

    assert len(found.rows) == 1
    said = headlines_versions.versions(found, OCTOBER)
    assert said == "Whether a version could go is unknown here: nobody counted requests."
