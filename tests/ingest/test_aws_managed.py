"""What AWS runs for others: Bedrock by model, token and caller; SageMaker's machines and what has none."""

from __future__ import annotations

from decimal import Decimal

import pytest
from cost_store import CUR_LINE, load, rows, write_csv

from data.model.settings import ModelSettings
from data.snapshot import open_latest
from ingest.sources.aws_cur import AwsCur

HAIKU = "anthropic.claude-3-haiku-20240307-v1:0"


def bedrock(resource, usage, cost="1", **told):
    return CUR_LINE | {
        "line_item_product_code": "AmazonBedrock",
        "line_item_usage_type": usage,
        "line_item_resource_id": resource,
        "line_item_unblended_cost": cost,
        "pricing_unit": "1K tokens",
    } | told  # fmt: skip


def parts(wh, tmp_path, *lines, settings=None):
    """(rung, model, team, cost), as the ladder has them."""
    load(wh, AwsCur(str(write_csv(tmp_path / "cur.csv", lines))))
    wh.publish(settings or ModelSettings())
    query = "SELECT rung, model, team, sum(effective_cost) FROM part GROUP BY ALL ORDER BY ALL"
    return open_latest(wh.home).cursor().execute(query).fetchall()


def models(found):
    return {model: cost for rung, model, _, cost in found if rung == "managed"}


def test_a_model_and_the_profile_that_spreads_it_over_regions_are_one_model(wh, tmp_path):
    found = parts(
        wh,
        tmp_path,
        bedrock(f"arn:aws:bedrock:us-east-1::foundation-model/{HAIKU}", "USE1-Claude3Haiku-input-tokens"),
        bedrock(
            f"arn:aws:bedrock:us-east-1:11:inference-profile/us.{HAIKU}",
            "USE1-Claude3Haiku-output-tokens",
            "2",
        ),
        bedrock(
            f"arn:aws:bedrock:eu-west-1:11:inference-profile/global.{HAIKU}",
            "Claude3Haiku-output-tokens",
            "4",
        ),
    )
    assert models(found) == {HAIKU: Decimal(7)}


def test_an_applications_own_profile_hides_the_model_and_its_usage_type_tells(wh, tmp_path):
    profile = "arn:aws:bedrock:us-east-1:11:application-inference-profile/a1b2c3"
    found = parts(
        wh,
        tmp_path,
        bedrock(profile, "USE1-NovaLite-input-tokens", resource_tags='{"user_team": "ads"}'),
        bedrock("", "NovaPro-cache-read-input-token-count", "2"),
        bedrock(profile, "USE1-NovaLite-input-tokens", "4", resource_tags='{"user_model": "summaries"}'),
    )
    assert models(found) == {"NovaLite": Decimal(1), "NovaPro": Decimal(2), "summaries": Decimal(4)}
    assert {team for _, model, team, _ in found if model == "NovaLite"} == {"ads"}


def test_a_model_from_the_marketplace_is_named_by_its_product(wh, tmp_path):
    line = bedrock("", "USE1-MP:USE1_InputTokenCount-Units", line_item_product_code="8m1tbdkabcd")
    found = parts(wh, tmp_path, line | {"product_product_name": "Claude 3.5 Sonnet (Amazon Bedrock Edition)"})
    assert models(found) == {"Claude 3.5 Sonnet": Decimal(1)}


@pytest.mark.parametrize(
    ("usage", "kind"),
    [
        ("USE1-Claude3Haiku-input-tokens", "Input tokens"),
        ("USE1-Claude3Haiku-output-tokens", "Output tokens"),
        ("USE1-NovaPro-cache-read-input-token-count", "Cache read tokens"),
        ("USE1-NovaPro-cache-write-input-token-count", "Cache write tokens"),
        ("USE1-MP:USE1_OutputTokenCount-Units", "Output tokens"),
        ("USE1-TitanImage-T2I-512", None),
    ],
)
def test_the_kind_of_token(wh, tmp_path, usage, kind):
    load(wh, AwsCur(str(write_csv(tmp_path / "cur.csv", [bedrock("", usage)]))))
    assert rows(wh, "SELECT sku_description FROM cost") == [(kind,)]


@pytest.mark.parametrize(
    ("principal", "name"),
    [
        ("arn:aws:sts::11:assumed-role/search-prod/i-0abc", "search-prod"),
        ("arn:aws:iam::11:user/people/alice", "alice"),
        ("arn:aws:iam::11:role/svc/ranker", "ranker"),
        ("arn:aws:iam::11:root", "root"),
    ],
)
def test_the_caller_is_a_tag_without_its_session(wh, tmp_path, principal, name):
    line = bedrock("", "NovaPro-input-tokens", line_item_iam_principal=principal)
    load(wh, AwsCur(str(write_csv(tmp_path / "cur.csv", [line]))))
    assert rows(wh, "SELECT tags FROM cost") == [({"iam_principal": name},)]


def test_the_caller_is_a_team_where_a_company_says_so_and_tags_go_first(wh, tmp_path):
    principal = {"line_item_iam_principal": "arn:aws:sts::11:assumed-role/ranker/x"}
    lines = (
        bedrock("", "A-input-tokens", **principal),
        bedrock("", "B-input-tokens", **principal, resource_tags='{"user_team": "ads"}'),
        bedrock("", "C-input-tokens"),
    )
    settings = ModelSettings(team_tags=("team", "iam_principal"))
    found = parts(wh, tmp_path, *lines, settings=settings)
    assert {model: team for _, model, team, _ in found} == {"A": "ranker", "B": "ads", "C": None}


