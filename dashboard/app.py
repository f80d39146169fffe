"""The ASGI entry: `streamlit run dashboard/app.py` or `uvicorn dashboard.app:app`. The pages' frame is
dashboard/frame.py.
"""

from __future__ import annotations

import gc
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

STARTED = time.time()


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Import what pages need before the first visitor, then freeze it: Streamlit collects garbage after
    every run, and with
    these libraries loaded one collection costs 90 ms of everybody's time; frozen objects cost none."""
    import duckdb  # noqa: F401
    import pandas as pd  # noqa: F401
    import plotly.graph_objects as go  # noqa: F401
    import pyarrow as pa  # noqa: F401

    gc.collect()
    gc.freeze()
    yield {}
    gc.unfreeze()  # else DuckDB's binding reports leaked instances at exit


def _generation() -> int | None:
    from dashboard import store  # not above: its caches want a running server when they are defined

    try:
        return store.reader().snapshot.generation
    except store.NoSnapshot:
        return None


async def healthz(_request: Request) -> JSONResponse:
    """Whether there is a snapshot to answer from: 200 with its number, 503 without one."""
    generation = _generation()
    body = {"status": "no snapshot" if generation is None else "ok", "snapshot": generation}
    return JSONResponse(body, status_code=503 if generation is None else 200)


async def metrics(_request: Request) -> PlainTextResponse:
    """Two gauges in the Prometheus text format; Streamlit's own stand at /_stcore/metrics."""
    lines = [
        "# HELP inferledger_snapshot Number of the snapshot that pages are answered from; 0 = none.",
        "# TYPE inferledger_snapshot gauge",
        f"inferledger_snapshot {_generation() or 0}",
        "# HELP inferledger_start_time_seconds Unix time at which the dashboard started.",
        "# TYPE inferledger_start_time_seconds gauge",
        f"inferledger_start_time_seconds {STARTED:.3f}",
        "",
    ]
    return PlainTextResponse("\n".join(lines), media_type="text/plain; version=0.0.4")


app = st.App(
    Path(__file__).parent / "frame.py",
    lifespan=lifespan,
    routes=[Route("/healthz", healthz), Route("/metrics", metrics)],
    # Streamlit does not compress its static files: 7.4 MB become 2 at the first load. Level 4 takes half the time of
    # the default 9 for 4 % more bytes.
    middleware=[Middleware(GZipMiddleware, minimum_size=1024, compresslevel=4)],
)
