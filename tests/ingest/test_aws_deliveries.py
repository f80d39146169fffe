"""Deliveries of AWS exports: every layout, the manifest as commit marker, nothing twice, nothing fetched twice."""

from __future__ import annotations

import json
import os
import random
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import boto3
import pytest
from cost_store import CUR_LINE, FOCUS_LINE, load, manifest, rows, sums, write_csv, write_parquet
from cutting_server import cutting
from local_server import aws

from data.warehouse import Warehouse
from ingest import brought, files
from ingest.source import SourceError, SourceFile
from ingest.sources.aws_cur import AwsCur
from ingest.sources.focus import Focus

LINES = "SELECT * EXCLUDE (load_id, file_id) FROM cost ORDER BY ALL"


def store(folder):
    return Warehouse.open(folder)


def line(cost, month="2026-10", **told):
    return CUR_LINE | {
        "line_item_unblended_cost": str(cost),
        "bill_billing_period_start_date": f"{month}-01T00:00:00Z",
        "line_item_usage_start_date": f"{month}-02T00:00:00Z",
        "line_item_usage_end_date": f"{month}-02T01:00:00Z",
    } | told  # fmt: skip


def execution(root, name, costs, month="2026-10", folder="BILLING_PERIOD", ending=".csv.gz"):
    """One execution of a Data Export in create-new mode, in <root>/cur: a file per cost, and both manifests."""
    data = root / f"cur/data/{folder}={month}/{name}"
    named = [
        write_csv(data / f"cur-{place:05}{ending}", [line(cost, month)])
        for place, cost in enumerate(costs, 1)
    ]
    body = {"executionId": name, "dataFiles": [f"s3://bills/{file.relative_to(root)}" for file in named]}
    manifest(root / f"cur/metadata/{folder}={month}", "cur", body)
    manifest(root / f"cur/metadata/{folder}={month}/{name}", "cur", body)
    return data


# the manifest is the commit marker


def test_eight_executions_of_one_month_are_the_last_one(wh, tmp_path):
    for day in range(1, 9):
        execution(tmp_path, f"2026-10-0{day}T13:14:43.337Z-6b62{day}448-daaa", [day, day])
    (result,) = load(wh, AwsCur(str(tmp_path / "cur")))
    assert (result.rows, result.billing_period) == (2, date(2026, 10, 1))
    assert sums(wh) == [("2026-10", 2, Decimal(16), Decimal(16))]


def test_only_the_executions_manifests_are_left_the_latest_execution_counts_whenever_it_was_copied(
    wh, tmp_path
):
    for place, day in enumerate((3, 1, 2)):
        execution(tmp_path, f"2026-10-0{day}T00:00:00.000Z-x", [day])
        copied = next(tmp_path.rglob(f"2026-10-0{day}T*/cur-Manifest.json"))
        os.utime(copied, (1_800_000_000 + place, 1_800_000_000 + place))
    (tmp_path / "cur/metadata/BILLING_PERIOD=2026-10/cur-Manifest.json").unlink()
    load(wh, AwsCur(str(tmp_path / "cur")))
    assert sums(wh) == [("2026-10", 1, Decimal(3), Decimal(3))]


def test_a_file_that_expired_is_not_taken_from_another_execution(wh, tmp_path):
    execution(tmp_path, "first", [1, 1])
    gone = execution(tmp_path, "second", [2, 2]) / "cur-00002.csv.gz"
    gone.unlink()
    with pytest.raises(SourceError, match=r"second/cur-00002\.csv\.gz, which is not there"):
        load(wh, AwsCur(str(tmp_path / "cur")))


@pytest.mark.parametrize("start", [".", "cur", "cur/..", "cur/data/../.."])
def test_a_copy_may_start_anywhere_above_the_periods(wh, tmp_path, start):
    execution(tmp_path / "up", "first", [1])
    execution(tmp_path / "up", "second", [2])
    load(wh, AwsCur(str(tmp_path / "up" / start)))
    assert sums(wh) == [("2026-10", 1, Decimal(2), Decimal(2))]


def test_a_manifest_tells_its_period_where_the_folder_does_not(wh, tmp_path):
    """A copy of one legacy period folder: two deliveries lie in it, and the manifest knows which one counts."""
    for name, cost in (("a", 1), ("b", 2)):
        write_csv(tmp_path / f"october/{name}/cur-00001.csv.gz", [line(cost)])
    body = {
        "assemblyId": "b",
        "billingPeriod": {"start": "20261001T000000.000Z", "end": "20261101T000000.000Z"},
        "reportKeys": ["p/cur/20261001-20261101/b/cur-00001.csv.gz"],
    }
    manifest(tmp_path / "october", "cur", body)
    (result,) = load(wh, AwsCur(str(tmp_path / "october")))
    assert (result.billing_period, sums(wh)) == (date(2026, 10, 1), [("2026-10", 1, Decimal(2), Decimal(2))])


