"""The demo's files, read back by DuckDB and json alone: what a cloud would deliver, with the stories in it."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest

from data.demo import Demo, stories
from data.demo.estate import LANES, MANAGED_MODEL, MANAGED_VERSIONS, PROD, RESEARCH, ROUTER
from data.demo.layout import Layout, deployments

CUR = "exports/demo-cur"


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The whole estate, written once."""
    home = tmp_path_factory.mktemp("demo")
    return Demo(home).write()


@pytest.fixture(scope="module")
def con(demo):
    """AWS lines as the manifests name them, GCP rows, and the dump, as views."""
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    for name, files in {
        "aws": manifest_files(demo.aws),
        "aws_first": manifest_files(demo.aws_first),
        "dump": sorted(map(str, demo.telemetry.glob("*.parquet"))),
    }.items():
        con.read_parquet(files).create_view(name)
    con.execute(
        "CREATE TABLE gcp AS SELECT * FROM read_json($files, format = 'newline_delimited')",
        {"files": sorted(map(str, demo.gcp.glob("*.ndjson.gz")))},
    )
    return con


def manifest_files(export):
    """The data files that the period manifests name, found below the bucket's root."""
    bucket = export.parent.parent
    named = []
    for manifest in sorted(export.glob("metadata/*/demo-cur-Manifest.json")):
        for uri in json.loads(manifest.read_text())["dataFiles"]:
            assert uri.startswith("s3://pelagia-billing/")
            named.append(str(bucket / uri.removeprefix("s3://pelagia-billing/")))
    return named


def one(con, sql, **params):
    ((value,),) = con.execute(sql, params).fetchall()
    return value


def money(con, relation, condition="true", **params):
    """Σ unblended cost, exactly: each DOUBLE by its shortest text."""
    sql = f"""SELECT coalesce(sum(CAST(CAST(line_item_unblended_cost AS VARCHAR) AS DECIMAL(38,12))), 0)
        FROM {relation} WHERE {condition}"""
    return one(con, sql, **params)


def resources(pool):
    return [machine.resource_id for machine in Layout().machines if machine.pool.name == pool]


def hosts(pool):
    return [machine.host for machine in Layout().machines if machine.pool.name == pool]


GROWTH = """
    WITH series AS (
        SELECT metric, labels, ts, value, lag(value) OVER (PARTITION BY metric, labels ORDER BY ts) AS before
        FROM dump WHERE metric LIKE $metric)
    SELECT metric, labels, ts, CASE WHEN value >= before THEN value - before ELSE value END AS grown,
        value < before AS reset
    FROM series WHERE before IS NOT NULL"""


# ── the same files every time ───────────────────────────────────────────────


def test_two_writes_give_the_same_bytes(tmp_path):
    def written(name):
        Demo(tmp_path / name, days=8, scale=0.1).write()
        files = sorted(path for path in (tmp_path / name).rglob("*") if path.is_file())
        return [
            (str(f.relative_to(tmp_path / name)), hashlib.sha256(f.read_bytes()).hexdigest()) for f in files
        ]

    assert written("one") == written("two")


def test_a_shorter_demo_leaves_nothing_of_a_longer_one(tmp_path):
    Demo(tmp_path, days=20, scale=0.1).write()
    written = Demo(tmp_path, days=3, scale=0.1).write()
    assert [path.name for path in written.telemetry.iterdir()] == ["2026-W44.parquet"]
    assert [path.name for path in (written.aws / "data").iterdir()] == ["BILLING_PERIOD=2026-10"]


# ── the company is one company ──────────────────────────────────────────────


def test_no_device_is_held_twice_at_a_time():
    taken = {}
    for hold in Layout().holds:
        for device in hold.devices:
            for start, end, pod in taken.get(device, []):
                assert hold.end <= start or end <= hold.start, (
                    f"{hold.pod} and {pod} both hold device {device}"
                )
            taken.setdefault(device, []).append((hold.start, hold.end, hold.pod))


