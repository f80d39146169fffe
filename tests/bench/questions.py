"""What a page asks: recorded from the page itself, so that the bench cannot ask about something else."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from measure import Row, median, percentile, timed
from setting import REPOSITORY, Setting
from streamlit.testing.v1 import AppTest

from dashboard import store
from data.snapshot import Reader, open_latest

VIEWS = ("overview", "unit_cost", "invoice", "utilisation", "idle", "versions", "roi", "data")
TOPICS = (
    "What it is made of",
    "Tokens and batch",
    "Speed",
    "Self-host or API",
    "By version or team",
)  # of unit_cost


@dataclass(frozen=True)
class Asked:
    """One question as the page asked it."""

    question: Callable[..., Any]
    args: tuple[Any, ...]


def measure(setting: Setting) -> list[Row]:
    with _home(setting):
        pages = {view: asked_by(view) for view in VIEWS}
        pages |= {f"unit_cost, {topic}": asked_by("unit_cost", topic) for topic in TOPICS}
    reader = open_latest(setting.demo)
    return [_row(reader, view, asked, setting.repeats(5)) for view, asked in pages.items()]


def _row(reader: Reader, view: str, asked: list[Asked], rounds: int) -> Row:
    """The page's questions one by one, each cold: a cursor of its own, no cache; the floor asks nothing as often."""
    ours, floor = [], []
    for _ in range(rounds):
        ours.append(sum(timed(partial(_ask, reader, one)).wall for one in asked) * 1000)
        floor.append(sum(timed(partial(_ask_nothing, reader)).wall for _ in asked) * 1000)
    name = f"queries of {view}: {len(asked)} questions ÷ as many times SELECT 1"
    return Row(name, median(ours), median(floor), "ms", rounds, p95=percentile(ours, 0.95))


def _ask(reader: Reader, asked: Asked) -> None:
    with reader.cursor() as cursor:
        asked.question(cursor, *asked.args)


def _ask_nothing(reader: Reader) -> None:
    with reader.cursor() as cursor:
        cursor.execute("SELECT 1").df()


def asked_by(view: str, topic: str = "") -> list[Asked]:
    """Every question of one visit (of a page's topic), in order, each once: a second time the page answers
    it from its cache."""
    asked: list[Asked] = []
    kept = store.ask

    def ask(question: Callable[..., Any], *args: Any) -> Any:
        if Asked(question, args) not in asked:
            asked.append(Asked(question, args))
        return kept(question, *args)

    app = AppTest.from_file(str(REPOSITORY / "dashboard" / "frame.py"), default_timeout=120)
    if topic:
        app.query_params["topic"] = topic
    app.run()
    store.ask = ask
    try:
        app.switch_page(f"views/{view}.py").run()
    finally:
        store.ask = kept
    if app.exception:
        raise RuntimeError(f"{view}: {app.exception[0].message}")
    return asked


@contextmanager
def _home(setting: Setting) -> Iterator[None]:
    before = os.environ.get("INFERLEDGER_HOME")
    os.environ["INFERLEDGER_HOME"] = str(setting.demo)
    try:
        yield
    finally:
        del os.environ["INFERLEDGER_HOME"]
        if before is not None:
            os.environ["INFERLEDGER_HOME"] = before
