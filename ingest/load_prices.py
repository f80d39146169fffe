"""List prices into the store: a source's prices are replaced whole, and the same prices twice change nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import ClassVar, Protocol

from data.warehouse import Warehouse
from ingest.progress import Progress, silent
from ingest.source import LoadResult, SourceError, Window
from ingest.sources.gcp_prices import Price


class PriceSource(Protocol):
    """A list of prices."""

    kind: ClassVar[str]
    provider: ClassVar[str]

    @property
    def note(self) -> str | None:
        """What must be said of the prices that were yielded last."""
        ...

    def prices(self) -> Iterator[Price]: ...


def load_prices(
    wh: Warehouse,
    source_name: str,
    source: PriceSource,
    window: Window,  # noqa: ARG001 - prices hold from now on; every loader is called alike
    progress: Progress = silent,
) -> list[LoadResult]:
    """Replaces the source's rows of `price`. Raises SourceError."""
    progress(f"{source_name}: fetch prices")
    prices = sorted(set(source.prices()), key=lambda price: (price.sku_id, price.region_id, price.tier_start))
    if not prices:
        raise SourceError(
            f"'{source_name}': the catalogue lists no GPU machine. Check the endpoint; nothing was changed."
        )
    delivery_id = hashlib.sha256("\n".join(map(repr, prices)).encode()).hexdigest()
    last = wh.con.execute(_sql("last_delivery"), {"source": source_name}).fetchall()
    with wh.load(source_name, source.kind, "reference") as load:
        if last == [(delivery_id,)] and not load.again:
            load.finish(rows=0, delivery_id=delivery_id, status="unchanged")
            return [LoadResult(source_name, source.kind, "unchanged", len(prices), message=source.note)]
        load.con.execute("DELETE FROM price WHERE source = $source", {"source": source_name})
        load.con.executemany(
            _sql("insert_price"),
            [
                {"source": source_name, "load_id": load.load_id, "provider": source.provider, **asdict(price)}
                for price in prices
            ],
        )
        load.finish(rows=len(prices), delivery_id=delivery_id, message=source.note)
    return [LoadResult(source_name, source.kind, "loaded", len(prices), message=source.note)]


def _sql(name: str) -> str:
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text(encoding="utf-8")
