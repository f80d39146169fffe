"""Request logs that overlap or are rotated: a request counts once, however its log is cut, copied and loaded."""

from __future__ import annotations

import gzip
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import answer

from data.forget import forget
from data.warehouse import Mode, Warehouse
from ingest.load_requests import load_requests
from ingest.source import Window
from ingest.sources.requests import RequestLog

NOON = datetime(2026, 10, 1, 12)
HEADER = "timestamp,model,output_tokens,latency\n"


@pytest.fixture
def wh(home):
    with Warehouse.open(home) as opened:
        yield opened


@pytest.fixture
def logs(tmp_path):
    folder = tmp_path / "logs"
    folder.mkdir()
    return folder


def load(wh, location, source="log"):
    (result,) = load_requests(wh, source, RequestLog(str(location), timezone="UTC"), Window())
    return result


def lines(start, minutes, model="m", step=1):
    """A request a minute (or `step`), each with as many tokens as its minute."""
    moments = [start + timedelta(minutes=n) for n in range(0, minutes, step)]
    return [f"{moment.isoformat()},{model},{moment.minute},1\n" for moment in moments]


def write(path, told):
    content = (HEADER + "".join(told)).encode()
    path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)
    return path


def counted(wh):
    """hour → (requests, tokens), and the latencies must be as many."""
    rows = answer(
        wh,
        "SELECT hour, sum(requests_ok) AS n, sum(output_tokens) AS t FROM traffic GROUP BY hour ORDER BY hour",
    )
    told = {row["hour"]: (row["n"], row["t"]) for row in rows}
    (latencies,) = answer(wh, "SELECT coalesce(sum(requests), 0) AS n FROM traffic_latency")
    assert latencies["n"] == sum(n for n, _ in told.values())
    return told


HOUR = lines(NOON, 60)
WHOLE = {NOON: (60, sum(range(60)))}


def test_a_copy_and_its_log_that_went_on_count_once(wh, logs):
    """app.log.1.gz was copied at 12:39 and app.log goes on from 12:20: 20 requests stand in both."""
    write(logs / "app.log.1.gz", HOUR[:40])
    write(logs / "app.log", HOUR[20:])
    result = load(wh, logs)
    assert counted(wh) == WHOLE
    assert result.message == "lines that app.log, app.log.1.gz tell alike, and count once: 20"


def test_equal_lines_of_one_file_are_so_many_requests(wh, logs):
    """Three requests of a minute are alike; a copy that holds two of them, cut off there, adds none."""
    thrice = [line for line in HOUR for _ in range(3)]
    write(logs / "a.log", thrice)
    write(logs / "b.log", thrice[: 20 * 3 + 2])
    load(wh, logs)
    assert counted(wh) == {NOON: (180, 3 * sum(range(60)))}


def test_two_servers_with_some_equal_lines_count_whole(wh, logs):
    """Both answer the same minutes, and alike in 30 of 60; each has 30 of its own."""
    write(logs / "a.log", HOUR)
    write(logs / "b.log", lines(NOON, 60, step=2) + lines(NOON + timedelta(minutes=1), 59, "other", step=2))
    result = load(wh, logs)
    assert counted(wh)[NOON][0] == 120
    assert (
        result.message
        == "a.log and b.log hold 30 equal lines beside others and count as two logs, both whole"
    )


def test_parts_that_were_cut_within_a_moment_count_whole(wh, logs):
    """Of five equal lines at 12:30 two stand in the older part and three in the newer one."""
    write(logs / "app.log.1", HOUR[:30] + [HOUR[30]] * 2)
    write(logs / "app.log", [HOUR[30]] * 3 + HOUR[31:])
    load(wh, logs)
    assert counted(wh) == {NOON: (64, sum(range(60)) + 4 * 30)}


@pytest.mark.parametrize("newer_first", [False, True])
def test_parts_that_are_loaded_one_by_one_sum_up(wh, logs, newer_first):
    """The log is rotated at 20 past, and each part comes alone."""
    parts = [write(logs / "app.log.1", HOUR[:20]), write(logs / "app.log", HOUR[20:])]
    first, second = reversed(parts) if newer_first else parts
    load(wh, first)
    result = load(wh, second)
    assert counted(wh) == WHOLE
    beside = 40 if newer_first else 20
    assert (
        result.message
        == f"2026-10-01 12:00 goes on with what was loaded before: {beside} requests of it count beside"
    )
    for path in (first, second, first):
        load(wh, path)
        assert counted(wh) == WHOLE


def test_a_log_that_is_cut_in_the_first_second_of_an_hour_loses_nothing(wh, logs):
    """Two of the three requests of 13:00:00 stand in the older part."""
    one = NOON + timedelta(hours=1)
    second = [f"{one.isoformat()},{name},0,1\n" for name in "abc"]
    load(wh, write(logs / "app.log", HOUR + second[:2]))
    load(wh, write(logs / "app.log", second[2:] + lines(one + timedelta(minutes=1), 90)))
    assert counted(wh)[one] == (62, sum(range(60)))


def test_a_log_that_grows_after_its_rotation_replaces_itself(wh, logs):
    load(wh, write(logs / "app.log", HOUR[:20]))
    for end in (25, 26, 45, 60):
        load(wh, write(logs / "app.log", HOUR[20:end]))
        assert counted(wh) == {NOON: (end, sum(range(end)))}


def test_a_part_that_is_packed_after_it_was_loaded_is_no_new_part(wh, logs):
    load(wh, write(logs / "app.log", HOUR[:20]))
    load(wh, write(logs / "app.log.1.gz", HOUR[:20]))
    assert counted(wh) == {NOON: (20, sum(range(20)))}
    (logs / "app.log").unlink()
    write(logs / "app.log", HOUR[20:])
    load(wh, logs)
    assert counted(wh) == WHOLE


