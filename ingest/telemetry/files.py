"""Telemetry in files: a Parquet dump, exposition text, or recorded answers of the query API, one file or a folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from ingest.files import Folder, content_id
from ingest.raw import readable
from ingest.source import SourceError, SourceFile, Window
from ingest.telemetry.answer import read_answer
from ingest.telemetry.dump import read_dump
from ingest.telemetry.kubernetes import PodLabels
from ingest.telemetry.openmetrics import read_text
from ingest.telemetry.staging import Staging, to_ms

DUMP = (".parquet",)
ANSWER = (".json",)
TEXT = (
    ".prom",
    ".om",
    ".openmetrics",
    ".metrics",
    ".txt",
    ".prom.gz",
    ".om.gz",
    ".openmetrics.gz",
    ".txt.gz",
)


@dataclass(frozen=True)
class Files:
    """All files of a location, loaded together. scraped_at: the instant of text without timestamps."""

    files: tuple[SourceFile, ...]
    hours: Window
    scraped_at: datetime | None
    delivery_id: str
    pod_labels: PodLabels = field(default_factory=PodLabels)
    read_from: datetime | None = None

    def stage(self, staging: Staging) -> None:
        """Stages every file by its ending."""
        staging.pod_labels = self.pod_labels
        dumps = [file for file in self.files if _ends(file.path, DUMP)]
        if dumps:
            together = replace(dumps[0], uri=", ".join(file.uri for file in dumps))
            with readable(together):
                read_dump(staging, dumps, self.hours)
        for file in self.files:
            with readable(file):
                if _ends(file.path, ANSWER):
                    read_answer(staging, file, self.hours)
                elif _ends(file.path, TEXT):
                    self._stage_text(staging, file)

    def _stage_text(self, staging: Staging, file: SourceFile) -> None:
        moment = to_ms(self.scraped_at) if self.scraped_at else round(file.path.stat().st_mtime * 1000)
        if read_text(staging, file, self.hours, moment) and self.scraped_at is None:
            staging.notes.append(
                f"{file.path.name} has no timestamps: taken as one scrape at the file's time; --at says better"
            )


def file_batches(
    location: str,
    window: Window,
    scraped_at: datetime | None,
    pod_labels: PodLabels = PodLabels(),  # noqa: B008 - it cannot change
) -> Iterator[Files]:
    """One batch: the file, or every telemetry file below the folder. Raises SourceError where there is none."""
    folder = Folder(Path(location).expanduser())
    known = (*DUMP, *ANSWER, *TEXT)
    entries = [entry for entry in folder.entries() if _ends(Path(entry.key), known)]
    if not entries:
        raise SourceError(
            f"{location} holds no telemetry. Known endings: {', '.join(known)}; for a server give http://…"
        )
    files = tuple(folder.file(entry, folder.root) for entry in entries)
    asked = "/".join(str(part) for part in (content_id(files), window.start, window.end, scraped_at))
    yield Files(files, window, scraped_at, asked, pod_labels)


def _ends(path: Path, endings: tuple[str, ...]) -> bool:
    return path.name.lower().endswith(endings)