def test_pod_names_are_unique():
    pods = [hold.pod for hold in Layout().holds] + [hold.pod for hold in Layout().lane_holds(ROUTER)]
    assert len(pods) == len(set(pods))


def test_no_replica_is_asked_for_more_than_it_can_do(tmp_path):
    for lane, activity in Demo(tmp_path).signals.lane_activity.items():
        assert activity.max() <= 1.0, f"{lane.pool} is overloaded: {activity.max():.2f}"


def test_twelve_models_in_forty_versions():
    versions = {(lane.model.name, version.name) for lane in (*LANES, ROUTER) for version in lane.versions}
    versions |= {(MANAGED_MODEL, version.name) for version in MANAGED_VERSIONS}
    assert (len({model for model, _ in versions}), len(versions)) == (12, 40)


def test_every_pod_matches_exactly_one_deployment_pattern(demo, con):
    with demo.resources.open() as text:
        patterns = {row["pod"].removesuffix("*"): row for row in csv.DictReader(text) if row["pod"]}
    pods = con.execute(
        """SELECT DISTINCT labels->>'pod' AS pod, labels->>'model_name' AS model FROM dump
           WHERE metric = 'vllm:request_success_total'"""
    ).fetchall()
    for pod, model in pods:
        hits = [row for start, row in patterns.items() if pod.startswith(start)]
        assert [row["model"] for row in hits] == [model], pod


def test_every_seen_host_is_a_billed_machine(demo, con):
    with demo.resources.open() as text:
        mapped = {row["node"]: row["resource_id"] for row in csv.DictReader(text) if row["kind"] == "machine"}
    seen = {
        host for (host,) in con.execute("SELECT DISTINCT labels->>'Hostname' FROM dump").fetchall() if host
    }
    billed = {r for (r,) in con.execute("SELECT DISTINCT line_item_resource_id FROM aws").fetchall()}
    billed |= {r for (r,) in con.execute("SELECT DISTINCT resource.global_name FROM gcp").fetchall()}
    assert seen == set(mapped)
    assert set(mapped.values()) <= billed


# ── AWS ─────────────────────────────────────────────────────────────────────


def test_manifests_name_files_that_lie_there_and_leave_the_older_execution_out(demo):
    named = manifest_files(demo.aws)
    there = sorted(str(path) for path in demo.aws.glob("data/*/*/*.parquet"))
    left = [path for path in there if path not in named]
    assert all(path in there for path in named)
    assert left
    assert all("BILLING_PERIOD=2026-09/2026-10-02T06:11:09.482Z-" in path for path in left)
    for manifest in demo.aws.glob("metadata/*/demo-cur-Manifest.json"):
        told = json.loads(manifest.read_text())
        assert all(told["executionId"] in uri for uri in told["dataFiles"])


def test_each_period_comes_in_several_chunks(demo):
    per_period = {}
    for path in manifest_files(demo.aws):
        period = next(part for part in path.split("/") if part.startswith("BILLING_PERIOD="))
        per_period[period] = per_period.get(period, 0) + 1
    assert set(per_period) == {"BILLING_PERIOD=2026-08", "BILLING_PERIOD=2026-09", "BILLING_PERIOD=2026-10"}
    assert min(per_period.values()) >= 2


def test_cur_columns_have_the_types_of_data_exports(con):
    types = {name: kind for name, kind, *_ in con.execute("DESCRIBE aws").fetchall()}
    assert types["product"] == types["resource_tags"] == types["cost_category"] == "MAP(VARCHAR, VARCHAR)"
    assert types["line_item_unblended_cost"] == types["savings_plan_used_commitment"] == "DOUBLE"
    assert types["line_item_unblended_rate"] == types["line_item_usage_account_id"] == "VARCHAR"
    assert types["line_item_usage_start_date"] == "TIMESTAMP"


