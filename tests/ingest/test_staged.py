"""Which way lines took from raw file to store, moved or written anew, must not show in any of them."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from cost_store import CUR_LINE, FOCUS_LINE, invoiced, load, rows, sums, write_csv
from hypothesis import given
from hypothesis import strategies as st

from data.warehouse import Warehouse
from ingest import staged
from ingest.layout import Layout
from ingest.source import SourceError
from ingest.sources.aws_cur import AwsCur
from ingest.sources.focus import Focus

ALWAYS_BIG, ALWAYS_SMALL = 1, 10**9
SEPTEMBER = {
    "BillingPeriodStart": "2026-09-01T00:00:00Z",
    "ChargePeriodStart": "2026-09-30T00:00:00Z",
    "ChargePeriodEnd": "2026-09-30T01:00:00Z",
}


@pytest.fixture(params=[ALWAYS_BIG, 150, ALWAYS_SMALL])
def wh(home, request, monkeypatch):
    """A store where files of that many lines are moved, and smaller ones written anew."""
    monkeypatch.setattr(staged, "SMALL", request.param)
    with Warehouse.open(home) as warehouse:
        yield warehouse


def lines(count, **told):
    """Their costs are 1 … count; the last line is the earliest."""
    return [
        FOCUS_LINE | {"BilledCost": str(n), "ChargePeriodStart": f"2026-10-01T00:{59 - n % 60:02}:00Z"} | told
        for n in range(1, count + 1)
    ]


def asked(query):
    with duckdb.connect() as con:
        return con.execute(query).fetchall()


def test_every_line_keeps_its_place_file_and_period(wh, tmp_path):
    broken = lines(200)
    broken[3] = broken[3] | {"BilledCost": "a lot"}
    broken[199] = broken[199] | {"ChargePeriodStart": "soon"}
    write_csv(tmp_path / "export/a.csv", lines(200))
    write_csv(tmp_path / "export/b.csv", [*lines(100), *lines(100, **SEPTEMBER)])
    write_csv(tmp_path / "export/c.csv", broken)
    write_csv(tmp_path / "export/d.csv", lines(10))
    (result,) = load(wh, Focus(str(tmp_path / "export")))

    assert (result.rows, result.rejected) == (608, 2)
    assert [told[:3] for told in sums(wh)] == [
        ("2026-09", 100, Decimal(5050)),
        ("2026-10", 508, Decimal(20100 + 5050 + 20100 - 4 - 200 + 55)),
    ]
    query = "SELECT right(uri, 5), list(line_no ORDER BY line_id), count(DISTINCT line_id), sum(billed_cost) FROM cost"
    named = {uri: told for uri, *told in rows(wh, f"{query} JOIN file USING (file_id) GROUP BY 1")}
    assert named == {
        "a.csv": [[*range(1, 201)], 200, Decimal(20100)],
        "b.csv": [[*range(1, 201)], 200, Decimal(10100)],
        "c.csv": [[n for n in range(1, 200) if n != 4], 198, Decimal(20100 - 4 - 200)],
        "d.csv": [[*range(1, 11)], 10, Decimal(55)],
    }
    assert rows(wh, "SELECT count(DISTINCT line_id) FROM cost") == [(608,)]
    assert wh.con.execute("SELECT line_no FROM reject ORDER BY 1").fetchall() == [(4,), (200,)]
    for period, relation_rows in (("2026-09", 100), ("2026-10", 508)):
        listed = "SELECT sum(rows) FROM parquet_file WHERE path LIKE $path"
        assert wh.con.execute(listed, {"path": f"%/{period}/%"}).fetchall() == [(relation_rows,)]


def test_every_file_keeps_the_type_of_every_column(wh, tmp_path):
    write_csv(tmp_path / "export/a.csv", lines(200))
    write_csv(tmp_path / "export/b.csv", lines(3, **SEPTEMBER))
    load(wh, Focus(str(tmp_path / "export")))
    with duckdb.connect() as con:
        con.execute(staged.data_sql("schema/cost"))
        shape = con.execute("SELECT column_name, column_type FROM (DESCRIBE stage_cost)").fetchall()
        for path in wh.live_files("cost"):
            kept = con.execute(f"SELECT column_name, column_type FROM (DESCRIBE FROM '{path}')").fetchall()
            assert kept == shape


def test_fees_are_completed_over_files_and_the_other_lines_stay(wh, tmp_path):
    empty = {"savings_plan_savings_plan_a_r_n": "arn:plan", "savings_plan_savings_plan_effective_cost": ""}
    fee = (
        CUR_LINE
        | empty
        | {"line_item_line_item_type": "SavingsPlanRecurringFee", "line_item_unblended_cost": "10"}
    )
    covered = fee | {
        "line_item_line_item_type": "SavingsPlanCoveredUsage", "savings_plan_savings_plan_effective_cost": "7"
    }  # fmt: skip
    write_csv(tmp_path / "export/a.csv", [covered, *[CUR_LINE] * 3])
    write_csv(tmp_path / "export/b.csv", [CUR_LINE | {"line_item_resource_id": "i-2"}, fee])
    (result,) = load(wh, AwsCur(str(tmp_path / "export")))

    assert result.message == "unused part of 1 commitment fees derived: their own columns are empty"
    query = "SELECT line_id, effective_cost, commitment_discount_status FROM cost ORDER BY 1"
    usage = Decimal("55.04")
    assert rows(wh, query) == [
        (1, Decimal(7), "Used"),
        *((line, usage, None) for line in (2, 3, 4, 5)),
        (6, Decimal(3), "Unused"),
    ]


def test_a_line_lost_and_one_doubled_after_staging_contradict_the_invoice_total(wh, tmp_path, monkeypatch):
    true_write = staged.write

    def tamper(load, files, period):
        for file in files:
            cheat = "FROM $f WHERE line_id <> 3 UNION ALL FROM $f WHERE line_id = 5".replace(
                "$f", f"'{file.path}'"
            )
            asked(f"COPY (FROM ({cheat})) TO '{file.path}.new' (FORMAT parquet)")
            file.path.with_name(f"{file.path.name}.new").replace(file.path)
        true_write(load, files, period)

    monkeypatch.setattr(staged, "write", tamper)
    load(wh, Focus(str(write_csv(tmp_path / "focus.csv", lines(200)))))
    assert rows(wh, "SELECT count(*), sum(billed_cost) FROM cost") == [(200, Decimal(20102))]
    assert invoiced(wh) == {"2026-10": Decimal(20100)}


def test_a_big_file_is_moved_in_its_own_order(home, tmp_path, monkeypatch):
    monkeypatch.setattr(staged, "SMALL", ALWAYS_BIG)
    with Warehouse.open(home) as wh:
        load(wh, Focus(str(write_csv(tmp_path / "focus.csv", lines(50)))))
        (path,) = wh.live_files("cost")
    kept = asked(f"SELECT line_id FROM '{path}'")
    assert kept == [(line,) for line in range(1, 51)]


def test_small_files_become_one_in_order_of_time(home, tmp_path):
    for name in ("a", "b", "c"):
        write_csv(tmp_path / f"export/{name}.csv", lines(50, ResourceId=f"i-{name}"))
    with Warehouse.open(home) as wh:
        load(wh, Focus(str(tmp_path / "export")))
        (path,) = wh.live_files("cost")
    kept = asked(f"SELECT charge_period_start, resource_id FROM '{path}'")
    assert len(kept) == 150
    assert kept == sorted(kept)


def test_small_files_are_gathered_until_they_are_big_and_none_twice(home, tmp_path, monkeypatch):
    monkeypatch.setattr(staged, "SMALL", 150)
    for name in "abcde":
        write_csv(tmp_path / f"export/{name}.csv", lines(60, ResourceId=f"i-{name}"))
    with Warehouse.open(home) as wh:
        load(wh, Focus(str(tmp_path / "export")))
        assert wh.con.execute("SELECT rows FROM parquet_file ORDER BY 1").fetchall() == [(120,), (180,)]
        counted = "SELECT count(*), count(DISTINCT line_id), sum(billed_cost) FROM cost"
        assert rows(wh, counted) == [(300, 300, Decimal(5 * 1830))]


@given(st.lists(st.integers(0, 3 * staged.SMALL)))
def test_every_file_is_in_one_piece_and_what_is_sorted_at_a_time_is_bounded(sizes):
    files = [staged.StagedFile(Path(str(place)), size) for place, size in enumerate(sizes)]
    pieces = list(staged.pieces(files))
    assert sorted(int(file.path.name) for piece in pieces for file in piece) == list(range(len(sizes)))
    assert all(len(piece) == 1 or sum(file.rows for file in piece) < 2 * staged.SMALL for piece in pieces)
    assert all(file.rows < staged.SMALL for piece in pieces if len(piece) > 1 for file in piece)


def test_a_failed_load_leaves_no_staged_file(wh, tmp_path):
    write_csv(tmp_path / "export/a.csv", lines(200))
    write_csv(tmp_path / "export/b.csv", lines(50, BilledCost="x"))
    with pytest.raises(SourceError, match="50 of 250 lines cannot be used"):
        load(wh, Focus(str(tmp_path / "export")))
    assert [path for path in wh.home.joinpath("parquet").rglob("*") if path.is_file()] == []


def test_nothing_of_a_load_stays_in_the_writers_connection(wh, tmp_path):
    load(wh, Focus(str(write_csv(tmp_path / "focus.csv", lines(200)))))
    held = "SELECT view_name FROM duckdb_views() WHERE temporary AND NOT internal"
    assert wh.con.execute(held).fetchall() == []
    assert not wh.home.joinpath("parquet/.staged").exists()


def test_a_layout_cannot_name_a_column_that_a_charge_line_has_not(wh, tmp_path, monkeypatch):
    odd = tmp_path / "odd.sql"
    odd.write_text(f"SELECT *, 1 AS colour FROM ({Focus.layout.staging.read_text()})")
    layout: Layout = dataclasses.replace(Focus.layout, staging=odd)
    monkeypatch.setattr(Focus, "layout", layout)
    with pytest.raises(ValueError, match="no column colour"):
        load(wh, Focus(str(write_csv(tmp_path / "focus.csv", lines(2)))))
