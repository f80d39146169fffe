"""A store with a bill alone: how GPUs were used is unknown on every page, never 0 and never "nothing idle"."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from small_store import line, load_lines, machine_line
from visitor import visit

from data.model.settings import ModelSettings
from data.warehouse import Warehouse

MANAGED = {"service_name": "Amazon Bedrock", "resource_id": "arn:aws:bedrock:::inference-profile/us.claude"}


@pytest.fixture(autouse=True)
def _billed(tmp_path, monkeypatch):
    """Three days of one H100 at $12 an hour, seen by nobody, and of a managed model whose requests nobody counted."""
    monkeypatch.setenv("INFERLEDGER_HOME", str(tmp_path))
    start = datetime(2026, 10, 5)
    lines = [machine_line(start + timedelta(hours=h), "i-1", "12") for h in range(72)]
    lines += [line(start + timedelta(days=d), 24, cost="5", **MANAGED) for d in range(3)]
    with Warehouse.open(tmp_path) as wh:
        load_lines(wh, lines)
        wh.publish(ModelSettings())


def cards(app):
    return {card.label: card.value for card in app.metric}


def test_whether_a_gpu_stood_idle_is_unknown():
    app = visit("idle")

    assert "unknown" in app.subheader[0].value
    assert "No GPU stood idle" not in app.subheader[0].value
    assert not app.info  # a longer period would not help


def test_busy_and_idle_are_unknown_and_the_unseen_hours_are_counted():
    app = visit("utilisation", by="node")
    shown = cards(app)

    assert "72 billed device-hours, none of them observed" in app.subheader[0].value
    assert (shown["Busy device-hours"], shown["Idle, any length"]) == ("–", "–")
    assert shown["Unobserved hours"] == "72"
    worst = app.dataframe[-1].value
    assert worst[["busy_hours", "held_hours", "idle_cost"]].isna().all(axis=None)
    assert worst[["billed_hours", "unobserved_hours", "cost"]].values.tolist() == [[72, 72, 864]]
    funnel = next(frame.value for frame in app.dataframe if "step" in frame.value)
    assert funnel["hours"].fillna(-1).tolist() == [72, 0, -1, -1]


def test_whether_a_version_could_go_is_unknown():
    app = visit("versions")
    shown = cards(app)

    assert "unknown here: nobody counted requests" in app.subheader[0].value
    assert shown.pop("Live versions") == "1"
    assert shown == dict.fromkeys(
        ("Candidates to retire", "Cost of candidates", "GPUs held by candidates"), "–"
    )
    assert app.dataframe[-1].value[["gpus", "replicas"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("page", "drawn"), [("versions", "version-days"), ("utilisation", "utilisation-funnel")]
)
def test_a_chart_without_a_known_value_is_words_and_no_axes(page, drawn):
    app = visit(page)
    (chart,) = app.get("plotly_chart")  # of two

    assert chart.proto.id.endswith(f"{drawn}-chart")
    assert any("Nothing to draw" in caption.value for caption in app.caption)
