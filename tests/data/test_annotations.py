"""Notes as people keep them: nothing they wrote is lost, also not what was taken back."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from data.annotations import LONGEST, BadAnnotation, annotate, noted, take_back
from data.filters import Filters
from data.home import people_file

OCTOBER = Filters(date(2026, 10, 1), date(2026, 11, 1))
DAY = date(2026, 10, 7)


def test_where_nobody_noted_anything_there_is_nothing(tmp_path):
    assert noted(tmp_path / "no store", OCTOBER) == ()
    assert not (tmp_path / "no store").exists()


def test_a_note_comes_back_as_it_was_written(tmp_path):
    before = datetime.now(UTC).replace(tzinfo=None)
    annotate(tmp_path, DAY, "  Doubled the batch size;\nsee <b>#41</b> ", " ada ", "chat")

    (note,) = noted(tmp_path, OCTOBER)
    assert (note.day, note.text, note.who) == (DAY, "Doubled the batch size;\nsee <b>#41</b>", "ada")
    assert note.model == "chat"
    assert before <= note.noted_at <= before + timedelta(minutes=1)


def test_those_of_the_period_in_the_order_of_their_days(tmp_path):
    for day in (31, 1, 15):
        annotate(tmp_path, date(2026, 10, day), f"day {day}", "ada")
    annotate(tmp_path, date(2026, 9, 30), "before", "ada")
    annotate(tmp_path, date(2026, 11, 1), "after", "ada")

    assert [note.text for note in noted(tmp_path, OCTOBER)] == ["day 1", "day 15", "day 31"]


def test_of_one_model_its_own_and_those_of_the_whole_estate(tmp_path):
    for model in (None, "chat", "rank"):
        annotate(tmp_path, DAY, f"about {model}", "ada", model)

    told = noted(tmp_path, replace(OCTOBER, models=("chat",)))
    assert [note.text for note in told] == ["about None", "about chat"]
    assert len(noted(tmp_path, OCTOBER)) == 3


@pytest.mark.parametrize(
    ("text", "who", "said"),
    [
        (" \n", "ada", "the note has 0 characters"),
        ("x" * (LONGEST + 1), "ada", "the note has 501 characters. Put in 1 to 500"),
        ("x", "  ", "the name of who writes it has 0 characters"),
        ("x", "y" * 81, "the name of who writes it has 81 characters. Put in 1 to 80"),
        ("a\u202eb", "ada", r"the note holds U\+202E, which cannot be seen"),
        ("a\ud800b", "ada", r"the note holds U\+D800"),
    ],
)
def test_what_is_no_note_is_refused(tmp_path, text, who, said):
    with pytest.raises(BadAnnotation, match=said):
        annotate(tmp_path, DAY, text, who)
    assert noted(tmp_path, OCTOBER) == ()


def test_what_is_no_day_is_refused(tmp_path):
    with pytest.raises(BadAnnotation, match="'2026-10-07' is no day"):
        annotate(tmp_path, "2026-10-07", "x", "ada")


def test_who_takes_one_back_signs_it(tmp_path):
    annotate(tmp_path, DAY, "x", "ada")
    with pytest.raises(BadAnnotation, match="not taken back: the name of who takes it back has 0 characters"):
        take_back(tmp_path, noted(tmp_path, OCTOBER)[0].annotation_id, " ")

    assert len(noted(tmp_path, OCTOBER)) == 1


def test_a_note_that_was_taken_back_is_kept_with_who_did_it(tmp_path):
    annotate(tmp_path, DAY, "wrong", "ada")
    annotate(tmp_path, DAY, "right", "ada")
    (wrong, _) = noted(tmp_path, OCTOBER)
    take_back(tmp_path, wrong.annotation_id, "bo")
    take_back(tmp_path, wrong.annotation_id, "cy")

    assert [note.text for note in noted(tmp_path, OCTOBER)] == ["right"]
    with sqlite3.connect(people_file(tmp_path)) as people:
        kept = people.execute(
            "SELECT text, who, removed_by FROM annotation ORDER BY annotation_id"
        ).fetchall()
    assert kept == [("wrong", "ada", "bo"), ("right", "ada", None)]


def test_two_who_write_at_once_both_are_kept(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: annotate(tmp_path, DAY, f"note {n}", "ada"), range(40)))

    assert sorted(note.text for note in noted(tmp_path, OCTOBER)) == sorted(f"note {n}" for n in range(40))
