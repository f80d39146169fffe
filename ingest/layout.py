"""What the loader must know of a billing format: its columns, its staging SQL, its control SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ingest.raw import Column


@dataclass(frozen=True)
class Split:
    """Lines that staging leaves out because they state money of other lines once more, in smaller parts.

    `lines` is a SELECT over the view `raw`: line_no, parent_id, sub_account_id, start_at, resource_id, resource_name,
    operation, tags, cost, unused, is_unused. `parents` is a SELECT over `staged`: the lines that they may take the
    place of; it is told where `accelerators` stand.
    """

    lines: Path
    parents: Path


@dataclass(frozen=True)
class Layout:
    """How raw files of one format become rows shaped as data/schema/cost.sql.

    `staging` is a SELECT over the view `raw`, which has `columns`, `line_no` and `delivery_period`; it names
    the columns of cost that it knows. `complete` is statements over `staged` for what only the whole delivery
    can tell: they answer notes, and may replace the empty table `completed` (line_id and what is known now); then
    `completed`, a SELECT over the lines of one file, $staged, says the lines anew.
    `control` names the separate computation in ingest/control.py. `required` are the columns without which a file
    is something else.
    """

    columns: tuple[Column, ...]
    required: tuple[str, ...]
    staging: Path
    control: str
    what: str
    json_columns: Mapping[str, str] | None = field(default=None, hash=False)  # types of JSON fields
    complete: Path | None = None
    completed: Path | None = None
    split: Split | None = None
    hint: str = ""  # a sentence for whoever has a file that is none of these
    line_key: tuple[str, ...] = ()  # columns by which two files are seen to state the same lines
