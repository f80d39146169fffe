"""Views as people keep them: the last word on a name counts, and every word stays."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from data.home import people_file, snapshot_file
from data.people import PeopleFileUnusable, reading, writing
from data.pins import GenerationGone, pins
from data.saved_views import LONGEST, BadView, NameTaken, remove_view, save_view, saved_views

QUERY = (("period", "Last 7 days"), ("model", "a&b=c"), ("model", "d"))


def published(home, generation):
    snapshot_file(home, generation).parent.mkdir(exist_ok=True)
    snapshot_file(home, generation).touch()


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
    published(tmp_path, 12)
    save_view(tmp_path, "October", "", (*QUERY, ("snapshot", "12")), "ada")

    assert saved_views(tmp_path)[0].snapshot == "12"
    assert [(pin.generation, pin.reason, pin.who) for pin in pins(tmp_path)] == [
        (12, "saved view: October", "ada")
    ]


def test_no_view_stays_on_a_snapshot_that_is_gone(tmp_path):
    with pytest.raises(GenerationGone, match="Snapshot 12 cannot be kept for 'saved view: October'"):
        save_view(tmp_path, "October", "", (("snapshot", "12"),), "ada")

    assert (names(tmp_path), pins(tmp_path)) == ([], [])


def test_for_a_view_that_is_refused_no_snapshot_is_kept(tmp_path):
    published(tmp_path, 12)
    save_view(tmp_path, "October", "", (), "ada")
    with pytest.raises(NameTaken):
        save_view(tmp_path, "October", "", (("snapshot", "12"),), "bo")

    assert pins(tmp_path) == []


def test_links_that_were_sent_from_a_removed_view_stay_true(tmp_path):
    published(tmp_path, 12)
    save_view(tmp_path, "October", "", (("snapshot", "12"),), "ada")
    remove_view(tmp_path, "October", "ada")

    assert [pin.generation for pin in pins(tmp_path)] == [12]


def test_a_name_is_replaced_only_where_that_is_meant(tmp_path):
    save_view(tmp_path, "Weekly", "", QUERY, "ada")
    with pytest.raises(BadView, match="ada saved one as 'Weekly'"):
        save_view(tmp_path, "Weekly", "idle", (), "bo")
    save_view(tmp_path, "Weekly", "idle", (), "bo", replace=True)

    assert [(view.page, view.who) for view in saved_views(tmp_path)] == [("idle", "bo")]


def test_what_was_removed_is_in_the_history_and_its_name_is_free(tmp_path):
    save_view(tmp_path, "Weekly", "idle", QUERY, "ada")
    for who in ("bo", "di"):
        remove_view(tmp_path, "Weekly", who)  # who comes second removes nothing
    assert names(tmp_path) == []
    save_view(tmp_path, "Weekly", "", (), "cy")

    assert names(tmp_path) == ["Weekly"]
    with sqlite3.connect(people_file(tmp_path)) as people:
        told = people.execute("SELECT who, removed FROM saved_view ORDER BY view_id").fetchall()
    assert told == [("ada", 0), ("bo", 1), ("cy", 0)]


@pytest.mark.parametrize(
    ("name", "page", "who", "said"),
    [
        (" ", "idle", "ada", f"its name has 0 characters. Put in 1 to {LONGEST}"),
        ("x" * 81, "idle", "ada", "its name has 81"),
        ("x", "idle", " ", "the name of who saves it has 0"),
        ("x", "idle", "y" * 81, "the name of who saves it has 81"),
        ("x\u202ey", "idle", "ada", "its name holds U\\+202E"),
        ("x\0", "idle", "ada", "its name holds U\\+0000"),
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


def test_a_name_may_be_of_any_script_and_hold_an_emoji_of_several(tmp_path):
    told = "گزارش می\u200cشود 👩\u200d💻 ≤ 80 %"
    save_view(tmp_path, told, "", (), "Ådå")

    assert names(tmp_path) == [told]


def test_a_file_that_cannot_be_written_is_named_with_what_to_do(tmp_path):
    people_file(tmp_path).symlink_to(
        tmp_path / "gone" / "people.sqlite"
    )  # root may write whatever the mode says
    with pytest.raises(
        PeopleFileUnusable, match=r"people\.sqlite cannot be written: .*Let the dashboard's user"
    ) as told:
        save_view(tmp_path, "Weekly", "", (), "ada")

    assert told.value.__cause__.sqlite_errorname == "SQLITE_CANTOPEN"
    with pytest.raises(PeopleFileUnusable):
        remove_view(tmp_path, "Weekly", "ada")


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(PeopleFileUnusable, match="cannot be written: Not a directory"):
        save_view(tmp_path / "file" / "store", "Weekly", "", (), "ada")


def test_a_file_that_is_no_database_cannot_be_read(tmp_path):
    people_file(tmp_path).write_text("no database, and longer than the header of one " * 10)
    with pytest.raises(PeopleFileUnusable, match="cannot be read: file is not a database"):
        saved_views(tmp_path)


def test_a_mistake_in_a_statement_is_not_blamed_on_the_file(tmp_path):
    save_view(tmp_path, "Weekly", "", (), "ada")
    for way in (writing, reading):
        with (
            pytest.raises(sqlite3.OperationalError, match="no such table"),
            way(tmp_path, "saved_view") as people,
        ):
            people.execute("SELECT 1 FROM absent")


def test_who_comes_while_another_is_saving_sees_what_that_one_saved(tmp_path):
    save_view(tmp_path, "Other", "", (), "ada")
    with ThreadPoolExecutor(1) as pool, closing(sqlite3.connect(people_file(tmp_path))) as first:
        first.execute("BEGIN IMMEDIATE")
        first.execute(
            "INSERT INTO saved_view (name, page, query, who, saved_at, removed) "
            "VALUES ('Weekly', '', '[]', 'bo', '2026-11-01T00:00:00', 0)"
        )
        second = pool.submit(save_view, tmp_path, "Weekly", "", (), "cy")
        with pytest.raises(TimeoutError):
            second.result(timeout=0.5)  # it waits for its turn
        first.commit()
        with pytest.raises(NameTaken, match="bo saved one"):
            second.result()
