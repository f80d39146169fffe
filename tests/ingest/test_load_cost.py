"""The loader: all or nothing, nothing twice, rejects kept, totals that can contradict it; also over S3's protocol."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import ClassVar

import boto3
import duckdb
import pytest
from cost_store import (
    CUR_LINE,
    FOCUS_LINE,
    GCP_LINE,
    invoiced,
    load,
    rows,
    store_state,
    sums,
    write_csv,
    write_ndjson,
    write_parquet,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from local_server import aws

from data.check import check
from data.model.settings import ModelSettings
from data.snapshot import open_latest
from ingest import raw
from ingest.layout import Layout
from ingest.source import SourceError
from ingest.sources.aws_cur import AwsCur
from ingest.sources.focus import Focus
from ingest.sources.gcp import GcpExport


def focus(tmp_path, *lines, name="focus.csv"):
    return Focus(str(write_csv(tmp_path / name, lines)))


def lines(count, **told):
    return [FOCUS_LINE | {"BilledCost": str(place)} | told for place in range(1, count + 1)]


# replacing


def test_a_delivery_replaces_its_periods_and_no_others(wh, tmp_path):
    september = {"BillingPeriodStart": "2026-09-01T00:00:00Z", "ChargePeriodStart": "2026-09-02T00:00:00Z"}
    load(wh, focus(tmp_path, *lines(3), *lines(2, **september)))
    assert [(period, count) for period, count, _, _ in sums(wh)] == [("2026-09", 2), ("2026-10", 3)]
    load(wh, focus(tmp_path, *lines(1)))
    assert [(period, count) for period, count, _, _ in sums(wh)] == [("2026-09", 2), ("2026-10", 1)]
    assert wh.con.execute("SELECT * FROM dirty_month ORDER BY 1").fetchall() == [
        (date(2026, 9, 1),),
        (date(2026, 10, 1),),
    ]


def test_a_delivery_says_what_it_replaced_and_only_then(wh, tmp_path):
    """3 lines of 1 + 2 + 3 dollars, then 4 that are 10: the result, the store and the command line say the same."""
    (first,) = load(wh, focus(tmp_path, *lines(3), name="first.csv"))
    (second,) = load(wh, focus(tmp_path, *lines(4), name="second.csv"))
    (again,) = load(wh, focus(tmp_path, *lines(4), name="second.csv"))
    assert (first.message, first.replaced) == (None, ())
    assert second.message == "replaced 3 lines by 4 (6.00 → 10.00 USD) of 2026-10"
    (restated,) = second.replaced
    assert (restated.billed_before, restated.billed_after, restated.lines_after) == (6, 10, 4)
    assert (again.status, again.message, again.replaced) == ("unchanged", None, ())
    kept = wh.con.execute("SELECT message FROM load WHERE status <> 'unchanged' ORDER BY load_id").fetchall()
    assert kept == [(None,), (second.message,)]


def test_check_takes_no_rejected_line_of_a_replaced_month_for_a_lost_one(wh, tmp_path):
    """Invoice totals count a line that cannot be used, the load's rows do not."""
    september = {"BillingPeriodStart": "2026-09-01T00:00:00Z", "ChargePeriodStart": "2026-09-02T00:00:00Z"}
    broken = FOCUS_LINE | september | {"BilledCost": "n/a"}
    load(wh, focus(tmp_path, *lines(150), *lines(3, **september), broken, name="both.csv"))
    load(wh, focus(tmp_path, *lines(2, **september), name="september.csv"))
    assert [(period, count) for period, count, _, _ in sums(wh)] == [("2026-09", 2), ("2026-10", 150)]
    wh.publish(ModelSettings())
    assert [finding.violations for finding in check(open_latest(wh.home)) if finding.violations] == []


