"""What the fuzz targets share: how long they run, and hostile bytes, texts and values.

`make test` runs few and always the same examples; INFERLEDGER_FUZZ=10 gives each target ten minutes of new ones.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

MINUTES = float(os.environ.get("INFERLEDGER_FUZZ") or 0)
DEAR, CHEAP = 8, 40  # examples of a target that loads into a store, and of one that only reads
HOSTILE = (
    "'; DROP TABLE cost; --", '"; DROP TABLE load; --', "=cmd|' /C calc'!A0", "\x00", "\u202e\u200f", "\ufeff", "🦆",
    "../../etc/passwd", "{}", "[]", "null", "NULL", "NaN", "inf", "1e400", "-0", "1,234.56", "1.234,56", "1e-400",
    "0x10", "9" * 27, "0." + "1" * 40, "2023-13-45", "9/2/2023", "0000-01-01", "9999-12-31",
    "2026-10-02T00:00:00+99:99",
    "2026-10-02 (BC)", "infinity", "epoch", "", " ", '"', '""', "'", ",", "\n", "\r", "\r\n", "\\", "$ref",
    "%s", "x" * 5000,
)  # fmt: skip


settings.register_profile(
    "fuzz",
    max_examples=DEAR,
    derandomize=not MINUTES,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def fuzz(examples: int = DEAR) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Above @given: a bounded and repeatable run, or one of so many minutes."""

    def bound(test: Callable[..., None]) -> Callable[..., None]:
        once = settings(settings.get_profile("fuzz"), max_examples=examples)(test)
        if not MINUTES:
            return once

        @pytest.mark.timeout(0)
        @wraps(once)
        def long(*args: Any, **told: Any) -> None:
            end = time.monotonic() + 60 * MINUTES
            while time.monotonic() < end:
                once(*args, **told)

        return long

    return bound


PIECES = (*(word.encode() for word in HOSTILE), b"\xff", b"\x1f\x8b", b"")
ACCIDENTS = st.lists(
    st.tuples(
        st.floats(0, 1), st.sampled_from((0, 1, 2, 30, 300, None)), st.sampled_from(PIECES), st.booleans()
    ),
    min_size=1,
    max_size=3,
)


def damage(content: bytes) -> st.SearchStrategy[bytes]:
    """The content after one to three accidents: bytes changed, put in, taken out, doubled, or an end cut off."""

    def happen(accidents: list[tuple[float, int | None, bytes, bool]]) -> bytes:
        broken = content
        for share, length, piece, doubled in accidents:
            start = int(share * len(broken))
            stop = len(broken) if length is None else start + length
            broken = broken[:start] + (broken[start:stop] * 2 if doubled else piece) + broken[stop:]
        return broken

    return ACCIDENTS.map(happen)


texts = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=20))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
