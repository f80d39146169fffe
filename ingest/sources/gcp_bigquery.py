"""GCP's billing exports where Google puts them: BigQuery tables, asked month by month, rows as Arrow to Parquet.

Rows are only ever added to an export, late ones and corrections too. So what a table states of an invoice month is
named by how many rows, which sum and which last export time it has; months with the same name are not read again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property, partial
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

from ingest.bigquery import (
    SCHEME,
    Estimate,
    ask,
    asking,
    batches,
    connect,
    connect_storage,
    find,
    name_of,
    parse,
    tables_of,
    uri_of,
)
from ingest.control import COLUMNS as CONTROL_COLUMNS
from ingest.layout import Layout
from ingest.raw import squash
from ingest.source import Delivery, SourceError, SourceFile, Window
from ingest.sources import focus, gcp

FIRST_MONTHS = 13  # what the first run reads unless --since says otherwise: this month and a year before it
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
WITHOUT_RESOURCES = (
    "a standard export names no resources: which machine a charge is for, and so what a GPU costs while it is idle, "
    "cannot be told. Turn the detailed export on, and load that instead"
)


@dataclass(frozen=True)
class Shape:
    """One kind of billing table: how it is told, and SQL over its columns."""

    name: str  # as Google calls it
    layout: Layout
    month: str  # the invoice month as YYYYMM
    exported: str  # when Google added the row
    used: str  # when the charged usage began
    billed: str  # what a row adds to the invoice
    note: str | None = None


DETAILED = Shape(
    name="detailed",
    layout=gcp.LAYOUT,
    month="invoice.month",
    exported="export_time",
    used="usage_start_time",
    billed="CAST(cost AS NUMERIC) + IFNULL((SELECT SUM(CAST(c.amount AS NUMERIC)) FROM UNNEST(credits) AS c), 0)",
)
STANDARD = replace(DETAILED, name="standard", note=WITHOUT_RESOURCES)
FOCUS = Shape(
    name="FOCUS",
    layout=focus.LAYOUT,
    month="FORMAT_DATE('%Y%m', DATE(BillingPeriodStart))",
    exported="x_ExportTime",
    used="ChargePeriodStart",
    billed="BilledCost",
)
# The exports of one account state the same money: the first that a dataset has is read. Detailed before FOCUS, which is
# a preview that knows no commitments.
PREFERRED = (
    ("gcp_billing_export_resource_v1_", "detailed"),
    ("gcp_billing_export_focus_", "FOCUS"),
    ("gcp_billing_export_v1_", "standard"),
)


@dataclass(frozen=True)
class State:
    """What a table states of one invoice month, as the load before left it."""

    lines: int
    exported: datetime


@dataclass(frozen=True)
class Month:
    """What a table states of one invoice month now, and in which partitions."""

    month: str
    lines: int
    billed: Decimal | None
    exported: datetime
    used_from: datetime
    used_until: datetime
    loaded_from: datetime | None
    loaded_until: datetime | None

    @property
    def period(self) -> date:
        return date(int(self.month[:4]), int(self.month[4:]), 1)

    @property
    def tag(self) -> str:
        """Names the content, readable: equal tags of one table and month mean equal rows."""
        billed = "unknown" if self.billed is None else f"{self.billed.normalize():f}"
        return f"lines={self.lines} billed={billed} exported={self.exported:%Y-%m-%dT%H:%M:%S.%fZ}"


@dataclass
class BigQueryExport:
    """One billing table. `known`: the months of it that the store holds. Made by `open_export`."""

    client: Any  # a google.cloud.bigquery client, which ships no types
    table: Any
    shape: Shape
    usd_per_tib: Decimal
    known: Mapping[str, State] = field(default_factory=dict)
    today: date = field(default_factory=lambda: datetime.now(UTC).date())
    told: Callable[[str], None] = lambda _: None
    storage: Any = None  # a client of the Storage Read API, if there is one
    kind: ClassVar[str] = "gcp"

    @property
    def layout(self) -> Layout:
        return self.shape.layout

    @property
    def uri(self) -> str:
        return uri_of(self.table)

    def fetch(self, window: Window) -> Iterator[Delivery]:
        """Yield every invoice month that is to be looked at, whole, oldest first. Raises SourceError."""
        months = self._months_to_ask(window)
        if not months:
            return
        scanned = self._estimate("months", self._bounds(months))
        self.told(f"{self.uri}, {self.shape.name} export: which months have changed: {scanned}")
        found = self._ask_months(months)
        without = next((row for row in found if row["month"] is None), None)
        stated = [Month(**row) for row in found if row["month"] is not None]
        for month in stated:
            self._refuse_less(month)
        with TemporaryDirectory(prefix="inferledger-") as staging:
            for month in stated:
                yield self._delivery(month, Path(staging), without)

    def estimates(self, window: Window) -> list[tuple[str, Estimate]]:
        """What a load would scan at most, without scanning anything."""
        months = self._bounds(self._first_guess(window))
        asked = [("finding what has changed", self._estimate("months", months))]
        if self._is_incremental(window):
            asked.insert(0, ("finding late rows", self._estimate("touched", self._since_watermark())))
        return [*asked, ("reading the rows, at most", self._estimate("rows", months))]

    def _is_incremental(self, window: Window) -> bool:
        return bool(self.known) and window.start is None

    def _first_guess(self, window: Window) -> list[str]:
        """The months that are always looked at: of the window, or those that Google still adds to."""
        last = _before(window.end.date()) if window.end else self.today
        if window.start:
            return _months(window.start.date(), last)
        if not self.known:
            return _months(_months_back(self.today, FIRST_MONTHS - 1), last)
        recent = _months(_months_back(self.today, 1), last)
        holes = set(_months(_month_date(min(self.known)), last)) - set(self.known)
        return sorted({*recent, *holes})

    def _months_to_ask(self, window: Window) -> list[str]:
        months = self._first_guess(window)
        if not self._is_incremental(window):
            return months
        rows = self._query("touched", self._since_watermark())
        touched = {row["month"] for row in rows if row["month"]}
        last = months[-1] if window.end and months else _spell(self.today)
        return sorted({*months, *(month for month in touched if not window.end or month <= last)})

    def _ask_months(self, months: list[str]) -> list[dict[str, Any]]:
        return [dict(row) for row in self._query("months", self._bounds(months))]

    def _refuse_less(self, month: Month) -> None:
        known = self.known.get(month.month)
        if known and month.lines < known.lines:
            raise SourceError(
                f"{self.uri} states {month.lines:,} rows of invoice month {month.month}, and it stated {known.lines:,} "
                "when it was loaded last. Google only adds rows, so some were deleted or their partition expired. "
                "Nothing was loaded; what the store holds of that month stays. Load later months with --since."
            )

    def _delivery(self, month: Month, staging: Path, without: dict[str, Any] | None) -> Delivery:
        told = {
            "months": [month.month],
            "exported": month.exported,
            "used_from": month.used_from,
            "used_until": month.used_until,
            **_partitions(month.loaded_from, month.loaded_until),
        }
        estimate = self._estimate("rows", told)
        path = staging / f"{month.month}.parquet"
        uri = f"{self.uri}/{month.month}"
        file = SourceFile(
            uri, path, lambda: month.tag, estimate.bytes, partial(self._download, month, told, path)
        )
        notes = [f"BigQuery scanned {estimate}", *([self.shape.note] if self.shape.note else [])]
        if without:
            notes.append(f"{without['lines']:,} rows without an invoice month were left in the table")
        name = sha256(f"{uri} {month.tag}".encode()).hexdigest()
        return Delivery(name, (file,), month.period, tuple(notes), month.exported)

    def _download(self, month: Month, told: dict[str, Any], path: Path) -> None:
        """Streams the rows of one month to a Parquet file; holds one batch at a time."""
        import pyarrow.parquet as pq

        self.told(f"{self.uri}: {month.lines:,} rows of {month.month}")
        lines, sink = 0, None
        with asking(self.uri):
            try:
                for batch in batches(lambda: self._query("rows", told), self.storage, self.told):
                    sink = sink or pq.ParquetWriter(path, batch.schema, compression="zstd")
                    sink.write_batch(batch)
                    lines += batch.num_rows
            finally:
                if sink:
                    sink.close()
        if lines != month.lines:
            raise SourceError(
                f"{self.uri} counted {month.lines:,} rows of invoice month {month.month} and handed over {lines:,}: it "
                "changed meanwhile. Nothing of that month was loaded. Run the same command again."
            )

    def _since_watermark(self) -> dict[str, Any]:
        watermark = max(state.exported for state in self.known.values())
        return {"watermark": watermark, **_partitions(watermark, None)}

    def _bounds(self, months: list[str]) -> dict[str, Any]:
        """No row of an invoice month was loaded before that month began."""
        first = datetime.combine(_month_date(months[0]), datetime.min.time(), UTC) if months else LATEST
        everything = {"exported": LATEST, "used_from": EARLIEST, "used_until": LATEST}
        return {"months": months, **everything, **_partitions(first, None)}

    def _estimate(self, question: str, told: dict[str, Any]) -> Estimate:
        with asking(self.uri):
            job = ask(self.client, self._text(question), told, dry_run=True)
        return Estimate(int(job.total_bytes_processed), self.usd_per_tib)

    def _query(self, question: str, told: dict[str, Any]) -> Any:  # noqa: ANN401 - the SDK ships no types
        with asking(self.uri):
            return ask(self.client, self._text(question), told).result()

    def _text(self, question: str) -> str:
        text = Path(__file__).with_name(f"gcp_bigquery_{question}.sql").read_text(encoding="utf-8")
        return text.format(**self._names)

    @cached_property
    def _names(self) -> dict[str, str]:
        """What BigQuery binds no values for: the names of the table and its columns."""
        shape, partition = self.shape, self._partition
        loaded = f"({partition} >= @loaded_from AND {partition} < @loaded_until OR {partition} IS NULL)"
        return {
            "table": name_of(self.table),
            "month": shape.month,
            "exported": shape.exported,
            "used": shape.used,
            "billed": shape.billed,
            "partition": partition or shape.exported,
            "loaded": loaded if partition else "TRUE",
            "columns": ", ".join(_selected(self.table.schema, shape.layout)),
        }

    @property
    def _partition(self) -> str | None:
        """The column of load time that the table is partitioned by, if it is. Rows just streamed have none yet."""
        partitioning = self.table.time_partitioning
        if partitioning is None:
            return None
        by = partitioning.field or "_PARTITIONTIME"
        return by if by in ("_PARTITIONTIME", self.shape.exported) else None


def open_export(
    location: str,
    usd_per_tib: Decimal,
    project: str | None = None,
    region: str | None = None,
    endpoint_url: str | None = None,
) -> BigQueryExport:
    """The billing table that bigquery://project.dataset[.table] names. Raises SourceError."""
    home, dataset, table = parse(location)
    client = connect(project or home, region, endpoint_url)
    found = find(client, home, dataset, table or _chosen(client, home, dataset))
    storage = connect_storage(endpoint_url)
    return BigQueryExport(client, found, _shape(found), usd_per_tib, storage=storage)


