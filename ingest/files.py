"""Where export files lie: a folder, or a bucket of an S3-compatible server. Listing, hashes, download."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from ingest.source import Delivery, SourceError, SourceFile

BREAKS = 5
CHUNK = 1 << 16
TABLES = (
    ".csv",
    ".csv.gz",
    ".parquet",
    ".json",
    ".json.gz",
    ".jsonl",
    ".jsonl.gz",
    ".ndjson",
    ".ndjson.gz",
    ".zip",
)


@dataclass(frozen=True)
class Entry:
    """One file or object: its key below the place, and what the listing says of it."""

    key: str
    bytes: int
    modified: datetime
    etag: str | None = None

    @property
    def is_table(self) -> bool:
        name = PurePosixPath(self.key).name.lower()
        return name.endswith(TABLES) and not name.startswith((".", "_"))


class Place(Protocol):
    """A folder or bucket, listed once."""

    @property
    def uri(self) -> str: ...

    def entries(self) -> list[Entry]: ...

    def read(self, entry: Entry) -> bytes: ...

    def file(self, entry: Entry, staging: Path) -> SourceFile: ...


@dataclass(frozen=True)
class Folder:
    """A local folder, or a single file."""

    root: Path

    @property
    def uri(self) -> str:
        return str(self.root)

    def entries(self) -> list[Entry]:
        if self.root.is_file():
            return [self._entry(self.root)]
        if not self.root.is_dir():
            raise SourceError(f"{self.root} does not exist. Give a file, a folder, or s3://bucket/prefix.")
        return [self._entry(path) for path in sorted(self.root.rglob("*")) if path.is_file()]

    def read(self, entry: Entry) -> bytes:
        return self._path(entry).read_bytes()

    def file(self, entry: Entry, staging: Path) -> SourceFile:
        path = self._path(entry)
        digest = partial(_hash, path)
        if path.suffix.lower() == ".zip":
            unpacked = staging / hashlib.sha256(str(path).encode()).hexdigest()
            return SourceFile(str(path), unpacked, digest, entry.bytes, partial(_unpack, path, unpacked))
        return SourceFile(str(path), path, digest, entry.bytes)

    def _entry(self, path: Path) -> Entry:
        below = path.relative_to(self.root).as_posix() if path != self.root else path.name
        stat = path.stat()
        return Entry(below, stat.st_size, datetime.fromtimestamp(stat.st_mtime, UTC))

    def _path(self, entry: Entry) -> Path:
        return self.root if self.root.is_file() else self.root / entry.key


@dataclass(frozen=True)
class Bucket:
    """Objects of an S3 bucket below a prefix; keys are whole keys."""

    name: str
    prefix: str
    client: Any  # a boto3 S3 client, which ships no types

    @property
    def uri(self) -> str:
        return f"s3://{self.name}/{self.prefix}"

    def entries(self) -> list[Entry]:
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=self.prefix)
        with _asking(self.uri):
            found = [
                Entry(item["Key"], item["Size"], item["LastModified"], item["ETag"].strip('"'))
                for page in pages
                for item in page.get("Contents", ())
                if not item["Key"].endswith("/")
            ]
        if not found:
            raise SourceError(
                f"Nothing lies under {self.uri}. Check the bucket, the prefix and your permissions."
            )
        return found

    def read(self, entry: Entry) -> bytes:
        with _asking(f"s3://{self.name}/{entry.key}"):
            body: bytes = self.client.get_object(Bucket=self.name, Key=entry.key)["Body"].read()
        return body

    def file(self, entry: Entry, staging: Path) -> SourceFile:
        path = staging / hashlib.sha256(entry.key.encode()).hexdigest()
        return SourceFile(
            f"s3://{self.name}/{entry.key}",
            path,
            lambda: entry.etag or "",
            entry.bytes,
            partial(self._download, entry, path),
        )

    def _download(self, entry: Entry, path: Path) -> None:
        with _asking(f"s3://{self.name}/{entry.key}"):
            download(self.client, self.name, entry, path)
        if entry.key.lower().endswith(".zip"):
            packed = path.with_suffix(".zip")
            path.rename(packed)
            _unpack(packed, path)
            packed.unlink()


def download(client: Any, bucket: str, entry: Entry, path: Path) -> None:  # noqa: ANN401 - boto3 ships no types
    """The object as it was listed, byte by byte to `path`; one that breaks off goes on where it stopped.

    botocore asks again where a request is refused, but not where the connection breaks inside the content. Raises
    BotoCoreError after BREAKS in a row that brought nothing, ClientError 412 where the object is another by now.
    """
    from botocore.exceptions import BotoCoreError

    broken = 0
    with path.open("wb") as sink:
        while (here := sink.tell()) < entry.bytes:
            # If-Match: half of one delivery and half of the next would be a file that never was
            asked = {"Range": f"bytes={here}-", "IfMatch": f'"{entry.etag}"'}
            body = client.get_object(Bucket=bucket, Key=entry.key, **asked)["Body"]
            try:
                shutil.copyfileobj(body, sink, CHUNK)
            except BotoCoreError:
                broken = broken + 1 if sink.tell() == here else 0
                if broken == BREAKS:
                    raise


S3_WORDS = {
    "NoSuchBucket": "there is no such bucket",
    "AccessDenied": "these credentials may not read it",
    "403": "these credentials may not read it",
    "404": "it is not there any more",
    "NoSuchKey": "it is not there any more",
    "PreconditionFailed": "it was replaced while it was read, as a new delivery does",
}


@contextmanager
def _asking(uri: str) -> Iterator[None]:
    """Raises SourceError, in our words, where S3 refuses or does not answer."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "unknown")
        why = S3_WORDS.get(code, f"the server answered {code}")
    except BotoCoreError as error:
        why = f"the server could not be asked ({error})"
    else:
        return
    raise SourceError(
        f"{uri} cannot be read: {why}. Check the bucket, the credentials and --endpoint-url, then load it again."
    )


