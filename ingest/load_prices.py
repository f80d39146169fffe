"""List prices into the store: a source's prices are replaced whole, and the same prices twice change nothing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import ClassVar, Protocol

from data.warehouse import Warehouse
from ingest.progress import Progress, silent
from ingest.rejects import Unusable, check, keep
from ingest.source import LoadResult, SourceError, Window
from ingest.sources.gcp_prices import Price

MOST = Decimal(10) ** 26  # what DECIMAL(38,12) holds


class PriceSource(Protocol):
    """A list of prices."""

    kind: ClassVar[str]
    provider: ClassVar[str]

    @property
    def note(self) -> str | None:
        """What must be said of the prices that were yielded last."""
        ...

    @property
    def uri(self) -> str:
        """Where the prices stand that were yielded last."""
        ...

    def prices(self) -> Iterator[Price | Unusable]: ...


def load_prices(
    wh: Warehouse,
    source_name: str,
    source: PriceSource,
    window: Window,  # noqa: ARG001 - prices hold from now on; every loader is called alike
    progress: Progress = silent,
) -> list[LoadResult]:
    """Replaces the source's rows of `price`. Raises SourceError: more than a stray price that cannot be used, too."""
    progress(f"{source_name}: fetch prices")
    prices, unusable = judged(source)
    if not prices:
        raise SourceError(
            f"'{source_name}': the catalogue lists no GPU machine. Check the endpoint; nothing was changed."
        )
    delivery_id = hashlib.sha256("\n".join(map(repr, [*prices, *unusable])).encode()).hexdigest()
    last = wh.con.execute(_sql("last_delivery"), {"source": source_name}).fetchall()
    with wh.load(source_name, source.kind, "reference") as load:
        if last == [(delivery_id,)] and not load.again:
            load.finish(rows=0, delivery_id=delivery_id, status="unchanged")
            return [LoadResult(source_name, source.kind, "unchanged", len(prices), message=source.note)]
        file_id = load.add_file(source.uri, delivery_id, None, len(prices))
        keep(load, file_id, unusable)
        load.con.execute("DELETE FROM price WHERE source = $source", {"source": source_name})
        load.replace_reference()
        load.con.executemany(
            _sql("insert_price"),
            [
                {"source": source_name, "load_id": load.load_id, "provider": source.provider, **asdict(price)}
                for price in prices
            ],
        )
        load.finish(rows=len(prices), delivery_id=delivery_id, message=source.note)
    return [LoadResult(source_name, source.kind, "loaded", len(prices), len(unusable), message=source.note)]


def judged(source: PriceSource) -> tuple[list[Price], list[Unusable]]:
    """The prices in order, and what is none. Raises SourceError where more than 1 % are none."""
    prices, unusable = set[Price](), list[Unusable]()
    for row in source.prices():
        if isinstance(row, Unusable):
            unusable.append(row)
        elif reason := _wrong(row):
            unusable.append(Unusable(None, f"SKU {row.sku_id} in {row.region_id}: {reason}", repr(row)))
        else:
            prices.add(row)
    check(source.uri, len(prices) + len(unusable), unusable)
    return sorted(prices, key=lambda price: (price.sku_id, price.region_id, price.tier_start)), unusable


def _wrong(price: Price) -> str | None:
    """Why no price of ours; a tier that costs nothing is one."""
    if not price.sku_id or not price.unit:
        return "no SKU, or no unit"
    amounts = (price.unit_price, price.tier_start)
    if not all(amount.is_finite() and 0 <= amount < MOST for amount in amounts):
        return f"{price.unit_price} from {price.tier_start} {price.unit} on is no price"
    if not re.fullmatch("[A-Z]{3}", price.currency):
        return f"'{price.currency}' is no currency of three letters, such as USD"
    return None


def _sql(name: str) -> str:
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text(encoding="utf-8")
