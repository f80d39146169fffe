"""Which edits of the model have every month built again: those that can change a number, and no others."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import fingerprint
from data.fingerprint import model_fingerprint, sql_meaning
from data.model.settings import ModelSettings

LADDER = "model/mart/30_ladder.sql"
BUILD = "model/build.py"


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """A copy of data/ that may be edited, as the code that is fingerprinted."""
    shutil.copytree(
        fingerprint.HERE, tmp_path / "data", ignore=shutil.ignore_patterns("store", "__pycache__")
    )
    monkeypatch.setattr(fingerprint, "HERE", tmp_path / "data")
    return tmp_path / "data"


def edit(path: Path, was: str, is_now: str) -> None:
    text = path.read_text()
    assert was in text, f"{path} has no {was!r}: the test edits nothing"
    path.write_text(text.replace(was, is_now, 1))


@pytest.mark.parametrize(
    ("file", "was", "is_now"),
    [
        (LADDER, "SELECT", "-- a remark, with 'quotes' in it\nSELECT"),
        (LADDER, "SELECT", "/* a remark -- of two\n lines */ SELECT"),
        (LADDER, "\n", "\n\n   \t"),
        ("metrics.sql", "CREATE", "-- a remark\nCREATE"),
        ("schema/snapshot.sql", "CREATE", "-- a remark\nCREATE"),
        (BUILD, "\nimport", "\n# a remark\nimport"),
        (BUILD, '"""', '"""Differently told. '),
        (BUILD, "\n\n\n", "\n\n\n\n\n"),
    ],
)
def test_a_remark_and_a_line_break_change_nothing(copied, file, was, is_now):
    before = model_fingerprint(ModelSettings())
    edit(copied / file, was, is_now)
    assert model_fingerprint(ModelSettings()) == before


@pytest.mark.parametrize(
    ("file", "was", "is_now"),
    [
        ("metrics.sql", "THEN billed", "THEN effective"),
        ("model/mart/82_idle_run.sql", "SELECT", "SELECT 1 +"),
        ("metrics.sql", "'fully loaded'", "'fully  loaded'"),
        ("schema/snapshot.sql", "DECIMAL(38,12)", "DECIMAL(38,6)"),
        (BUILD, "return", "return not"),
        ("model/settings.py", "1.0", "0.9"),
        ("reference/accelerators.csv", "8", "4"),
    ],
)
def test_a_literal_a_number_and_a_name_do_change_it(copied, file, was, is_now):
    before = model_fingerprint(ModelSettings())
    edit(copied / file, was, is_now)
    assert model_fingerprint(ModelSettings()) != before


def test_a_setting_and_the_order_of_the_files_change_it(copied):
    before = model_fingerprint(ModelSettings())
    assert model_fingerprint(ModelSettings(device_share=0.5)) != before
    (copied / LADDER).rename(copied / "model/mart/35_ladder.sql")
    assert model_fingerprint(ModelSettings()) != before


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SELECT 'a  b'", "SELECT 'a b'"),
        ("SELECT 'a -- b'", "SELECT 'a '"),
        ("SELECT 'a /* b */'", "SELECT 'a '"),
        ("SELECT $$ a -- b $$", "SELECT $$ a $$"),
        ('SELECT x AS "a  b"', 'SELECT x AS "a b"'),
        ("SELECT 'ü' -- é\n, 1", "SELECT 'ü' -- é\n, 2"),
        ("SELECT a b", "SELECT ab"),
        ("SELECT 1 - -1", "SELECT 1 --1"),
    ],
)
def test_what_a_literal_holds_is_no_comment(one, other):
    assert sql_meaning(one.encode()) != sql_meaning(other.encode())


@settings(deadline=None)
@given(st.text(alphabet="aü -/*\n'$"), st.text(alphabet="aü -/*$", max_size=9))
def test_what_is_left_still_means_the_same(literal, remark):
    """A second computation: DuckDB answers alike from the text and from what the fingerprint keeps of it."""
    quoted = literal.replace("'", "''")
    text = f"SELECT --{remark}\n '{quoted}' AS told, -- {remark}\n  3 - -1 AS number /* ü */"
    with duckdb.connect() as con:
        assert con.execute(sql_meaning(text.encode()).decode()).fetchall() == [(literal, 4)]


def test_every_file_of_the_model_keeps_its_statements():
    """Nothing but remarks is lost: DuckDB finds as many statements in what is kept as in the file."""
    for path in sorted(fingerprint.HERE.rglob("*.sql")):
        text = path.read_bytes()
        kept = duckdb.extract_statements(sql_meaning(text).decode())
        assert len(kept) == len(duckdb.extract_statements(text.decode())), path
