"""What happened, one line per event on standard error, for cron and log collectors: off, as text, or as JSON.

`--log json`, or INFERLEDGER_LOG=json. Events: load (source, kind, status, rows, rejected, period, seconds, message) and
publish (generation, path). Times are UTC.
"""

from __future__ import annotations

import sys
from typing import Literal, get_args

import structlog

from data.excess import Excess
from data.pointer import Snapshot
from ingest.source import LoadResult

VARIABLE = "INFERLEDGER_LOG"
Form = Literal["off", "text", "json"]
FORMS: tuple[Form, ...] = get_args(Form)


def configure(form: Form) -> None:
    """Once per process, before anything happens."""
    last = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.processors.LogfmtRenderer(key_order=("timestamp", "level", "event"), drop_missing=True)
    )
    first: structlog.typing.Processor = _drop if form == "off" else structlog.processors.add_log_level
    structlog.configure(
        processors=[
            first,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger("info"),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _drop(_logger: object, _method: str, _event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    raise structlog.DropEvent


def load(result: LoadResult, seconds: float, rehearsed: bool) -> None:
    """One load that ended; an error where it failed."""
    told = {
        "source": result.source,
        "kind": result.kind,
        "status": result.status,
        "rehearsed": rehearsed,
        "rows": result.rows,
        "rejected": result.rejected,
        "billing_period": result.billing_period and f"{result.billing_period:%Y-%m}",
        "seconds": round(seconds, 3),
        "message": result.message,
    }
    say = _logger().error if result.status == "failed" else _logger().info
    say("load", **told)


def published(snapshot: Snapshot) -> None:
    _logger().info("publish", generation=snapshot.generation, path=str(snapshot.path))


def excess(machine: Excess) -> None:
    _logger().warning("device_excess", message=str(machine), **machine.as_json())


def _logger() -> structlog.typing.FilteringBoundLogger:
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger()
    return logger


if not structlog.is_configured():
    configure("off")
