"""The ROI page on the small estate: chat-large holds 6 GPUs x 720 h for $43,200 and answers 720,720 requests."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from dashboard import levers
from dashboard.charts import roi as charts
from dashboard.components.live_sliders import Slider, accepted
from dashboard.tables import roi as tables
from data.economics.roi import FORMS, cost_per_inference, evaluate
from data.query.roi_baseline import ALL_MODELS, roi_baseline, roi_models


def test_the_baseline_is_measured(cursor, october):
    measured = roi_baseline(cursor, october, "chat-large")
    base = measured.baseline

    assert measured.held_hours == 4_320
    assert measured.days == 30
    assert base.price == 10
    assert base.utilisation == pytest.approx((4 * 0.5 + 2 * 0.02) / 6)
    assert base.throughput == pytest.approx(720_720 / (4_320 * base.utilisation))
    assert base.volume == pytest.approx(720_720 * 730 / 720)
    assert base.machine_devices == 4  # most of its hours ran on the machine of four


def test_machines_billed_in_another_currency_are_none_of_the_models(changed, october):
    """The machine of four in euros: in dollars chat-large runs on that of two."""
    cursor = changed("UPDATE gpu_hour SET billing_currency = 'EUR' WHERE resource_id = 'i-chat'")

    assert roi_baseline(cursor, october, "chat-large").baseline.machine_devices == 2


def test_price_over_utilisation_and_throughput_is_the_measured_unit_cost(cursor, october):
    base = roi_baseline(cursor, october, "chat-large").baseline

    before, after = cost_per_inference(levers.assumptions(base, still(cursor, october)))
    assert before == after == pytest.approx(43_200 / 720_720)


def test_models_without_gpu_hours_cannot_be_asked(cursor, october):
    assert roi_models(cursor, october) == ("chat-large", "summarise", "embed-search")
    assert roi_baseline(cursor, october, "rank-cpu") is None


def test_a_whole_fleet_has_a_baseline_too(cursor, october):
    measured = roi_baseline(cursor, october, ALL_MODELS)

    assert measured.held_hours == 4_320 + 4_320 + 2_880
    assert measured.baseline.rest > 0  # managed and CPU serving


def still(cursor, october):
    sliders = levers.sliders(roi_baseline(cursor, october, "chat-large"), october)
    return accepted(sliders, {})


def test_untouched_sliders_change_nothing(cursor, october):
    base = roi_baseline(cursor, october, "chat-large").baseline
    assumptions = levers.assumptions(base, still(cursor, october))

    assert assumptions.utilisation is None
    assert evaluate(assumptions).savings == 0
    assert evaluate(assumptions).net_form is None


def test_every_slider_that_changes_something_shows_its_measure_and_date(cursor, october):
    sliders = levers.sliders(roi_baseline(cursor, october, "chat-large"), october)

    changing = [s for s in sliders if s.section == levers.CHANGE]
    assert all("measured" in s.note and "Oct 2 – Oct 31, 2026" in s.note for s in changing)
    assert all(s.low <= s.start <= s.high for s in sliders)
    published = [band for s in sliders for band in s.bands]
    assert published
    assert all(band.source for band in published)
    assert all(s.start == 0 for s in sliders if s.bands)  # a band is never a default


def test_a_slider_moves_the_answer(cursor, october):
    measured = roi_baseline(cursor, october, "chat-large")
    values = still(cursor, october) | {"throughput": 100.0, "days": 20.0, "rate": 1_000.0}
    roi = evaluate(levers.assumptions(measured.baseline, values))

    month = 43_200 * 730 / 720
    assert roi.savings == pytest.approx(6 * month)  # half of it, for 12 months
    assert roi.payback == pytest.approx(20_000 / (month / 2))
    assert roi.cash + roi.freed == pytest.approx(roi.savings)


KNOB = Slider("x", "X", 0, 10, 1, 3, "%")


@pytest.mark.parametrize(
    ("sent", "value"),
    [
        ({"x": 7}, 7), ({"x": 99}, 10), ({"x": -1}, 0), ({}, 3), (None, 3), ("x", 3), ({"x": "7"}, 3), ({"x": True}, 3),
        ({"x": float("nan")}, 3), ({"x": float("inf")}, 3), ({"y": 7}, 3),
    ],
)  # fmt: skip
def test_what_a_browser_sends_stays_within_the_slider(sent, value):
    assert accepted([KNOB], sent) == {"x": value}


def test_the_months_add_up_from_the_one_off_cost(cursor, october):
    base = roi_baseline(cursor, october, "chat-large").baseline
    values = still(cursor, october) | {"throughput": 100.0, "days": 20.0, "rate": 1_000.0, "horizon": 2.0}
    roi = evaluate(levers.assumptions(base, values))
    rows = tables.month_rows(roi, 0.0)

    saved = 43_200 * 730 / 720 / 2
    assert rows["month"].tolist() == [0, 1, 2]
    assert rows["net_gain"].tolist() == pytest.approx([-20_000, saved - 20_000, 2 * saved - 20_000])
    assert rows["discounted"].tolist() == pytest.approx(rows["net_gain"].tolist())  # at 0 % a year
    assert (rows["baseline"] - rows["optimised"]).tolist()[1:] == pytest.approx([saved, saved])
    assert rows["baseline"].isna().tolist() == [True, False, False]


def test_each_form_is_the_ratio_of_its_name(cursor, october):
    base = roi_baseline(cursor, october, "chat-large").baseline
    roi = evaluate(
        levers.assumptions(base, still(cursor, october) | {"throughput": 100.0, "upkeep": 1_000.0})
    )

    assert [roi.ratio(form) for form in FORMS] == [roi.net_form, roi.gross_form, roi.opex_form]
    assert roi.ratio("gross") - roi.ratio("net gain") == pytest.approx(1)
    assert roi.spent == 12_000


def test_the_picture_marks_the_payback():
    months = pd.DataFrame(
        {"month": [0, 1, 2], "net_gain": [-100.0, 0.0, 100.0], "discounted": [-100.0, -1.0, 97.0]}
    )
    figure = charts.cumulative(months, 1.0, "USD")

    assert figure.layout.shapes[0].x0 == 1
    assert figure.layout.annotations[0].text == "paid back, month 1.0"
    assert not charts.cumulative(months, None, "USD").layout.shapes


def test_a_flat_line_has_no_scale_and_says_what_would_move_it():
    months = pd.DataFrame({"month": [0, 1, 2], "net_gain": [0.0] * 3, "discounted": [0.0] * 3})
    figure = charts.cumulative(months, 0.0, "USD")

    assert figure.layout.yaxis.showticklabels is False
    assert figure.layout.annotations[0].text.startswith("drag a slider")


def test_the_page_starts_without_a_change(open_page):
    app = open_page("roi")

    assert app.subheader[0].value == "Nothing is changed yet: drag throughput, utilisation or price."
    values = {metric.label: metric.value for metric in app.metric}
    assert values["ROI, net gain form"] == "–"
    assert values["IRR"] == "–"
    assert any("Baseline measured Oct 2 – Oct 31, 2026 (30 days with data)" in c.value for c in app.caption)


def test_the_form_is_named_and_lives_in_the_url(open_page):
    app = open_page("roi", form="gross", counted="cash only")

    assert any(metric.label == "ROI, gross form" for metric in app.metric)
    (said,) = (
        c.value for c in app.caption if "Gross form = (savings + benefits) ÷ (one-off + upkeep)" in c.value
    )
    assert "cash alone counts" in said


def test_a_team_filter_narrows_the_models(cursor, october):
    assert roi_models(cursor, replace(october, teams=("docs",))) == ("summarise",)
