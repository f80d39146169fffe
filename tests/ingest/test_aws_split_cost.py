"""EKS split cost allocation: pods take the place of the machine that they ran on, exactly, and add nothing."""

from __future__ import annotations

from decimal import Decimal

from cost_store import CUR_LINE, invoiced, load, rows, write_csv
from hypothesis import given, settings
from hypothesis import strategies as st

from data.check import check
from data.model.settings import ModelSettings
from data.snapshot import open_latest
from data.warehouse import Warehouse
from ingest.sources.aws_cur import AwsCur

NODE = CUR_LINE | {
    "line_item_usage_type": "USE1-BoxUsage:m5.xlarge",
    "line_item_operation": "RunInstances",
    "line_item_resource_id": "i-node",
    "line_item_unblended_cost": "0.192",
    "pricing_public_on_demand_cost": "0.192",
}
AMOUNTS = (
    "billed_cost",
    "effective_cost",
    "contracted_cost",
    "list_cost",
    "pricing_quantity",
    "consumed_quantity",
)


def pod(name, cost, unused=0, namespace="shop", parent="i-node", **told):
    """One resource of one pod in one hour; its own cost is 0, as AWS writes it."""
    return NODE | {
        "line_item_product_code": "AmazonEKS",
        "line_item_usage_type": "USE1-EKS-EC2-vCPU-Hours",
        "line_item_operation": "EKSPod-EC2",
        "line_item_resource_id": f"arn:aws:eks:us-east-1:000000000011:pod/prod/{namespace}/{name}/0c1f-uid",
        "line_item_unblended_cost": "0",
        "pricing_public_on_demand_cost": "0.05",  # some exports state it once more
        "split_line_item_parent_resource_id": parent,
        "split_line_item_split_cost": str(cost),
        "split_line_item_unused_cost": str(unused),
    } | told  # fmt: skip


def unused(cost, parent="i-node"):
    told = {"line_item_resource_id": "arn:aws:eks:us-east-1:000000000011:pod/prod/Unused"}
    return pod("", cost, parent=parent, **told)


def bare(wh, tmp_path, *lines):
    (result,) = load(wh, AwsCur(str(write_csv(tmp_path / "cur.csv", lines))))
    return result


def held(wh):
    """(resource name or id, effective cost), in the order of the lines."""
    query = "SELECT coalesce(resource_name, regexp_extract(resource_id, '[^/]+$')), effective_cost FROM cost"
    return rows(wh, f"{query} ORDER BY file_id, line_no")


def test_pods_and_the_unused_line_are_the_machine(wh, tmp_path):
    """With a line for what nobody used, a pod's unused cost is that money once more."""
    result = bare(wh, tmp_path, NODE, pod("a", "0.1", "0.06"), pod("b", "0.02", "0.012"), unused("0.072"))
    assert held(wh) == [
        ("shop/a", Decimal("0.1")),
        ("shop/b", Decimal("0.02")),
        ("Unused", Decimal("0.072")),
    ]
    assert result.rows == 3
    assert result.message == "3 split cost lines took the place of the lines that they split"


def test_without_an_unused_line_pods_carry_what_nobody_used(wh, tmp_path):
    bare(wh, tmp_path, NODE, pod("a", "0.1", "0.06"), pod("b", "0.02", "0.012"))
    assert held(wh) == [("shop/a", Decimal("0.16")), ("shop/b", Decimal("0.032"))]


def test_what_no_split_line_takes_stays_on_the_machine(wh, tmp_path):
    bare(wh, tmp_path, NODE, pod("a", "0.1"))
    assert held(wh) == [("i-node", Decimal("0.092")), ("shop/a", Decimal("0.1"))]


def test_more_than_the_machine_cost_is_never_taken(wh, tmp_path):
    bare(wh, tmp_path, NODE, pod("a", "0.3"), pod("b", "0.1"))
    assert held(wh) == [("shop/a", Decimal("0.144")), ("shop/b", Decimal("0.048"))]


