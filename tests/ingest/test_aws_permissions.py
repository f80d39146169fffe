"""docs/connect/aws.md: its policy is enough to load an export, and for nothing else in the bucket."""

from __future__ import annotations

import json
import re
import urllib.request
from fnmatch import fnmatchcase
from pathlib import Path

import boto3
import pytest
from cost_store import CUR_LINE, load, manifest, write_csv
from local_server import aws

from ingest.source import SourceError
from ingest.sources.aws_cur import AwsCur

PAGE = Path(__file__).resolve().parents[2] / "docs/connect/aws.md"


def policy():
    (told,) = re.findall(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return json.loads(told)


@pytest.fixture
def guarded(tmp_path, monkeypatch):
    """A server that checks every request against the policy, with an export where the page says, and one elsewhere."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with aws() as url:
        _fill(url, tmp_path, monkeypatch)
        check_from(url, "0")
        try:
            yield url
        finally:  # moto's state is the process's: the next server of it must not ask for keys
            check_from(url, "inf")
            post(f"{url}/moto-api/reset")


def _fill(url, tmp_path, monkeypatch):
    """The bucket, and a user with the page's policy, whose keys are ours from now on."""
    told = {"endpoint_url": url, "aws_access_key_id": "admin", "aws_secret_access_key": "admin"}
    s3, iam = boto3.client("s3", **told), boto3.client("iam", **told)
    s3.create_bucket(Bucket="my-billing-bucket")
    for top in ("exports", "private"):
        data = write_csv(tmp_path / f"{top}/cur/data/BILLING_PERIOD=2026-10/cur-00001.csv.gz", [CUR_LINE])
        body = {"executionId": "x", "dataFiles": [f"s3://my-billing-bucket/{data.relative_to(tmp_path)}"]}
        manifest(tmp_path / f"{top}/cur/metadata/BILLING_PERIOD=2026-10", "cur", body)
    for path in sorted(path for path in tmp_path.rglob("*") if path.is_file()):
        s3.upload_file(str(path), "my-billing-bucket", path.relative_to(tmp_path).as_posix())
    iam.create_user(UserName="reader")
    iam.put_user_policy(UserName="reader", PolicyName="read", PolicyDocument=json.dumps(policy()))
    key = iam.create_access_key(UserName="reader")["AccessKey"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # which remembers earlier keys


def check_from(url, requests):
    """After how many requests the server begins to check them."""
    post(f"{url}/moto-api/reset-auth", requests)


def post(url, text=""):
    headers = {"Content-Type": "text/plain"}
    urllib.request.urlopen(urllib.request.Request(url, text.encode(), headers, method="POST")).close()


def test_the_policy_is_enough_for_the_export(wh, guarded):
    assert [result.rows for result in load(wh, AwsCur("s3://my-billing-bucket/exports/cur", guarded))] == [1]


def test_and_for_no_other_object_of_the_bucket(wh, guarded):
    with pytest.raises(SourceError, match="these credentials may not read it"):
        load(wh, AwsCur("s3://my-billing-bucket/private/cur", guarded))


def test_every_listing_is_one_that_the_condition_allows(wh, guarded, monkeypatch):
    """The server asks no conditions of a policy, so they are held against what we really ask."""
    session, listed = boto3.Session(), []
    session.events.register(
        "provide-client-params.s3.ListObjectsV2", lambda params, **_: listed.append(params.get("Prefix"))
    )
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", session)
    load(wh, AwsCur("s3://my-billing-bucket/exports/cur", guarded))
    (find,) = (one for one in policy()["Statement"] if one["Action"] == "s3:ListBucket")
    assert set(find["Condition"]) == {"StringLike"}
    assert listed
    assert all(fnmatchcase(prefix or "", find["Condition"]["StringLike"]["s3:prefix"]) for prefix in listed)


def test_it_allows_reading_and_nothing_else():
    actions = {statement["Action"] for statement in policy()["Statement"]}
    assert actions == {"s3:ListBucket", "s3:GetObject", "pricing:GetProducts"}
    assert {statement["Effect"] for statement in policy()["Statement"]} == {"Allow"}
