"""Idle GPUs: which were paid for and did nothing, and what stopping them saves. Nothing is executed here."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard import filter_bar, store
from dashboard import format as fmt
from dashboard.charts import idle as charts
from dashboard.charts.utilisation import hours as hours_chart
from dashboard.columns import money_column, percent_column, text_column
from dashboard.page_parts import Card, chart_with_table, empty_state, headline, kpi_row, note, scope_line
from data.filters import Filters
from data.query import idle as question
from data.query.idle import DEFAULT_THRESHOLD, DEFAULT_WINDOW, ENOUGH_EVIDENCE, THRESHOLDS, Idle
from data.query.utilisation import device_hours
from data.remedy import whole_machine

WINDOWS = (0, 10, 30, 60, 120, 240, 720, 1440)


def main() -> None:
    """Answer, rule, cards, days, findings, evidence."""
    filters = filter_bar.current()
    answer = st.container()
    threshold, window = _rule()
    idle = store.ask(question.idle, filters, threshold, window)
    rule = _rule_in_words(idle, threshold, window)
    with answer:
        if idle.findings.empty and idle.withheld.empty:
            headline("No GPU stood idle by this rule.")
            note(f"{rule} · {scope_line(filters)}")
            empty_state(filters, f"idle runs ({rule})")
            return
        headline(_sentence(idle, filters))
        note(f"{rule} · {scope_line(filters)}")
    kpi_row(_cards(idle, filters))
    _days(filters, threshold, window)
    _findings(idle, filters)


def _rule() -> tuple[float, int]:
    with st.container(horizontal=True, gap="medium"):
        threshold = st.select_slider(
            "Idle at a signal of at most", THRESHOLDS, DEFAULT_THRESHOLD, format_func=lambda t: f"{t * 100:g} %",
            key="threshold", bind="query-params", width=320,
            help="SM or graphics-engine activity where exported, else GPU utilisation. Sensors flicker: 0 misses some.",
        )  # fmt: skip
        window = st.select_slider(
            "for at least, unbroken", WINDOWS, DEFAULT_WINDOW, format_func=_minutes, key="window",
            bind="query-params", width=320, help="Shorter stretches are pauses between requests, not waste.",
        )  # fmt: skip
    return threshold, window


def _minutes(minutes: int) -> str:
    return f"{minutes} min" if minutes < 60 or minutes % 60 else f"{minutes // 60} h"


def _rule_in_words(idle: Idle, threshold: float, window: int) -> str:
    signals = pd.concat([idle.findings, idle.withheld])["signal"].dropna().str.split(", ").explode().unique()
    return (
        f"idle = {' or '.join(sorted(signals)) or 'signal'} ≤ {threshold * 100:g} % for ≥ {_minutes(window)}"
    )


def _sentence(idle: Idle, filters: Filters) -> str:
    if idle.findings.empty:
        return "Nothing is idle with enough evidence."
    worst = idle.findings.iloc[0]
    held = "free" if worst["state"] == "unallocated" else f"{worst['state']}, {worst['holder']},"
    return (
        f"{fmt.short_money(idle.cost, filters.currency)} went to idle GPUs; the dearest is {_name(worst)}, "
        f"{held} since {fmt.day(worst['since'])}: {fmt.money(worst['cost'], filters.currency)}."
    )


def _name(row: pd.Series) -> str:
    kind = row["instance_type"] or row["gpu_model"] or "machine"
    return f"{kind} {fmt.shorten(str(row['machine']), 40)}"


def _cards(idle: Idle, filters: Filters) -> list[Card]:
    def card(name: str, cost: float, hours: float, about: str) -> Card:
        return Card(
            name, fmt.short_money(cost, filters.currency), help=f"{about} {fmt.count(hours)} device-hours."
        )

    states = {name: (part.cost, part.hours) for name, part in idle.by_state.items()}
    return [
        card("Idle cost", idle.cost, idle.hours, "Findings with enough evidence, in the period."),
        Card("Idle device-hours", fmt.short_count(idle.hours), help="The same findings."),
        card("Warm idle", *states["warm idle"], "A model version is loaded and nothing is asked of it."),
        card("Held idle", *states["held idle"], "A holder without a deployed model: notebooks, stopped jobs."),
        card("Unallocated", *states["unallocated"],
             f"Nobody holds the device; {fmt.money(idle.dark.cost, filters.currency)} of it dark, free all day."),
        Card("Cash-true saving", fmt.short_money(idle.cash, filters.currency),
             help="What the bill would have fallen by: hours in which every device of a billed machine was free, "
             "at the price paid, without hours that a commitment pays for."),
        Card("Freed capacity", fmt.short_money(idle.freed, filters.currency),
             help="Idle devices on machines that stay, or under a commitment: room for other work, not less to pay."),
    ]  # fmt: skip


def _days(filters: Filters, threshold: float, window: int) -> None:
    days = store.ask(question.idle_by_day, filters, threshold, window)
    columns = {
        "day": st.column_config.DateColumn("Day (UTC)"),
        "state": text_column("State"),
        "hours": st.column_config.NumberColumn("Idle device-hours", format="%,.1f"),
        "cost": money_column("Idle cost", filters),
    }
    chart_with_table(
        charts.by_day(days, filters.currency), days, name="idle-days", columns=columns,
        alt="Idle cost per day by state: warm idle, held idle, unallocated.",
    )  # fmt: skip


def _findings(idle: Idle, filters: Filters) -> None:
    st.markdown("##### Findings, dearest first")
    if len(idle.withheld):
        note(
            f"{len(idle.withheld)} withheld, {fmt.money(idle.withheld['cost'].sum(), filters.currency)}: "
            f"telemetry saw less than {ENOUGH_EVIDENCE:.0%} of their hours."
        )
    if idle.findings.empty:
        return
    table = _table(idle.findings)
    picked = st.dataframe(
        table, key="findings-table", hide_index=True, column_config=_columns(filters), placeholder=fmt.UNKNOWN,
        on_select="rerun", selection_mode="single-row", alt="Idle machines with cost, owner and evidence",
    )  # fmt: skip
    st.download_button(
        "Download CSV", lambda: table.to_csv(index=False), file_name="inferledger-idle-findings.csv", mime="text/csv",
        icon=":material/download:", key="idle-findings-csv", on_click="ignore", type="tertiary",
    )  # fmt: skip
    rows = picked["selection"]["rows"]
    _evidence(idle.findings.iloc[rows[0] if rows and rows[0] < len(table) else 0], filters)


def _table(findings: pd.DataFrame) -> pd.DataFrame:
    """What the table and the CSV show, in reading order."""
    who = ["machine", "instance_type", "gpu_model", "node", "state", "holder", "team", "sub_account_id"]
    shown = findings[who].copy()
    of = findings["machine_devices"].fillna(findings["devices"]).astype(int)
    shown["gpus"] = [f"{n} of {all_of}" for n, all_of in zip(findings["devices"], of, strict=True)]
    rest = [
        "since",
        "hours",
        "cost",
        "cash",
        "freed",
        "cost_to_date",
        "cost_per_month",
        "cash_per_month",
        "coverage",
    ]
    shown[rest] = findings[rest]
    shown["signal"] = findings["signal"]
    shown["device_ids"] = [", ".join(ids) for ids in findings["device_ids"]]
    return shown


def _columns(filters: Filters) -> dict[str, Any]:
    return {
        "machine": text_column("Resource id"),
        "instance_type": text_column("Machine"),
        "gpu_model": text_column("GPU model"),
        "node": text_column("Node"),
        "state": text_column("State"),
        "holder": text_column("Held by"),
        "team": text_column("Owner"),
        "sub_account_id": text_column("Account"),
        "gpus": text_column("GPUs", "Devices of this finding, of the machine's."),
        "since": st.column_config.DatetimeColumn("Idle since (UTC)", format="YYYY-MM-DD HH:mm"),
        "hours": st.column_config.NumberColumn("Idle device-hours", format="%,.1f"),
        "cost": money_column("Idle cost in the period", filters),
        "cash": money_column("Cash", filters, "The bill would have fallen by this."),
        "freed": money_column("Freed", filters, "Capacity on machines that stay, or under a commitment."),
        "cost_to_date": money_column("To date", filters, "Since it began, also before the period."),
        "cost_per_month": money_column(
            "Per month", filters, "730 hours at the pace since it began; – = over."
        ),
        "cash_per_month": money_column("Cash per month", filters),
        "coverage": percent_column("Evidence", "Observed share of the devices' billed hours."),
        "signal": text_column("Signal"),
        "device_ids": text_column("GPU ids"),
    }


def _evidence(finding: pd.Series, filters: Filters) -> None:
    """The hours behind one finding, its ids, and the commands for a person to copy."""
    with st.container(border=True):
        st.markdown(f"**Evidence: {_name(finding)}**")
        hours = store.ask(device_hours, filters, finding["device_ids"])
        columns = {
            "hour": st.column_config.DatetimeColumn("Hour (UTC)", format="YYYY-MM-DD HH:mm"),
            "gauge_mean": percent_column("Gauge mean"),
            "gauge_max": percent_column("Gauge max"),
            "cost": money_column("Cost", filters),
        }
        chart_with_table(
            hours_chart(hours), hours, name="idle-evidence", columns=columns,
            alt="Busy, idle and unobserved device-hours of this finding's devices, hour by hour.",
        )  # fmt: skip
        note(
            f"Busy and idle at 1 %, as the ladder counts; {finding['signal']} every {finding['step_seconds']:.0f} s, "
            f"largest gap {finding['largest_gap']:.0f} s, {fmt.percent(finding['coverage'])} of its hours observed."
        )
        _commands(finding)
        st.caption("Resource and GPU ids")
        st.code("\n".join([str(finding["machine"]), *finding["device_ids"]]), language=None, height=140)


def _commands(finding: pd.Series) -> None:
    if not finding["ongoing"]:
        note("It is over: the machine works again, or is no longer billed.")
        return
    if not finding["whole_hours"]:
        note(
            "No command frees these devices: the machine is shared or somebody holds it. Ask the owner to scale the "
            "holder down, or move other work here."
        )
        return
    remedy = whole_machine(
        finding["provider"], finding["resource_id"], finding["region_id"], finding["sub_account_id"]
    )
    if remedy.stop is None or remedy.undo is None:
        note(remedy.note)
        return
    stop, undo = st.columns(2)
    with stop:
        st.caption("Stop – text to copy; nothing is executed here")
        st.code(remedy.stop, language="bash", wrap_lines=True)
    with undo:
        st.caption(f"Undo. {remedy.note}")
        st.code(remedy.undo, language="bash", wrap_lines=True)


main()
