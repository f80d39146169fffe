"""A load may take so much memory and no more, and one that needs more goes through the store's spill folder."""

from __future__ import annotations

from decimal import Decimal

from cost_store import CUR_LINE, load, sums, write_parquet

from ingest import memory
from ingest.sources.aws_cur import AwsCur

LIMITS = "SELECT current_setting('memory_limit'), current_setting('threads')"


def test_the_limit_holds_while_a_bill_is_loaded_and_not_after(wh, monkeypatch):
    before = wh.con.execute(LIMITS).fetchall()
    within = []

    def fetch(_self, _window):
        within.extend(wh.con.execute(LIMITS).fetchall())
        return iter(())

    monkeypatch.setattr(AwsCur, "fetch", fetch)
    load(wh, AwsCur("anywhere"))
    ((most, threads),) = within
    assert most == "512.0 MiB"
    assert threads <= memory.THREADS
    assert wh.con.execute(LIMITS).fetchall() == before


def test_a_smaller_limit_of_the_machine_stays(wh):
    wh.con.execute("SET GLOBAL memory_limit = '100 MiB'")
    with memory.bounded(wh.con):
        assert wh.con.execute(LIMITS).fetchone()[0] == "100.0 MiB"


def test_a_bill_larger_than_the_limit_is_loaded(wh, tmp_path, monkeypatch):
    """300,000 pods of 50,000 machines, each line with a text of its own, in 150 MiB."""
    monkeypatch.setattr(memory, "MOST", "150 MiB")
    monkeypatch.setattr(memory, "THREADS", 1)
    node = CUR_LINE | {"line_item_usage_type": "BoxUsage:m5.xlarge"}
    own = ("line_item_resource_id", "line_item_unblended_cost")
    told = ", ".join(f"'{value}' AS {name}" for name, value in node.items() if name not in own)
    export = write_parquet(
        tmp_path / "cur/cur.parquet",
        f"""SELECT {told},
                CASE WHEN pod = 0 THEN '0.6' ELSE '0' END AS line_item_unblended_cost,
                CASE WHEN pod = 0 THEN 'i-' || node ELSE 'arn:aws:eks:r:1:pod/c/n/p' || pod || '/' || node END
                    AS line_item_resource_id,
                CASE WHEN pod > 0 THEN 'i-' || node END AS split_line_item_parent_resource_id,
                CASE WHEN pod > 0 THEN 0.1 END AS split_line_item_split_cost,
                repeat(md5(CAST(node * 7 + pod AS VARCHAR)), 6) AS line_item_line_item_description
            FROM range(50000) AS n(node), range(7) AS p(pod)""",
    )
    (result,) = load(wh, AwsCur(str(export)))
    assert result.rows == 300_000
    assert sums(wh) == [("2026-10", 300_000, Decimal(30_000), Decimal(30_000))]
