"""Sliders that report while they are dragged: Streamlit's own speak on release only."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Band:
    """A published range to compare with, in the slider's unit."""

    low: float
    high: float
    range: str  # as text: "+43 to +150 %"
    name: str
    source: str


@dataclass(frozen=True)
class Slider:
    """One lever. `start` is where it stands before anybody moves it, and where reset puts it back."""

    id: str
    label: str
    low: float
    high: float
    step: float
    start: float
    unit: str
    measured: float | None = None  # drawn as a tick
    note: str = ""  # "measured 34.0 %, Oct 2 – Oct 31"
    help: str = ""
    section: str = ""  # a heading stands above the first slider of each
    bands: tuple[Band, ...] = field(default=())


def _text(suffix: str) -> str:
    return (_HERE / f"live_sliders.{suffix}").read_text(encoding="utf-8")


_component = st.components.v2.component(
    "inferledger_live_sliders",
    html='<output></output><div class="panel"></div>',
    css=_text("css"),
    js=_text("js"),
)


def live_sliders(
    sliders: Sequence[Slider], *, key: str, answer: Callable[[dict[str, float]], str]
) -> dict[str, float]:
    """Draw the sliders and return their values, also in the middle of a drag. Inside a fragment only that reruns.

    `answer` says the result in a few words: on a phone they stay in view above the sliders, where the page's own
    answer has scrolled away.
    """
    state = st.session_state.get(key) or {}
    sent = state.get("values") or {}
    values = accepted(sliders, sent)
    turn = sent.get("turn", 0) if isinstance(sent, Mapping) else 0
    _component(
        key=key,
        data={
            "sliders": [asdict(slider) for slider in sliders],
            "values": values,
            "turn": turn,
            "answer": answer(values),
        },
        on_values_change=lambda: None,
    )
    return values


def accepted(sliders: Sequence[Slider], sent: object) -> dict[str, float]:
    """What a browser sent, within each slider's limits; anything else leaves the slider at its start."""
    offered = sent if isinstance(sent, Mapping) else {}
    return {slider.id: _within(slider, offered.get(slider.id)) for slider in sliders}


def _within(slider: Slider, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return slider.start
    return min(slider.high, max(slider.low, float(value)))
