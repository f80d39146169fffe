"""The popover of saved views: what is seen under a name, and back to it."""

from __future__ import annotations

import sqlite3

import pytest
from estate import build
from visitor import visit

from dashboard.saved import address
from data.pins import pins
from data.saved_views import save_view, saved_views


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("INFERLEDGER_HOME", str(tmp_path))
    return build(tmp_path)


def save(app, name, *, who="ada", stays=False, replace=False):
    app.text_input(key="view-name").input(name)
    app.text_input(key="view-who").input(who)
    app.checkbox(key="view-stays").set_value(stays)
    app.checkbox(key="view-replace").set_value(replace)
    return next(b for b in app.button if b.label == "Save the view").click().run()


def test_what_the_address_says_is_saved_but_for_the_snapshot_that_it_follows(home):
    app = save(visit(basis="busy", model=["chat-large", "summarise"], snapshot="1"), "Weekly")

    (view,) = saved_views(home)
    assert sorted(view.query) == [("basis", "busy"), ("model", "chat-large"), ("model", "summarise")]
    assert not app.error
    assert pins(home) == []


def test_one_that_stays_keeps_its_snapshot_for_good(home):
    save(visit(snapshot="1"), "October", stays=True)

    assert saved_views(home)[0].snapshot == "1"
    assert [pin.generation for pin in pins(home)] == [1]


def test_a_taken_name_says_whose_it_is_until_it_is_to_be_replaced(home):
    save(visit(), "Weekly")
    refused = save(visit(), "Weekly", who="bo")
    assert any("ada saved one as 'Weekly'" in error.value for error in refused.error)
    save(visit(), "Weekly", who="bo", replace=True)

    assert [view.who for view in saved_views(home)] == ["bo"]


def test_names_are_text_and_links_stay_here(home):
    save_view(home, "<img src=x onerror=alert(1)> $x$", "idle", (("model", "'><b>"),), "<b>ada")
    app = visit()

    (listed,) = (told.proto.body for told in app.get("html"))
    assert "<img" not in listed
    assert "<b>" not in listed
    assert "&lt;img src=x onerror=alert(1)&gt;" in listed
    assert address(saved_views(home)[0]) == "./idle?model=%27%3E%3Cb%3E"


def test_removing_one(home):
    save_view(home, "Weekly", "", (), "ada")
    app = visit()
    app.selectbox(key="view-remove").select("Weekly").run()
    next(b for b in app.button if b.label == "Remove it").click().run()

    assert saved_views(home) == ()
    assert not app.exception


@pytest.mark.usefixtures("home")
def test_a_store_that_cannot_be_written_says_so(monkeypatch):
    def refuse(*_):
        raise sqlite3.OperationalError("attempt to write a readonly database")

    monkeypatch.setattr("data.saved_views.writing", refuse)
    app = save(visit(), "Weekly")

    assert any("cannot be written (attempt to write a readonly database)" in e.value for e in app.error)
