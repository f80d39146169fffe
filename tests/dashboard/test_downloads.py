"""What is taken from a page: numbers stay numbers, unknown stays empty, no text becomes a formula."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from visitor import EVERYTHING
from xlsx_reader import sheets

from dashboard import spreadsheet
from dashboard.columns import (
    count_column,
    date_column,
    minute_column,
    money_column,
    percent_column,
    unit_cost_column,
)
from dashboard.spreadsheet import ABOUT, csv, xlsx
from data.filters import Filters

OCTOBER = Filters(date(2026, 10, 1), date(2026, 11, 1))


def read(table, columns=None, **more):
    """The first sheet's rows, and the lines of the sheet about it."""
    told = sheets(xlsx(table, columns or {}, ["a page: a table", "Oct 2026"], name="table", **more))
    about = [row[0] for row in told.pop(ABOUT)]
    return next(iter(told.values())), about


# ── CSV ─────────────────────────────────────────────────────────────────────


def test_no_text_of_a_csv_is_a_formula():
    table = pd.DataFrame(
        {
            "tag": ["=cmd|'/c calc'!A0", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "＝1", "a=b", None],
            "cost": [-1.5, 2.0, -3.0, 4.0, 5.0, 6.0, 7.0, 8.0, None],
            "exact": [Decimal("-1.50")] * 9,
            "day": [date(2026, 10, 5)] * 9,
            "=team": ["x"] * 9,
        }
    )
    rows = csv(table)

    assert rows.splitlines()[0] == "tag,cost,exact,day,'=team"
    read = pd.read_csv(io.StringIO(rows, newline=""), dtype=str, keep_default_na=False)
    assert read["tag"].tolist() == [
        "'=cmd|'/c calc'!A0",
        "'+1",
        "'-1",
        "'@SUM(A1)",
        "'\tx",
        "'\rx",
        "'＝1",
        "a=b",
        "",
    ]
    assert read["cost"].tolist() == ["-1.5", "2.0", "-3.0", "4.0", "5.0", "6.0", "7.0", "8.0", ""]
    assert set(read["exact"]) == {"-1.50"}
    assert set(read["day"]) == {"2026-10-05"}


def test_categories_are_texts_too():
    assert csv(pd.DataFrame({"tag": pd.Categorical(["=1", "b"])})) == "tag\r\n'=1\r\nb\r\n"


# ── workbooks ───────────────────────────────────────────────────────────────


def test_headers_say_the_units_of_the_page_and_hidden_columns_stay_away():
    table = pd.DataFrame({"cost": [1.5], "rung": ["x"], "a": [0.5], "b": [0.25], "plain_name": [1]})
    columns = {
        "cost": money_column("cost", OCTOBER),
        "rung": None,
        "a": percent_column("Δ"),
        "b": percent_column("Δ"),
    }

    assert read(table, columns)[0] == [["cost (USD)", "Δ a", "Δ b", "plain_name"], [1.5, 0.5, 0.25, 1.0]]


def test_the_second_sheet_says_what_the_first_is_of():
    _, about = read(pd.DataFrame({"cost": [1.0]}))

    assert about == ["a page: a table", "Oct 2026", spreadsheet.WORDS]


@pytest.mark.parametrize(
    "unknown",
    [None, float("nan"), pd.NA, pd.NaT, Decimal("NaN"), np.float32("nan")],
    ids=lambda value: repr(value),
)
def test_unknown_is_an_empty_cell(unknown):
    rows, _ = read(pd.DataFrame({"a": pd.Series([unknown, 0], dtype=object), "b": [1, 2]}))

    assert rows[1:] == [[None, 1.0], [0.0, 2.0]]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (Decimal("-434.805000000001"), -434.805000000001),
        (7, 7.0),
        (np.float32(0.5), 0.5),
        (True, True),
        (float("inf"), "infinite"),
        (float("-inf"), "−infinite"),
        ("=1+1", "=1+1"),
        ("{=1+1}", "{=1+1}"),
        ("@SUM(A1)", "@SUM(A1)"),
        ("https://example.com", "https://example.com"),
        ("12", "12"),
        ("", ""),
        ("a\x00b\x07c\ud800\uffff", "a\ufffdb\ufffdc\ufffd\ufffd"),
        ("line\nline\ttab", "line\nline\ttab"),
        ("<r><t>=1</t></r>", "<r><t>=1</t></r> "),  # xlsxwriter's own markup for rich text
        ("<b>&amp;", "<b>&amp;"),
        ("_x0041_", "_x005F_x0041_"),  # a spreadsheet reads _x005F_ as _: the text stays as it is
        (date(2026, 10, 5), 46300.0),
        (datetime(2026, 10, 5, 12), 46300.5),
        (pd.Timestamp("2026-10-05 12:00"), 46300.5),
        (datetime(2026, 10, 5, 14, tzinfo=timezone(timedelta(hours=2))), 46300.5),
        (datetime(1850, 1, 1), "1850-01-01T00:00:00"),
        (["a", "b"], "['a', 'b']"),
        (np.array(["a"]), "['a']"),
        (timedelta(hours=1), "1:00:00"),
    ],
    ids=lambda value: repr(value)[:30],
)  # fmt: skip
def test_a_cell_holds_what_the_table_does(value, cell):
    rows, _ = read(pd.DataFrame({"a": pd.Series([value], dtype=object), "b": [1]}))

    assert rows[1] == [cell, 1.0]