def test_lines_lie_in_their_period_and_in_the_90_days(con):
    rows = con.execute(
        """SELECT min(line_item_usage_start_date), max(line_item_usage_end_date),
               bool_and(line_item_usage_start_date >= bill_billing_period_start_date
                    AND line_item_usage_end_date <= bill_billing_period_end_date),
               count(*) = count(DISTINCT (bill_billing_period_start_date, identity_line_item_id))
           FROM aws"""
    ).fetchall()
    assert rows == [(datetime(2026, 8, 3), datetime(2026, 11, 1), True, True)]


def test_on_demand_machines_cost_their_hours(con):
    """24 p5.48xlarge-months by hand: prod 3 + 2, research 1 + 4, all 90 days at $55.04."""
    p5 = "line_item_usage_type = 'BoxUsage:p5.48xlarge' AND line_item_line_item_type = 'Usage'"
    assert money(con, "aws", p5) == 10 * 2160 * Decimal("55.04")
    assert money(con, "aws", f"{p5} AND line_item_usage_account_id = '{RESEARCH}'") == 5 * 2160 * Decimal(
        "55.04"
    )


def test_spot_is_cheaper_than_on_demand_and_moves(con):
    low, high, public = con.execute(
        """SELECT min(line_item_unblended_cost), max(line_item_unblended_cost), max(pricing_public_on_demand_cost)
           FROM aws WHERE line_item_usage_type LIKE 'SpotUsage%'"""
    ).fetchone()
    assert low < high < public == 5.672


# ── GCP ─────────────────────────────────────────────────────────────────────


def test_each_vm_hour_has_a_row_for_cores_memory_gpus_and_disk(con):
    rows = con.execute(
        """SELECT count(*) / count(DISTINCT (resource.global_name, usage_start_time)),
               count(DISTINCT resource.global_name), count(DISTINCT usage_start_time)
           FROM gcp WHERE service.description = 'Compute Engine' AND cost_type = 'regular'"""
    ).fetchall()
    assert rows == [(4.0, 16, 2160)]


def test_gpu_seconds_are_those_of_all_gpus(con):
    seconds = one(
        con, "SELECT sum(usage.amount) FROM gcp WHERE sku.description LIKE '%H100%' AND cost_type = 'regular'"
    )
    assert seconds == 5 * 8 * 2160 * 3600


def test_invoice_months_are_pacific_and_late_rows_fall_into_the_next(con):
    edges = con.execute(
        """SELECT usage_start_time::TIMESTAMP, invoice.month, count(*) FROM gcp
           WHERE usage_start_time::TIMESTAMP IN ('2026-08-31 00:00', '2026-09-01 06:00', '2026-09-01 07:00')
             AND service.description IN ('Kubernetes Engine', 'Cloud Storage')
           GROUP BY ALL ORDER BY ALL"""
    ).fetchall()
    assert edges == [
        (datetime(2026, 8, 31), "202608", 1),
        (datetime(2026, 8, 31), "202609", 1),
        (datetime(2026, 9, 1, 6), "202608", 1),
        (datetime(2026, 9, 1, 7), "202609", 1),
    ]


def test_the_promotion_takes_a_fifth_of_the_l4_machines_from_september_on(con):
    cost, credited = con.execute(
        """SELECT sum(cost), sum(c.amount) FROM (SELECT cost, unnest(credits) AS c FROM gcp)"""
    ).fetchone()
    assert credited == pytest.approx(-0.2 * cost, rel=1e-6)
    first = one(con, "SELECT min(usage_start_time::TIMESTAMP) FROM gcp WHERE len(credits) > 0")
    assert first == datetime(2026, 9, 1)


def test_gcp_files_are_gzip_without_a_time_stamp(demo):
    for path in demo.gcp.glob("*.gz"):
        assert path.read_bytes()[4:8] == b"\0\0\0\0"
        with gzip.open(path, "rt") as text:
            assert json.loads(text.readline())["billing_account_id"] == "01AAAA-BBBBBB-CCCCCC"


