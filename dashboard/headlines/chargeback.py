"""What chargeback reads like. Pure text: numbers in, words out."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard import format as fmt
from data.query.chargeback import Chargeback

SHARED_OUT = (
    "Reserved is the sum of the lines below. Used and Shapley share distribute the same total over all members by what "
    "their devices did, hour by hour: no lines are theirs alone."
)
RULES = (
    "**Reserved**: what each held, free devices with whose bill they are on. **Used**: by the cost of the time in "
    "which its devices worked. **Shapley share**: by what each adds to the whole machines that all need in their most "
    "expensive hour (of the hours' means), over every order of joining; who fills others' quiet hours pays less, and "
    "one peak hour decides."
)


def scope(told: Chargeback, currency: str) -> str:
    """What is distributed, what is not, and how sure the third rule is."""
    how = (
        "Shapley exact"
        if told.permutations is None
        else f"Shapley from {told.permutations:,} seeded permutations, ± standard error"
    )
    left = (
        f"; {fmt.money(told.unobserved, currency)} that nobody observed is in none" if told.unobserved else ""
    )
    return (
        f"Each rule distributes the same {fmt.money(told.total, currency)} of observed device cost (effective view)"
        f"{left}. Peak: {fmt.money(told.peak, currency)} an hour. {how}."
    )


def lacks(damaged: Sequence[str]) -> str:
    """What of the device cost is in no rule though somebody charged it."""
    return f"All rules lack what {', '.join(damaged)} charged: its effective cost is unusable."


def found(told: Chargeback, by: str, currency: str) -> str:
    """The member for whom the rule matters most."""
    if len(told.shares) == 1:
        return f"One {by} pays for all of it, by every rule."
    rows = told.shares.dropna(subset=["used", "shapley"])
    if rows.empty:
        return "No device worked in this period, so use and need distribute nothing."
    spread = rows[["reserved", "used", "shapley"]].astype(float)
    row = rows.iloc[int((spread.max(axis=1) - spread.min(axis=1)).to_numpy().argmax())]
    held, used, fair = (fmt.short_money(row[rule], currency) for rule in ("reserved", "used", "shapley"))
    name = f"what no {by} is known for" if row["member"] == "none" else row["member"]
    return (
        f"The rule matters most to {name}: {held} for what it held, {used} for what it used, "
        f"{fair} as its Shapley share."
    )
