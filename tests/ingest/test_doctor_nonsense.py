"""`doctor` finds what would load or be passed over in silence: names that are none, rates and times that cannot be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from cost_store import FOCUS_LINE, write_csv

from ingest.__main__ import main

NOW = datetime.now(UTC)
FRESH = FOCUS_LINE | {"BillingPeriodStart": f"{NOW:%Y-%m}-01T00:00:00Z"}


@pytest.fixture
def log(tmp_path):
    def write(*lines, header="timestamp,model,output_tokens"):
        path = tmp_path / "log.csv"
        path.write_text("\n".join([header, *lines]) + "\n")
        return {"kind": "requests", "location": path}

    return write


@pytest.fixture
def rates(tmp_path):
    def write(*lines):
        path = tmp_path / "rates.csv"
        path.write_text("\n".join(["date,from,to,rate", *lines]) + "\n")
        return {"kind": "fx", "location": path}

    return write


def bill(tmp_path, currency, name="bill.csv", **more):
    told = FRESH | {"BillingCurrency": currency} | more
    return {"kind": "focus", "location": write_csv(tmp_path / name, [told])}


def at(moment):
    return f"{moment:%Y-%m-%dT%H:%M:%SZ},m,1"


# names


def test_a_name_in_source_order_that_is_no_source(doctor, log):
    said, code = doctor('[model]\nsource_order = ["gatway", "gateway"]', gateway=log(at(NOW)))
    assert code == 1
    assert "[model] source_order names 'gatway', which is no source. Did you mean 'gateway'?" in said
    assert "There are: gateway." in said
    assert "Next: Write it as in [sources.NAME], or take it out." in said
    assert said.count("[model] source_order names") == 1


def test_a_bill_in_source_order(doctor, log, tmp_path):
    said, code = doctor('[model]\nsource_order = ["aws"]', aws=bill(tmp_path, "USD"), gateway=log(at(NOW)))
    assert code == 0
    assert "[model] source_order names 'aws', which tells cost: only sources of telemetry and traffic" in said


def test_a_source_that_only_the_store_knows_may_be_ordered(doctor, log):
    told = log(at(NOW))
    assert CliRunner().invoke(main, ["requests", str(told["location"]), "--source", "older"]).exit_code == 0
    said, code = doctor('[model]\nsource_order = ["older"]', gateway=told)
    assert (code, "source_order" in said) == (0, False)


@pytest.mark.parametrize(
    ("model", "more", "answer"),
    [
        ('[model]\nsource_ordr = ["a"]', {}, "there is no setting 'model.source_ordr'. Did you mean 'source_order'?"),
        ("", {"locatoin": "x"}, "there is no setting 'sources.log.locatoin'. Did you mean 'location'?"),
        ("[modle]", {}, "there is no setting 'modle'. Did you mean 'model'?"),
        ("", {"kind": "reqests"}, "has kind 'reqests', which is not known. Did you mean 'requests'?"),
    ],
)  # fmt: skip
def test_a_misspelled_setting(doctor, log, model, more, answer):
    said, code = doctor(model, log=log(at(NOW)) | more)
    assert code == 2
    assert answer in said


# exchange rates


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("2026-10-01,EUR,USD,0", "1 of 2 lines cannot be used: line 2: the rate 0 is not above 0."),
        ("2026-10-01,EUR,USD,-1.1", "line 2: the rate -1.1 is not above 0."),
        ("2026-10-01,EUR,USD,NaN", "line 2: the rate 'NaN' cannot be read; write 1.1172."),
        ("2026-10-01,EUR,USD,about one", "line 2: the rate 'about one' cannot be read; write 1.1172."),
        ("yesterday,EUR,USD,1.1", "line 2: the date 'yesterday' cannot be read; write 2026-10-30."),
        ("2026-10-01,EUR,$,1.1", "line 2: the currency '$' has not three letters"),
        ("2026-10-01,EUR", "line 2: Expected Number of Columns: 4"),
    ],
)
def test_a_rate_that_is_none(doctor, rates, line, answer):
    said, code = doctor(fx=rates("2026-10-01,EUR,USD,1.1", line))
    assert code == 1
    assert answer in said
    assert "Next: Mend them: more than 1 % of the lines stop the load." in said


def test_a_stray_rate_that_is_none_stops_no_load(doctor, rates):
    said, code = doctor(fx=rates(*["2026-10-01,EUR,USD,1.1"] * 200, "2026-10-02,EUR,USD,0"))
    assert code == 0
    assert "look  1 of 201 lines cannot be used: line 201: the rate 0 is not above 0." in said


def test_a_file_without_a_rate(doctor, rates):
    said, code = doctor(fx=rates())
    assert code == 1
    assert "holds no rate." in said


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("2024-02-29,USD,JPY,0.0067", "one USD is 0.0067 JPY on 2024-02-29; the European Central Bank said 150.1."),
        ("2024-02-29,EUR,USD,108.26", "one EUR is 108.26 USD on 2024-02-29; the European Central Bank said 1.083."),
    ],
)  # fmt: skip
def test_a_rate_that_is_upside_down_or_in_cents(doctor, rates, line, answer):
    """The bank's rates of that day: one euro is 1.0826 dollars or 162.53 yen, so a dollar is 150.13 yen."""
    said, code = doctor(fx=rates(line))
    assert code == 0
    assert answer in said
    assert "Next: Check that the rate is not upside down" in said