# ── the dump ────────────────────────────────────────────────────────────────


def test_the_dump_has_the_documented_columns_and_at_most_19_million_rows(con):
    assert [row[:2] for row in con.execute("DESCRIBE dump").fetchall()] == [
        ("metric", "VARCHAR"),
        ("labels", "VARCHAR"),
        ("ts", "TIMESTAMP"),
        ("value", "DOUBLE"),
    ]
    assert 15e6 < one(con, "SELECT count(*) FROM dump") <= 19e6


def test_files_are_sorted_and_hold_their_week(demo):
    for path in (demo.telemetry / "2026-W32.parquet", demo.telemetry / "2026-W38.parquet"):
        year, week = path.stem.split("-W")
        out_of_order, outside = (
            duckdb.connect()
            .execute(
                """WITH numbered AS (SELECT *, row_number() OVER () AS n FROM read_parquet($path)),
               pairs AS (SELECT ts, (metric, labels, ts) < lag((metric, labels, ts)) OVER (ORDER BY n) AS back
                         FROM numbered)
               SELECT count(*) FILTER (back), count(*) FILTER (isoyear(ts) <> $year OR week(ts) <> $week)
               FROM pairs""",
                {"path": str(path), "year": int(year), "week": int(week)},
            )
            .fetchone()
        )
        assert (out_of_order, outside) == (0, 0), path.name


def test_every_seen_device_has_a_signal_each_ten_minutes_of_its_life(con):
    devices = dict(
        con.execute(
            """SELECT samples, count(*) FROM (
                   SELECT labels->>'UUID' AS device, count(DISTINCT ts) AS samples, count(*) AS rows
                   FROM dump WHERE metric = 'DCGM_FI_PROF_GR_ENGINE_ACTIVE' GROUP BY 1 HAVING samples = rows)
               GROUP BY 1"""
        ).fetchall()
    )
    # 90 days: 281 devices; the 8 L4 since 17 October; the 160 of one day
    assert devices == {90 * 144: 281, 15 * 144: 8, 144: 160}


def test_the_signal_is_a_fraction(con):
    assert con.execute(
        "SELECT min(value) >= 0, max(value) <= 1, bool_and(isfinite(value)) FROM dump WHERE metric LIKE '%GR_ENGINE%'"
    ).fetchall() == [(True, True, True)]


def test_counters_only_grow_but_for_the_two_planted_resets(con):
    resets = con.execute(
        f"""SELECT metric LIKE 'DCGM%', count(DISTINCT labels->>'UUID'), count(DISTINCT labels->>'pod'),
                min(ts), max(ts)
            FROM ({GROWTH}) WHERE reset AND metric NOT LIKE '%FB_USED' AND metric NOT LIKE '%GR_ENGINE%'
            GROUP BY 1 ORDER BY 1""",
        {"metric": "%"},
    ).fetchall()
    day = datetime(2026, 9, 15)
    after = day + timedelta(minutes=30, seconds=-1)
    assert resets == [(False, 0, 1, after, after), (True, 1, 1, day, day)]


def test_labels_follow_scheme_two_on_aws_and_scheme_one_on_gcp(con):
    rows = con.execute(
        """SELECT labels->>'Hostname' LIKE 'ip-%' AS aws,
               bool_and(labels->>'container' = 'nvidia-dcgm-exporter') AS always_the_exporter,
               bool_or(labels->>'exported_pod' IS NOT NULL) AS has_exported
           FROM dump WHERE metric = 'DCGM_FI_DEV_FB_USED' GROUP BY 1 ORDER BY 1"""
    ).fetchall()
    assert rows == [(False, False, False), (True, True, True)]


