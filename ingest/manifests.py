"""AWS report manifests: which files make up a billing period now, and under which delivery id.

A manifest is written after its data files: it is the commit marker. One period can have many deliveries in
the same folder (eight, in a public example): reading the folder instead of the manifest multiplies cost.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from os.path import commonpath
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from ingest.files import Entry, Place, tables, whole
from ingest.source import Delivery, SourceError, Window

# legacy, Data Exports, and the layout that a legacy report has for Athena (months of one digit)
PERIOD_FOLDER = re.compile(
    r"(?:^|/)(?:([12]\d{3})(0[1-9]|1[0-2])01-\d{8}|billing_period=([12]\d{3})-(0[1-9]|1[0-2])"
    r"|year=([12]\d{3})/month=(0?[1-9]|1[0-2]))(?=/|$)",
    re.IGNORECASE,
)
BILLING_START = re.compile(r"([12]\d{3})-?(0[1-9]|1[0-2])")
MANIFEST = re.compile(r"(?P<report>.+)-manifest(?P<focus>-focus)?\.json", re.IGNORECASE)
EXECUTION_TIME = re.compile(r"/(\d{4}-?\d{2}-?\d{2}T[\d:.]+Z)")
STATUS_FOLDER = "/cost_and_usage_data_status/"  # Athena's note of whether a report is being written; no lines


@dataclass(frozen=True)
class Manifest:
    """One period's manifest: where it lies and what it says."""

    entry: Entry
    report: str
    period: date | None  # None: neither its place nor its words tell
    body: dict[str, object]
    digest: str  # of the manifest's own bytes

    @property
    def delivery_id(self) -> str:
        """The provider's id, and the manifest's own content: known without a look at any data file."""
        told = (self.body.get(key) for key in ("assemblyId", "executionId"))
        names = [
            name.encode(errors="backslashreplace").decode() for name in told if isinstance(name, str) and name
        ]
        return "@".join([*names, self.digest[:16]])

    @property
    def made_at(self) -> datetime | None:
        """The time of the execution, as its id or its folder has it; a legacy report tells none."""
        for told in (f"/{self.body.get('executionId')}", self.entry.key, *self.keys):
            if found := EXECUTION_TIME.search(told):
                with suppress(ValueError):
                    return datetime.fromisoformat(found[1])
        return None

    @property
    def keys(self) -> list[str]:
        """The data files' keys in their bucket, in one order however the manifest lists them, none twice."""
        named = self.body.get("reportKeys") or self.body.get("dataFiles") or ()
        return sorted(
            {re.sub(r"^s3://[^/]+/", "", str(key)) for key in (named if isinstance(named, list) else ())}
        )

    @property
    def is_focus(self) -> bool:
        found = MANIFEST.fullmatch(PurePosixPath(self.entry.key).name)
        return bool(found and found["focus"])

    @property
    def rank(self) -> tuple[int, bool, str, datetime, str]:
        """Lowest first, then greatest: the shallowest is the period's own, deeper ones are single deliveries'."""
        written = EXECUTION_TIME.search(self.entry.key)
        stamp = re.sub(r"\D", "", written[1]) if written else ""  # a copied file has the time of its copying
        return -self.entry.key.count("/"), not self.is_focus, stamp, self.entry.modified, self.entry.key


def _latest(place: Place, entries: Iterable[Entry]) -> list[Manifest]:
    """The manifest in force of each billing period, oldest first. Raises SourceError for two reports.

    All that lie at a period's shallowest place are read: the FOCUS one beside the usual one may name no files.
    """
    found: defaultdict[tuple[str, date], list[Manifest]] = defaultdict(list)
    for entry in _shallowest(entries):
        manifest = _read(place, entry)
        if manifest.period and (manifest.keys or not manifest.is_focus):
            found[(manifest.report, manifest.period)].append(manifest)
    reports = sorted({report for report, _ in found})
    if len(reports) > 1:
        raise SourceError(
            f"{place.uri} holds {len(reports)} reports: {', '.join(reports)}. Point at one of them: "
            "two exports of the same bill would count every dollar twice."
        )
    return [max(told, key=lambda manifest: manifest.rank) for (_, _), told in sorted(found.items())]


