"""Where a store keeps what: the one place that knows the names of its files.

work.duckdb                                   the ingest's working file
ingest.lock                                   held by the one ingest that runs
CURRENT                                       JSON pointer to the snapshot that readers open
snapshots/serving-000123.duckdb               published generations, never changed
parquet/<source>/<YYYY-MM>/<load>/<relation>.parquet   immutable line detail
parquet/.staged/<load>/                       what a running load wrote and nobody lists yet
people.sqlite                                 what people entered; the dashboard writes it, ingest never
"""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "INFERLEDGER_HOME"
DEFAULT = Path(__file__).parent / "store"


def store_home() -> Path:
    """The store's folder: INFERLEDGER_HOME, else data/store beside this file. It may not exist yet."""
    return Path(os.environ.get(VARIABLE) or DEFAULT).expanduser().resolve()


class HomeUnusable(Exception):
    """The store's folder cannot be made; the message says why and what to do."""


def make_home(home: Path) -> None:
    """Creates the store's folders where they are missing. Raises HomeUnusable."""
    for folder in (home, parquet_dir(home), snapshots_dir(home)):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise HomeUnusable(
                f"The store's folder {folder} cannot be created: {error.strerror or error}. "
                f"Set {VARIABLE} to a folder that you may write to."
            ) from error


def work_file(home: Path) -> Path:
    return home / "work.duckdb"


def lock_file(home: Path) -> Path:
    return home / "ingest.lock"


def pointer_file(home: Path) -> Path:
    return home / "CURRENT"


def people_file(home: Path) -> Path:
    return home / "people.sqlite"


def parquet_dir(home: Path) -> Path:
    return home / "parquet"


def spill_dir(home: Path) -> Path:
    """Where DuckDB may put what does not fit into memory; empty between queries."""
    return home / "spill"


def snapshots_dir(home: Path) -> Path:
    return home / "snapshots"


def snapshot_file(home: Path, generation: int) -> Path:
    return snapshots_dir(home) / f"serving-{generation:06d}.duckdb"


def build_file(home: Path, generation: int) -> Path:
    """A snapshot under construction; a reader never opens it, and a kill leaves it to the next sweep."""
    return snapshots_dir(home) / f".build-{generation}.duckdb"