def place(location: str, endpoint_url: str | None = None) -> Place:
    """The folder, file or bucket that a location names. Raises SourceError."""
    if not location.startswith("s3://"):
        return Folder(Path(location).expanduser())
    import boto3  # here, so that sources without S3 start without it

    bucket, _, prefix = location.removeprefix("s3://").partition("/")
    if not bucket:
        raise SourceError(f"'{location}' names no bucket. Write s3://bucket/prefix.")
    return Bucket(bucket, prefix, boto3.client("s3", endpoint_url=endpoint_url))


def tables(there: Place, entries: Iterable[Entry]) -> list[Entry]:
    """The files that can hold lines, none if there are none. Raises SourceError where one is empty.

    AWS writes Parquet chunks of 0 bytes: those are passed over beside others that hold something.
    """
    found = [entry for entry in entries if entry.is_table]
    filled = [entry for entry in found if entry.bytes]
    empty = [e.key for e in found if not e.bytes and not (filled and e.key.lower().endswith(".parquet"))]
    if empty:
        raise SourceError(
            f"{empty[0]} in {there.uri} is empty: 0 bytes, neither a header nor rows. Nothing was loaded. "
            "Export or copy it again; if it belongs to no export, take it out."
        )
    return filled


def whole(files: tuple[SourceFile, ...], period: date | None = None) -> Delivery:
    """All the files as one delivery, named by content. Raises SourceError where two have the same content."""
    seen: dict[str, SourceFile] = {}
    for file in files:
        if file.etag and (twin := seen.setdefault(_content(file), file)) is not file:
            raise SourceError(
                f"{twin.uri} and {file.uri} have the same content: together they would count every line twice. "
                "Nothing was loaded. Take one of them out, or name the file that you mean."
            )
    return Delivery(content_id(files), files, period)


def content_id(files: Iterable[SourceFile]) -> str:
    """One name for the content of several files, whatever their order and names."""
    return hashlib.sha256("\n".join(sorted(map(_content, files))).encode()).hexdigest()


def _content(file: SourceFile) -> str:
    """Its hash, and what the source knows beside it: the same rows as another dataset are another content."""
    return " ".join([file.etag, *(f"{name}={fact}" for name, fact in sorted(file.facts.items()))])


def _hash(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _unpack(packed: Path, target: Path) -> None:
    with zipfile.ZipFile(packed) as archive:
        tables = [item for item in archive.infolist() if not item.is_dir()]
        if len(tables) != 1:
            raise SourceError(f"{packed} holds {len(tables)} files; one report file was expected.")
        with archive.open(tables[0]) as source, target.open("wb") as sink:
            shutil.copyfileobj(source, sink)