def test_a_machine_without_split_lines_stays(wh, tmp_path):
    other = NODE | {"line_item_resource_id": "i-other"}
    bare(wh, tmp_path, NODE, other, pod("a", "0.192"))
    assert held(wh) == [("i-other", Decimal("0.192")), ("shop/a", Decimal("0.192"))]


def test_a_machine_with_accelerators_stays_since_telemetry_knows_its_holders(wh, tmp_path):
    gpu = CUR_LINE | {"line_item_operation": "RunInstances"}
    result = bare(wh, tmp_path, gpu, NODE, pod("a", "0.192"), pod("vllm", "55.04", parent="i-1"))
    assert held(wh) == [("i-1", Decimal("55.04")), ("shop/a", Decimal("0.192"))]
    assert "1 lines left out: split cost of lines that are here whole" in result.message


def test_a_machine_that_somebody_mapped_to_a_model_stays(wh, tmp_path):
    wh.con.execute(
        "INSERT INTO deployment_map (source, load_id, resource_id, model) VALUES ('r', 'r', 'i-node', 'bert')"
    )
    bare(wh, tmp_path, NODE, pod("a", "0.192"))
    assert held(wh) == [("i-node", Decimal("0.192"))]


def test_volumes_and_transfers_of_the_machine_stay_whole(wh, tmp_path):
    transfer = NODE | {
        "line_item_usage_type": "DataTransfer-Regional-Bytes",
        "line_item_unblended_cost": "0.01",
    }
    bare(wh, tmp_path, NODE, transfer, pod("a", "0.192"))
    assert held(wh) == [("i-node", Decimal("0.01")), ("shop/a", Decimal("0.192"))]


def test_pods_split_the_hour_that_they_ran_in(wh, tmp_path):
    later = {
        "line_item_usage_start_date": "2026-10-02T01:00:00Z",
        "line_item_usage_end_date": "2026-10-02T02:00:00Z",
    }
    bare(wh, tmp_path, NODE, NODE | later, pod("a", "0.192", **later))
    assert held(wh) == [("i-node", Decimal("0.192")), ("shop/a", Decimal("0.192"))]


def test_parents_and_parts_in_files_of_any_order(wh, tmp_path):
    write_csv(tmp_path / "cur/a.csv", [pod("a", "0.1"), NODE | {"line_item_resource_id": "i-other"}])
    write_csv(tmp_path / "cur/b.csv", [pod("b", "0.092"), NODE])
    load(wh, AwsCur(str(tmp_path / "cur")))
    assert sorted(held(wh)) == [
        ("i-other", Decimal("0.192")),
        ("shop/a", Decimal("0.1")),
        ("shop/b", Decimal("0.092")),
    ]
    assert rows(wh, "SELECT count(DISTINCT line_id), count(*) FROM cost") == [(3, 3)]
    traced = "SELECT resource_name, right(uri, 5), line_no FROM cost JOIN file USING (file_id)"
    assert sorted(rows(wh, f"{traced} WHERE resource_name IS NOT NULL")) == [
        ("shop/a", "a.csv", 1),
        ("shop/b", "b.csv", 1),
    ]


def test_cash_is_split_like_the_amortised_cost(wh, tmp_path):
    """A reserved hour costs nothing in cash, a covered one its price, which the negation takes off again."""
    covered = NODE | {
        "line_item_line_item_type": "SavingsPlanCoveredUsage",
        "savings_plan_savings_plan_effective_cost": "0.12",
        "savings_plan_savings_plan_a_r_n": "arn:plan",
    }
    negation = NODE | {
        "line_item_line_item_type": "SavingsPlanNegation",
        "line_item_unblended_cost": "-0.192",
    }
    bare(wh, tmp_path, covered, negation, pod("a", "0.09"), pod("b", "0.03"))
    query = "SELECT resource_name, billed_cost, effective_cost, commitment_discount_status FROM cost ORDER BY line_no"
    assert rows(wh, query) == [
        (None, Decimal("-0.192"), 0, None),
        ("shop/a", Decimal("0.144"), Decimal("0.09"), "Used"),
        ("shop/b", Decimal("0.048"), Decimal("0.03"), "Used"),
    ]


