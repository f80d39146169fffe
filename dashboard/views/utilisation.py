"""Utilisation: how busy each GPU was, hour by hour and over the week."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard import filter_bar, store
from dashboard import format as fmt
from dashboard.charts import utilisation as charts
from dashboard.columns import count_column, money_column, percent_column, text_column
from dashboard.components.canvas_heatmap import Cell, canvas_heatmap
from dashboard.page_parts import (
    Card,
    chart_with_table,
    empty_state,
    headline,
    kpi_row,
    note,
    scope_line,
    table_with_download,
)
from data.filters import Filters
from data.query import utilisation as question
from data.query.utilisation import DIMENSIONS, MEASURES, Raster, Utilisation

BUSY = "Busy ÷ observed device-seconds: a second is busy when the device's signal is above 1 %."
GAUGE = "Mean of the utilisation gauge over the observed time: how hard, where busy time says how long."
DEVICE = "device"


def main() -> None:
    """Answer, cards, funnel, raster, week, table."""
    filters = filter_bar.current()
    now = store.ask(question.utilisation, filters)
    if not now.devices:
        empty_state(filters, "GPU hours")
        return
    headline(_sentence(now, filters))
    note(scope_line(filters))
    kpi_row(_cards(now, filters))
    _funnel(now)
    _raster(filters)
    _week(filters)
    _table(filters)


def _sentence(now: Utilisation, filters: Filters) -> str:
    if now.utilisation is None:
        return f"{fmt.count(now.billed_hours)} billed device-hours, none of them observed: load telemetry."
    said = f"GPUs worked {fmt.percent(now.utilisation)} of the observed time"
    if now.idle_cost is not None:
        said += f"; {fmt.short_money(now.idle_cost, filters.currency)} paid for hours without work"
    if now.unobserved_nodes:
        nodes = "1 node" if now.unobserved_nodes == 1 else f"{now.unobserved_nodes} nodes"
        said += f"; {nodes} sent no telemetry for some or all of it"
    return said + "."


def _cards(now: Utilisation, filters: Filters) -> list[Card]:
    before = store.ask(question.utilisation, filters.previous()) if filter_bar.comparable() else None
    days, currency = store.ask(question.by_day, filters), filters.currency

    def points(column: str) -> str | None:
        new, old = getattr(now, column), getattr(before, column, None)
        return None if new is None or old is None else fmt.points(new - old)

    def change(column: str) -> str | None:
        return fmt.relative_change(getattr(now, column), getattr(before, column, None))

    return [
        Card("Utilisation (busy time)", fmt.percent(now.utilisation), points("utilisation"), "up",
             days["utilisation"], BUSY),
        Card("Gauge mean", fmt.percent(now.gauge_mean), points("gauge_mean"), "up", days["gauge_mean"], GAUGE),
        Card("Busy device-hours", fmt.short_count(now.busy_hours),
             change("busy_hours"), "up", days["busy_hours"],
             f"Of {fmt.count(now.billed_hours)} billed."),
        Card("Idle cost", fmt.short_money(now.idle_cost, currency),
             change("idle_cost"), "down", days["idle_cost"],
             "Device time paid for at ≤ 1 % activity, of any length."),
        Card("Unobserved device-hours", fmt.short_count(now.unobserved_hours),
             change("unobserved_hours"), "down",
             days["unobserved_hours"],
             f"Billed without telemetry, {fmt.money(now.unobserved_cost, currency)}: neither busy nor idle, unknown."),
    ]  # fmt: skip


def _funnel(now: Utilisation) -> None:
    st.markdown("##### From billed to busy")
    hours = [now.billed_hours, now.observed_hours, now.held_hours, now.busy_hours]
    steps = pd.DataFrame({"step": ["billed", "observed", "held", "busy"], "hours": hours})
    steps["share"] = steps["hours"] / now.billed_hours if now.billed_hours else float("nan")
    columns = {
        "step": text_column("Step"),
        "hours": st.column_config.NumberColumn("Device-hours", format="%,.1f"),
        "share": percent_column("Share of billed"),
    }
    alt = ", ".join(f"{row.step} {row.hours:,.0f} device-hours" for row in steps.itertuples())
    chart_with_table(charts.funnel(steps), steps, name="utilisation-funnel", alt=alt, columns=columns)
    note(
        "Held: by a named pod, or active without a known one. "
        + (
            f"Beside these, {fmt.count(now.unbilled_hours)} observed device-hours have no bill."
            if now.unbilled_hours
            else ""
        )
    )


def _raster(filters: Filters) -> None:
    st.markdown("##### Every GPU, every hour")
    measure = st.segmented_control(
        "Measure", MEASURES, default=MEASURES[0], required=True, key="measure", bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    raster = store.ask(question.raster, filters, measure)
    devices = raster.devices
    shown = f"the worst {len(devices):,} GPUs" if raster.truncated else f"{len(devices):,} GPUs"

    def choose(cell: Cell) -> None:
        st.session_state[DEVICE] = devices["device_id"].iloc[cell.row]

    canvas_heatmap(
        raster.codes,
        _labels(devices),
        filters.start,
        measure=measure,
        alt=f"{measure.capitalize()} of {shown} by UTC hour, least busy on top, unobserved hours hatched.",
        key="raster",
        on_click=choose,
    )
    note(
        f"{measure.capitalize()} per UTC hour of {shown}, least busy on top, in steps of 0.4 %. Click a row to open it."
    )
    with st.expander(f"Table · {len(devices):,} rows"):
        table_with_download(devices, name="utilisation-devices", columns=_device_columns(filters))
    _device(filters, raster)


def _labels(devices: pd.DataFrame) -> list[list[str]]:
    rows = devices[["device_id", "node", "gpu_model"]].fillna("unknown").itertuples(index=False)
    return [[str(device), f"{node} · {gpu}"] for device, node, gpu in rows]


def _device(filters: Filters, raster: Raster) -> None:
    """What one device did, and for whom: chosen by a click in the raster or by name."""
    chosen = st.selectbox(
        "GPU", raster.devices["device_id"].tolist(), index=None, key=DEVICE, bind="query-params",
        placeholder="Open a GPU by its id, or click a row above",
    )  # fmt: skip
    if chosen is None:
        return
    hours = store.ask(question.device_hours, filters, (chosen,))
    columns = {
        "hour": st.column_config.DatetimeColumn("Hour (UTC)", format="YYYY-MM-DD HH:mm"),
        "gauge_mean": percent_column("Gauge mean"),
        "gauge_max": percent_column("Gauge max"),
        "cost": money_column("Cost", filters),
    }
    chart_with_table(
        charts.hours(hours), hours, name="utilisation-device", columns=columns,
        alt=f"Busy, idle and unobserved part of every hour of {chosen}.",
    )  # fmt: skip
    held = [name for name in hours["holders"].dropna().unique() if name]
    note("Held by " + "; ".join(held[:6]) if held else "Nobody is known to have held it.")


def _week(filters: Filters) -> None:
    st.markdown("##### Hour of the week")
    zone = _zone()
    cells = store.ask(question.by_hour_of_week, filters, zone)
    columns = {
        "weekday": st.column_config.NumberColumn("Weekday (1 = Monday)"),
        "hour": st.column_config.NumberColumn(f"Hour ({zone})"),
        "utilisation": percent_column("Utilisation (busy time)", BUSY),
        "gauge_mean": percent_column("Gauge mean", GAUGE),
        "observed_hours": st.column_config.NumberColumn("Observed device-hours", format="%,.1f"),
    }
    chart_with_table(
        charts.week(cells), cells, name="utilisation-week", columns=columns,
        alt=f"Utilisation by weekday and hour, {zone}, Monday first.",
    )  # fmt: skip
    note(
        f"Busy ÷ observed device-seconds, hours in {zone}. The scale runs from the quietest hour to the busiest; "
        "– = never observed."
    )


def _zone() -> str:
    """UTC, or the viewer's own zone where the browser told one."""
    own = st.context.timezone
    if not own or own == "UTC":
        return "UTC"
    return st.segmented_control(
        "Time zone", ("UTC", own), default="UTC", required=True, key="zone", label_visibility="collapsed"
    )


