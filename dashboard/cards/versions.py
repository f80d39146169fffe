"""How many versions are live, and what those cost that could go."""

from __future__ import annotations

from dashboard import format as fmt
from dashboard.page_parts import Card
from data.filters import Filters
from data.query.versions import Versions

CANDIDATE = (
    "No request for the chosen days, or under 1 % of the model's traffic and a larger part of its cost."
)
ROLLBACK = "In the period. The version just replaced is rollback insurance, as long as it is worth that."


def versions(versions: Versions, filters: Filters) -> list[Card]:
    """Live versions and candidates to retire."""
    live = f"Of {versions.live_models} models, on the period's last day."
    cost = fmt.short_money(versions.candidates_cost, filters.currency)
    return [
        Card("Live versions", fmt.count(versions.live), help=live),
        Card("Candidates to retire", fmt.count(len(versions.candidates) if versions.told else None), help=CANDIDATE),
        Card("Cost of candidates", cost, help=ROLLBACK),
        Card("GPUs held by candidates", fmt.count(versions.candidates_gpus), help="In the period's last 24 hours."),
    ]  # fmt: skip