def focus_execution(root, body, manifest_name="focus-Manifest.json", folder="billing_period"):
    data = root / f"focus/data/{folder}=2026-10/one"
    write_csv(data / "focus-00001.csv.gz", [FOCUS_LINE])
    path = root / f"focus/metadata/{folder}=2026-10/{manifest_name}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(body))


FOCUS_BODY = {
    "executionId": "one",
    "dataFiles": ["s3://bills/focus/data/billing_period=2026-10/one/focus-00001.csv.gz"],
}


@pytest.mark.parametrize("folder", ["billing_period", "BILLING_PERIOD"])
@pytest.mark.parametrize(
    "told",
    [
        {"focus-Manifest.json": FOCUS_BODY},
        {"focus-Manifest-FOCUS.json": FOCUS_BODY},
        {"focus-Manifest.json": FOCUS_BODY, "focus-Manifest-FOCUS.json": FOCUS_BODY},
        {"focus-Manifest.json": FOCUS_BODY, "focus-Manifest-FOCUS.json": {"columns": []}},  # the schema alone
    ],
    ids=["usual", "focus", "both", "schema beside"],
)
def test_a_focus_export_by_either_manifest(wh, tmp_path, told, folder):
    write_csv(tmp_path / f"focus/data/{folder}=2026-10/zero/focus-00001.csv.gz", [FOCUS_LINE] * 3)
    for name, body in told.items():
        text = json.dumps(body).replace("billing_period", folder)
        focus_execution(tmp_path, json.loads(text), name, folder)
    (result,) = load(wh, Focus(str(tmp_path / "focus")))
    assert (result.rows, result.billing_period) == (1, date(2026, 10, 1))


# whatever the order, and however often


def two_deliveries(root):
    execution(root, "first", [1, 2, 3])
    execution(root, "september", [7], month="2026-09")
    yield AwsCur(str(root / "cur"))
    execution(root, "second", [4, 5, 6, 7])
    yield AwsCur(str(root / "cur"))


def test_first_then_second_is_second_alone(tmp_path):
    with store(tmp_path / "both") as both:
        for source in two_deliveries(tmp_path / "up"):
            load(both, source)
        with store(tmp_path / "alone") as alone:
            load(alone, source)
            assert rows(both, LINES) == rows(alone, LINES)
            assert sums(alone)[1] == ("2026-10", 4, Decimal(22), Decimal(22))


@pytest.mark.parametrize("seed", range(3))
def test_files_in_any_order_and_named_twice_are_the_same_lines(tmp_path, seed):
    """The manifest's order must not show, not even in a line's number; nor what the first read one is."""
    execution(tmp_path / "up", "one", range(1, 9))
    with store(tmp_path / "sorted") as plain:
        load(plain, AwsCur(str(tmp_path / "up/cur")))
        straight = rows(plain, LINES)
    path = tmp_path / "up/cur/metadata/BILLING_PERIOD=2026-10/cur-Manifest.json"
    body = json.loads(path.read_text())
    random.Random(seed).shuffle(body["dataFiles"])
    path.write_text(json.dumps(body | {"dataFiles": body["dataFiles"] + body["dataFiles"][:2]}))
    with store(tmp_path / "shuffled") as shuffled:
        load(shuffled, AwsCur(str(tmp_path / "up/cur")))
        assert rows(shuffled, LINES) == straight


def test_an_interrupted_run_goes_on_to_the_same_lines(tmp_path, monkeypatch):
    sources = list(two_deliveries(tmp_path / "up"))
    with store(tmp_path / "straight") as wh:
        load(wh, sources[-1])
        straight = rows(wh, LINES)

    def breaks_off(files):
        yield from list(brought.in_turn(files))[:1]
        raise KeyboardInterrupt

    with store(tmp_path / "broken") as wh:
        monkeypatch.setattr("ingest.load_cost.in_turn", breaks_off)
        with pytest.raises(KeyboardInterrupt):
            load(wh, sources[-1])
        monkeypatch.undo()
    with store(tmp_path / "broken") as wh:
        assert [result.status for result in load(wh, sources[-1])] == ["loaded", "loaded"]
        assert rows(wh, LINES) == straight
        assert [result.status for result in load(wh, sources[-1])] == ["unchanged", "unchanged"]