def _chosen(client: Any, project: str, dataset: str) -> str:  # noqa: ANN401
    """The billing table of a dataset that names none. Raises SourceError where there is none, or more than one."""
    names = tables_of(client, project, dataset)
    for prefix, kind in PREFERRED:
        if found := [name for name in names if name.startswith(prefix)]:
            if len(found) == 1:
                return found[0]
            raise SourceError(
                f"{SCHEME}{project}.{dataset} holds {len(found)} {kind} exports: "
                f"{', '.join(found)}. Name one of them "
                "after the dataset, and load each under a name of its own (--source)."
            )
    raise SourceError(
        f"{SCHEME}{project}.{dataset} holds no billing export; its tables: "
        f"{', '.join(names[:12]) or 'none'}. "
        "Expected gcp_billing_export_resource_v1_…, gcp_billing_export_v1_… or gcp_billing_export_focus_…. "
        "Name the table after the dataset if yours is called otherwise."
    )


def _shape(table: Any) -> Shape:  # noqa: ANN401
    """Told by columns, so that a view over an export counts as one. Raises SourceError."""
    names = {column.name for column in table.schema}
    if {"BilledCost", "BillingPeriodStart", "x_ExportTime"} <= names:
        return FOCUS
    if {"invoice", "cost", "credits", "export_time", "usage_start_time"} <= names:
        return DETAILED if "resource" in names else STANDARD
    if "list_price" in names:
        raise SourceError(
            f"{uri_of(table)} is a pricing export. "
            f"Load it with: python -m ingest prices gcp --table {uri_of(table)}"
        )
    raise SourceError(
        f"{uri_of(table)} is no billing export: it has neither invoice, cost, credits and export_time "
        f"nor BilledCost, BillingPeriodStart and x_ExportTime. Its columns: {', '.join(sorted(names)[:12])} …"
    )