def test_memory_is_empty_exactly_where_nobody_holds(con):
    wrong = one(
        con,
        """SELECT count(*) FROM dump WHERE metric = 'DCGM_FI_DEV_FB_USED'
           AND (value > 0) <> coalesce(labels->>'exported_pod', labels->>'pod', '') NOT LIKE 'nvidia-dcgm-exporter%'
           AND NOT (labels->>'Hostname' LIKE 'ip-%' AND labels->>'exported_pod' IS NULL AND value = 0)""",
    )
    assert wrong == 0


def test_latency_buckets_are_cumulative_and_end_at_the_count(con):
    wrong = one(
        con,
        """WITH bucket AS (
               SELECT labels->>'pod' AS pod, ts, CAST(replace(labels->>'le', '+Inf', 'inf') AS DOUBLE) AS le, value
               FROM dump WHERE metric LIKE '%seconds_bucket' AND ts >= '2026-10-20' AND ts < '2026-10-22'),
           total AS (
               SELECT labels->>'pod' AS pod, ts, value FROM dump
               WHERE metric LIKE '%seconds_count' AND ts >= '2026-10-20' AND ts < '2026-10-22'),
           pairs AS (
               SELECT pod, ts, le, value, lag(value, 1, 0) OVER (PARTITION BY pod, ts ORDER BY le) AS lower FROM bucket)
           SELECT count(*) FROM pairs JOIN total USING (pod, ts)
           WHERE pairs.value < lower OR (le = 'inf' AND pairs.value <> total.value)""",
    )
    assert wrong == 0


# ── 30 seconds ──────────────────────────────────────────────────────────────


def test_the_fine_text_says_what_the_dump_says_every_ten_minutes(demo, con):
    text = demo.telemetry_30s.read_text()
    assert text.endswith("# EOF\n")
    assert len(text) < 60e6
    con.execute(
        r"""CREATE TABLE fine AS
            SELECT split_part(line, '{', 1) AS metric, regexp_extract(line, 'UUID="([^"]+)"', 1) AS device,
                CAST(split_part(split_part(line, '} ', 2), ' ', 1) AS DOUBLE) AS value,
                make_timestamp(CAST(split_part(line, ' ', -1) AS BIGINT) * 1000000) AS ts
            FROM (SELECT unnest(string_split($text, chr(10))) AS line) WHERE line LIKE 'DCGM%'""",
        {"text": text},
    )
    lines = con.execute(
        "SELECT metric, count(*), count(DISTINCT device) FROM fine GROUP BY 1 ORDER BY 1"
    ).fetchall()
    assert lines == [
        ("DCGM_FI_DEV_FB_USED", 2 * 144 * 40, 40),
        ("DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", 2 * 144 * 40, 40),
        ("DCGM_FI_PROF_GR_ENGINE_ACTIVE", 2 * 2880 * 40, 40),
    ]
    equal, different = con.execute(
        """SELECT count(*) FILTER (dump.value = fine.value), count(*) FILTER (dump.value <> fine.value)
           FROM dump JOIN fine
           ON fine.metric = dump.metric AND fine.device = dump.labels->>'UUID' AND fine.ts = dump.ts"""
    ).fetchone()
    assert (equal, different) == (3 * 2 * 144 * 40, 0)


# ── the stories, by the arithmetic of STORIES.md ────────────────────────────


def test_story_1_the_forgotten_p5(con):
    assert str(stories.FORGOTTEN_COST) == "39628.80"
    (resource,), (host,) = resources("forgotten"), hosts("forgotten")
    since = "line_item_resource_id = $r AND line_item_usage_start_date >= $since"
    assert money(con, "aws", since, r=resource, since=stories.FORGOTTEN_SINCE) == stories.FORGOTTEN_COST
    rows = con.execute(
        """SELECT labels->>'exported_pod' IS NOT NULL, min(ts), max(ts), max(value), count(DISTINCT labels->>'UUID')
           FROM dump WHERE metric LIKE '%GR_ENGINE%' AND labels->>'Hostname' = $host GROUP BY 1 ORDER BY 1""",
        {"host": host},
    ).fetchall()
    assert rows[0] == (False, datetime(2026, 10, 2), datetime(2026, 10, 31, 23, 50), 0.0, 8)
    assert rows[1][1:3] == (datetime(2026, 8, 3), datetime(2026, 10, 1, 23, 50))


