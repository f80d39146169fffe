"""Azure cost exports by their manifests: actual and amortised cost as one bill, or FOCUS; from a copy of the container.

The two datasets describe the same usage. An actual line carries what was billed and nothing effective, an amortised
line the reverse: each amount stands once, on a line that can be followed to the file which states it.

    azcopy copy "https://ACCOUNT.blob.core.windows.net/CONTAINER/exports" azure --recursive
    python -m ingest azure azure/exports
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from fnmatch import fnmatch
from functools import cached_property
from hashlib import sha256
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, Literal

from ingest.files import Entry, Place, place, tables, whole
from ingest.layout import Layout
from ingest.manifests import touches
from ingest.raw import Column, columns, text_stream
from ingest.source import Delivery, SourceError, SourceFile, Window
from ingest.sources import focus

Dataset = Literal["ActualCost", "AmortizedCost", "FocusCost"]
BARE: dict[str, Dataset] = {"actual": "ActualCost", "amorti[sz]ed": "AmortizedCost"}
DATASETS = BARE | {"focus": "FocusCost"}
RANGE = re.compile(r"(?:^|/)(\d{8})-(\d{8})(?=/)")
RUN = re.compile(r"/(\d{12,14})(?=/)")
COLUMNS = (
    *columns(
        "text",
        """charge_type meter_category meter_sub_category meter_name pricing_model resource_name invoice_id
        unit_of_measure product_order_name benefit_id reservation_id frequency additional_info subscription_name
        billing_account_name""",
    ),
    Column("billing_account_id", names=("BillingAccountId", "EnrollmentNumber")),
    Column("sub_account_id", names=("SubscriptionId", "SubscriptionGuid")),
    Column("billing_currency", names=("BillingCurrency", "BillingCurrencyCode", "Currency")),
    Column("product", names=("Product", "ProductName")),
    Column("sku_id", names=("MeterId", "MeterGuid")),
    Column("region", names=("ResourceLocationNormalized", "ResourceLocation")),
    Column("resource", names=("ResourceId", "InstanceId", "InstanceName")),
    Column("period", "time", ("BillingPeriodStartDate", "BillingPeriodStart")),
    Column("day", "time", ("Date", "UsageDateTime", "UsageDate")),
    Column("cost", "money", ("CostInBillingCurrency", "Cost", "PreTaxCost")),
    Column("quantity", "money", ("Quantity", "UsageQuantity")),
    Column("tags", "tags"),
)
LAYOUT = Layout(
    columns=COLUMNS,
    required=("CostInBillingCurrency|Cost|PreTaxCost", "Date|UsageDateTime|UsageDate", "MeterCategory"),
    staging=Path(__file__).with_suffix(".sql"),
    complete=Path(__file__).with_name("azure_complete.sql"),
    completed=Path(__file__).with_name("azure_completed.sql"),
    control="azure",
    what="an Azure cost export",
    hint="Exports of Cost Management have English headers in every portal language; a file that was downloaded from "
    "a portal page may have translated ones: create an export instead.",
)


@dataclass(frozen=True)
class Run:
    """One run of an export: what its manifest says."""

    entry: Entry
    export: str
    span: str  # the date range as its folder tells it
    period: date
    dataset: Dataset
    body: dict[str, Any]

    @property
    def newest(self) -> tuple[str, str, datetime]:
        """Orders the runs of one export: by the time of submission, else the run's folder, else the file's time."""
        folder = RUN.search(self.entry.key)
        told = str((self.body.get("runInfo") or {}).get("submittedTime") or "")
        return told, folder[1] if folder else "", self.entry.modified

    @property
    def submitted(self) -> datetime | None:
        """When the run was asked for, as its manifest says; without zone = UTC."""
        told = re.match(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)?$", self.newest[0])
        return datetime.fromisoformat(f"{told[1]}{told[2] or 'Z'}") if told else None

    @property
    def blobs(self) -> list[str]:
        return [str(blob.get("blobName", "")) for blob in self.body.get("blobs") or ()]


@dataclass(frozen=True)
class Azure:
    """A folder with the exports of one billing scope, or bare export files.

    `only` is a pattern of paths, for a folder that holds the exports of several scopes; `dataset` says what bare
    files hold whose names don't tell.
    """

    location: str
    only: str = "*"
    dataset: Literal["actual", "amortised"] | None = None
    endpoint_url: str | None = None
    kind: ClassVar[str] = "azure"

    @cached_property
    def layout(self) -> Layout:
        """FOCUS's where the exports are FOCUS exports. Raises SourceError."""
        return focus.LAYOUT if {run.dataset for run in self._runs} == {"FocusCost"} else LAYOUT

    def fetch(self, window: Window) -> Iterator[Delivery]:
        """Yield one delivery per billing period that the manifests tell; bare files are one. Raises SourceError."""
        there, entries = self._listed
        with TemporaryDirectory(prefix="inferledger-") as staging:
            if not self._runs:
                yield self._bare(there, entries, Path(staging))
                return
            for period, runs in _in_force(there, self._runs).items():
                if touches(period, window):
                    yield _delivery(there, entries, period, runs, Path(staging))

    @cached_property
    def _listed(self) -> tuple[Place, list[Entry]]:
        there = place(str(self.location), self.endpoint_url)
        return there, [entry for entry in there.entries() if fnmatch(entry.key, self.only)]

    @cached_property
    def _runs(self) -> list[Run]:
        there, entries = self._listed
        named = [entry for entry in entries if PurePosixPath(entry.key).name.lower() == "manifest.json"]
        return [_read(there, entry) for entry in named]

    def _bare(self, there: Place, entries: list[Entry], staging: Path) -> Delivery:
        """Export files that were handed over without their manifest: one delivery, named by content."""
        files: list[tuple[SourceFile, Dataset]] = []
        for entry in _without_manifest(there, entries):
            file, named = there.file(entry, staging), self._told(entry.key)
            if named:
                files.append((file, named))
            elif not _is_blank(file):
                raise SourceError(
                    f"Nothing tells whether {file.uri} holds actual or amortised cost: both have the same columns. "
                    "Say --dataset actual or --dataset amortised, or name the file so."
                )
        alone = len({named for _, named in files}) == 1
        return whole(tuple(replace(file, facts={"dataset": named, "alone": alone}) for file, named in files))

    def _told(self, key: str) -> Dataset | None:
        name = self.dataset or _telling(f"{self.location}/{key}")
        found = [what for word, what in BARE.items() if re.search(word, name, re.IGNORECASE)]
        return found[0] if len(found) == 1 else None


