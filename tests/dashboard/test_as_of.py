"""Which snapshot a page shows: the newest for who asks for none, the one of the link for who opened one."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import duckdb
import pytest
from small_store import line, load_lines
from visitor import visit

from data.filters import Filters
from data.home import snapshot_file
from data.model.settings import ModelSettings
from data.pins import pins
from data.query.between import changes, invoices
from data.snapshot import open_latest
from data.warehouse import Warehouse

DAY = datetime(2026, 10, 5)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Three snapshots; in the n-th every one of three days costs n × $10."""
    home = tmp_path / "store"
    monkeypatch.setenv("INFERLEDGER_HOME", str(home))
    for turn in (1, 2, 3):
        _load(home, turn)
    return home


def _load(home, turn):
    with Warehouse.open(home) as wh:
        load_lines(wh, [line(DAY + timedelta(days=d), 24, cost=str(10 * turn)) for d in range(3)])
        wh.publish(ModelSettings())


def spend(app):
    return next(m for m in app.metric if m.label == "Spend").value


def says(app, words):
    return any(words in box.value for box in (*app.info, *app.warning))


@pytest.mark.usefixtures("home")
def test_without_a_snapshot_in_the_link_the_newest_is_shown_and_named():
    app = visit()

    assert spend(app) == r"\$90.00"
    assert app.query_params["snapshot"] == "3"
    assert not says(app, "Newer data")


def test_an_old_link_shows_the_old_number_on_every_page_and_says_that_there_is_newer_data(home):
    app = visit(snapshot="1")

    assert spend(app) == r"\$30.00"
    assert says(app, "As of snapshot 1")
    assert says(app, "Newer data exists: snapshot 3")
    app.switch_page("views/data.py").run()
    assert says(app, "As of snapshot 1")
    _load(home, 4)
    app.switch_page("views/overview.py").run()
    assert spend(app) == r"\$30.00"
    next(button for button in app.button if button.label == "Show the newest").click().run()
    assert spend(app) == r"\$120"
    assert app.query_params["snapshot"] == "4"


def test_who_named_no_snapshot_follows_the_newest(home):
    app = visit()
    _load(home, 4)

    assert spend(app.run()) == r"\$120"


@pytest.mark.usefixtures("home")
def test_another_snapshot_can_be_chosen():
    app = visit()
    box = next(box for box in app.selectbox if box.label == "As of")
    app = box.select(box.options[-1]).run()

    assert spend(app) == r"\$30.00"
    assert app.query_params["snapshot"] == "1"


@pytest.mark.parametrize(("asked", "shown"), [("2", r"\$120"), ("99", r"\$150"), ("nonsense", r"\$150")])
def test_a_link_to_a_snapshot_that_is_gone_says_so_and_shows_the_nearest(home, monkeypatch, asked, shown):
    monkeypatch.setattr("data.retention.LAST", 2)
    for turn in (4, 5):
        _load(home, turn)  # snapshots 4 and 5 are kept
    app = visit(snapshot=asked)

    assert says(app, f"made on snapshot {asked}")
    assert spend(app) == shown


def test_a_copied_link_keeps_its_snapshot(home, monkeypatch):
    monkeypatch.setattr("data.retention.LAST", 1)
    app = visit(snapshot="2")
    app = next(button for button in app.button if button.label == "Copy link").click().run()

    assert "snapshot=2" in app.code[0].value
    assert [pin.generation for pin in pins(home)] == [2]
    for turn in (4, 5):
        _load(home, turn)
    assert snapshot_file(home, 2).exists()
    assert not snapshot_file(home, 3).exists()
    assert spend(visit(snapshot="2")) == r"\$60.00"


def test_what_changed_between_two_snapshots_is_told_to_the_cent(home):
    reader = open_latest(home)
    asked = Filters(date(2026, 10, 5), date(2026, 10, 8))
    first, last = (invoices(reader.at(n).cursor(), asked) for n in (1, 3))

    told = changes(first, last)

    assert told.values.tolist() == [[date(2026, 10, 1), "AWS", 60.0, 30.0, 90.0, 0, 3, 3]]
    assert changes(last, last).empty
    page = visit("data")
    assert any("before (USD)" in frame.proto.columns for frame in page.dataframe)
    assert not any("before (USD)" in frame.proto.columns for frame in visit("data", snapshot="1").dataframe)


def test_an_older_snapshot_of_another_version_says_so_where_it_is_asked_for(home):
    with duckdb.connect(str(snapshot_file(home, 2))) as con:
        con.execute("UPDATE snapshot SET schema_version = 0")

    assert any("Snapshot 2 has relations of version 0" in box.value for box in visit("data").caption)