def test_a_delivery_of_which_only_a_part_is_live_is_loaded_again(wh, tmp_path):
    september = {"BillingPeriodStart": "2026-09-01T00:00:00Z", "ChargePeriodStart": "2026-09-02T00:00:00Z"}
    both = focus(tmp_path, *lines(3), *lines(2, **september), name="both.csv")
    load(wh, both)
    load(wh, focus(tmp_path, *lines(1)))
    assert [result.status for result in load(wh, both)] == ["loaded"]
    assert [(period, count) for period, count, _, _ in sums(wh)] == [("2026-09", 2), ("2026-10", 3)]


def test_the_same_content_under_another_name_is_the_same_delivery(wh, tmp_path):
    load(wh, focus(tmp_path, *lines(3)))
    assert [result.status for result in load(wh, focus(tmp_path, *lines(3), name="copy.csv"))] == [
        "unchanged"
    ]


def test_a_failed_load_changes_nothing_and_is_shown(wh, tmp_path):
    load(wh, focus(tmp_path, *lines(3)))
    before = store_state(wh)
    with pytest.raises(SourceError, match="100 lines cannot be used"):
        load(wh, focus(tmp_path, *lines(50), *lines(50, ChargePeriodStart="soon")))
    assert store_state(wh) == before
    status = wh.con.execute("SELECT status, message FROM load ORDER BY started_at DESC LIMIT 1").fetchall()
    assert status[0][0] == "failed"
    assert "focus.csv line 51: no start of the charge period that can be read" in status[0][1]


def test_lines_are_written_in_order_of_time_and_resource(wh, tmp_path):
    told = [
        FOCUS_LINE | {"ChargePeriodStart": f"2026-10-{1 + place % 7:02}T00:00:00Z", "ChargePeriodEnd": "2026-10-09"}
        | {"ResourceId": f"i-{place % 5}"}
        for place in range(5000)
    ]  # fmt: skip
    load(wh, focus(tmp_path, *told))
    (path,) = wh.live_files("cost")
    with duckdb.connect() as con:
        kept = con.execute(f"SELECT charge_period_start, resource_id FROM '{path}'").fetchall()
    assert kept == sorted(kept)


def test_lines_know_their_file_and_place(wh, tmp_path):
    folder = tmp_path / "export"
    write_csv(folder / "a.csv", lines(3))
    write_csv(folder / "b.csv.gz", lines(2))
    load(wh, Focus(str(folder)))
    query = "SELECT file_id, line_no, line_id, billed_cost FROM cost ORDER BY line_id"
    kept = rows(wh, query)
    files = dict(wh.con.execute("SELECT uri, file_id FROM file").fetchall())
    assert [(file_id, line_no) for file_id, line_no, _, _ in kept] == [
        *((files[str(folder / "a.csv")], place) for place in (1, 2, 3)),
        *((files[str(folder / "b.csv.gz")], place) for place in (1, 2)),
    ]
    assert len({line_id for _, _, line_id, _ in kept}) == 5
    assert [int(cost) for *_, cost in kept] == [1, 2, 3, 1, 2]
    assert wh.con.execute("SELECT rows FROM file ORDER BY uri").fetchall() == [(3,), (2,)]


# rejects


def test_a_bad_line_is_kept_with_its_place_reason_and_text(wh, tmp_path):
    told = lines(300)
    told[6] = told[6] | {"BilledCost": "a lot"}
    (result,) = load(wh, focus(tmp_path, *told))
    assert (result.rows, result.rejected) == (299, 1)
    ((file_id, line_no, reason, text),) = wh.con.execute(
        "SELECT file_id, line_no, reason, raw FROM reject"
    ).fetchall()
    assert (line_no, reason) == (7, "no billed cost that can be read")
    assert '"BilledCost":"a lot"' in text
    assert wh.con.execute("SELECT rejected FROM load").fetchall() == [(1,)]
    assert wh.con.execute("SELECT count(*) FROM file WHERE file_id = $id", {"id": file_id}).fetchall() == [
        (1,)
    ]


def test_a_line_with_too_many_fields_is_kept_as_a_reject(wh, tmp_path):
    path = write_csv(tmp_path / "focus.csv", lines(300))
    text = path.read_text().splitlines()
    path.write_text("\n".join([*text[:200], text[200] + ",one,more", *text[201:]]) + "\n")
    (result,) = load(wh, Focus(str(path)))
    assert (result.rows, result.rejected) == (299, 1)
    assert wh.con.execute("SELECT line_no FROM reject").fetchall() == [(200,)]


