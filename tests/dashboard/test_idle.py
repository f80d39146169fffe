"""Idle GPUs, on six machines each of which is one sentence (tests/support/idle_estate.sql), and on the small estate."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import duckdb
import pytest
from estate import build, fill_free_time
from visitor import visit

from dashboard.cards import idle as cards
from dashboard.charts import idle as charts
from dashboard.tables import idle as tables
from data.home import snapshot_file
from data.query.idle import idle, idle_by_day
from data.remedy import NOT_WHOLE, OVER, remedy, whole_machine
from data.snapshot import open_latest

SQL = Path(__file__).parents[1] / "support" / "idle_estate.sql"


@pytest.fixture(scope="module")
def six_machines(tmp_path_factory):
    home = build(tmp_path_factory.mktemp("idle"), rows=False)
    with duckdb.connect(str(snapshot_file(home, 1))) as con:
        con.execute(SQL.read_text())
        fill_free_time(con)
    return home


@pytest.fixture
def machines(six_machines):
    return open_latest(six_machines).cursor()


@pytest.fixture
def pair(tmp_path):
    """Two machines of 8 H100 at $98.32 an hour for a day; all GPUs but the second machine's first are free."""
    home = build(tmp_path, rows=False)
    with duckdb.connect(str(snapshot_file(home, 1))) as con:
        con.execute("""
            INSERT INTO gpu_hour BY NAME
            SELECT hour, 'i-' || m || '#' || n AS device_id, 'i-' || m AS resource_id, 'AWS' AS provider,
                CASE WHEN m = 2 AND n = 1 THEN 'other' ELSE 'free' END AS state, 3600 AS billed_seconds,
                3600 AS observed_seconds, 0 AS unobserved_seconds, 12.29 AS cost, 'USD' AS billing_currency
            FROM range(1, 3) r(m), range(1, 9) s(n),
                range(TIMESTAMP '2026-10-10', TIMESTAMP '2026-10-11', INTERVAL 1 HOUR) t(hour);
            INSERT INTO idle_run BY NAME
            SELECT row_number() OVER () AS run_id, device_id, resource_id, provider, state, 0.01 AS threshold,
                min(hour) AS start_at, max(hour) + INTERVAL 1 HOUR AS end_at, 86400 AS seconds,
                'sm_active' AS signal, 600 AS step_seconds, 600 AS largest_gap, sum(cost) AS cost,
                'USD' AS billing_currency
            FROM gpu_hour WHERE state = 'free' GROUP BY device_id, resource_id, provider, state;
            INSERT INTO idle_run_day SELECT run_id, DATE '2026-10-10', seconds, cost FROM idle_run;
        """)
        fill_free_time(con)
    return open_latest(home).cursor()


@pytest.fixture
def interrupted(tmp_path):
    """A machine with one GPU, billed from 9 to 11 at $3.60 an hour, free but for ten seconds before half past ten."""
    home = build(tmp_path, rows=False)
    with duckdb.connect(str(snapshot_file(home, 1))) as con:
        con.execute("""
            INSERT INTO gpu_hour BY NAME
            SELECT hour, 'i-1#1' AS device_id, 'i-1' AS resource_id, 'free' AS state, 3600 AS billed_seconds,
                3600 AS observed_seconds, 0 AS unobserved_seconds, 3.60 AS cost, 'USD' AS billing_currency
            FROM range(TIMESTAMP '2026-10-10 09:00', TIMESTAMP '2026-10-10 11:00', INTERVAL 1 HOUR) t(hour);
            INSERT INTO idle_run BY NAME
            SELECT run_id, 'i-1#1' AS device_id, 'i-1' AS resource_id, 'free' AS state, 0.01 AS threshold,
                start_at, end_at, seconds, seconds / 1000 AS cost, 'USD' AS billing_currency
            FROM (VALUES
                (1, TIMESTAMP '2026-10-10 09:00', TIMESTAMP '2026-10-10 10:29:50', 5390),
                (2, TIMESTAMP '2026-10-10 10:30', TIMESTAMP '2026-10-10 11:00', 1800)
            ) t(run_id, start_at, end_at, seconds);
            INSERT INTO idle_run_day SELECT run_id, DATE '2026-10-10', seconds, cost FROM idle_run;
        """)
        fill_free_time(con)
    return open_latest(home).cursor()


