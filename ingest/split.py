"""Split cost lines take the place of the line that they split: the parts of an invoice line, never more money.

They stand in files of their own until the whole delivery is staged, since a part and its parent may come in any file.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from data.load import Load
from data.model.build import REFERENCE
from data.sql import parquet_view
from ingest import staged
from ingest.layout import Split
from ingest.staged import StagedFile

SQL = Path(__file__).parent / "sql"


def stage(load: Load, split: Split, file_id: str, file_no: int) -> Path:
    """Keeps the split lines of the view `raw` aside; returns where."""
    select = f"{_sql('split_stage')} FROM ({_text(split.lines)})"
    path, _ = load.stage_parquet(select, {"file_id": file_id, "file_no": file_no})
    return path


def apply(
    load: Load, split: Split, files: list[StagedFile], aside: list[Path]
) -> tuple[list[StagedFile], int]:
    """The files with split lines in the place of their parents, and how many split lines found no parent to split.

    Needs the view `staged`, and leaves it over the files as they were.
    """
    con = load.con
    con.execute(parquet_view("split", aside, temporary=True))
    lines = con.sql(_text(split.parents), params={"accelerators": str(REFERENCE / "accelerators.csv")})
    lines.select("*").create_view("parent", replace=True)
    con.execute(_sql("split_share"))
    before = max((file.last_line or 0 for file in files), default=0)
    parts = staged.stage(load, _sql("split_part"), {"before": before})
    kept = [_rest(load, file) for file in files]
    ((idle,),) = con.execute(_sql("split_idle")).fetchall()
    con.execute(
        "DROP VIEW parent; DROP VIEW split_weight; DROP VIEW split; DROP TABLE split_group; DROP TABLE split_parent"
    )
    for path in aside:
        path.unlink()
    return [*kept, parts], int(idle)


def _rest(load: Load, file: StagedFile) -> StagedFile:
    ((split,),) = load.con.execute(
        "SELECT count(*) FROM split_parent WHERE line_id BETWEEN $first AND $last",
        {"first": file.first_line, "last": file.last_line},
    ).fetchall()
    return staged.rewrite(load, file, _sql("split_rest")) if split else file


def _sql(name: str) -> str:
    return _text(SQL / f"{name}.sql")


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