# what is live already


def test_a_live_delivery_is_passed_over_without_reading_its_files(wh, tmp_path):
    data = execution(tmp_path, "one", [1])
    load(wh, AwsCur(str(tmp_path / "cur")))
    (data / "cur-00001.csv.gz").write_bytes(b"nobody reads this")
    assert [result.status for result in load(wh, AwsCur(str(tmp_path / "cur")))] == ["unchanged"]
    read = wh.con.execute("SELECT etag FROM file").fetchall()
    assert [len(etag) for (etag,) in read] == [64]  # a SHA-256 of what was loaded


def test_a_month_that_aws_reopens_is_loaded_again_and_no_other(wh, tmp_path):
    for month in ("2026-07", "2026-08", "2026-09", "2026-10"):
        execution(tmp_path, f"{month}-a", [1], month=month)
    load(wh, AwsCur(str(tmp_path / "cur")))
    execution(tmp_path, "2026-07-refund", [1, -1], month="2026-07")
    assert [result.status for result in load(wh, AwsCur(str(tmp_path / "cur")))] == [
        "loaded",
        *["unchanged"] * 3,
    ]
    assert sums(wh)[0] == ("2026-07", 2, Decimal(0), Decimal(0))


def test_the_same_id_with_another_manifest_is_another_delivery(wh, tmp_path):
    execution(tmp_path, "one", [1])
    load(wh, AwsCur(str(tmp_path / "cur")))
    execution(tmp_path, "one", [1, 2])
    assert [result.status for result in load(wh, AwsCur(str(tmp_path / "cur")))] == ["loaded"]


# the legacy report


LEGACY = {"assemblyId": "20240417T190636Z", "billingPeriod": {"start": "20261001T000000.000Z"}}


def test_a_key_with_a_leading_slash_and_a_time_as_assembly(wh, tmp_path):
    """An empty prefix makes such keys; a folder cannot hold them, a bucket does."""
    folder = tmp_path / "cur/20261001-20261101"
    write_csv(folder / "20240416T190636Z/cur-00001.csv.gz", [line(1)])
    write_csv(folder / "20240417T190636Z/cur-00001.csv.gz", [line(2)])
    manifest(
        folder, "cur", LEGACY | {"reportKeys": ["/cur/20261001-20261101/20240417T190636Z/cur-00001.csv.gz"]}
    )
    load(wh, AwsCur(str(tmp_path)))
    assert sums(wh) == [("2026-10", 1, Decimal(2), Decimal(2))]


def test_overwrite_has_no_folder_of_the_delivery(wh, tmp_path):
    folder = tmp_path / "p/cur/20261001-20261101"
    for cost, assembly in ((1, "a"), (2, "b")):
        write_csv(folder / "cur-00001.csv.gz", [line(cost)])
        body = LEGACY | {"assemblyId": assembly, "reportKeys": ["p/cur/20261001-20261101/cur-00001.csv.gz"]}
        manifest(folder, "cur", body)
        (result,) = load(wh, AwsCur(str(tmp_path / "p/cur")))
        assert (result.status, sums(wh)) == ("loaded", [("2026-10", 1, Decimal(cost), Decimal(cost))])


def athena(root):
    """A legacy report for Athena: months of one digit, each its own columns, and a folder that holds no lines."""
    common = """'000000000001' AS bill_payer_account_id, 'Usage' AS line_item_line_item_type,
        'i-1' AS line_item_resource_id, 'USD' AS line_item_currency_code"""
    for month, cost, drift in (
        (8, "DOUBLE", "'search' AS resource_tags_user_team"),
        (
            9,
            "DECIMAL(38, 10)",
            "'v1' AS resource_tags_user_model_version, 4.0 AS pricing_public_on_demand_cost",
        ),
    ):
        dated = f"TIMESTAMP '2026-{month:02}-02 00:00:00'"
        data = write_parquet(
            root / f"cur/cur/year=2026/month={month}/cur-00001.snappy.parquet",
            f"""SELECT {common}, CAST('0.1' AS {cost}) AS line_item_unblended_cost, {drift},
                {dated} AS line_item_usage_start_date, {dated} + INTERVAL 1 HOUR AS line_item_usage_end_date""",
        )
        (data.parent / "cur-00002.snappy.parquet").write_bytes(b"")  # the month shrank
        body = {
            "assemblyId": f"a{month}",
            "billingPeriod": {"start": f"2026{month:02}01T000000.000Z"},
            "reportKeys": [f"cur/cur/year=2026/month={month}/cur-0000{n}.snappy.parquet" for n in (1, 2)],
        }
        manifest(root / f"cur/2026{month:02}01-2026{month + 1:02}01", "cur", body)
    write_parquet(
        root / "cur/cur/cost_and_usage_data_status/cost_and_usage_data_status.parquet",
        "SELECT 'READY' AS status",
    )