def test_rates_as_the_bank_says_them_are_no_complaint(doctor, rates):
    own = rates("2024-02-29,USD,JPY,149.9", "2024-02-29,EUR,USD,1.08", "2024-02-29,EUR,XAU,0.0005")
    said, code = doctor(fx=own, bank={"kind": "fx"})
    assert (code, "European Central Bank" in said, "mend" in said) == (0, False, False)
    assert "3 rates of 3 pairs of currencies, up to 2024-02-29" in said
    assert "Its newest rates are of 2024-02-29" in said  # which is another complaint


# currencies


def two_bills(tmp_path, currency="EUR"):
    return {
        "one": bill(tmp_path, "USD"),
        "two": bill(tmp_path, currency, "other.csv", BillingAccountId="0002"),
    }


def test_bills_in_two_currencies_want_rates(doctor, tmp_path):
    said, code = doctor(**two_bills(tmp_path))
    assert code == 0
    assert "inferledger.toml (settings)" in said
    assert (
        "The bills are in EUR and USD, and there is no exchange rate at all: no amount of one is known"
        in said
    )
    assert 'Next: Add [sources.fx] with kind = "fx"' in said


def test_rates_that_do_not_know_one_of_the_currencies(doctor, tmp_path, rates):
    said, _ = doctor(**two_bills(tmp_path, "CLP"), fx=rates("2026-10-01,EUR,USD,1.1"))
    assert "The bills are in CLP and USD, and there is no exchange rate of CLP" in said


def test_bills_in_two_currencies_with_rates_are_no_complaint(doctor, tmp_path):
    said, code = doctor(**two_bills(tmp_path), fx={"kind": "fx"})
    assert (code, "exchange rate" in said) == (0, False)


def test_bills_and_rates_that_were_loaded_count(doctor, tmp_path, rates):
    sources = two_bills(tmp_path)
    assert (
        CliRunner().invoke(main, ["focus", str(sources["one"]["location"]), "--source", "one"]).exit_code == 0
    )
    assert "EUR and USD" in doctor(two=sources["two"])[0]
    assert CliRunner().invoke(main, ["fx", str(rates("2026-10-01,EUR,USD,1.1")["location"])]).exit_code == 0
    assert "EUR and USD" not in doctor(two=sources["two"])[0]


# request logs


def test_a_log_of_which_no_line_can_be_counted(doctor, log):
    said, code = doctor(log=log("soon,m,1", "later,m,2"))
    assert code == 1
    assert "None of 2 lines can be counted: line 1: the time 'soon' cannot be read." in said
    assert "Next: Say which column holds the time: mapping" in said


def test_a_log_without_lines(doctor, log):
    said, code = doctor(log=log())
    assert code == 1
    assert "holds no line" in said


@pytest.mark.parametrize(("good", "state", "code"), [(50, "mend", 1), (200, "look", 0)])
def test_a_log_with_a_wrong_line(doctor, log, good, state, code):
    said, ends = doctor(log=log(*[at(NOW)] * good, at(NOW).replace(",1", ",-1")))
    assert ends == code
    assert (
        f"{state}  1 of {good + 1} lines cannot be counted: line {good + 1}: output_tokens '-1' is not a count."
        in said
    )


@pytest.mark.parametrize(
    ("moment", "answer"),
    [
        (datetime(2090, 1, 1), "Every time lies in the future: 2090-01-01 00:00:00 to 2090-01-01 00:00:00."),
        (NOW + timedelta(days=2), "Every time lies in the future: "),
        (datetime(1970, 1, 1, 0, 0, 5), "Every time lies in 1970: 1970-01-01 00:00:05 to"),
    ],
)
def test_a_log_of_impossible_times(doctor, log, moment, answer):
    said, code = doctor(log=log(at(moment), at(moment)))
    assert code == 1
    assert answer in said
    said, code = doctor(log=log(at(moment), at(NOW - timedelta(hours=5))))
    assert code == 0
    assert "look  1 of 2 times lie in" in said


def test_a_log_of_now_is_no_complaint(doctor, log):
    said, code = doctor(log=log(at(NOW - timedelta(days=400)), at(NOW), at(NOW + timedelta(minutes=5))))
    assert (code, "look" in said, "mend" in said) == (0, False, False)


def test_a_mapping_of_a_column_that_is_not_there(home, log, tmp_path):  # noqa: ARG001
    told = log(at(NOW))
    mapping = '[sources.log.mapping]\nmodel = "modle"\n'
    path = tmp_path / "other.toml"
    path.write_text(f'[sources.log]\nkind = "requests"\nlocation = "{told["location"]}"\n{mapping}')
    result = CliRunner().invoke(main, ["doctor", "--config", str(path)])
    assert result.exit_code == 1
    assert "has no column 'modle' for model; there is timestamp, model, output_tokens" in result.output