def _without_manifest(there: Place, entries: list[Entry]) -> list[Entry]:
    found = tables(there, entries)
    if not found:
        raise SourceError(
            f"{there.uri} holds neither a manifest.json nor export files (.csv, .csv.gz, .parquet)."
        )
    if laid_out := [entry.key for entry in found if RANGE.search(entry.key)]:
        raise SourceError(
            f"{there.uri} holds export files, such as {laid_out[0]}, but no manifest.json. Azure writes it last, "
            "and without it nobody can tell which run counts. Copy the folder with its manifests, or name one "
            "run's files."
        )
    return found


def _telling(path: str) -> str:
    """The part of a path that may tell the dataset: the file's name, else its folder's."""
    parts = reversed(PurePosixPath(path).parts[-2:])
    return next((part for part in parts if re.search("|".join(BARE), part, re.IGNORECASE)), "")


def _is_blank(file: SourceFile) -> bool:
    """Whether a CSV has a header and no row: then it does not matter which dataset it is."""
    if file.bring or file.path.open("rb").read(4) == b"PAR1":
        return False
    with text_stream(file.path) as lines:
        next(lines, "")
        return not any(line.strip() for line in lines)


def _read(there: Place, entry: Entry) -> Run:
    try:
        body = json.loads(there.read(entry).decode("utf-8-sig"))
    except ValueError as error:
        raise SourceError(f"{there.uri}: the manifest {entry.key} is no JSON: {error}.") from error
    span = RANGE.search(entry.key)
    start = str((body.get("runInfo") or {}).get("startDate") or (span[1] if span else ""))
    month = re.match(r"(\d{4})-?(\d{2})", start)
    if not month:
        raise SourceError(
            f"{there.uri}: nothing tells the billing period of {entry.key}: neither its runInfo nor a folder like "
            "20260901-20260930 above it. Copy the export with its folders."
        )
    export = entry.key[: span.start()] if span else str(PurePosixPath(entry.key).parent.parent)
    return Run(
        entry,
        export.strip("/"),
        f"{span[1]}-{span[2]}" if span else start[:10],
        date(int(month[1]), int(month[2]), 1),
        _dataset(there, entry, body, f"{there.uri}/{export}"),
        body,
    )