def test_the_athena_layout_and_columns_that_come_and_go(wh, tmp_path):
    athena(tmp_path)
    load(wh, AwsCur(str(tmp_path / "cur")))
    query = "SELECT strftime(billing_period, '%Y-%m'), billed_cost, list_cost, tags FROM cost ORDER BY 1"
    assert rows(wh, query) == [
        ("2026-08", Decimal("0.1"), None, {"team": "search"}),
        ("2026-09", Decimal("0.1"), Decimal(4), {"model_version": "v1"}),
    ]


def test_athenas_own_folder_has_no_manifest_and_says_where_it_is(wh, tmp_path):
    athena(tmp_path)
    with pytest.raises(SourceError, match=r"year=2026/month=8/.* but no manifest.*point at the folder above"):
        load(wh, AwsCur(str(tmp_path / "cur/cur")))


def test_the_note_of_athena_is_no_report(wh, tmp_path):
    write_csv(tmp_path / "some/a.csv", [line(1)])
    write_parquet(tmp_path / "some/cost_and_usage_data_status/status.parquet", "SELECT 'READY' AS status")
    assert [result.rows for result in load(wh, AwsCur(str(tmp_path / "some")))] == [1]


def test_tags_as_map_and_as_json_text_in_one_delivery(wh, tmp_path):
    folder = tmp_path / "cur/data/BILLING_PERIOD=2026-10"
    write_csv(
        folder / "a.csv.gz", [line(1, resource_tags='{"user_team":"ads"}'), line(2, resource_tags="NULL")]
    )
    told = ", ".join(f"'{value}' AS {key}" for key, value in line(3, line_item_resource_id="None").items())
    write_parquet(folder / "b.parquet", f"SELECT {told}, MAP {{'user_team': 'search'}} AS resource_tags")
    keys = [f"s3://b/cur/data/BILLING_PERIOD=2026-10/{name}" for name in ("a.csv.gz", "b.parquet")]
    manifest(tmp_path / "cur/metadata/BILLING_PERIOD=2026-10", "cur", {"executionId": "x", "dataFiles": keys})
    load(wh, AwsCur(str(tmp_path / "cur")))
    assert rows(wh, "SELECT billed_cost, tags['team'], resource_id FROM cost ORDER BY 1") == [
        (1, "ads", "i-1"),
        (2, None, "i-1"),
        (3, "search", None),
    ]


# through S3's protocol


@pytest.fixture(scope="module")
def s3():
    with aws() as url:
        yield url


