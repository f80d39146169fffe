"""Machines that a company owns: every hour's charge, and a life that costs its purchase price to the last digit."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal

import duckdb
import pytest
from bills import ON_PREM as CONFIG
from click.testing import CliRunner
from cost_store import load, rows, store_state, sums
from hypothesis import given, settings
from hypothesis import strategies as st

from data.model.settings import ModelSettings
from ingest.__main__ import main
from ingest.load_on_prem import load_on_prem
from ingest.options import OnPremOptions
from ingest.owned import OwnedMachine, charges, later
from ingest.settings import SettingsError, read_settings
from ingest.source import SourceError, Window
from ingest.sources.on_prem import OnPrem

MACHINE = {
    "resource": "m",
    "gpu_model": "H100 80GB",
    "gpu_count": 8,
    "purchase_price": "1000",
    "purchase_date": date(2026, 1, 31),
    "life_months": 1,
}


def machine(**told):
    return OwnedMachine.model_validate(MACHINE | told)


def life(owned, until):
    """Σ per component over all months up to a day."""
    month, total = owned.purchase_date.replace(day=1), Counter()
    while month < until:
        for charge in charges(owned, month, until):
            total[charge.component] += charge.cost
        month = later(month, 1)
    return total


def configured(tmp_path, text=CONFIG, until=date(2026, 2, 2)):
    path = tmp_path / "inferledger.toml"
    path.write_text(text)
    options = read_settings(path).sources["rack-1"]
    assert isinstance(options, OnPremOptions)
    return OnPrem(options.config_file, options.machine, options.currency, options.account, until)


@settings(max_examples=25, deadline=None)
@given(
    price=st.decimals(0, 10**9, allow_nan=False, places=2),
    bought=st.dates(date(2020, 1, 1), date(2026, 12, 31)),
    months=st.integers(1, 14),
)
def test_a_life_costs_the_purchase_price_to_the_last_digit(price, bought, months):
    owned = machine(purchase_price=price, purchase_date=bought, life_months=months)
    beyond = later(bought, months) + timedelta(days=40)
    assert life(owned, beyond)["purchase"] == price
    assert all(c.cost >= 0 for c in charges(owned, bought.replace(day=1), beyond))


def test_an_hour_is_the_price_over_the_hours_of_the_life():
    owned = machine(purchase_price="7008", purchase_date=date(2026, 1, 1), life_months=12)
    assert {c.cost for c in charges(owned, date(2026, 5, 1), date(2026, 6, 1))} == {Decimal("0.8")}
    assert len(list(charges(owned, date(2026, 5, 1), date(2026, 6, 1)))) == 31 * 24


def test_energy_is_watts_times_pue_times_price():
    owned = machine(watts=7200, pue="1.35", energy_price="0.21")
    power = {c.cost for c in charges(owned, date(2026, 2, 1), date(2026, 2, 2)) if c.component == "power"}
    assert power == {Decimal("2.0412")}  # 7.2 kW × 1.35 × 0.21


def test_flat_figures_sum_to_the_month_and_a_part_of_it_after_the_purchase():
    owned = machine(power_per_month="1400.01", space_per_month="350", life_months=24)
    told = Counter()
    for charge in charges(owned, date(2026, 2, 1), date(2026, 3, 1)):
        told[charge.component] += charge.cost
    assert (told["power"], told["space"]) == (Decimal("1400.01"), Decimal(350))
    first = sum(c.cost for c in charges(owned, date(2026, 1, 1), date(2026, 2, 1)) if c.component == "space")
    assert first == Decimal("11.290322580645")  # the last of 31 days of 350


def test_after_its_life_a_machine_costs_power_and_space_until_it_is_retired():
    owned = machine(space_per_month="300", life_months=1, retired=date(2026, 3, 11))
    assert later(date(2026, 1, 31), 1) == date(2026, 2, 28)
    march = list(charges(owned, date(2026, 3, 1), date(2026, 4, 1)))
    assert {c.cost for c in march if c.component == "purchase"} == {Decimal(0)}
    assert len(march) == 2 * 10 * 24
    assert list(charges(owned, date(2026, 4, 1), date(2026, 5, 1))) == []


def test_a_machine_is_followed_to_the_config_file(wh, tmp_path):
    source = configured(tmp_path)
    assert [result.rows for result in load(wh, source)] == [17 * 24 * 3, 24 * 3]
    config = tmp_path / "inferledger.toml"
    assert wh.con.execute("SELECT DISTINCT uri, etag, bytes FROM file").fetchall() == [
        (str(config), hashlib.sha256(config.read_bytes()).hexdigest(), config.stat().st_size)
    ]
    query = "SELECT bool_and(billed_cost = effective_cost), max(billing_currency), max(provider) FROM cost"
    assert rows(wh, query) == [(True, "EUR", "On-premises")]


def test_unchanged_months_are_not_loaded_again_and_a_new_day_adds_to_its_month(wh, tmp_path):
    load(wh, configured(tmp_path))
    once = store_state(wh)
    assert [r.status for r in load(wh, configured(tmp_path))] == ["unchanged", "unchanged"]
    assert store_state(wh) == once
    later_on = configured(tmp_path, until=date(2026, 2, 3))
    assert [r.status for r in load(wh, later_on)] == ["unchanged", "loaded"]
    assert [lines for _, lines, _, _ in sums(wh)] == [17 * 24 * 3, 2 * 24 * 3]
    february = Window(datetime(2026, 2, 1), None)
    assert [d.billing_period for d in later_on.fetch(february)] == [date(2026, 2, 1)]


def load_months(wh, source, window=None):
    return load_on_prem(wh, "rack-1", source, window or Window())


def test_months_before_a_later_purchase_date_are_withdrawn(wh, tmp_path):
    """Bought on 15 January by the first configuration; on 1 March by the second: January and February never cost."""
    until = date(2026, 3, 3)
    first = load_months(wh, configured(tmp_path, until=until))
    assert [r.rows for r in first] == [17 * 72, 28 * 72, 2 * 72]
    january, february, _ = (billed for _, _, billed, _ in sums(wh))
    moved = CONFIG.replace("2026-01-15", "2026-03-01")
    results = load_months(wh, configured(tmp_path, moved, until))

    assert [(period, lines) for period, lines, _, _ in sums(wh)] == [("2026-03", 2 * 72)]
    (withdrawn,) = [r for r in results if r.rows == 0]
    assert "inferledger.toml no longer states 2026-01 … 2026-02: taken out" in withdrawn.message
    assert f"replaced {45 * 72:,} lines by 0 ({january + february:,.2f} → 0.00 EUR)" in withdrawn.message
    kept = """SELECT strftime(billing_period, '%m'), lines, billed_cost FROM replaced_total
        WHERE billing_period < DATE '2026-03-01' ORDER BY 1"""
    assert wh.con.execute(kept).fetchall() == [("01", 17 * 72, january), ("02", 28 * 72, february)]
    with duckdb.connect(str(wh.publish(ModelSettings()).path), read_only=True) as con:
        assert con.execute("SELECT min(hour) FROM gpu_hour").fetchall() == [(datetime(2026, 3, 1),)]
    once = store_state(wh)
    assert [r.status for r in load_months(wh, configured(tmp_path, moved, until))] == ["unchanged"]
    assert store_state(wh) == once


def test_months_after_a_retirement_that_is_told_late_are_withdrawn(wh, tmp_path):
    until = date(2026, 5, 3)
    load_months(wh, configured(tmp_path, until=until))
    retired = configured(tmp_path, CONFIG + "retired = 2026-03-01\n", until)
    load_months(wh, retired)
    assert [period for period, *_ in sums(wh)] == ["2026-01", "2026-02"]
    assert [r.status for r in load_months(wh, retired)] == ["unchanged", "unchanged"]


def test_a_window_whose_only_month_is_withdrawn_says_that_alone(wh, tmp_path):
    until = date(2026, 3, 3)
    load_months(wh, configured(tmp_path, until=until))
    moved = configured(tmp_path, CONFIG.replace("2026-01-15", "2026-03-01"), until)
    (result,) = load_months(wh, moved, Window(datetime(2026, 1, 1), datetime(2026, 2, 1)))
    assert "no longer states 2026-01: taken out" in result.message
    (none,) = load_months(wh, moved, Window(datetime(2026, 1, 1), datetime(2026, 2, 1)))
    assert "no billing period of it lies in this window" in none.message


def test_a_window_withdraws_no_month_outside_of_it(wh, tmp_path):
    until = date(2026, 3, 3)
    load_months(wh, configured(tmp_path, until=until))
    moved = configured(tmp_path, CONFIG.replace("2026-01-15", "2026-03-01"), until)
    load_months(wh, moved, Window(datetime(2026, 2, 1), None))
    assert [period for period, *_ in sums(wh)] == ["2026-01", "2026-03"]


def test_a_machine_and_an_account_that_are_renamed_leave_nothing_behind(wh, tmp_path):
    load_months(wh, configured(tmp_path))
    named = CONFIG.replace("h100-07", "h100-08").replace("[[", 'account = "berlin"\n[[')
    load_months(wh, configured(tmp_path, named))
    assert rows(wh, "SELECT DISTINCT resource_id, billing_account_id FROM cost") == [("h100-08", "berlin")]
    assert wh.con.execute("SELECT resource_id FROM resource_map").fetchall() == [("h100-08",)]


def test_a_gpu_hour_carries_price_power_and_space(wh, tmp_path):
    load(wh, configured(tmp_path))
    with duckdb.connect(str(wh.publish(ModelSettings()).path), read_only=True) as con:
        query = """SELECT gpu_model, count(*), sum(billed_seconds) / 3600, sum(cost) FROM gpu_hour
            WHERE hour >= TIMESTAMP '2026-02-01' GROUP BY 1"""
        ((model, pieces, hours, cost),) = con.execute(query).fetchall()
        unexplained = con.execute(
            "SELECT sum(abs(billed_cost)) FROM ladder WHERE rung = 'unexplained'"
        ).fetchall()
    assert (model, pieces, hours) == ("H100 80GB", 192, 192)
    # one day: 289,000 × 24 ÷ 35,064 hours, 24 × 2.0412, and 350 ÷ 28
    assert float(cost) == pytest.approx(289000 * 24 / 35064 + 24 * 2.0412 + 350 / 28, abs=1e-9)
    assert unexplained == [(Decimal(0),)]


def test_run_loads_what_the_config_names(home, tmp_path, monkeypatch):  # noqa: ARG001
    monkeypatch.chdir(tmp_path)
    (tmp_path / "inferledger.toml").write_text(CONFIG)
    for names in ((), ("rack-1",)):
        words = ["run", *names, "--since", "2026-01-01", "--until", "2026-02-01"]
        result = CliRunner().invoke(main, words)
        assert result.exit_code == 0, result.output
        assert "rack-1" in result.output


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("watts = 7200\n", "", "watts and energy_price go together"),
        ('space_per_month = "350.00"', 'power_per_month = "9"', "power is told twice"),
        ("gpu_count = 8", "gpu_count = 0", "greater than or equal to 1"),
        ("life_months = 48", "lifetime = 48", "there is no setting|missing"),
        ('currency = "EUR"\n', "", "'sources.rack-1.currency' is missing"),
    ],
)
def test_a_slip_in_the_config_is_named(tmp_path, old, new, said):
    assert old in CONFIG
    with pytest.raises(SettingsError, match=said):
        configured(tmp_path, CONFIG.replace(old, new))


def test_a_machine_named_twice_would_cost_twice(wh, tmp_path):
    with pytest.raises(SourceError, match="names the machine h100-07 twice"):
        load(wh, configured(tmp_path, CONFIG + CONFIG[CONFIG.index("[[") :]))
