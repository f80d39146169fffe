"""The popover of saved views: what is seen under a name, and back to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from estate import build
from small_store import line, load_lines
from visitor import EVERYTHING, visit

from dashboard.saved import KEYS, address
from data.home import people_file
from data.model.settings import ModelSettings
from data.pins import pins
from data.saved_views import save_view, saved_views
from data.warehouse import Warehouse


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


def test_a_store_that_cannot_be_written_says_so(home):
    people_file(home).symlink_to(home / "gone" / "people.sqlite")  # root may write whatever the mode says
    app = save(visit(), "Weekly")

    (said,) = (e.value for e in app.error)
    assert r"people.sqlite cannot be written\: unable to open database file" in said
    assert not app.exception


def test_views_that_cannot_be_read_are_unknown_and_the_page_stands(home):
    people_file(home).write_text("no database, and longer than the header of one " * 10)
    app = visit()

    assert any("Saved views are unknown" in e.value for e in app.error)
    assert any("needs what people entered" in e.value for e in app.error)
    assert any("reconciled" in m.value for m in app.markdown)


def test_a_view_knows_its_page_and_nothing_that_is_not_the_dashboards(home):
    save(visit("idle", team=["search"], utm_source="mail"), "Idle")

    (view,) = saved_views(home)
    assert (view.page, view.query) == ("idle", (("team", "search"),))
    assert address(replace(view, query=(*view.query, ("utm_source", "mail")))) == "./idle?team=search"


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(("page", "query"), EVERYTHING)
def test_whatever_a_page_writes_into_its_address_a_view_may_hold(page, query):
    bound = bindings(visit(page, period="Custom range", compare="Other days", **query)._tree)

    assert {"period", "range", "compare-range", "team"} <= bound <= KEYS


def bindings(block):
    told = {
        getattr(getattr(child, "proto", None), "query_param_key", "") for child in block.children.values()
    }
    return set().union(told, *(bindings(c) for c in block.children.values() if hasattr(c, "children"))) - {""}


def test_days_of_ones_own_and_the_model_seen_stay_though_newer_data_would_offer_others(home):
    app = visit("unit_cost", period="Custom range", compare="Other days")
    save(app, "October")
    query = saved_views(home)[0].query

    assert [value for key, value in query if key == "range"] == ["2026-10-02", "2026-10-31"]
    assert [value for key, value in query if key == "compare-range"] == ["2026-09-02", "2026-10-31"]
    assert dict(query)["explain"] == app.selectbox(key="explain").value
    opened = visit(
        "unit_cost", **{key: [v for asked, v in query if asked == key] for key in dict(query)}, snapshot="1"
    )
    assert [m.value for m in opened.metric] == [m.value for m in app.metric]


def test_one_follows_the_newest_data_and_one_that_stays_does_not(tmp_path, monkeypatch):
    monkeypatch.setenv("INFERLEDGER_HOME", str(tmp_path))
    invoiced(tmp_path, "10.01")
    save(visit(), "Weekly")
    save(visit(), "As of then", stays=True)
    invoiced(tmp_path, "12.34")

    stays, follows = (spend(visit(**dict(view.query))) for view in saved_views(tmp_path))
    assert (stays, follows) == (r"\$30.03", r"\$37.02")


def invoiced(home, dollars):
    """A snapshot in which each of three days cost so much."""
    with Warehouse.open(home) as wh:
        load_lines(wh, [line(datetime(2026, 10, 5 + day), 24, cost=dollars) for day in range(3)])
        wh.publish(ModelSettings())


def spend(app):
    return next(m for m in app.metric if m.label == "Spend").value


def test_what_the_store_no_longer_offers_is_said_when_the_view_is_opened(home):
    save_view(home, "Gone", "", (("model", "retired"),), "ada")
    app = visit(**dict(saved_views(home)[0].query))

    assert any("asks for model = retired" in w.value for w in app.warning)


def test_nobody_is_led_to_a_page_that_is_no_longer_there(home):
    save_view(home, "Old", "former", (), "ada")

    (listed,) = (told.proto.body for told in visit().get("html"))
    assert "<a" not in listed
    assert "page “former”, which is no longer there" in listed


def test_the_list_says_what_a_view_is_about(home):
    query = (
        ("period", "Last 7 days"),
        ("team", "docs"),
        ("team", "search"),
        ("view", "billed"),
        ("snapshot", "1"),
    )
    save_view(home, "Close", "invoice", query, "ada")
    day = saved_views(home)[0].saved_at

    (listed,) = (told.proto.body for told in visit().get("html"))
    assert (
        "Invoice · Last 7 days · team docs, search · cost view billed · stays on snapshot 1 · ada, " in listed
    )
    assert f"{day:%b} {day.day}, {day.year}" in listed


def test_a_name_is_text_in_an_error_too(home):
    save_view(home, "![x](https://elsewhere.example/x.png)", "", (), "$a$ :red[b]")
    app = save(visit(), "![x](https://elsewhere.example/x.png)")

    (said,) = (e.value for e in app.error)
    assert r"!\[x\](https\://elsewhere.example/x.png)" in said
    assert r"\$a\$ \:red\[b\]" in said