def _table(filters: Filters) -> None:
    st.markdown("##### Worst first")
    dimension = st.segmented_control(
        "By",
        DIMENSIONS,
        default=DIMENSIONS[0],
        required=True,
        key="by",
        bind="query-params",
        label_visibility="collapsed",
    )
    rows = store.ask(question.by, filters, dimension)
    table_with_download(
        rows, name=f"utilisation-by-{dimension.lower().replace(' ', '-')}",
        columns={"name": text_column(dimension.capitalize() if dimension != "GPU model" else dimension, width=260)}
        | _device_columns(filters),
    )  # fmt: skip


def _device_columns(filters: Filters) -> dict[str, Any]:
    def hours(label: str) -> Any:  # noqa: ANN401 – as in columns.py
        return st.column_config.NumberColumn(f"{label} device-hours", format="%,.1f")

    return {
        "device_id": text_column("GPU", width=260),
        "node": text_column("Node"),
        "gpu_model": text_column("GPU model"),
        "resource_id": text_column("Resource id"),
        "devices": count_column("GPUs"),
        "utilisation": percent_column("Utilisation (busy time)", BUSY),
        "gauge_mean": percent_column("Gauge mean", GAUGE),
        "billed_hours": hours("Billed"),
        "observed_hours": hours("Observed"),
        "held_hours": hours("Held"),
        "busy_hours": hours("Busy"),
        "unobserved_hours": hours("Unobserved"),
        "cost": money_column("Cost", filters),
        "idle_cost": money_column("Idle cost", filters),
    }


main()
