"""The dashboard's one door to the store: the newest snapshot, and answers cached by snapshot and filters,
never by frames.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

import duckdb
import streamlit as st

from dashboard.stopgap_reader import NoSnapshot, Reader, home, open_latest

__all__ = ["NoSnapshot", "ask", "generation", "reader"]

P = ParamSpec("P")
T = TypeVar("T")
Key = tuple[str, int, str, tuple[Any, ...]]  # store, snapshot, question, its values
Question = Callable[Concatenate[duckdb.DuckDBPyConnection, P], T]


@st.cache_resource(show_spinner=False)
def _reader(place: str) -> Reader:
    """One reader per process and store: it re-opens by itself when a newer snapshot was published."""
    return open_latest(Path(place))


def reader() -> Reader:
    """The reader of the newest snapshot. Raises data.snapshot.NoSnapshot where nothing was published yet."""
    return _reader(str(home()))


def generation() -> int:
    """The number of the snapshot that answers now; part of every cache key."""
    return reader().snapshot.generation


@st.cache_data(show_spinner=False, max_entries=2_000, max_size="256mb")
def _answer(key: Key, _question: Callable[..., Any]) -> Any:  # noqa: ANN401 – whatever the question answers
    """Answers by key; the question itself is not hashed."""
    with reader().cursor() as cursor:
        return _question(cursor, *key[3])


def ask(question: Question[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Answer one question of data/query, `ask(unit_cost.by_model, filters)`, from the cache where it was
    asked before.

    The first argument of the question is the cursor, the rest must be plain values (Filters, text,
    numbers, tuples).
    The answer is a copy: a page may change it.
    """
    if kwargs:
        raise TypeError(
            f"ask() takes positional values only, got {sorted(kwargs)}: the cache key is their order."
        )
    name = f"{question.__module__}.{question.__qualname__}"
    return cast(T, _answer((str(home()), generation(), name, args), question))