def test_the_first_ten_rejects_are_shown(wh, tmp_path):
    with pytest.raises(SourceError) as error:
        load(wh, focus(tmp_path, *lines(20, BilledCost="x")))
    assert str(error.value).count("no billed cost") == 10


def test_quoted_line_ends_are_part_of_a_cell(wh, tmp_path):
    load(wh, focus(tmp_path, *lines(2, ChargeDescription='two\nlines, "quoted"')))
    assert rows(wh, "SELECT DISTINCT charge_description FROM cost") == [('two\nlines, "quoted"',)]


# guards


def test_two_sources_of_one_bill_are_an_error_of_the_second(wh, tmp_path):
    load(wh, focus(tmp_path, *lines(3)), "first")
    before = store_state(wh)
    with pytest.raises(SourceError, match=r"'first' holds AWS billing account 0001 for 2026-10 already"):
        load(wh, focus(tmp_path, *lines(2), name="again.csv"), "second")
    assert store_state(wh) == before


def test_one_bill_in_two_formats_is_one_bill(wh, tmp_path):
    load(wh, focus(tmp_path, *lines(3, BillingAccountId="000000000001")))
    with pytest.raises(SourceError, match="would count it a second time"):
        load(wh, AwsCur(str(write_csv(tmp_path / "cur.csv", [CUR_LINE]))))


def test_one_bill_without_its_leading_zeros_is_one_bill(wh, tmp_path):
    load(wh, AwsCur(str(write_csv(tmp_path / "cur.csv", [CUR_LINE]))))  # payer 000000000001
    before = store_state(wh)
    with pytest.raises(
        SourceError, match="'aws-cur' holds AWS billing account 000000000001 for 2026-10 already"
    ):
        load(wh, focus(tmp_path, *lines(3, BillingAccountId="1")))
    assert store_state(wh) == before


def test_one_bill_of_a_provider_in_another_case_is_one_bill(wh, tmp_path):
    load(wh, focus(tmp_path, *lines(3, ProviderName="CoreWeave")), "first")
    with pytest.raises(SourceError, match="'first' holds CoreWeave billing account 0001"):
        load(wh, focus(tmp_path, *lines(3, ProviderName="coreweave"), name="again.csv"), "second")


def test_two_billing_profiles_of_one_account_are_two_bills(wh, tmp_path):
    account = "/providers/Microsoft.Billing/billingAccounts/1/billingProfiles/"
    for profile in ("A", "B"):
        told = {"ProviderName": "Microsoft", "BillingAccountId": account + profile}
        load(wh, focus(tmp_path, *lines(1, **told), name=f"{profile}.csv"), profile)
    assert rows(wh, "SELECT count(*) FROM cost") == [(2,)]


def test_two_sources_may_share_a_month_or_an_account(wh, tmp_path):
    load(wh, focus(tmp_path, *lines(3)), "first")
    load(wh, focus(tmp_path, *lines(3, BillingAccountId="0002"), name="b.csv"), "second")
    other = {"BillingPeriodStart": "2026-11-01T00:00:00Z"}
    load(wh, focus(tmp_path, *lines(3, **other), name="c.csv"), "third")
    assert rows(wh, "SELECT count(*) FROM cost") == [(9,)]