def test_story_2_a_version_with_0_3_percent_of_the_traffic(con):
    served = dict(
        con.execute(
            f"""SELECT labels->>'pod' LIKE 'support-chat-70b-v2-4-%', sum(grown) FROM ({GROWTH})
                WHERE labels->>'model_name' = 'support-chat-70b' AND labels->>'finished_reason' <> 'abort'
                GROUP BY 1""",
            {"metric": "vllm:request_success_total"},
        ).fetchall()
    )
    assert served[True] / (served[True] + served[False]) == pytest.approx(stories.STALE_SHARE, rel=2e-3)
    held = one(
        con,
        """SELECT count(DISTINCT labels->>'UUID') FROM dump
           WHERE metric LIKE '%FB_USED' AND labels->>'exported_pod' LIKE 'support-chat-70b-v2-4-%'""",
    )
    assert held == stories.STALE_GPUS
    assert str(stories.STALE_COST) == "47428.506720"
    assert (
        money(con, "aws", "list_contains($r, line_item_resource_id)", r=resources("chat-legacy"))
        == stories.STALE_COST
    )


def test_story_3_more_replicas_for_the_same_traffic(con):
    start, turn, end = datetime(2026, 10, 2), datetime(2026, 10, 17), datetime(2026, 11, 1)
    served = con.execute(
        f"""SELECT ts >= $turn, sum(grown) FROM ({GROWTH}) WHERE labels->>'model_name' = 'search-rerank-7b'
            AND ts > $start AND ts < $end GROUP BY 1 ORDER BY 1""",
        {"metric": "vllm:request_success_total", "start": start, "turn": turn, "end": end},
    ).fetchall()
    daily = stories.OVERSCALED_DAILY_REQUESTS
    for (_, requests), days in zip(served, (15, 15), strict=True):
        assert requests == pytest.approx(days * daily, rel=1e-5)
    machines = resources("rerank") + resources("rerank-surge")
    lines = "list_contains($r, line_item_resource_id) AND line_item_usage_type LIKE 'BoxUsage%'"
    before, after = (
        money(con, "aws", f"{lines} AND line_item_usage_start_date >= $a AND line_item_usage_start_date < $b",
              r=machines, a=a, b=b)
        for a, b in ((start, turn), (turn, end))
    )  # fmt: skip
    assert (before, after) == (stories.OVERSCALED_COST_BEFORE, stories.OVERSCALED_COST_AFTER)
    assert round(float(after / before) - 1, 3) == 0.381


def test_story_3_the_eight_new_replicas_never_work(con):
    peak = one(
        con,
        "SELECT max(value) FROM dump WHERE metric LIKE '%GR_ENGINE%' AND list_contains($h, labels->>'Hostname')",
        h=hosts("rerank-surge"),
    )
    assert peak <= 0.001


def test_story_4_a_fifth_of_the_savings_plan_is_unused(con):
    commitment, used, covered = con.execute(
        """SELECT sum(savings_plan_total_commitment_to_date), sum(savings_plan_used_commitment),
               sum(savings_plan_savings_plan_effective_cost) FROM aws"""
    ).fetchone()
    assert Decimal(commitment) == stories.PLAN_FEE == Decimal("108000")
    assert used == covered == 86_400
    assert Decimal(commitment - used) == stories.PLAN_UNUSED == Decimal("21600")
    assert float(stories.PLAN_UNUSED_SHARE) == 0.2
    assert (
        money(con, "aws", "line_item_line_item_type IN ('SavingsPlanCoveredUsage', 'SavingsPlanNegation')")
        == 0
    )


