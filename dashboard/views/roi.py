"""ROI: what an optimisation pays back, from measured baselines. Numbers and picture follow the sliders live."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard import filter_bar, levers, store
from dashboard import page_parts as page
from dashboard.cards.roi import PROJECTED, baseline
from dashboard.components.live_sliders import live_sliders
from dashboard.headlines import roi as headlines
from dashboard.sections.payoff import payoff
from dashboard.sections.unserved import unserved
from data.economics.roi import FORMS, Form, evaluate
from data.filters import Filters
from data.query.roi_baseline import Measured, roi_baseline, roi_models

COUNTED = "Cash: whole machines that go, and cheaper hours. Freed: capacity on machines that stay."
CONFLICT = "Sources define ROI in conflicting ways; the page names the form that it shows."


def main() -> None:
    """Choose a model, what counts as saving and the form; the rest answers while a slider is dragged."""
    filters = filter_bar.current()
    models = store.ask(roi_models, filters)
    if not models:
        unserved(filters, "models with GPU hours and requests")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        model = st.selectbox("Model", models, key="roi-model", bind="query-params", width=260)
        counted = st.segmented_control(
            "Savings counted", ("cash and freed", "cash only"), default="cash and freed", required=True,
            key="counted", bind="query-params", help=COUNTED,
        )  # fmt: skip
        form = st.segmented_control(
            "Form of ROI", tuple(FORMS), default="net gain", required=True, key="form", bind="query-params",
            help=CONFLICT,
        )  # fmt: skip
    measured = store.ask(roi_baseline, filters, model)
    if measured is None:
        page.empty_state(filters, f"GPU hours and requests of {model}")
        return
    _live(measured, filters, model, form, counted == "cash only")
    page.section("Measured baseline", PROJECTED)
    page.kpi_row(baseline(measured, filters, model))


@st.fragment
def _live(measured: Measured, filters: Filters, model: str, form: Form, cash_only: bool) -> None:
    """The answer, and beside it (below, on a phone) its sliders; only this reruns while one is dragged."""
    fresh = st.session_state.setdefault("roi-fresh", 0)
    answer, levers_beside = st.columns([9, 5], gap="large")
    scenario = partial(levers.assumptions, measured.baseline, cash_only=cash_only)

    def in_short(values: dict[str, float]) -> str:
        return headlines.roi(scenario(values), evaluate(scenario(values)), filters, form)

    with levers_beside:
        sliders, key = levers.sliders(measured, filters), f"roi-{model}-{filters}-{fresh}"
        values = live_sliders(sliders, key=key, answer=in_short)
        if st.button("Reset all to measured", icon=":material/restart_alt:", type="tertiary"):
            st.session_state["roi-fresh"] = fresh + 1
            st.rerun(scope="fragment")
    with answer:
        payoff(scenario(values), measured, filters, form)


main()
