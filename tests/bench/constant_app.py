"""The ASGI entry of the floor, built as dashboard/app.py is: same compression, same frozen imports."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from dashboard.app import lifespan

app = st.App(
    Path(__file__).parent / "constant_frame.py",
    lifespan=lifespan,
    middleware=[Middleware(GZipMiddleware, minimum_size=1024, compresslevel=4)],
)
