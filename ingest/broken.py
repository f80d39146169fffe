"""Lines of a CSV that its reader could not take apart: each is kept as a reject, and none may go without a word."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from data.load import Load
from ingest import raw, rejects
from ingest.source import SourceError


def reject_broken(load: Load, opened: raw.RawFile, file_id: str) -> int:
    """Keeps them, once every column was read; answers how many. Raises SourceError where one swallowed others."""
    if opened.delimiter is None:
        return 0
    path = str(opened.file.path)
    for line, swallowed in load.con.execute(_sql("open_quotes"), {"path": path}).fetchall():
        raise SourceError(
            f"{opened.file.uri} line {line:,}: a quote is opened and not closed as CSV asks for; {swallowed:,} or more "
            "lines after it would be lost. Nothing was loaded. Mend the line, or export the file again."
        )
    return load.reject_select(_sql("broken_lines"), {"path": path, "file_id": file_id})


def read_and_refused(opened: raw.RawFile, read: int, broken: int) -> int:
    """How many lines were both read and refused: one may be damaged in a column that not everybody reads.

    Raises SourceError where a record of the CSV was neither.
    """
    if opened.delimiter is None or (broken == 0 and read == opened.records):
        return 0
    records = raw.count_records(opened.file, opened.delimiter)
    both = read + broken - records
    if not 0 <= both <= broken:
        raise SourceError(
            f"{opened.file.uri} holds {records:,} lines, of which {read:,} were read and {broken:,} refused: the "
            "others would be lost. Nothing was loaded. Export it again; a quote may never be closed, or most lines "
            "be cut off."
        )
    return both


def keep_staged(load: Load, opened: raw.RawFile, staged: str, file_id: str, nothing: str) -> int:
    """Keeps the lines of a small file that cannot be used, read or broken, and closes it; answers how many.

    `staged` is the temporary table of its lines, with line_no and reason (NULL: it can be used); `nothing` says what a
    file without lines lacks. Raises SourceError there, and where more than a stray line cannot be used.
    """
    load.con.table(staged).create_view("staged_line", replace=True)
    ((lines,),) = load.con.execute("SELECT count(*) FROM staged_line").fetchall()
    rejected = load.reject_select(_sql("staged_rejects"), {"file_id": file_id})
    broken = reject_broken(load, opened, file_id)
    if not lines and not broken:
        raise SourceError(f"{opened.file.uri} {nothing}")
    both = read_and_refused(opened, lines, broken)
    load.con.execute("DROP VIEW staged_line; DROP VIEW raw; DROP VIEW raw_file")
    rejects.check_kept(load, lines + broken - both, rejected + broken)
    return rejected + broken


@cache
def _sql(name: str) -> str:
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text(encoding="utf-8")
