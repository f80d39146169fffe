"""AWS report manifests: which files make up a billing period now, and under which delivery id.

A manifest is written after its data files: it is the commit marker. One period can have many deliveries in
the same folder (eight, in a public example): reading the folder instead of the manifest multiplies cost.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from os.path import commonpath
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from ingest.files import Entry, Place, tables, whole
from ingest.source import Delivery, SourceError, Window

PERIOD_FOLDER = re.compile(
    r"(?:^|/)(?:([12]\d{3})(0[1-9]|1[0-2])01-\d{8}|billing_period=([12]\d{3})-(0[1-9]|1[0-2]))(?=/|$)",
    re.IGNORECASE,
)
BILLING_START = re.compile(r"([12]\d{3})-?(0[1-9]|1[0-2])")
MANIFEST = re.compile(r"(?P<report>.+)-manifest\.json", re.IGNORECASE)


@dataclass(frozen=True)
class Manifest:
    """One period's manifest: where it lies and what it says."""

    entry: Entry
    report: str
    period: date
    body: dict[str, object]

    @property
    def delivery_id(self) -> str:
        for key in ("assemblyId", "executionId"):
            if isinstance(told := self.body.get(key), str) and told:
                return told.encode(errors="backslashreplace").decode()
        return self.entry.etag or json.dumps(self.body, sort_keys=True)

    @property
    def keys(self) -> list[str]:
        named = self.body.get("reportKeys") or self.body.get("dataFiles") or ()
        keys = (str(key) for key in (named if isinstance(named, list) else ()))
        return list(dict.fromkeys(re.sub(r"^s3://[^/]+/", "", key) for key in keys))


def _latest(place: Place, entries: Iterable[Entry]) -> list[Manifest]:
    """The manifest in force of each billing period, oldest first. Raises SourceError for two reports."""
    by_period: defaultdict[tuple[str, date], list[Entry]] = defaultdict(list)
    for entry in entries:
        name = MANIFEST.fullmatch(PurePosixPath(entry.key).name)
        if name and (period := period_of(entry.key)):
            by_period[(_report_folder(entry.key) + name["report"], period)].append(entry)
    reports = sorted({report for report, _ in by_period})
    if len(reports) > 1:
        raise SourceError(
            f"{place.uri} holds {len(reports)} reports: {', '.join(reports)}. Point at one of them: "
            "two exports of the same bill would count every dollar twice."
        )
    return sorted((_read(place, report, period, found) for (report, period), found in by_period.items()),
                  key=lambda manifest: manifest.period)  # fmt: skip


def fetch(
    place: Place, window: Window, nothing: str, check_bare: Callable[[Place, list[Entry]], None] | None = None
) -> Iterator[Delivery]:
    """One delivery per billing period that the manifests tell; without any, all the files as one.

    `nothing` ends the sentence "<place> holds …" where there are no files either; `check_bare` may refuse
    files that come without a manifest. Raises SourceError.
    """
    entries = place.entries()
    with TemporaryDirectory(prefix="inferledger-") as folder:
        staging = Path(folder)
        if told := _latest(place, entries):
            yield from _deliveries(place, told, entries, window, staging)
            return
        found = tables(place, entries)
        if not found:
            raise SourceError(f"{place.uri} holds {nothing}.")
        if check_bare:
            check_bare(place, found)
        yield whole(tuple(place.file(entry, staging) for entry in found))


def _deliveries(
    place: Place, told: list[Manifest], entries: list[Entry], window: Window, staging: Path
) -> Iterator[Delivery]:
    """One delivery per billing period that touches the window, oldest first: the files its manifest names."""
    for manifest in told:
        if not touches(manifest.period, window):
            continue
        found = [(key, resolve(key, entries, manifest.entry.key)) for key in manifest.keys]
        missing = [key for key, entry in found if entry is None]
        if missing or not found:
            raise SourceError(
                f"{place.uri}: the manifest {manifest.entry.key} names {', '.join(missing) or 'no file'}, "
                "which is not there. The delivery is incomplete: copy it whole, or wait for the next one."
            )
        _check_once(place, manifest, found)
        # OVERWRITE leaves empty chunks behind when a month shrinks
        files = tuple(place.file(entry, staging) for _, entry in found if entry and entry.bytes)
        yield Delivery(manifest.delivery_id, files, manifest.period)


def period_of(key: str) -> date | None:
    """The billing period in a path: 20260801-20260901, or BILLING_PERIOD=2026-08 in any case."""
    found = PERIOD_FOLDER.search(key)
    if not found:
        return None
    year, month = (found[1], found[2]) if found[1] else (found[3], found[4])
    return date(int(year), int(month), 1)


def touches(period: date, window: Window) -> bool:
    after = (period.year, period.month) >= (window.start.year, window.start.month) if window.start else True
    return after and (period < window.end.date() if window.end else True)


def resolve(key: str, entries: Iterable[Entry], near: str) -> Entry | None:
    """The file that a manifest names by its key in the bucket, wherever the folder that we got starts."""
    parts = [part for part in key.split("/") if part]
    by_tail = {entry.key.strip("/"): entry for entry in entries}
    for start in range(len(parts)):
        tail = "/".join(parts[start:])
        hits = [entry for name, entry in by_tail.items() if name == tail or name.endswith("/" + tail)]
        if hits:
            return max(hits, key=lambda entry: len(commonpath((entry.key, near))))
    return None


def _read(place: Place, report: str, period: date, found: list[Entry]) -> Manifest:
    """The shallowest manifest is the period's own, deeper ones are single deliveries'; the newest counts."""
    depth = min(entry.key.count("/") for entry in found)
    entry = max((entry for entry in found if entry.key.count("/") == depth), key=lambda entry: entry.modified)
    try:
        body = json.loads(place.read(entry))
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{place.uri}: the manifest {entry.key} is no JSON: {error}.") from error
    if not isinstance(body, dict):
        raise SourceError(f"{place.uri}: the manifest {entry.key} is no JSON object. Copy it again.")
    stated = body.get("billingPeriod")
    told = BILLING_START.match(str(stated.get("start"))) if isinstance(stated, dict) else None
    return Manifest(entry, report, date(int(told[1]), int(told[2]), 1) if told else period, body)


def _check_once(place: Place, manifest: Manifest, found: list[tuple[str, Entry | None]]) -> None:
    """Raises SourceError where two keys of a manifest are one file here: its lines would count twice."""
    seen: dict[str, str] = {}
    for key, entry in found:
        if entry and (other := seen.setdefault(entry.key, key)) != key:
            raise SourceError(
                f"{place.uri}: the manifest {manifest.entry.key} names {other} and {key}, of which only one is here: "
                f"{entry.key}. The delivery is incomplete: copy it whole, with its folders."
            )


def _report_folder(key: str) -> str:
    """What stands before the period's folder; the part metadata/ or data/ is the same report."""
    found = PERIOD_FOLDER.search(key)
    return re.sub(r"(^|/)(metadata|data)$", "", key[: found.start()] if found else "").strip("/") + "/"