def test_copy_and_truncate_over_several_hours(wh, logs):
    """Cut at 12:20, 13:40 and 14:10; each part is read when the one before it is gone."""
    day = lines(NOON, 180)
    for start, end in ((0, 20), (20, 100), (100, 130), (130, 180)):
        load(wh, write(logs / "app.log", day[start:end]))
    assert counted(wh) == {NOON + timedelta(hours=n): (60, sum(range(60))) for n in range(3)}
    assert [row["n"] for row in answer(wh, "SELECT count(DISTINCT hour) AS n FROM request_edge")] == [3]


def test_two_servers_rotated_seconds_apart_go_on_as_one(wh, logs):
    """Server a is cut at 12:20:00 and b at 12:20:30: both older parts are loaded, then both newer ones."""
    for name, start in (("a", NOON), ("b", NOON + timedelta(seconds=30))):
        whole = lines(start, 60, name)
        write(logs / f"{name}.log.1", whole[: 21 if name == "b" else 20])
        write(logs / f"{name}.log.2", whole[21 if name == "b" else 20 :])
    older, newer = logs / "older", logs / "newer"
    for folder, part in ((older, 1), (newer, 2)):
        folder.mkdir()
        for name in "ab":
            (logs / f"{name}.log.{part}").rename(folder / f"{name}.log")
    load(wh, older)
    load(wh, newer)
    assert counted(wh) == {NOON: (120, 2 * sum(range(60)))}


def test_a_mended_log_is_no_second_one(wh, logs):
    """The same 60 requests with other tokens: as many as before, so they replace them."""
    load(wh, write(logs / "app.log", HOUR))
    mended = [line.replace(",m,", ",m,1") for line in HOUR]
    load(wh, write(logs / "app.log", mended))
    assert counted(wh) == {NOON: (60, sum(int(f"1{n}") for n in range(60)))}


def test_request_ids_go_on_too_and_are_believed_as_told_last(wh, logs):
    header = "timestamp,request_id,output_tokens\n"

    def rows(tokens, *numbers):
        told = (f"2026-10-01T12:{n:02}:00,r-{n},{tokens}\n" for n in numbers)
        (logs / "app.csv").write_text(header + "".join(told))

    rows(1, *range(30))
    load(wh, logs)
    rows(2, *range(25, 50))
    load(wh, logs)
    (row,) = answer(wh, "SELECT sum(requests_ok) AS n, sum(output_tokens) AS t FROM traffic")
    assert (row["n"], row["t"]) == (50, 25 + 2 * 25)


def test_replace_takes_the_part_alone(home, logs):
    with Warehouse.open(home) as wh:
        load(wh, write(logs / "app.log", HOUR[:20]))
    with Warehouse.open(home, mode=Mode(again=True)) as wh:
        load(wh, write(logs / "app.log", HOUR[20:]))
        assert counted(wh) == {NOON: (40, sum(range(20, 60)))}


def test_an_hour_that_another_load_changed_is_not_gone_on_with(wh, logs):
    """What is kept of the hour is no longer all that the store counts of it: the fuller one stays, as ever."""
    load(wh, write(logs / "app.log", HOUR[:40]))
    wh.con.execute("DELETE FROM request_edge WHERE line_no > 35").fetchall()
    result = load(wh, write(logs / "app.log", HOUR[40:]))
    assert counted(wh) == {NOON: (40, sum(range(40)))}
    assert "is kept as loaded before" in result.message


def test_what_is_kept_is_bounded_and_goes_with_its_source(wh, logs):
    for day in range(30):
        load(wh, write(logs / "app.log", lines(NOON + timedelta(days=day, minutes=5), 20)))
    kept = "SELECT count(DISTINCT hour) AS hours, min(hour) AS first FROM request_edge"
    assert answer(wh, kept) == [{"hours": 24, "first": NOON + timedelta(days=6)}]
    forget(wh, "log")
    assert answer(wh, "FROM request_edge") == []


@settings(max_examples=12, deadline=None)
@given(
    per_minute=st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=3), min_size=4, max_size=90),
    cuts=st.tuples(st.floats(0.1, 0.9), st.floats(0, 0.3)),
    how=st.sampled_from(["together", "in order", "newer first"]),
    start=st.integers(0, 59),
)
def test_a_log_in_two_parts_is_the_log(per_minute, cuts, how, start):
    """Any log, cut anywhere between two minutes, the newer part beginning up to a third earlier: as in one file."""
    begin = NOON + timedelta(minutes=start)
    minutes = [
        [f"{(begin + timedelta(minutes=n)).isoformat()},{model},1,1\n" for model in models]
        for n, models in enumerate(per_minute)
    ]
    cut = min(max(1, int(len(minutes) * cuts[0])), len(minutes) - 1)
    again = max(0, cut - int(len(minutes) * cuts[1]))
    if again == cut - 1:  # equal lines of one moment alone may be a log that was cut within it
        again = cut
    truth = Counter()
    for n, models in enumerate(per_minute):
        truth[(begin + timedelta(minutes=n)).replace(minute=0)] += len(models)
    with TemporaryDirectory() as place:
        folder = Path(place) / "logs"
        folder.mkdir()
        older = write(folder / "app.log.1.gz", [line for told in minutes[:cut] for line in told])
        newer = write(folder / "app.log", [line for told in minutes[again:] for line in told])
        with Warehouse.open(Path(place) / "store") as wh:
            for path in {"together": [folder], "in order": [older, newer], "newer first": [newer, older]}[
                how
            ]:
                load(wh, path)
            assert {hour: n for hour, (n, _) in counted(wh).items()} == truth
