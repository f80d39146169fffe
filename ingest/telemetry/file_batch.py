"""Files of one format that are loaded together: all of a location, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ingest.files import Folder, content_id
from ingest.raw import readable
from ingest.source import SourceError, SourceFile, Window
from ingest.telemetry.staging import Staging

Read = Callable[[Staging, SourceFile, Window], None]


@dataclass(frozen=True)
class FileBatch:
    """read: stages the samples of one file that lie in the hours, and notes the file."""

    files: tuple[SourceFile, ...]
    hours: Window
    delivery_id: str
    read: Read
    read_from: datetime | None = None

    def stage(self, staging: Staging) -> None:
        for file in self.files:
            with readable(file):
                self.read(staging, file, self.hours)
        staging.flush()


def file_batch(
    location: str, window: Window, endings: tuple[str, ...], read: Read, asked: tuple[object, ...] = ()
) -> Iterator[FileBatch]:
    """One batch: the file, or every file below the folder that ends so. Raises SourceError where there is none.

    asked: options that change what the same files mean.
    """
    folder = Folder(Path(location).expanduser())
    entries = [entry for entry in folder.entries() if entry.key.lower().endswith(endings)]
    if not entries:
        raise SourceError(f"{location} holds no file that ends in {', '.join(endings)}.")
    files = tuple(folder.file(entry, folder.root) for entry in entries)
    name = "/".join(str(part) for part in (content_id(files), window.start, window.end, *asked))
    yield FileBatch(files, window, name, read)