@pytest.fixture
def bucket(s3, monkeypatch):
    """A boto3 client of an empty bucket 'bills', and a server in front of it that notes and cuts."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    client = boto3.client("s3", endpoint_url=s3)
    client.create_bucket(Bucket="bills")
    with cutting(s3) as front:
        yield client, front
    for item in client.list_objects_v2(Bucket="bills").get("Contents", ()):
        client.delete_object(Bucket="bills", Key=item["Key"])
    client.delete_bucket(Bucket="bills")


def put(client, folder):
    for path in sorted(path for path in Path(folder).rglob("*") if path.is_file()):
        client.put_object(Bucket="bills", Key=path.relative_to(folder).as_posix(), Body=path.read_bytes())


def test_only_what_is_new_is_fetched(wh, tmp_path, bucket):
    client, front = bucket
    source = AwsCur("s3://bills/cur", front.url)
    execution(tmp_path, "a", [1, 2])
    execution(tmp_path, "b", [3], month="2026-09")
    put(client, tmp_path)
    load(wh, source)
    assert len(front.gets(".csv.gz")) == 3
    front.asked.clear()
    execution(tmp_path, "c", [4], month="2026-09")
    put(client, tmp_path)
    assert [result.status for result in load(wh, source)] == ["loaded", "unchanged"]
    assert [path for _, path, _ in front.asked if path.endswith(".csv.gz")] == [
        "/bills/cur/data/BILLING_PERIOD%3D2026-09/c/cur-00001.csv.gz"
    ]


def test_a_leading_slash_in_a_bucket(wh, bucket, tmp_path):
    client, front = bucket
    key = "/cur/20261001-20261101/20240417T190636Z/cur-00001.csv.gz"
    client.put_object(Bucket="bills", Key=key, Body=write_csv(tmp_path / "a.csv.gz", [line(2)]).read_bytes())
    body = json.dumps(LEGACY | {"reportKeys": [key]})
    client.put_object(Bucket="bills", Key="/cur/20261001-20261101/cur-Manifest.json", Body=body)
    assert [result.rows for result in load(wh, AwsCur("s3://bills//cur", front.url))] == [1]


def noise(count):
    """Lines that gzip cannot make small."""
    rng = random.Random(1)
    return [line(1, line_item_line_item_description=rng.randbytes(400).hex()) for _ in range(count)]


def test_a_download_that_breaks_off_goes_on_where_it_stopped(wh, tmp_path, bucket):
    client, front = bucket
    size = len((write_csv(tmp_path / "up/big.csv.gz", noise(2000))).read_bytes())
    put(client, tmp_path / "up")
    third = size // 3
    front.cut[".csv.gz"] = [third, third]
    assert [result.rows for result in load(wh, AwsCur("s3://bills/", front.url))] == [2000]
    starts = [int(span.removeprefix("bytes=").rstrip("-")) for span in front.gets(".csv.gz")]
    assert len(starts) == 3
    assert starts[0] == 0
    assert starts == sorted(starts)
    chunk = files.CHUNK
    assert all(
        broken - chunk <= start <= broken
        for start, broken in zip(starts[1:], (third, 2 * third), strict=True)
    )


def test_a_download_that_never_gets_on_is_given_up_in_words(wh, tmp_path, bucket):
    client, front = bucket
    write_csv(tmp_path / "up/a.csv.gz", noise(50))
    put(client, tmp_path / "up")
    front.cut[".csv.gz"] = [0] * 100
    with pytest.raises(
        SourceError, match=r"s3://bills/a\.csv\.gz cannot be read: the server could not be asked"
    ):
        load(wh, AwsCur("s3://bills/", front.url))
    assert len(front.gets(".csv.gz")) == files.BREAKS
    assert not list(wh.home.joinpath("parquet").rglob("*.parquet"))


def test_a_file_that_is_overwritten_while_it_is_read_is_no_mixture(wh, tmp_path, bucket, monkeypatch):
    client, front = bucket
    write_csv(tmp_path / "up/a.csv.gz", [line(1)])
    put(client, tmp_path / "up")
    true_download = files.download

    def overtaken(asked, *told):
        client.put_object(
            Bucket="bills", Key="a.csv.gz", Body=write_csv(tmp_path / "b.csv.gz", [line(2)] * 9).read_bytes()
        )
        true_download(asked, *told)

    monkeypatch.setattr(files, "download", overtaken)
    with pytest.raises(SourceError, match="it was replaced while it was read"):
        load(wh, AwsCur("s3://bills/", front.url))


def test_a_zip_in_a_bucket(wh, tmp_path, bucket):
    client, front = bucket
    (tmp_path / "up").mkdir()
    with zipfile.ZipFile(tmp_path / "up/cur-00001.zip", "w") as packed:
        packed.write(write_csv(tmp_path / "in/cur.csv", [line(2)]), "cur-00001.csv")
    put(client, tmp_path / "up")
    assert [result.rows for result in load(wh, AwsCur("s3://bills/", front.url))] == [1]


# files ahead


def test_a_few_files_are_fetched_ahead_and_no_more_lie_on_the_disk(tmp_path):
    on_disk, most = set(), []

    def file(place):
        path = tmp_path / str(place)

        def bring():
            path.write_text("x")
            on_disk.add(place)

        return SourceFile(str(place), path, lambda: "", 1, bring)

    seen = []
    for brought_file in brought.in_turn(file(place) for place in range(20)):
        assert brought_file.path.exists()
        most.append(len(list(tmp_path.iterdir())))
        seen.append(brought_file.uri)
    assert seen == [str(place) for place in range(20)]
    assert max(most) <= brought.AHEAD + 1
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_fetched_stops_its_turn_and_what_waits(tmp_path):
    fetched = []

    def file(place):
        def bring():
            fetched.append(place)
            if place == 1:
                raise SourceError("not there")
            (tmp_path / str(place)).write_text("x")

        return SourceFile(str(place), tmp_path / str(place), lambda: "", 1, bring)

    turns = brought.in_turn([file(place) for place in range(50)])
    assert next(turns).uri == "0"
    with pytest.raises(SourceError, match="not there"):
        list(turns)
    assert len(fetched) <= brought.AHEAD + 2