def test_a_moment_with_a_time_zone_is_told_in_utc():
    hours = pd.Series(pd.to_datetime(["2026-10-05 14:00"]).tz_localize("Europe/Berlin"))

    assert read(pd.DataFrame({"seen": hours, "first seen (UTC)": hours}))[0] == [
        ["seen (UTC)", "first seen (UTC)"],
        [46300.5, 46300.5],
    ]


def test_a_text_that_no_cell_can_hold_is_cut_and_said():
    rows, about = read(pd.DataFrame({"tag": ["x" * 40_000, "😀" * 20_000, "y" * 32_767]}))
    cut = [row[0] for row in rows[1:]]

    assert [len(told.encode("utf-16-le")) // 2 for told in cut] == [32_767] * 3
    assert [told.endswith("… (cut)") for told in cut] == [True, True, False]
    assert about[-1] == "Cells that end in “… (cut)”: 2; one holds 32,767 characters. The CSV has all."


@pytest.mark.parametrize("exact", [Decimal("1234567.123456789012"), 2**53 + 1])
def test_digits_that_no_cell_can_hold_are_said(exact):
    _, about = read(pd.DataFrame({"cost": pd.Series([exact], dtype=object)}))

    assert "The CSV has all of them" in about[-1]


def test_no_row_beyond_the_end_of_a_sheet_is_lost():
    told = sheets(xlsx(pd.DataFrame({"n": range(7)}), {}, [], name="many", most=3))
    about = [row[0] for row in told.pop(ABOUT)]

    assert list(told) == ["many 1", "many 2", "many 3"]
    assert [row[0] for rows in told.values() for row in rows[1:]] == [0, 1, 2, 3, 4, 5, 6]
    assert all(rows[0] == ["n"] for rows in told.values())
    assert about[-1] == "7 rows stand on 3 sheets: one sheet holds 3 below its header."
    assert spreadsheet.MOST_ROWS == 2**20 - 1


def test_a_long_table_is_written_the_same(monkeypatch):
    table = pd.DataFrame({"tag": ["=1", None, "<r>x</r>", "b\x00"], "cost": [1.5, None, 2.0, 3.0]})
    short = read(table)
    monkeypatch.setattr(spreadsheet, "MANY", 1)

    assert read(table) == short


def test_a_table_without_rows_keeps_its_header():
    assert read(pd.DataFrame({"cost": []}), {"cost": money_column("cost", OCTOBER)})[0] == [["cost (USD)"]]


@pytest.mark.parametrize(
    ("column", "values", "pattern"),
    [
        (money_column("x", OCTOBER), [1.0], '"$"#,##0.00;-"$"#,##0.00'),
        (money_column("x", replace(OCTOBER, currency="GBP")), [1.0], '"£"#,##0.00;-"£"#,##0.00'),
        (money_column("x", replace(OCTOBER, currency="CHF")), [1.0], '"CHF "#,##0.00;-"CHF "#,##0.00'),
        (unit_cost_column("x", OCTOBER), [3.1e-7], "General"),  # six decimals would read as 0
        (percent_column("x"), [0.5], "0.0%"),
        (count_column("x"), [1], "#,##0"),
        (date_column("x"), [date(2026, 1, 1)], "yyyy-mm-dd"),
        (minute_column("x"), [datetime(2026, 1, 1)], "yyyy-mm-dd hh:mm"),
        (None, [datetime(2026, 1, 1, tzinfo=UTC)], "yyyy-mm-dd hh:mm:ss"),
    ],
)  # fmt: skip
def test_numbers_look_as_on_the_page(column, values, pattern):
    assert spreadsheet._pattern(column, values) == pattern


ANY_TEXT = st.text(st.characters(exclude_categories=()))  # half characters, too
ANYTHING = st.one_of(ANY_TEXT, st.floats(), st.decimals(), st.none(), st.datetimes(), st.integers())


@given(st.lists(ANYTHING, min_size=1, max_size=6))
def test_whatever_a_cell_holds_the_workbook_opens(values):
    rows, _ = read(pd.DataFrame({"a": pd.Series(values, dtype=object), "end": ["|"] * len(values)}))

    assert [row[-1] for row in rows] == ["end", *["|"] * len(values)]


# ── where they stand ────────────────────────────────────────────────────────


@pytest.mark.parametrize(("page", "query"), EVERYTHING)
def test_every_table_of_a_page_can_be_taken_both_ways(open_page, page, query):
    app = open_page(page, **query)
    kinds = [button.proto.label for button in app.get("download_button") if "Download" in button.proto.label]

    assert not app.exception
    assert kinds.count("Download CSV") == kinds.count("Download XLSX") > 0
    assert len(app.dataframe) == kinds.count("Download CSV")