@pytest.fixture
def page(six_machines, monkeypatch):
    monkeypatch.setenv("INFERLEDGER_HOME", str(six_machines))
    return partial(visit, "idle")


def finding(found, machine):
    (row,) = found.findings[found.findings["machine"] == machine].to_dict("records")
    return row


def test_the_forgotten_machine_comes_first_and_is_all_cash(machines, october):
    found = idle(machines, october, 0.01, 30)

    worst = found.findings.iloc[0]
    assert worst["machine"] == "i-0forgotten"
    assert worst["cost"] == pytest.approx(39_628.80, abs=1e-6)  # 30 days x 24 h x 8 x $6.88
    assert worst["cash"] == worst["dark_cost"] == pytest.approx(39_628.80, abs=1e-6)
    assert worst["hours"] == worst["dark_hours"] == 5_760
    assert worst["whole_hours"] == 720
    assert worst["state"] == "unallocated"
    assert worst["ongoing"]
    assert worst["cost_per_month"] == pytest.approx(730 * 55.04)


def test_since_is_not_moved_by_a_free_hour_three_weeks_earlier(machines, october):
    september = replace(october, start=october.start.replace(month=9, day=8))

    for period in (october, september):
        assert (
            str(finding(idle(machines, period, 0.01, 30), "i-0forgotten")["since"]) == "2026-10-02 00:00:00"
        )
    # The two hours of 10 September count in the period's cost, not in what the present spell cost to date.
    row = finding(idle(machines, september, 0.01, 30), "i-0forgotten")
    assert row["cost"] == pytest.approx(39_628.80 + 2 * 6.88)
    assert row["cost_to_date"] == pytest.approx(39_628.80)
    assert row["cash"] == pytest.approx(39_628.80)  # one device of eight is freed capacity, not cash


def test_since_and_to_date_look_back_before_the_period(machines, october):
    last_week = replace(october, start=october.end.replace(month=10, day=25))

    row = finding(idle(machines, last_week, 0.01, 30), "i-0forgotten")
    assert row["cost"] == pytest.approx(7 * 24 * 55.04)
    assert row["cost_to_date"] == pytest.approx(39_628.80)
    assert str(row["since"]) == "2026-10-02 00:00:00"


def test_half_a_machine_is_freed_capacity(machines, october):
    row = finding(idle(machines, october, 0.01, 30), "i-0half")

    assert (row["cost"], row["cash"], row["freed"]) == (96, 0, 96)
    assert (row["devices"], row["machine_devices"]) == (1, 2)
    assert not row["ongoing"]
    assert row["cost_per_month"] != row["cost_per_month"]  # over: unknown, not 0


def test_of_a_pair_with_15_of_16_free_8_are_cash_and_7_freed(pair, october):
    found = idle(pair, october, 0.01, 30)

    assert found.cash == pytest.approx(2_359.68, abs=1e-6)  # 8 x $12.29 x 24
    assert found.freed == pytest.approx(2_064.72, abs=1e-6)  # 7 x $12.29 x 24
    assert (found.cash_devices, found.freed_devices) == (8, 7)
    assert [card.aside for card in cards.idle(found, october, (0.01, 30))[-2:]] == ["8 GPUs", "7 GPUs"]


def test_a_device_counts_by_its_free_hours_however_long_it_worked_before(machines, october):
    """24 days of work, then 3 free days of the whole machine: all that was free is cash, so all 8 GPUs are."""
    mostly_busy = replace(
        october, start=october.start.replace(month=9, day=8), end=october.start.replace(day=5)
    )

    row = finding(idle(machines, mostly_busy, 0.01, 180), "i-0forgotten")
    assert (row["cash"], row["cost"]) == pytest.approx((3 * 24 * 55.04, 3 * 24 * 55.04))
    assert (row["cash_devices"], row["freed_devices"]) == (8, 0)