def test_a_load_never_takes_away_an_account_that_it_does_not_hold(wh, tmp_path):
    load(wh, focus(tmp_path, *lines(3)))
    before = store_state(wh)
    with pytest.raises(SourceError, match=r"would remove the lines of AWS 0001 from 2026-10.*--source NAME"):
        load(wh, focus(tmp_path, *lines(2, BillingAccountId="0002", ResourceId="i-2")))
    assert store_state(wh) == before
    later = {"ChargePeriodStart": "2026-10-05T00:00:00Z", "ChargePeriodEnd": "2026-10-05T01:00:00Z"}
    with pytest.raises(SourceError, match="would remove the lines of AWS 0001"):
        load(wh, focus(tmp_path, *lines(2, BillingAccountId="0002", **later)))
    load(wh, focus(tmp_path, *lines(2, BillingAccountId="0002", ResourceId="i-2")), "other")
    load(wh, focus(tmp_path, *lines(2), *lines(1, BillingAccountId="0003", ResourceId="i-3")))
    assert rows(wh, "SELECT billing_account_id, count(*) FROM cost GROUP BY 1 ORDER BY 1") == [
        ("0001", 2),
        ("0002", 2),
        ("0003", 1),
    ]


def twice(tmp_path, name, *told):
    """A folder with the same export two times."""
    folder = tmp_path / "twice"
    write_csv(folder / f"1{name}", told)
    write_csv(folder / f"2{name}", told)
    return str(folder)


@pytest.mark.parametrize(("source", "line"), [(Focus, FOCUS_LINE), (AwsCur, CUR_LINE)])
def test_the_same_file_twice_in_a_folder_is_refused(wh, tmp_path, source, line):
    with pytest.raises(SourceError, match=r"1\.csv and .*2\.csv have the same content.*Take one of them out"):
        load(wh, source(twice(tmp_path, ".csv", line)))
    assert wh.live_files("cost") == []


def test_the_same_ndjson_twice_in_a_folder_is_refused(wh, tmp_path):
    for name in ("1.ndjson", "2.ndjson"):
        write_ndjson(tmp_path / "twice" / name, [GCP_LINE])
    with pytest.raises(SourceError, match=r"1\.ndjson and .*2\.ndjson have the same content"):
        load(wh, GcpExport(str(tmp_path / "twice")))


@pytest.mark.parametrize("source", [Focus, AwsCur, GcpExport])
def test_an_empty_file_is_an_error_and_changes_nothing(wh, tmp_path, source):
    load(wh, focus(tmp_path, *lines(3)), "focus")
    before = store_state(wh)
    empty = tmp_path / "empty.csv"
    empty.touch()
    with pytest.raises(SourceError, match=r"empty\.csv in .* is empty: 0 bytes, neither a header nor rows"):
        load(wh, source(str(empty)), "focus")
    assert store_state(wh) == before


def test_an_empty_parquet_chunk_is_passed_over_beside_others(wh, tmp_path):
    write_csv(tmp_path / "export" / "a.csv", lines(3))
    (tmp_path / "export" / "b.parquet").touch()
    assert [result.rows for result in load(wh, Focus(str(tmp_path / "export")))] == [3]


def test_equal_lines_of_another_account_do_not_replace_a_bill(wh, tmp_path):
    load(wh, focus(tmp_path, *lines(24)))
    before = store_state(wh)
    with pytest.raises(SourceError, match=r"would remove the lines of AWS 0001 from 2026-10.*--source NAME"):
        load(wh, focus(tmp_path, *lines(24, BillingAccountId="0002", SubAccountId="0002")))
    assert store_state(wh) == before


@pytest.mark.parametrize(
    "told",
    [
        {"line_item_usage_account_id": "000000000012"},
        {"line_item_usage_amount": "2"},
        {"line_item_usage_end_date": "2026-10-02T02:00:00Z"},
    ],
)
def test_a_payer_is_respelled_only_for_the_same_usage(wh, tmp_path, told):
    other = CUR_LINE | {"bill_payer_account_id": "000000000002"}
    load(wh, AwsCur(str(write_csv(tmp_path / "a.csv", [CUR_LINE]))))
    with pytest.raises(SourceError, match="would remove the lines of AWS 000000000001"):
        load(wh, AwsCur(str(write_csv(tmp_path / "b.csv", [other | told]))))
    load(wh, AwsCur(str(write_csv(tmp_path / "c.csv", [other]))))
    assert rows(wh, "SELECT billing_account_id, count(*) FROM cost GROUP BY 1") == [("000000000002", 1)]