def test_story_5_a_billed_machine_that_telemetry_never_saw(con, demo):
    (resource,), (host,) = resources("unseen"), hosts("unseen")
    assert (
        money(con, "aws", "line_item_resource_id = $r", r=resource)
        == stories.UNSEEN_COST
        == Decimal("35182.08")
    )
    assert one(con, "SELECT count(*) FROM dump WHERE labels->>'Hostname' = $h", h=host) == 0
    assert host not in demo.resources.read_text()


def test_story_6_what_aws_changed_in_september(con):
    assert str(stories.RESTATED_BY) == "1450.560"
    second = money(con, "aws", "bill_billing_period_start_date = '2026-09-01'")
    assert second - money(con, "aws_first") == stories.RESTATED_BY
    key = "line_item_resource_id, line_item_usage_type, line_item_usage_start_date, line_item_line_item_type"
    changed = con.execute(
        f"""SELECT line_item_usage_type, count(*), round(sum(new - coalesce(old, 0)), 6) FROM
                (SELECT {key}, sum(line_item_unblended_cost) AS new FROM aws
                 WHERE bill_billing_period_start_date = '2026-09-01' GROUP BY ALL)
            LEFT JOIN (SELECT {key}, sum(line_item_unblended_cost) AS old FROM aws_first GROUP BY ALL) USING ({key})
            WHERE new IS DISTINCT FROM old GROUP BY 1 ORDER BY 1"""
    ).fetchall()
    assert changed == [("BoxUsage:g5.12xlarge", 3 * 720, 216.0), ("DataProcessing-Events", 1, 1234.56)]


def test_story_7_one_day_of_forty_machines(con):
    days = con.execute(
        """SELECT CAST(line_item_usage_start_date AS DATE) AS day, sum(line_item_unblended_cost) AS cost FROM aws
           WHERE line_item_usage_type = 'BoxUsage:g6.12xlarge' GROUP BY 1 ORDER BY cost DESC LIMIT 2"""
    ).fetchall()
    assert days[0][0] == stories.SPIKE_DAY
    assert Decimal(str(round(days[0][1] - days[1][1], 6))) == stories.SPIKE_COST == Decimal("4417.536")


def test_story_8_a_job_that_simmers_at_night(con):
    idle_at_1, idle_at_5, awake = con.execute(
        """SELECT count(*) FILTER (value <= 0.01), count(*) FILTER (value <= 0.05),
               count(*) FILTER (value <= 0.05 AND (hour(ts) >= 8 AND hour(ts) < 20))
           FROM dump WHERE metric LIKE '%GR_ENGINE%' AND labels->>'exported_pod' LIKE 'price-simulation-%'"""
    ).fetchone()
    assert (idle_at_1, awake) == (0, 0)
    assert idle_at_5 / 6 == stories.SIMMER_GPU_HOURS == 8640
    assert str(stories.SIMMER_COST) == "23714.253360"


def test_all_stories_stand_in_the_page():
    page = (Path(stories.__file__).parent / "STORIES.md").read_text(encoding="utf-8")
    for figure in (
        "39,628.80", "47,428.51", "38.1 %", "6,084.29", "8,402.11", "21,600.00", "35,182.08", "1,450.56", "4,417.54",
        "8,640", "23,714.25",
    ):  # fmt: skip
        assert figure in page, figure


def test_deployments_follow_each_other_without_a_gap():
    for lane in LANES:
        turns = list(deployments(lane))
        assert all(a.end == b.start for a, b in pairwise(turns)), lane.pool


def test_accounts_are_the_agreed_ones(con):
    rows = con.execute(
        "SELECT DISTINCT bill_payer_account_id, line_item_usage_account_id FROM aws ORDER BY 2"
    ).fetchall()
    assert rows == [("100000000001", "100000000001"), ("100000000001", PROD), ("100000000001", RESEARCH)]