def _shallowest(entries: Iterable[Entry]) -> Iterator[Entry]:
    """The manifests of each report and period folder, but not the copies in single deliveries' folders below."""
    by_report: defaultdict[tuple[str, date | None], list[Entry]] = defaultdict(list)
    for entry in entries:
        if MANIFEST.fullmatch(PurePosixPath(entry.key).name):
            by_report[(_report(entry.key), period_of(entry.key))].append(entry)
    for found in by_report.values():
        usual = [entry for entry in found if not entry.key.lower().endswith("-focus.json")]
        depth = min(entry.key.count("/") for entry in usual or found)
        yield from (entry for entry in found if entry.key.count("/") <= depth)


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
        found = tables(place, (entry for entry in entries if STATUS_FOLDER not in f"/{entry.key}".lower()))
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
        if manifest.period is None or not touches(manifest.period, window):
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
        yield Delivery(manifest.delivery_id, files, manifest.period, made_at=manifest.made_at)


def period_of(key: str) -> date | None:
    """The billing period in a path: 20260801-20260901, BILLING_PERIOD=2026-08 in any case, year=2026/month=8."""
    found = PERIOD_FOLDER.search(key)
    if not found:
        return None
    year, month = (int(part) for part in found.groups() if part)
    return date(year, month, 1) if 1 <= month <= 12 else None


def touches(period: date, window: Window) -> bool:
    """Whether any of a billing period lies in the window."""
    after = (period.year, period.month) >= (window.start.year, window.start.month) if window.start else True
    return after and (datetime(period.year, period.month, period.day) < window.end if window.end else True)


def resolve(key: str, entries: Iterable[Entry], near: str) -> Entry | None:
    """The file that a manifest names by its key in the bucket, wherever the folder that we got starts.

    The whole of what stands below the period's folder must agree: every execution has a file of the same name,
    and one that expired must not be taken for another's.
    """
    parts = [part for part in key.split("/") if part]
    whole = "/".join(parts)
    found = PERIOD_FOLDER.search("/" + whole)
    last = whole.count("/", 0, found.start()) if found else len(parts) - 1
    by_tail = {entry.key.strip("/"): entry for entry in entries}
    for start in range(last + 1):
        tail = "/".join(parts[start:])
        hits = [entry for name, entry in by_tail.items() if name == tail or name.endswith("/" + tail)]
        if hits:
            return max(hits, key=lambda entry: len(commonpath((entry.key, near))))
    return next((entry for name, entry in by_tail.items() if whole.endswith("/" + name)), None)


def _read(place: Place, entry: Entry) -> Manifest:
    content = place.read(entry)
    try:
        body = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{place.uri}: the manifest {entry.key} is no JSON: {error}.") from error
    if not isinstance(body, dict):
        raise SourceError(f"{place.uri}: the manifest {entry.key} is no JSON object. Copy it again.")
    manifest = Manifest(entry, _report(entry.key), None, body, hashlib.sha256(content).hexdigest())
    span = body.get("billingPeriod")
    told = BILLING_START.match(str(span.get("start", "")) if isinstance(span, dict) else "")
    named = (period for key in manifest.keys if (period := period_of(key)))
    stated = date(int(told[1]), int(told[2]), 1) if told else None
    return replace(manifest, period=stated or period_of(entry.key) or next(named, None))


def _check_once(place: Place, manifest: Manifest, found: list[tuple[str, Entry | None]]) -> None:
    """Raises SourceError where two keys of a manifest are one file here: its lines would count twice."""
    seen: dict[str, str] = {}
    for key, entry in found:
        if entry and (other := seen.setdefault(entry.key, key)) != key:
            raise SourceError(
                f"{place.uri}: the manifest {manifest.entry.key} names {other} and {key}, of which only one is here: "
                f"{entry.key}. The delivery is incomplete: copy it whole, with its folders."
            )


def _report(key: str) -> str:
    """Which report a manifest belongs to: what stands before the period's folder, and the name.

    The part metadata/ or data/ is the same report.
    """
    name = MANIFEST.fullmatch(PurePosixPath(key).name)
    found = PERIOD_FOLDER.search(key)
    above = key[: found.start()] if found else ""
    return re.sub(r"(^|/)(metadata|data)$", "", above).strip("/") + "/" + (name["report"] if name else "")
