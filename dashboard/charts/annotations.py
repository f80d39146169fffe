"""What people noted, on a chart of days: a thin line, a number at its top, the words under the pointer."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Sequence
from itertools import groupby

import pandas as pd
import plotly.graph_objects as go

from dashboard import format as fmt
from dashboard import theme
from data.annotations import Annotation

WIDTH = 48  # characters of a line under the pointer


def annotate(figure: go.Figure, notes: Sequence[Annotation]) -> None:
    """Marks the days of `notes`, which are numbered as they are listed; two of a day share a mark: "1–2"."""
    numbered = list(enumerate(notes, 1))
    for day, of_day in groupby(numbered, key=lambda told: told[1].day):
        told = list(of_day)
        first, last = told[0][0], told[-1][0]
        at = pd.Timestamp(day)
        figure.add_vline(x=at, line={"color": theme.NEUTRAL, "width": 1, "dash": "dot"})
        figure.add_annotation(
            x=at, y=1, yref="paper", yanchor="bottom", showarrow=False,
            text=str(first) if first == last else f"{first}–{last}",
            hovertext="<br>".join(_hover(note) for _, note in told),
            font={"size": 11, "color": "#FFFFFF"}, bgcolor="#5B6678", borderpad=2, captureevents=True,
        )  # fmt: skip


def _hover(note: Annotation) -> str:
    """People's text as text: a chart reads some of HTML."""
    lines = textwrap.wrap(note.text, WIDTH, break_long_words=True) or [""]
    said = "<br>".join(html.escape(line, quote=False) for line in lines)
    about = f"{fmt.day(note.day)}{'' if note.model is None else f', {html.escape(note.model, quote=False)}'}"
    noted = fmt.day(note.noted_at.date())
    return f"<b>{about}</b><br>{said}<br>– {html.escape(note.who, quote=False)}, {noted}"
