"""What the business got out of the models: daily counts of resolved contacts, read documents, orders, as a CSV.

    day,output,count,team,model
    2026-10-01,resolved contact,41230,support,support-chat-70b

team and model say whose cost the outputs are of; left empty, that of everything.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

from ingest.files import Folder
from ingest.raw import Column
from ingest.source import SourceError, SourceFile

COLUMNS = (
    Column("day", "time", ("day", "date")),
    Column("output", names=("output", "business_output")),
    Column("outputs", "money", ("count", "outputs")),
    Column("team", names=("team",)),
    Column("model", names=("model",)),
    Column("day_text", names=("day", "date")),  # as they stand, to be named where they cannot be read
    Column("count_text", names=("count", "outputs")),
)
A_LINE = "A line is: day,output,count and, where they are told, team,model."


@dataclass(frozen=True)
class BusinessOutputs:
    """location: a CSV with day, output and count; team and model where the counts are of one."""

    location: str
    kind: ClassVar[str] = "business"

    @contextmanager
    def file(self) -> Iterator[SourceFile]:
        """The file with the counts, unpacked while it is used. Raises SourceError."""
        path = Path(self.location).expanduser()
        if not path.is_file():
            raise SourceError(f"{path} is not a file. Give a CSV with day, output and count.")
        with TemporaryDirectory(prefix="inferledger-") as staging:
            folder = Folder(path)
            file = folder.file(folder.entries()[0], Path(staging))
            if file.bring:
                file.bring()
            yield file