def test_an_account_that_lost_its_leading_zeros_is_the_same(wh, tmp_path):
    load(wh, focus(tmp_path, *lines(3)))
    load(wh, focus(tmp_path, *lines(2, BillingAccountId="1", ResourceId="i-2")))
    assert rows(wh, "SELECT billing_account_id, count(*) FROM cost GROUP BY 1") == [("1", 2)]


def test_a_provider_in_another_case_is_the_same(wh, tmp_path):
    load(wh, focus(tmp_path, *lines(3, ProviderName="CoreWeave")))
    load(wh, focus(tmp_path, *lines(2, ProviderName="coreweave", ResourceId="i-2")))
    assert rows(wh, "SELECT provider, count(*) FROM cost GROUP BY 1") == [("coreweave", 2)]


def damaged(tmp_path, form):
    path = tmp_path / f"bill.{form}"
    if form == "csv":
        path.write_bytes(
            write_csv(tmp_path / "whole.csv", lines(3)).read_bytes().replace(b"AWS", b"\xff\xfe")
        )
    elif form == "csv.gz":
        path.write_bytes(write_csv(tmp_path / "whole.csv.gz", lines(300)).read_bytes()[:-60])
    else:
        path.write_bytes(b"PAR1" + b"x" * 200)
    return path


@pytest.mark.parametrize(
    ("form", "words"),
    [("csv", "not UTF-8"), ("csv.gz", "gzip content is damaged"), ("parquet", "as Parquet")],
)
def test_a_damaged_file_is_told_in_words(wh, tmp_path, form, words):
    with pytest.raises(
        SourceError, match=rf"bill\.{form} cannot be read: .*{words}.*Export or copy it again"
    ):
        load(wh, Focus(str(damaged(tmp_path, form))))
    assert wh.live_files("cost") == []


# the second count


@dataclasses.dataclass(frozen=True)
class Tampered(Focus):
    """Staging that loses one line and doubles another."""

    layout: ClassVar[Layout] = Focus.layout


def test_a_lost_and_a_doubled_line_contradict_the_invoice_total(wh, tmp_path, monkeypatch):
    tampered = tmp_path / "tampered.sql"
    staging = Focus.layout.staging.read_text()
    tampered.write_text(
        f"SELECT * FROM ({staging}) WHERE line_no <> 3 "
        f"UNION ALL SELECT * REPLACE (1000 + line_no AS line_no) FROM ({staging}) WHERE line_no = 5"
    )
    monkeypatch.setattr(Tampered, "layout", dataclasses.replace(Focus.layout, staging=tampered))
    source = focus(tmp_path, *lines(10))
    load(wh, Tampered(source.location))
    assert rows(wh, "SELECT sum(billed_cost) FROM cost") == [(Decimal(57),)]
    assert invoiced(wh) == {"2026-10": Decimal(55)}
    load(wh, focus(tmp_path, *lines(10), FOCUS_LINE | {"BilledCost": "0"}))
    assert rows(wh, "SELECT sum(billed_cost) FROM cost") == [(Decimal(55),)]


def test_what_twelve_decimals_change_is_known(wh, tmp_path):
    told = ["0.0000000000005", "0.00000000000049", "-0.0000000000005", "1.0000000000000000000001"]
    load(wh, focus(tmp_path, *(FOCUS_LINE | {"BilledCost": cost, "EffectiveCost": cost} for cost in told)))
    ((billed, rounding),) = wh.con.execute(
        "SELECT sum(billed_cost), sum(billed_rounding) FROM invoice_total"
    ).fetchall()
    assert billed == sum(map(Decimal, told))
    assert rows(wh, "SELECT sum(billed_cost) FROM cost") == [(billed + rounding,)]


