"""The published `cost` relation as a file that others can read: FOCUS 1.2, Parquet."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.query.runner import question
from data.snapshot import Reader

BATCH = 100_000  # lines


class NothingToExport(LookupError):
    """No charge line lies in the billing periods that were asked for; no file was written."""


@dataclass(frozen=True)
class Exported:
    """What was written: rows, their billed cost by currency, and how many have a cost that nobody knows."""

    path: Path
    generation: int
    lines: int
    billed_cost: dict[str, Decimal]
    unknown: int


def export_focus(
    reader: Reader, path: Path, since: datetime | None = None, until: datetime | None = None
) -> Exported:
    """Writes billing periods [since, until) of one snapshot, in batches; the file stands whole or not at all.

    Raises NoSnapshot, NothingToExport, OSError where the file cannot be written.
    """
    fixed = reader.at(reader.snapshot.generation)
    text, _ = question("export_focus")
    limits = {name: moment and moment.date() for name, moment in (("since", since), ("until", until))}
    batches = fixed.cursor().sql(text, params=limits).to_arrow_reader(BATCH)
    part = path.with_name(f"{path.name}.part")
    part.parent.mkdir(parents=True, exist_ok=True)
    try:
        told = _write(batches, part)
        if told[0] == 0:
            raise NothingToExport(_nothing(fixed))
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return Exported(path, fixed.snapshot.generation, *told)


def _nothing(reader: Reader) -> str:
    first, last = (
        reader.cursor().execute("SELECT min(billing_period), max(billing_period) FROM cost").fetchall()[0]
    )
    if first is None:
        return "The store holds no charge line, so no file was written. Load a bill first."
    return (
        "No charge line lies in these billing periods, so no file was written. "
        f"The store holds {first:%Y-%m} to {last:%Y-%m}."
    )


def _write(batches: pa.RecordBatchReader, path: Path) -> tuple[int, dict[str, Decimal], int]:
    lines, unknown, billed = 0, 0, dict[str, Decimal]()
    with pq.ParquetWriter(path, batches.schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)
            lines += batch.num_rows
            unknown += pc.sum(pc.match_substring(batch["x_Unknown"], "Cost")).as_py() or 0
            sums = pa.table(batch).group_by("BillingCurrency").aggregate([("BilledCost", "sum")])
            for row in sums.to_pylist():
                currency = row["BillingCurrency"]
                billed[currency] = billed.get(currency, Decimal(0)) + row["BilledCost_sum"]
    return lines, billed, unknown