def _selected(schema: Iterable[Any], layout: Layout) -> Iterator[str]:
    """The columns of a table that somebody reads, of records only the members: BigQuery charges for every one."""
    asked = (*layout.columns, *CONTROL_COLUMNS[layout.control])
    wanted = {squash(name) for column in asked for name in (column.names or (column.name,))}
    for column in schema:
        name = squash(column.name)
        members = [m.name for m in column.fields if f"{name}.{squash(m.name)}" in wanted]
        if name in wanted or (not members and any(other.startswith(f"{name}.") for other in wanted)):
            yield f"`{column.name}`"
        elif members:
            inside = ", ".join(f"`{column.name}`.`{member}` AS `{member}`" for member in members)
            yield f"STRUCT({inside}) AS `{column.name}`"


def _partitions(first: datetime | None, last: datetime | None) -> dict[str, datetime]:
    """Whole days: partitions have the length of an hour or a day."""
    day = timedelta(days=1)
    begin = first.replace(hour=0, minute=0, second=0, microsecond=0) - day if first else EARLIEST
    end = last.replace(hour=0, minute=0, second=0, microsecond=0) + 2 * day if last else LATEST
    return {"loaded_from": begin, "loaded_until": end}


def _months(first: date, last: date) -> list[str]:
    count = (last.year - first.year) * 12 + last.month - first.month
    return [_spell(_months_back(last, back)) for back in range(count, -1, -1)]


def _months_back(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


def _before(day: date) -> date:
    return day - timedelta(days=1)


def _spell(day: date) -> str:
    return f"{day:%Y%m}"


def _month_date(month: str) -> date:
    return date(int(month[:4]), int(month[4:]), 1)