@pytest.mark.parametrize(
    ("window", "cost", "cash", "whole_hours", "dark_cost", "dark_hours"),
    [
        (30, 7.19, 7.19, 2, 7.19, 7190 / 3600),  # 3,590 of 3,600 s are an hour, 7,190 of 7,200 s a day
        (
            31,
            5.39,
            3.60,
            1,
            0,
            0,
        ),  # without the half hour after the ten seconds, the second hour is freed, not cash
        (89, 5.39, 3.60, 1, 0, 0),
    ],
)
def test_the_shortest_length_decides_which_hours_were_free_as_a_whole(
    interrupted, october, window, cost, cash, whole_hours, dark_cost, dark_hours
):
    row = finding(idle(interrupted, october, 0.01, window), "i-1")

    said = tuple(row[name] for name in ("cost", "cash", "whole_hours", "dark_cost", "dark_hours"))
    assert said == pytest.approx((cost, cash, whole_hours, dark_cost, dark_hours))


def test_hours_under_a_commitment_are_freed_not_cash(machines, october):
    row = finding(idle(machines, october, 0.01, 30), "i-0plan")

    assert (row["cost"], row["cash"], row["freed"]) == (240, 0, 240)


def test_a_batch_job_at_three_percent_is_no_finding_at_one_percent(machines, october):
    at_one = idle(machines, october, 0.01, 30)
    at_five = idle(machines, october, 0.05, 30)

    assert "i-0night" not in set(at_one.findings["machine"])
    assert at_one.by_state["held idle"].cost == 0
    row = finding(at_five, "i-0night")
    assert row["cost"] == 29 * 12 * 2  # 29 nights of 12 hours at $2
    assert (row["state"], row["holder"]) == ("held idle", "jobs/sim-0")
    assert str(row["since"]) == "2026-10-02 20:00:00"
    assert (row["cash"], row["freed"]) == (0, 0)  # idle cost, but nobody can give held devices to others
    assert at_five.by_state["held idle"].hours == 29 * 12


def test_a_window_longer_than_the_nights_hides_them(machines, october):
    assert "i-0night" in set(idle(machines, october, 0.05, 720).findings["machine"])
    assert "i-0night" not in set(idle(machines, october, 0.05, 1440).findings["machine"])


def test_short_pauses_count_only_when_asked_for(machines, october):
    def paused(window):
        return any("l4-pause" in m for m in idle(machines, october, 0.01, window).findings["machine"])

    assert paused(10)
    assert not paused(30)


def test_thin_evidence_is_withheld_and_counted(machines, october):
    found = idle(machines, october, 0.01, 30)

    (row,) = found.withheld.to_dict("records")
    assert (row["machine"], row["coverage"], row["cost"]) == ("i-0thin", 0.5, 36)
    assert "i-0thin" not in set(found.findings["machine"])


@pytest.mark.parametrize("threshold", [0.0, 0.01, 0.1])
@pytest.mark.parametrize("window", [0, 30, 720])
def test_the_parts_add_up(machines, october, threshold, window):
    found = idle(machines, october, threshold, window)

    assert sum(part.cost for part in found.by_state.values()) == pytest.approx(found.cost)
    assert found.cash + found.freed == pytest.approx(found.by_state["unallocated"].cost)
    assert found.dark.cost <= found.by_state["unallocated"].cost
    days = idle_by_day(machines, october, threshold, window)
    assert days["cost"].sum() == pytest.approx(found.cost + found.withheld["cost"].sum())


def test_at_one_percent_and_any_length_idle_is_what_the_hours_say(machines, october):
    """The runs and the hours are two roads to the same money (MODEL 6), where no window hides anything."""
    hours = machines.execute(
        "SELECT sum(idle_cost) FROM gpu_hour WHERE hour >= ? AND hour < ?", [october.start, october.end]
    ).fetchone()[0]
    pauses = 20 / 60 * 1.0  # the L4's pause stands in a busy hour of the estate
    found = idle(machines, october, 0.01, 0)

    assert found.cost + found.withheld["cost"].sum() == pytest.approx(float(hours) + pauses)


def test_an_unknown_threshold_says_which_there_are(machines, october):
    with pytest.raises(ValueError, match=r"kept at 0.0%, 0.5%, 1.0%.*not at 3.0%"):
        idle(machines, october, 0.03, 30)


