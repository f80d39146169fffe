"""Billing accounts and their projects through the real client, from an API that answers over local HTTP."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlparse

import duckdb
import pytest
from local_server import listening

from data.model.settings import ModelSettings
from ingest.load_accounts import load_accounts
from ingest.source import SourceError, Window
from ingest.sources.gcp_accounts import GcpAccounts

MAIN, SUB = "01AAAA-BBBBBB-CCCCCC", "02AAAA-BBBBBB-CCCCCC"
ACCOUNTS = [
    {"name": f"billingAccounts/{MAIN}", "displayName": "Example Ltd", "open": True},
    {"name": f"billingAccounts/{SUB}", "open": False, "masterBillingAccount": f"billingAccounts/{MAIN}"},
]


def project(name, on=True):
    told = {"name": f"projects/{name}/billingInfo", "projectId": name, "billingEnabled": on}
    return told | {"billingAccountName": f"billingAccounts/{MAIN}"}


class CloudBilling(BaseHTTPRequestHandler):
    """Hands out one item a page, as a client with many must be ready for."""

    def do_GET(self):
        url = urlparse(self.path)
        kind, items = self.server.answers.get(url.path, ("projectBillingInfo", []))
        page = int(parse_qs(url.query).get("pageToken", ["0"])[0])
        body = {kind: items[page : page + 1], "nextPageToken": str(page + 1) if page + 1 < len(items) else ""}
        content = json.dumps(
            body if self.server.allowed else {"error": {"code": 403, "message": "no"}}
        ).encode()
        self.send_response(200 if self.server.allowed else 403)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format, *args):
        """Quiet."""


@pytest.fixture
def api():
    answers = {
        "/v1/billingAccounts": ("billingAccounts", ACCOUNTS),
        f"/v1/billingAccounts/{MAIN}/projects": (
            "projectBillingInfo",
            [project("inference"), project("old", False)],
        ),
    }
    with listening(CloudBilling, allowed=True, answers=answers) as server:
        yield server


def load(wh, api):
    (result,) = load_accounts(
        wh, "accounts-gcp", GcpAccounts(f"http://127.0.0.1:{api.server_port}"), Window()
    )
    return result.status, result.rows


TOLD = [
    (MAIN, "billing account", "Example Ltd", None, True),
    (SUB, "billing account", None, MAIN, False),
    ("inference", "project", None, MAIN, True),
    ("old", "project", None, MAIN, False),
]


def test_names_and_who_pays_reach_the_snapshot(wh, api):
    assert load(wh, api) == ("loaded", 4)
    assert load(wh, api) == ("unchanged", 4)
    with duckdb.connect(str(wh.publish(ModelSettings()).path), read_only=True) as con:
        query = "SELECT account_id, kind, name, parent_id, open FROM account ORDER BY account_id"
        assert con.execute(query).fetchall() == TOLD
        assert con.execute("SELECT source, kind, rows FROM source_state").fetchall() == [
            ("accounts-gcp", "accounts-gcp", 4)
        ]


def test_a_renamed_account_replaces_the_old_name(wh, api):
    load(wh, api)
    api.answers["/v1/billingAccounts"] = ("billingAccounts", [ACCOUNTS[0] | {"displayName": "Example plc"}])
    assert load(wh, api) == ("loaded", 3)
    query = "SELECT name FROM account WHERE kind = 'billing account'"
    assert wh.con.execute(query).fetchall() == [("Example plc",)]


def test_no_account_in_sight_changes_nothing(wh, api):
    load(wh, api)
    api.answers = {}
    with pytest.raises(SourceError, match="these credentials see no billing account"):
        load(wh, api)
    assert wh.con.execute("SELECT count(*) FROM account").fetchall() == [(4,)]


def test_a_refusal_names_the_role_that_is_enough(wh, api):
    api.allowed = False
    with pytest.raises(
        SourceError, match=r"did not answer: 403 .* Billing Account Viewer on the billing account is enough"
    ):
        load(wh, api)
