"""Views as people keep them: the last word on a name counts, and every word stays."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest

from data.home import people_file
from data.saved_views import LONGEST, BadView, remove_view, save_view, saved_views

QUERY = (("period", "Last 7 days"), ("model", "a&b=c"), ("model", "d"))


def names(home):
    return [view.name for view in saved_views(home)]


def test_where_nobody_saved_anything_there_is_nothing(tmp_path):
    assert saved_views(tmp_path / "no store") == ()
    assert not (tmp_path / "no store").exists()


def test_a_view_comes_back_as_it_was_saved(tmp_path):
    save_view(tmp_path, "  Weekly \n review ", "unit_cost", QUERY, " ada ")

    (view,) = saved_views(tmp_path)
    assert (view.name, view.page, view.query, view.who) == ("Weekly review", "unit_cost", QUERY, "ada")
    assert view.snapshot is None


def test_one_that_stays_says_on_which_snapshot(tmp_path):
    save_view(tmp_path, "October", "", (*QUERY, ("snapshot", "12")), "ada")

    assert saved_views(tmp_path)[0].snapshot == "12"


def test_a_name_is_replaced_only_where_that_is_meant(tmp_path):
    save_view(tmp_path, "Weekly", "", QUERY, "ada")
    with pytest.raises(BadView, match="ada saved one as 'Weekly'"):
        save_view(tmp_path, "Weekly", "idle", (), "bo")
    save_view(tmp_path, "Weekly", "idle", (), "bo", replace=True)

    assert [(view.page, view.who) for view in saved_views(tmp_path)] == [("idle", "bo")]


def test_what_was_removed_is_in_the_history_and_its_name_is_free(tmp_path):
    save_view(tmp_path, "Weekly", "idle", QUERY, "ada")
    remove_view(tmp_path, "Weekly", "bo")
    assert names(tmp_path) == []
    save_view(tmp_path, "Weekly", "", (), "cy")

    assert names(tmp_path) == ["Weekly"]
    with sqlite3.connect(people_file(tmp_path)) as people:
        told = people.execute("SELECT who, removed FROM saved_view ORDER BY view_id").fetchall()
    assert told == [("ada", 0), ("bo", 1), ("cy", 0)]


@pytest.mark.parametrize(
    ("name", "page", "who", "said"),
    [
        (" ", "idle", "ada", f"a name has 1 to {LONGEST} characters, this one has 0"),
        ("x" * 81, "idle", "ada", "this one has 81"),
        ("x", "idle", " ", "not who saved it"),
        ("x", "https://elsewhere.example", "ada", "is no page of the dashboard"),
        ("x", "//elsewhere", "ada", "is no page of the dashboard"),
        ("x", "../secret", "ada", "is no page of the dashboard"),
    ],
)
def test_what_is_no_view_is_refused(tmp_path, name, page, who, said):
    with pytest.raises(BadView, match=said):
        save_view(tmp_path, name, page, (), who)
    assert names(tmp_path) == []


def test_of_many_who_save_one_name_at_once_one_is_first(tmp_path):
    def save(who):
        try:
            save_view(tmp_path, "Weekly", "", (), f"visitor {who}")
        except BadView:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(save, range(24))) == 1
    assert names(tmp_path) == ["Weekly"]