def test_net_columns_count_where_they_are_filled(wh, tmp_path):
    net = NODE | {"line_item_net_unblended_cost": "0.096"}
    bare(wh, tmp_path, net, pod("a", "0.1", split_line_item_net_split_cost="0.05"))
    assert held(wh) == [("i-node", Decimal("0.046")), ("shop/a", Decimal("0.05"))]


def test_an_hour_that_is_partly_covered_is_two_lines_and_each_is_split(wh, tmp_path):
    covered = NODE | {
        "line_item_line_item_type": "SavingsPlanCoveredUsage",
        "line_item_unblended_cost": "0.1",
        "savings_plan_savings_plan_effective_cost": "0.06",
    }
    rest = NODE | {"line_item_unblended_cost": "0.092"}
    bare(wh, tmp_path, covered, rest, pod("a", "0.114"), pod("b", "0.038"))
    query = "SELECT resource_name, sum(effective_cost), count(*) FROM cost GROUP BY 1 ORDER BY 1"
    assert rows(wh, query) == [("shop/a", Decimal("0.114"), 2), ("shop/b", Decimal("0.038"), 2)]


def test_tags_say_whose_pod_it_is(wh, tmp_path):
    """A machine's tags hold for what runs on it, unless the pod says otherwise."""
    node = NODE | {"resource_tags": '{"user_team": "platform", "user_env": "prod"}'}
    labelled = {"resource_tags": '{"user_team": "search", "aws_eks_node": "n1"}'}
    bare(wh, tmp_path, node, pod("a", "0.1", **labelled), unused("0.092"))
    assert rows(wh, "SELECT tags FROM cost ORDER BY line_no") == [
        (
            {"team": "search", "env": "prod", "cluster": "prod", "namespace": "shop", "pod": "a"}
            | {"aws_eks_node": "n1"},
        ),
        ({"team": "platform", "env": "prod", "cluster": "prod"},),
    ]


def test_every_total_stays_and_unexplained_is_0(wh, tmp_path):
    bare(wh, tmp_path, CUR_LINE, NODE, pod("a", "0.1", "0.05"), pod("b", "0.01", "0.005"))
    assert invoiced(wh) == {"2026-10": Decimal("55.232")}
    totals = "SELECT sum(list_cost + list_rounding), sum(contracted_cost) FROM invoice_total"
    assert wh.con.execute(totals).fetchall() == rows(
        wh, "SELECT sum(list_cost), sum(contracted_cost) FROM cost"
    )
    wh.publish(ModelSettings())
    assert [finding.violations for finding in check(open_latest(wh.home)) if finding.violations] == []


COST = st.decimals(min_value=0, max_value=10, places=10)


@settings(max_examples=25, deadline=None)
@given(
    billed=COST,
    effective=COST.filter(bool),
    parts=st.lists(st.tuples(COST, COST), min_size=1, max_size=6),
    apart=st.booleans(),
)
def test_the_parts_and_the_rest_are_the_machine_whatever_the_export_says(
    tmp_path_factory, billed, effective, parts, apart
):
    folder = tmp_path_factory.mktemp("split")
    node = NODE | {
        "line_item_line_item_type": "SavingsPlanCoveredUsage",
        "line_item_unblended_cost": str(billed),
        "savings_plan_savings_plan_effective_cost": str(effective),
    }
    lines = [node, *(pod(f"p{n}", cost, left) for n, (cost, left) in enumerate(parts))]
    with Warehouse.open(folder / "store") as wh:
        bare(wh, folder, *lines, *([unused("0.5")] if apart else []))
        sums = rows(wh, f"SELECT {', '.join(f'sum({name})' for name in AMOUNTS)} FROM cost")
        assert sums == [(billed, effective, billed, Decimal("0.192"), 1, 1)]
        assert rows(wh, "SELECT count(*) FROM cost WHERE effective_cost < 0") == [(0,)]