def test_totals_are_by_day_and_account(wh, tmp_path):
    told = [
        FOCUS_LINE,
        FOCUS_LINE | {"SubAccountId": "0012", "BilledCost": "1"},
        FOCUS_LINE | {"ChargePeriodStart": "2026-10-03T00:00:00Z", "ChargePeriodEnd": "2026-10-04T00:00:00Z"},
        FOCUS_LINE
        | {"ChargePeriodStart": "2026-10-02T23:00:00-02:00", "ChargePeriodEnd": "2026-10-04T00:00:00Z"},
    ]
    load(wh, focus(tmp_path, *told))
    query = "SELECT day, sub_account_id, lines, billed_cost, list_cost FROM invoice_total ORDER BY 1, 2"
    assert wh.con.execute(query).fetchall() == [
        (date(2026, 10, 2), "0011", 1, Decimal(10), Decimal(12)),
        (date(2026, 10, 2), "0012", 1, Decimal(1), Decimal(12)),
        (date(2026, 10, 3), "0011", 2, Decimal(20), Decimal(24)),
    ]


# forms of numbers and times


@pytest.fixture(scope="module")
def reader():
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        con.execute(raw.macros())
        yield con


NUMBERS = st.builds(
    lambda digits, places: Decimal(digits).scaleb(-places), st.integers(-(10**24), 10**24), st.integers(9, 36)
)
same_reader = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@same_reader
@given(number=NUMBERS, form=st.sampled_from(["plain", "E", "e", "$", " "]))
def test_numbers_keep_their_value_in_every_form(reader, number, form):
    text = {
        "plain": f"{number:f}",
        "E": f"{number:E}",
        "e": f"{number:e}",
        "$": f"{number:,f}".replace("-", "-$") if number < 0 else f"${number:,f}",
        " ": f" {number:f} ",
    }[form]
    ((read,),) = reader.execute("SELECT money_of_text($text)", {"text": text}).fetchall()
    assert read == number.quantize(Decimal("1e-12"), ROUND_HALF_UP)


@same_reader
@given(number=st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15))
def test_doubles_become_the_decimal_that_they_print_as(reader, number):
    ((read,),) = reader.execute(
        "SELECT money_of_double(CAST($number AS DOUBLE))", {"number": number}
    ).fetchall()
    assert read == Decimal(repr(number)).quantize(Decimal("1e-12"), ROUND_HALF_UP)


@same_reader
@given(number=st.integers(10**6, 10**8).map(lambda tenths: tenths / 10))
def test_doubles_of_few_digits_gain_none(reader, number):
    ((read,),) = reader.execute(
        "SELECT money_of_double(CAST($number AS DOUBLE))", {"number": number}
    ).fetchall()
    assert read == Decimal(repr(number))


@same_reader
@given(number=st.integers(-(10**16), 10**16).map(lambda digits: Decimal(digits).scaleb(-10)))
def test_costs_as_doubles_keep_the_digits_that_were_written(reader, number):
    ((read,),) = reader.execute(
        "SELECT money_of_double(CAST($number AS DOUBLE))", {"number": float(number)}
    ).fetchall()
    assert read == Decimal(repr(float(number))).quantize(Decimal("1e-12"), ROUND_HALF_UP)


@pytest.mark.parametrize(
    "text", ["", "NULL", "a lot", "1,5", "1.2.3", "--1", "NaN", "inf", "1 000", "12,34,567"]
)
def test_what_is_no_number_is_unknown(reader, text):
    assert reader.execute("SELECT money_of_text(text_of($text))", {"text": text}).fetchall() == [(None,)]


@same_reader
@given(
    moment=st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)),
    form=st.sampled_from(["%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%d %H:%M:%S.%f +0000 UTC"]),
)
def test_times_keep_their_value_in_every_form(reader, moment, form):
    ((read,),) = reader.execute("SELECT time_of_text($text)", {"text": moment.strftime(form)}).fetchall()
    assert read == moment


@same_reader
@given(moment=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.timezones()))
def test_offsets_are_taken_off(reader, moment):
    whole = moment.replace(microsecond=0)
    offset = whole.utcoffset()
    if offset is None or offset.total_seconds() % 60:
        return
    ((read,),) = reader.execute("SELECT time_of_text($text)", {"text": whole.isoformat()}).fetchall()
    assert read == whole.astimezone(UTC).replace(tzinfo=None)


# big deliveries


