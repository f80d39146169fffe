"""The demo through the real sources: every planted story comes out as STORIES.md works it out, to the last digit."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from decimal import Decimal

import pytest

from data.demo import Demo, stories
from data.demo.layout import Layout
from data.model.settings import ModelSettings
from data.snapshot import open_latest
from data.warehouse import Warehouse
from ingest.options import AwsCurOptions
from ingest.progress import silent
from ingest.run import run
from ingest.source import Window

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def ask(demo_home):
    """Rows of a question to the demo's snapshot."""
    cursor = open_latest(demo_home).cursor()

    def rows(sql, **params):
        return cursor.execute(sql, params or None).fetchall()

    return rows


def ingest(home, *words):
    command = [sys.executable, "-m", "ingest", *words]
    env = {**os.environ, "INFERLEDGER_HOME": str(home)}
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def resources(pool):
    return [machine.resource_id for machine in Layout().machines if machine.pool.name == pool]


def test_every_invoice_is_explained_and_every_invariant_holds(demo_home):
    told = json.loads(ingest(demo_home, "status", "--json").stdout)
    assert {row["billing_period"][:7] for row in told["unexplained"]} == {"2026-08", "2026-09", "2026-10"}
    assert all(Decimal(row["amount"]) == 0 for row in told["unexplained"])
    checked = ingest(demo_home, "check")
    assert checked.returncode == 0, checked.stdout


def test_story_1_the_forgotten_p5_is_dark_for_30_days(ask):
    runs = ask(
        """SELECT count(*), min(seconds), max(seconds), sum(cost), min(start_at)::DATE FROM idle_run
           WHERE threshold = 0.01 AND pod IS NULL AND list_contains($r, resource_id)""",
        r=resources("forgotten"),
    )
    day = 24 * 3600
    assert runs == [(8, 30 * day, 30 * day, stories.FORGOTTEN_COST, stories.FORGOTTEN_SINCE)]


def test_dark_is_the_forgotten_p5_a_day_between_trainings_and_two_spare_l4(ask):
    between, spare = 24 * 4 * stories.FORGOTTEN_RATE, 2 * stories.HOURS * stories.SPIKE_RATE / 4
    ((dark,),) = ask(
        "SELECT sum(effective_cost) FROM ladder WHERE rung = 'unallocated' AND sub_rung = 'dark'"
    )
    assert dark == stories.FORGOTTEN_COST + between + spare


def test_story_2_cost_share_and_traffic_share_of_the_stale_version(ask):
    ((cost, share),) = ask(
        """SELECT sum(CASE WHEN version = $v THEN coalesce(busy_cost, 0) + coalesce(idle_cost, 0) END),
               sum(CASE WHEN version = $v THEN requests_ok END) / sum(requests_ok)
           FROM unit_cost WHERE model = $m""",
        m=stories.STALE_MODEL,
        v=stories.STALE_VERSION,
    )
    assert cost == stories.STALE_COST
    assert share == pytest.approx(stories.STALE_SHARE, rel=1e-3)


def test_story_3_cost_per_inference_rises_by_38_percent_through_utilisation_alone(ask):
    before, after = ask(
        """SELECT CAST(sum(coalesce(busy_cost, 0) + coalesce(idle_cost, 0)) AS DOUBLE) / sum(requests_ok),
               sum(busy_seconds) / sum(held_seconds), sum(requests_ok) / sum(busy_seconds)
           FROM unit_cost WHERE model = $m AND day >= DATE '2026-10-02'
           GROUP BY day >= $since ORDER BY day >= $since""",
        m=stories.OVERSCALED_MODEL,
        since=stories.OVERSCALED_SINCE,
    )
    assert after[0] / before[0] == pytest.approx(float(1 + stories.OVERSCALED_RISE), rel=1e-5)
    assert after[1] / before[1] == pytest.approx(21 / 29, rel=1e-5)
    assert after[2] / before[2] == pytest.approx(1, rel=1e-5)


def test_story_4_a_fifth_of_the_plan_is_unused_every_day(ask):
    days = ask(
        """SELECT count(*), min(cost), max(cost), sum(cost) FROM (
               SELECT day, sum(effective_cost) AS cost FROM ladder WHERE rung = 'commitment_unused'
               GROUP BY day HAVING sum(effective_cost) <> 0)"""
    )
    assert days == [(90, 240, 240, stories.PLAN_UNUSED)]


def test_story_5_unobserved_is_the_machine_without_telemetry(ask):
    assert ask("SELECT sum(effective_cost) FROM ladder WHERE rung = 'unobserved'") == [(stories.UNSEEN_COST,)]
    hours = ask(
        "SELECT resource_id, sum(unobserved_seconds) / 3600 FROM gpu_hour WHERE state = 'unobserved' GROUP BY 1"
    )
    assert hours == [(resources("unseen")[0], stories.HOURS * stories.UNSEEN_GPUS)]


def test_story_6_the_first_delivery_of_september_is_kept_to_compare(ask):
    ((then, now),) = ask(
        """SELECT (SELECT sum(billed_cost) FROM replaced_total WHERE source = 'aws'),
               (SELECT sum(billed_cost) FROM ladder
                WHERE provider = 'AWS' AND billing_period = DATE '2026-09-01')"""
    )
    assert now - then == stories.RESTATED_BY


def test_story_7_the_spike_stands_on_its_day(ask):
    days = ask(
        """SELECT day, sum(effective_cost) FROM ladder
           WHERE model = 'embed-large' AND version = '3.0-rc1' AND rung IN ('serving_busy', 'serving_idle')
           GROUP BY 1"""
    )
    assert days == [(stories.SPIKE_DAY, stories.SPIKE_COST)]


def test_story_8_the_simmering_job_is_idle_at_5_percent_and_never_at_1(ask):
    runs = ask(
        """SELECT threshold, sum(seconds) / 3600, sum(cost) FROM idle_run
           WHERE pod LIKE 'price-simulation-%' AND threshold <= 0.05 GROUP BY 1"""
    )
    assert runs == [(0.05, stories.SIMMER_GPU_HOURS, stories.SIMMER_COST)]


def test_the_finer_source_is_the_witness_of_its_two_days(ask):
    hours = ask(
        """SELECT source, sum(observed_seconds) / 3600, min(hour)::DATE, max(hour)::DATE FROM gpu_hour
           WHERE node LIKE 'gke-inference-chat-eu-%' AND hour >= '2026-10-27' AND hour < '2026-10-29' GROUP BY 1"""
    )
    assert [row[:2] for row in hours] == [("prometheus-30s", 2 * 48 * 8)]


def test_september_is_the_same_after_both_deliveries_as_after_the_second_alone(tmp_path):
    written = Demo(tmp_path / "files", days=45, scale=0.1).write()
    first, second = (("aws", AwsCurOptions(location=str(path))) for path in (written.aws_first, written.aws))

    def ladder(name, sources):
        with Warehouse.open(tmp_path / name) as warehouse:
            outcome = run(warehouse, sources, Window(), ModelSettings(), silent)
        assert not outcome.failed, outcome.results
        return open_latest(tmp_path / name).cursor().execute("SELECT * FROM ladder ORDER BY ALL").fetchall()

    both, alone = ladder("both", [first, second]), ladder("alone", [second])
    assert both == alone
