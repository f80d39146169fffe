"""The tables of what tokens cost by kind, and of modes."""

from __future__ import annotations

from dashboard.columns import Columns, count_column, money_column, text_column, unit_cost_column
from dashboard.tables import unit_cost
from data.filters import Filters

SPLIT = {"seconds": "prefill, decode seconds", "prices": "list prices", "mixed": "both"}


def tokens(filters: Filters) -> Columns:
    """Model × version."""
    return {
        "model": text_column("model"),
        "version": text_column("version"),
        "cost_per_1m_input": unit_cost_column(
            "per 1M input", filters, "Computed ones: those that no cache answered"
        ),
        "cost_per_1m_cached": unit_cost_column(
            "per 1M cached", filters, "By seconds: 0, since a cached token takes no prefill"
        ),
        "cost_per_1m_output": unit_cost_column("per 1M output", filters),
        "input_tokens": count_column("input tokens", "Cached ones among them"),
        "cached_tokens": count_column("cached tokens"),
        "output_tokens": count_column("output tokens"),
        "input_cost": money_column("input cost", filters),
        "cached_cost": money_column("cached cost", filters),
        "output_cost": money_column("output cost", filters),
        "unsplit_cost": money_column("not split", filters, "Nobody reports what would split it"),
        "avoided_cost": money_column(
            "avoided by caches", filters, "GPU time, not a saving that the bill shows"
        ),
        "split_by": text_column("split by"),
    }


def modes(filters: Filters) -> Columns:
    """Model × mode."""
    figures = {name: column for name, column in unit_cost.versions(filters).items() if name != "version"}
    return {"model": figures.pop("model"), "member": text_column("mode"), **figures}