def test_the_page_names_machine_rule_and_command(page):
    app = page()

    assert "$40.0k went to idle GPUs" in app.subheader[0].value.replace("\\", "")
    assert "i-0forgotten, free since Oct 2: $39,628.80" in app.subheader[0].value.replace("\\", "")
    assert "idle = sm_active ≤ 1 % for ≥ 30 min" in app.caption[0].value
    assert any("1 withheld, $36.00" in c.value.replace("\\", "") for c in app.caption)
    assert [c.value for c in app.code][:2] == [
        "aws ec2 stop-instances --region us-east-1 --instance-ids i-0forgotten",
        "aws ec2 start-instances --region us-east-1 --instance-ids i-0forgotten",
    ]
    table = app.dataframe(key="idle-findings-table").value
    assert table["machine"].iloc[0] == "i-0forgotten"
    assert table["gpus"].iloc[0] == "8 of 8"


def test_the_page_keeps_threshold_and_window_in_the_url(page):
    app = page(threshold="5 %", window="2 h")

    assert "≤ 5 % for ≥ 2 h" in app.caption[0].value


def test_a_rule_that_nothing_meets_says_so(page):
    app = page(provider=["GCP"])

    assert app.subheader[0].value == "No GPU stood idle by this rule."


def test_commands_are_quoted_for_a_shell():
    evil = "//compute.googleapis.com/projects/p;rm -rf ~/zones/us-central1-a/instances/$(id)"
    remedy = whole_machine("GCP", evil, None, None)

    assert remedy.stop == (
        "gcloud compute instances stop '$(id)' --zone us-central1-a --project 'p;rm -rf ~'"
    )
    assert remedy.undo == remedy.stop.replace(" stop ", " start ")


def test_an_arn_carries_its_own_region():
    arn = "arn:aws:ec2:eu-west-1:100000000011:instance/i-0abc"

    assert whole_machine("AWS", arn, "us-east-1", None).stop == (
        "aws ec2 stop-instances --region eu-west-1 --instance-ids i-0abc"
    )


def test_no_command_is_better_than_a_wrong_one():
    assert whole_machine("AWS", "arn:aws:sagemaker:us-east-1:1:endpoint/chat", None, None).stop is None
    assert whole_machine(None, None, None, None).stop is None


def test_a_command_is_named_only_for_a_whole_machine_that_is_idle_still(machines, october):
    found = idle(machines, october, 0.01, 30)

    assert remedy(finding(found, "i-0forgotten")).stop.endswith("--instance-ids i-0forgotten")
    assert remedy(finding(found, "i-0half")).note == OVER
    assert remedy({**finding(found, "i-0forgotten"), "whole_hours": 0}).note == NOT_WHOLE


def test_the_rule_names_the_signals_of_withheld_findings_too(machines, october):
    found = idle(machines, october, 0.01, 30)

    assert found.signals == ("sm_active",)
    assert found.withheld_cost == 36


def test_the_chart_stacks_the_states(machines, october):
    figure = charts.by_day(idle_by_day(machines, october, 0.05, 30), "USD")

    assert [bar.name for bar in figure.data] == ["held idle", "unallocated"]
    assert figure.layout.barmode == "stack"


def test_the_table_shows_the_end_of_a_long_id_and_the_csv_all_of_it(machines, october):
    path = "//compute.googleapis.com/projects/p/zones/us-central1-a/instances/4711"
    rows = tables.finding_rows(idle(machines, october, 0.01, 30).findings.head(1).assign(machine=path))

    assert tables.short_ids(rows)["machine"].tolist() == ["4711"]
    assert rows["machine"].tolist() == [path]


def test_cards_name_the_rule_that_their_idle_cost_is_by(open_page):
    labels = {
        "overview": "Idle, any length",
        "utilisation": "Idle, any length",
        "idle": "Idle for ≥ 30 min",
    }
    for view, label in labels.items():
        assert label in [metric.label for metric in open_page(view).metric]
    assert "Idle, any length" in [metric.label for metric in open_page("idle", window="0 min").metric]
    assert "Idle for ≥ 2 h" in [metric.label for metric in open_page("idle", window="2 h").metric]