def test_many_files_of_different_columns_are_one_delivery(wh, tmp_path):
    folder = tmp_path / "export"
    for place in range(5):
        write_csv(folder / f"{place}.csv", [line | {f"x_{place}": "y"} for line in lines(10)])
    values = ", ".join(f"'{value}' AS {key}" for key, value in FOCUS_LINE.items())
    write_parquet(folder / "6.parquet", f"SELECT {values}, MAP {{'team': 'a'}} AS Tags")
    (result,) = load(wh, Focus(str(folder)))
    assert result.rows == 51
    assert rows(wh, "SELECT sum(billed_cost) FROM cost") == [(Decimal(5 * 55 + 10),)]


# S3


@pytest.fixture(scope="module")
def s3():
    with aws() as url:
        yield url


@pytest.fixture
def bucket(s3, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    client = boto3.client("s3", endpoint_url=s3)
    client.create_bucket(Bucket="bills")

    def put(folder):
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            client.upload_file(str(path), "bills", path.relative_to(folder).as_posix())

    yield put
    for item in client.list_objects_v2(Bucket="bills").get("Contents", ()):
        client.delete_object(Bucket="bills", Key=item["Key"])
    client.delete_bucket(Bucket="bills")
    client.close()


def test_two_deliveries_through_a_real_bucket(wh, recordings, bucket, s3):
    source = AwsCur("s3://bills/exports/gpu-cur", s3)
    bucket(recordings / "billing/aws-bucket-gpu/bucket")
    assert [result.status for result in load(wh, source)] == ["loaded"] * 3
    first = [
        ("2026-08", 5208, Decimal("75882.559999968")),
        ("2026-09", 5040, Decimal("73434.000000024")),
        ("2026-10", 1512, Decimal("22030.3045161216")),
    ]
    assert [told[:3] for told in sums(wh)] == first
    assert [result.status for result in load(wh, source)] == ["unchanged"] * 3
    bucket(recordings / "billing/aws-bucket-gpu/bucket_final")  # beside the first: the manifests decide
    assert [result.status for result in load(wh, source)] == ["loaded"] * 3
    assert [result.status for result in load(wh, source)] == ["unchanged"] * 3
    assert [told[:3] for told in sums(wh)] == [
        first[0],
        ("2026-09", 5040, Decimal("73434.800000016")),
        first[2],
    ]
    uris = wh.con.execute(
        "SELECT DISTINCT uri FROM file WHERE uri NOT LIKE 's3://bills/exports/gpu-cur/%'"
    ).fetchall()
    assert uris == []


def test_focus_from_a_bucket(wh, tmp_path, bucket, s3):
    write_csv(tmp_path / "up/focus/part.csv.gz", lines(4))
    bucket(tmp_path / "up")
    assert [result.rows for result in load(wh, Focus("s3://bills/focus/", s3))] == [4]


def test_the_same_object_twice_is_refused(wh, tmp_path, bucket, s3):
    twice(tmp_path / "up", ".csv", *lines(4))
    bucket(tmp_path / "up")
    with pytest.raises(
        SourceError, match=r"s3://bills/twice/1\.csv and s3://bills/twice/2\.csv have the same"
    ):
        load(wh, Focus("s3://bills/twice/", s3))


def test_a_bucket_that_is_not_there_is_told_in_words(wh, bucket, s3):  # noqa: ARG001 - for its credentials
    with pytest.raises(SourceError, match=r"s3://nobody/x cannot be read: there is no such bucket\. Check"):
        load(wh, AwsCur("s3://nobody/x", s3))


def test_a_server_that_does_not_answer_is_told_in_words(wh, bucket, monkeypatch):  # noqa: ARG001
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(SourceError, match=r"s3://bills/x cannot be read: the server could not be asked"):
        load(wh, AwsCur("s3://bills/x", "http://127.0.0.1:9"))


def test_an_empty_prefix_says_so(wh, bucket, s3):  # noqa: ARG001 - the bucket must exist
    with pytest.raises(SourceError, match=r"Nothing lies under s3://bills/nowhere"):
        load(wh, AwsCur("s3://bills/nowhere", s3))
