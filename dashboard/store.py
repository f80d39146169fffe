"""The dashboard's one door to the store: the newest snapshot, and answers cached by snapshot and filters,
never by frames."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

import duckdb
import pandas as pd
import streamlit as st

from data.filters import Filters
from data.home import store_home
from data.snapshot import NoSnapshot, Reader, open_latest

__all__ = [
    "NoSnapshot",
    "ask",
    "ask_at",
    "ask_earlier",
    "ask_once",
    "generation",
    "reader",
    "reader_at",
    "start_run",
]

P = ParamSpec("P")
T = TypeVar("T")
Key = tuple[str, int, str, tuple[Any, ...]]  # store, snapshot, question, its values
Question = Callable[Concatenate[duckdb.DuckDBPyConnection, P], T]
_RUN = "snapshot of this run"


@st.cache_resource(show_spinner=False)
def _reader(place: str) -> Reader:
    """One reader per process and store: it re-opens by itself when a newer snapshot was published."""
    return open_latest(Path(place))


def reader() -> Reader:
    """The reader of the newest snapshot. Raises NoSnapshot where nothing was published yet."""
    return _reader(str(store_home()))


@st.cache_resource(show_spinner=False, max_entries=4)
def _reader_at(place: str, generation: int) -> Reader:
    return _reader(place).at(generation)


def reader_at(generation: int) -> Reader:
    """A reader of one kept snapshot. Raises NoSnapshot where it is gone, or of another version of the code."""
    newest = reader()
    if newest.snapshot.generation == generation:
        return newest.at(generation)
    return _reader_at(str(store_home()), generation)


def start_run(generation: int) -> None:
    """Settle on a snapshot for one run of a page, so that all its figures tell of the same state."""
    st.session_state[_RUN] = generation


def generation() -> int:
    """The number of the snapshot that answers this run; part of every cache key."""
    settled: int | None = st.session_state.get(_RUN)
    return reader().snapshot.generation if settled is None else settled


@st.cache_data(show_spinner=False, max_entries=2_000, max_size="256mb")
def _answer(key: Key, _question: Callable[..., Any]) -> Any:  # noqa: ANN401 – whatever the question answers
    """Answers by key; the question itself is not hashed."""
    _, settled, _, args = key
    with reader_at(settled).cursor() as cursor:
        return _question(cursor, *args)


def ask(question: Question[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Answer one question of data/query, `ask(unit_cost.by_model, filters)`, from the cache where it was
    asked before.

    The first argument of the question is the cursor, the rest must be plain values (Filters, text, numbers,
    tuples). The answer is a copy: a page may change it.
    """
    return ask_at(generation(), question, *args, **kwargs)


def ask_at(settled: int, question: Question[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The same of another snapshot. Raises NoSnapshot."""
    if kwargs:
        raise TypeError(
            f"ask() takes positional values only, got {sorted(kwargs)}: the cache key is their order."
        )
    name = f"{question.__module__}.{question.__qualname__}"
    return cast(T, _answer((str(store_home()), settled, name, args), question))


def ask_once(generation: int, question: Question[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Answer a question of one snapshot, without keeping the answer: what a download asks for when it is clicked, after
    the run that drew it. Raises NoSnapshot where that snapshot is gone.
    """
    with reader_at(generation).cursor() as cursor:
        return question(cursor, *args, **kwargs)


def ask_earlier(
    question: Callable[Concatenate[duckdb.DuckDBPyConnection, Filters, P], pd.DataFrame],
    earlier: Filters | None,
    *args: P.args,
    **kwargs: P.kwargs,
) -> pd.Series | None:
    """The first row of an answer about the period before; None without such a period or an answer about it."""
    if earlier is None:
        return None
    rows = ask(question, earlier, *args, **kwargs)
    return rows.iloc[0] if len(rows) else None
