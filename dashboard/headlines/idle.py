"""The idle page in words: its answer, its rule, and what stands behind one finding."""

from __future__ import annotations

import pandas as pd

from dashboard import format as fmt
from data.filters import Filters
from data.query.idle import ENOUGH_EVIDENCE, Idle


def idle(idle: Idle, filters: Filters) -> str:
    """What idleness cost, and its dearest machine; without a bill, its hours. Unseen GPUs are not called busy."""
    if not idle.observed:
        return "Whether GPUs stood idle is unknown: no telemetry observed them. Load telemetry."
    if idle.findings.empty and idle.withheld.empty:
        return "No GPU stood idle by this rule."
    if idle.findings.empty:
        return "Nothing is idle with enough evidence."
    worst = idle.findings.iloc[0]
    if idle.cost is None:
        return (
            f"GPUs stood idle for {fmt.count(idle.hours)} device-hours at an unknown cost: no bill knows them; "
            f"the longest is {machine(worst)}: {fmt.count(worst['hours'])} device-hours."
        )
    held = "free" if worst["state"] == "unallocated" else f"{worst['state']}, {worst['holder']},"
    return (
        f"{fmt.short_money(idle.cost, filters.currency)} went to idle GPUs; the dearest is {machine(worst)}, "
        f"{held} since {fmt.day(worst['since'])}: {fmt.money(worst['cost'], filters.currency)}."
    )


def rule(idle: Idle, threshold: float, window: int) -> str:
    """What counts as idle: idle = sm_active ≤ 1 % for ≥ 30 min."""
    return f"idle = {' or '.join(idle.signals) or 'signal'} ≤ {threshold * 100:g} % for ≥ {minutes(window)}"


def any_idle(window: int = 0) -> str:
    """The rule in a card's label, where idle cost of two rules would else have one name: Idle for ≥ 30 min."""
    return f"Idle for ≥ {minutes(window)}" if window else "Idle, any length"


def minutes(window: int) -> str:
    """30 min, 2 h."""
    return f"{window} min" if window < 60 or window % 60 else f"{window // 60} h"


def machine(finding: pd.Series) -> str:
    """What the machine is and which one."""
    kind = finding["instance_type"] or finding["gpu_model"] or "machine"
    return f"{kind} {fmt.shorten(str(finding['machine']), 40)}"


def withheld(idle: Idle, filters: Filters) -> str:
    """What was found with too little evidence to be listed; "" where nothing was."""
    if idle.withheld.empty:
        return ""
    return (
        f"{len(idle.withheld)} withheld, {fmt.money(idle.withheld_cost, filters.currency)}: "
        f"telemetry saw less than {ENOUGH_EVIDENCE:.0%} of their hours."
    )


def evidence(finding: pd.Series) -> str:
    """How well a finding was looked at."""
    return (
        f"Busy and idle at 1 %, as the ladder counts; {finding['signal']} every {finding['step_seconds']:.0f} s, "
        f"largest gap {finding['largest_gap']:.0f} s, {fmt.percent(finding['coverage'])} of its hours observed."
    )