def test_cost_categories_are_a_team_where_a_company_says_so_and_never_a_tag(wh, tmp_path):
    """As CUR 2.0 has them in a map, and a legacy report in columns of their own."""
    settings = ModelSettings(team_tags=("team", "cost_category:Team"))
    found = parts(
        wh,
        tmp_path,
        bedrock("", "A-input-tokens", cost_category='{"Team": "growth"}'),
        bedrock(
            "", "B-input-tokens", cost_category='{"Team": "growth"}', resource_tags='{"user_team": "ads"}'
        ),
        bedrock("", "C-input-tokens", cost_category='{"team": "x"}', resource_tags="{}"),
        bedrock("", "D-input-tokens", cost_category="{}", resource_tags="{}"),
        settings=ModelSettings(),
    )
    assert {model: team for _, model, team, _ in found} == {"A": None, "B": "ads", "C": None, "D": None}
    wh.publish(settings)
    teams = "SELECT model, team FROM part ORDER BY model"
    told = open_latest(wh.home).cursor().execute(teams).fetchall()
    assert told == [("A", "growth"), ("B", "ads"), ("C", "x"), ("D", None)]
    legacy = bedrock("", "A-input-tokens") | {"costCategory/Team": "growth", "costCategory/Env": ""}
    load(wh, AwsCur(str(write_csv(tmp_path / "cur.csv", [legacy]))))
    assert rows(wh, "SELECT tags FROM cost") == [({"cost_category:Team": "growth"},)]


def test_tags_of_accounts_and_callers_stand_beside_the_resource_s(wh, tmp_path):
    """CUR 2.0 has them in `tags` alone, which an export may select beside resource_tags or instead of them."""
    caller = {"line_item_iam_principal": "arn:aws:iam::11:user/alice"}
    more = '{"user_team": "all", "cost_center": "7"}'
    load(
        wh,
        AwsCur(
            str(
                write_csv(
                    tmp_path / "cur.csv",
                    [
                        bedrock("", "A-input-tokens", resource_tags='{"user_team": "ads"}', tags=more),
                        bedrock("", "A-input-tokens", resource_tags="{}", tags=more, **caller),
                    ],
                )
            )
        ),
    )
    assert rows(wh, "SELECT tags FROM cost ORDER BY line_no") == [
        ({"team": "ads", "cost_center": "7"},),
        ({"iam_principal": "alice", "team": "all", "cost_center": "7"},),
    ]
    load(wh, AwsCur(str(write_csv(tmp_path / "cur.csv", [bedrock("", "A-input-tokens", tags=more)]))))
    assert rows(wh, "SELECT tags FROM cost") == [({"team": "all", "cost_center": "7"},)]


# SageMaker


def sagemaker(usage, resource="arn:aws:sagemaker:us-east-1:11:endpoint/llama", **told):
    return CUR_LINE | {
        "line_item_product_code": "AmazonSageMaker",
        "line_item_usage_type": usage,
        "line_item_resource_id": resource,
        "line_item_unblended_cost": "10",
    } | told  # fmt: skip


@pytest.mark.parametrize(
    ("usage", "instance_type", "rung"),
    [
        ("USE1-Cluster:ml.p4d.24xlarge", "p4d.24xlarge", "unobserved"),  # HyperPod
        ("USE1-Host:ml.g6.xlarge", "g6.xlarge", "unobserved"),
        ("USE1-Train:ml.p5.48xlarge", "p5.48xlarge", "unobserved"),
        ("USE1-Notebk:ml.g5.xlarge", "g5.xlarge", "unobserved"),
        ("USE1-Processing:ml.g4dn.xlarge", "g4dn.xlarge", "unobserved"),
        ("USE1-BatchTransform:ml.inf2.xlarge", "inf2.xlarge", "unobserved"),
        ("USE1-AsyncInf:ml.g5.2xlarge", "g5.2xlarge", "unobserved"),
        (
            "USE1-Host:ml.m5.large",
            "m5.large",
            "shared",
        ),  # no accelerator: a machine beside those that have one
        ("USE1-ServerlessInf:Mem-4GB", None, "managed"),
        ("USE1-Cluster:VolumeUsage.gp2", None, "shared"),
    ],
)
def test_machines_have_devices_and_serverless_is_managed(wh, tmp_path, usage, instance_type, rung):
    beside = sagemaker("USE1-Host:ml.p5.48xlarge", "arn:aws:sagemaker:us-east-1:11:endpoint/beside") | {
        "line_item_unblended_cost": "100"
    }
    found = parts(wh, tmp_path, sagemaker(usage), beside)
    told = rows(wh, "SELECT instance_type FROM cost WHERE billed_cost = 10")
    assert told == [(instance_type,)]
    costs: dict[str, Decimal] = {}
    for name, _, _, cost in found:
        costs[name] = costs.get(name, Decimal(0)) + cost
    expected = {"unobserved": Decimal(100)}
    expected[rung] = expected.get(rung, Decimal(0)) + 10
    assert costs == expected


def test_hyperpods_machines_count_their_devices(wh, tmp_path):
    parts(wh, tmp_path, sagemaker("USE1-Cluster:ml.p4d.24xlarge", "i-hyper"))
    query = "SELECT count(*), sum(cost) FROM gpu_hour WHERE resource_id = 'i-hyper'"
    assert open_latest(wh.home).cursor().execute(query).fetchall() == [(8, Decimal(10))]
