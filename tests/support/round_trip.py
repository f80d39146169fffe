"""A bill into one store, exported as FOCUS, and that file into another store: what the two answer, and the file."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from cost_store import load
from hypothesis import Phase
from small_store import load_lines

from data.export import export_focus
from data.model.settings import ModelSettings
from data.snapshot import open_latest
from data.warehouse import Warehouse
from ingest.sources.focus import Focus

# an example is two stores: shrinking one takes minutes
WHOLE = (Phase.explicit, Phase.generate)
KEY = "billing_period, provider, billing_account_id, sub_account_id, billing_currency"
COSTS = ("billed_cost", "effective_cost", "contracted_cost", "list_cost")
ANY = " OR ".join(f"{cost} <> 0" for cost in COSTS)
QUESTIONS = {
    # every column but what names the delivery, and words that the export spells as FOCUS does
    "lines": """SELECT *
        EXCLUDE (source, load_id, file_id, line_id, line_no, pricing_unit, consumed_unit, charge_frequency)
        REPLACE (coalesce(CAST(tags AS VARCHAR), '{}') AS tags) FROM cost""",
    "sums": f"""SELECT {KEY}, {", ".join(f"sum({cost})" for cost in COSTS)}, sum(consumed_quantity)
        FROM cost GROUP BY ALL""",
    "ladder": f"FROM ladder WHERE rung <> 'unexplained' AND ({ANY})",
    # a fee's billed amount leaves the sub-rung of its unused part
    "rungs": f"""SELECT * EXCLUDE (sub_rung, {", ".join(COSTS)}), CASE WHEN rung = 'timing' THEN sub_rung END,
        {", ".join(f"sum({cost})" for cost in COSTS)}
        FROM ladder WHERE rung <> 'unexplained' AND ({ANY}) GROUP BY ALL""",
    "unexplained": "FROM ladder WHERE rung = 'unexplained'",
    "gpu_hour": "SELECT * EXCLUDE (source, load_id, file_id) FROM gpu_hour",
    "resource": "FROM resource",
    "commitment_day": "FROM commitment_day",
    "unusable": "SELECT provider, billing_account_id FROM unusable_effective",
}
# all that a line in two rows leaves as it was
AMOUNTS = ("sums", "rungs", "unexplained", "gpu_hour", "resource", "commitment_day")


@dataclass(frozen=True)
class Trip:
    """What the two stores answer, and the rows of the file between them."""

    before: dict[str, Counter[Any]]
    after: dict[str, Counter[Any]]
    file: list[dict[str, Any]]

    def check(self, *questions: str) -> None:
        """Fails with the rows that only one of the two stores has."""
        for question in questions or QUESTIONS:
            before, after = self.before[question], self.after[question]
            assert (question, before - after, after - before) == (question, Counter(), Counter())


def answers(home: Path) -> dict[str, Counter[Any]]:
    cursor = open_latest(home).cursor()
    return {
        question: Counter(
            tuple(sorted(cell.items()) if isinstance(cell, dict) else cell for cell in row)
            for row in cursor.execute(sql).fetchall()
        )
        for question, sql in QUESTIONS.items()
    }


def publish(home: Path, *sources: Any) -> None:
    with Warehouse.open(home) as wh:
        for place, source in enumerate(sources):
            if isinstance(source, list):
                load_lines(wh, source, f"bill-{place}")
            else:
                load(wh, source, f"bill-{place}")
        wh.publish(ModelSettings())


def trip(folder: Path, *sources: Any) -> Trip:
    """Sources (or lines of `cost` as they stand) into one store, from there to a file, from that into another store."""
    home, again, path = folder / "store", folder / "again", folder / "out.parquet"
    publish(home, *sources)
    export_focus(open_latest(home), path)
    publish(again, Focus(str(path)))
    return Trip(answers(home), answers(again), pq.read_table(path).to_pylist())


def totals(file: list[dict[str, Any]]) -> Counter[Any]:
    """Σ of the file's four costs by billing period, provider, accounts and currency, with known amounts alone."""
    sums: Counter[Any] = Counter()
    for row in file:
        blank = (row["x_Unknown"] or "").split(",")
        key = (
            row["BillingPeriodStart"].date(),
            *(
                None if name in blank else row[name]
                for name in ("ProviderName", "BillingAccountId", "SubAccountId", "BillingCurrency")
            ),
        )
        for cost in ("BilledCost", "EffectiveCost", "ContractedCost", "ListCost"):
            if cost not in blank:
                sums[key, cost] += row[cost]
    return sums


def stated(sums: Counter[Any]) -> Counter[Any]:
    """The same of `cost`, from the answer to "sums"."""
    names = ("BilledCost", "EffectiveCost", "ContractedCost", "ListCost")
    return Counter(
        {
            (row[:5], name): row[5 + place]
            for row in sums
            for place, name in enumerate(names)
            if row[5 + place] is not None
        }
    )
