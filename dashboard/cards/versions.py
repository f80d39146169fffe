"""How many versions are live, and what those cost that could go."""

from __future__ import annotations

from dashboard import format as fmt
from dashboard.figures import candidates
from dashboard.page_parts import Card
from data.filters import Filters
from data.query.versions import Versions

CANDIDATE = (
    "No request for the chosen days, or under 1 % of the model's traffic and a larger part of its cost."
)
COUNTED = (
    "A count of versions is the sum of no lines. The table “All versions” lists them with what makes each a candidate; "
    "choose a row there for the lines of its cost."
)
HELD = "A count of devices, not of dollars or hours. The table “All versions” has it per version: GPUs held."
ROLLBACK = "In the period. The version just replaced is rollback insurance, as long as it is worth that."


def versions(versions: Versions, filters: Filters) -> list[Card]:
    """Live versions and candidates to retire."""
    live = f"Of {versions.live_models} models, on the period's last day."
    cost, several = fmt.short_money(versions.candidates_cost, filters.currency), versions.candidates
    return [
        Card("Live versions", fmt.count(versions.live), help=live, lineage=COUNTED),
        Card("Candidates to retire", fmt.count(len(versions.candidates) if versions.told else None), help=CANDIDATE,
             lineage=COUNTED),
        Card("Cost of candidates", cost, help=ROLLBACK, lineage=candidates(several, filters) or COUNTED),
        Card("GPUs held by candidates", fmt.count(versions.candidates_gpus), help="In the period's last 24 hours.",
             lineage=HELD),
    ]  # fmt: skip