def _dataset(there: Place, entry: Entry, body: dict[str, Any], export: str) -> Dataset:
    """What the manifest says; an old one does not, and then the export's name must."""
    told = str((body.get("exportConfig") or {}).get("type") or "") or export.rsplit("/", 1)[-1]
    for word, what in DATASETS.items():
        if re.search(word, told, re.I):
            return what
    raise SourceError(
        f"{there.uri}: {entry.key} is of an export of '{told}'. Known are ActualCost, AmortizedCost and FocusCost; "
        "an older manifest does not say it, and then the export's name must (…actual…, …amortized…)."
    )


def _in_force(there: Place, runs: list[Run]) -> dict[date, list[Run]]:
    """The newest run of each dataset and billing period, oldest period first."""
    _check_one_bill(there, runs)
    newest: dict[tuple[date, Dataset], Run] = {}
    for run in runs:
        other = newest.setdefault((run.period, run.dataset), run)
        if other.span[:8] != run.span[:8]:
            raise SourceError(
                f"{there.uri}: {run.export} states {run.period:%Y-%m} in pieces ({other.span}, {run.span}). "
                "A billing period is replaced whole: export month by month (month to date, or last month)."
            )
        newest[run.period, run.dataset] = max(other, run, key=lambda one: one.newest)
    in_force: defaultdict[date, list[Run]] = defaultdict(list)
    for (period, _), run in sorted(newest.items()):
        in_force[period].append(run)
    return in_force


def _check_one_bill(there: Place, runs: list[Run]) -> None:
    """Raises SourceError where several exports state the same bill: two of a dataset, or FOCUS beside others."""
    exports: defaultdict[Dataset, set[str]] = defaultdict(set)
    for run in runs:
        exports[run.dataset].add(run.export)
    twice = [names for names in exports.values() if len(names) > 1]
    if not twice and not ("FocusCost" in exports and len(exports) > 1):
        return
    names = sorted(twice[0] if twice else set().union(*exports.values()))
    raise SourceError(
        f"{there.uri} holds several exports of one bill: {', '.join(names)}. Together they would count it twice. "
        "Point at one of them, or choose by pattern: --only 'folder/*'."
    )


def _delivery(there: Place, entries: list[Entry], period: date, runs: list[Run], staging: Path) -> Delivery:
    """The files that the manifests of a period name, each with the dataset that it belongs to."""
    files: list[SourceFile] = []
    for run in runs:
        facts = {"dataset": run.dataset, "alone": len(runs) == 1} if run.dataset != "FocusCost" else {}
        for entry in _named(there, entries, run):
            files.append(replace(there.file(entry, staging), facts=facts))
    told = "\n".join(f"{run.dataset} {sha256(there.read(run.entry)).hexdigest()}" for run in runs)
    made = [run.submitted for run in runs]
    made_at = max(moment for moment in made if moment) if all(made) else None
    return Delivery(sha256(told.encode()).hexdigest(), tuple(files), period, made_at=made_at)


def _named(there: Place, entries: list[Entry], run: Run) -> list[Entry]:
    """The blobs that a manifest names lie beside it, however the container is called where it was copied to."""
    folder = PurePosixPath(run.entry.key).parent
    by_key = {entry.key: entry for entry in entries}
    wanted = [str(folder / PurePosixPath(name).name) for name in run.blobs]
    if missing := [key for key in wanted if key not in by_key]:
        raise SourceError(
            f"{there.uri}: the manifest {run.entry.key} names {', '.join(missing)}, which is not there. "
            "The delivery is incomplete: copy it whole, or wait for the next run."
        )
    return [by_key[key] for key in wanted if by_key[key].bytes]
