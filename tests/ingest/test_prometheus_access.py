"""How servers are spoken to: passwords, certificates, tenants, and VictoriaMetrics' export."""

from __future__ import annotations

import json
import subprocess
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlparse

import pytest
from local_server import listening
from prometheus_server import openmetrics, prometheus
from samples import answer

from ingest.load_telemetry import load_telemetry
from ingest.registry import REGISTRY
from ingest.settings import read_settings
from ingest.source import SourceError, Window
from ingest.sources.prometheus import Prometheus
from ingest.telemetry.access import PASSWORD, Access

pytestmark = pytest.mark.usefixtures("no_waiting")

START = datetime(2026, 3, 9, 22, 0)
GR = "DCGM_FI_PROF_GR_ENGINE_ACTIVE"
BCRYPT_OF_TEST = (
    "$2b$12$hNf2lSsxfm0.i4a.1kVpSOVyBCfIB51VRjgBUyv6kdnyTlgWj81Ay"  # from Prometheus' documentation
)


def load(warehouse, url, access=None, hours=2, **more):
    window = Window(START, START + timedelta(hours=hours))
    return load_telemetry(warehouse, "prom", Prometheus(url, access=access or Access(), **more), window)


def observed(warehouse):
    return [row["observed_seconds"] for row in answer(warehouse, "FROM device_hour ORDER BY hour")]


def samples():
    start = START.replace(tzinfo=UTC).timestamp()
    return openmetrics([(GR, {"UUID": "GPU-1"}, start + 60 * n, 0.5) for n in range(180)])


# ---- a real Prometheus with its own --web.config.file ----


def openssl(folder, *words):
    subprocess.run(["openssl", *words], check=True, capture_output=True, cwd=folder)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """A certificate authority, and what it signed: server.pem for 127.0.0.1, client.pem, and locked.key (secret)."""
    folder = tmp_path_factory.mktemp("certificates")
    new = ("-newkey", "rsa:2048", "-nodes")
    openssl(
        folder, "req", "-x509", *new, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=ca", "-days", "2"
    )
    (folder / "server.ext").write_text("subjectAltName=IP:127.0.0.1")
    (folder / "client.ext").write_text("extendedKeyUsage=clientAuth")
    for name in ("server", "client"):
        request = ("-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        openssl(folder, "req", *new, *request)
        signed = (
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-days",
            "2",
            "-extfile",
            f"{name}.ext",
        )
        openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-out", f"{name}.pem", *signed)
    openssl(
        folder, "rsa", "-aes256", "-in", "client.key", "-out", "locked.key", "-passout", "pass:open sesame"
    )
    return folder


@pytest.fixture(scope="module")
def guarded(certificates, tmp_path_factory):
    """A Prometheus that asks for a certificate and a password."""
    folder = tmp_path_factory.mktemp("guarded")
    (folder / "web.yml").write_text(f"""
tls_server_config:
  cert_file: {certificates}/server.pem
  key_file: {certificates}/server.key
  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: {certificates}/ca.pem
basic_auth_users:
  reader: {BCRYPT_OF_TEST}
""")
    with prometheus(folder, samples(), f"--web.config.file={folder / 'web.yml'}", scheme="https") as url:
        yield url


def ours(certificates, **told):
    names = {"ca_file": "ca.pem", "client_cert": "client.pem", "client_key": "client.key"}
    files = {key: str(certificates / name) for key, name in names.items()}
    return Access(**{**files, "username": "reader", **told})


@pytest.mark.prometheus
def test_a_certificate_and_a_password_open_the_door(guarded, certificates, warehouse, monkeypatch):
    monkeypatch.setenv(PASSWORD, "test")
    monkeypatch.setenv("INFERLEDGER_PROMETHEUS_TOKEN", "not for this one")
    load(warehouse, guarded, ours(certificates))
    assert observed(warehouse) == [3600, 3600]


@pytest.mark.prometheus
def test_the_password_of_a_locked_key_comes_from_the_environment(
    guarded, certificates, warehouse, monkeypatch
):
    monkeypatch.setenv(PASSWORD, "test")
    locked = ours(certificates, client_key=str(certificates / "locked.key"))
    with pytest.raises(SourceError, match=r"locked\.key.*INFERLEDGER_PROMETHEUS_KEY_PASSWORD"):
        load(warehouse, guarded, locked)
    monkeypatch.setenv("INFERLEDGER_PROMETHEUS_KEY_PASSWORD", "open sesame")
    load(warehouse, guarded, ours(certificates, client_key=str(certificates / "locked.key")))
    assert observed(warehouse) == [3600, 3600]


@pytest.mark.prometheus
@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"ca_file": None}, "no secure connection .*certificate verify failed.* ca_file names"),
        ({"client_cert": None, "client_key": None}, "no secure connection .*client_cert and client_key"),
        ({"client_cert": "/nowhere/client.pem"}, "certificates cannot be used .*/nowhere/client.pem"),
        ({"password_env": "NOBODY_SET_THIS"}, "No password for 'reader': put it into NOBODY_SET_THIS"),
        ({"password_env": "WRONG"}, r"refuses us \(401\).*password of 'reader' into WRONG"),
        ({"username": None}, r"refuses us \(401\).*bearer token.*or name a username"),
    ],
)
def test_what_is_missing_is_named(guarded, certificates, warehouse, monkeypatch, told, said):
    monkeypatch.setenv(PASSWORD, "test")
    monkeypatch.setenv("WRONG", "guess")
    with pytest.raises(SourceError, match=said):
        load(warehouse, guarded, ours(certificates, **told))


def test_an_address_with_a_password_is_refused_and_not_repeated(warehouse):
    with pytest.raises(SourceError, match=r"username in inferledger\.toml") as raised:
        load(warehouse, "https://reader:hush@prometheus.example")
    assert "hush" not in str(raised.value)


def test_a_table_of_the_configuration_says_it_all(tmp_path):
    file = tmp_path / "inferledger.toml"
    file.write_text("""
[sources.prod]
kind = "prometheus"
location = "https://vm.example/select/7/prometheus"
export = "victoriametrics"
username = "reader"
password_env = "PROD_PASSWORD"
ca_file = "/etc/ssl/own.pem"
headers = { THANOS-TENANT = "ml" }
params = { partial_response = "false" }
model_labels = ["label_app_kubernetes_io_name"]
""")
    source = REGISTRY["prometheus"].open(read_settings(file).sources["prod"])
    assert (source.export, source.access.username, source.access.password_env) == (
        "victoriametrics",
        "reader",
        "PROD_PASSWORD",
    )
    assert (source.access.ca_file, source.access.headers) == ("/etc/ssl/own.pem", {"THANOS-TENANT": "ml"})
    assert source.access.params == {"partial_response": "false"}
    assert source.pod_labels.model == ("label_app_kubernetes_io_name",)
    assert "label_version" in source.pod_labels.version


# ---- VictoriaMetrics, as its documentation describes /api/v1/export ----


class Victoria(BaseHTTPRequestHandler):
    """One device's samples, one a minute from START; both ends of [start, end] belong to an answer; stale = null."""

    refuse_above = 10**9  # seconds
    body = None

    def do_GET(self):
        url = urlparse(self.path)
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        self.server.asked.append((url.path, asked, dict(self.headers)))
        if url.path.endswith("/api/v1/query"):
            self._send(200, json.dumps({"status": "success", "data": {"resultType": "vector", "result": []}}))
            return
        start, end = float(asked["start"]), float(asked["end"])
        if end - start > self.refuse_above:
            self._send(422, "the number of matching samples exceeds the limit")
            return
        first = START.replace(tzinfo=UTC).timestamp()
        told = [(first + 60 * n, None if n == 7 else 0.5) for n in range(180)]
        told = [
            (moment, value) for moment, value in told if start <= moment <= end and GR in asked["match[]"]
        ]
        line = {
            "metric": {"__name__": GR, "UUID": "GPU-1"},
            "values": [value for _, value in told],
            "timestamps": [round(moment * 1000) for moment, _ in told],
        }
        self._send(200, self.body if self.body is not None else (json.dumps(line) + "\n") * bool(told))

    def _send(self, code, body):
        self.send_response(code)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        """Quiet."""


@contextmanager
def victoria(**settings):
    handler = type("Server", (Victoria,), settings)
    with listening(handler, asked=[]) as server:
        yield f"{server.url}/select/7/prometheus", server.asked


@pytest.mark.parametrize("refuse_above", [10**9, 1800])
def test_victoriametrics_exports_each_sample_once(warehouse, refuse_above):
    """Also where it refuses wide spans, and although both ends of a span are answered. Sample 7 is stale."""
    with victoria(refuse_above=refuse_above) as (url, asked):
        load(warehouse, url, export="victoriametrics")
    told = answer(warehouse, "FROM device_hour ORDER BY hour")
    assert [(row["samples"], row["observed_seconds"]) for row in told] == [(59, 3600), (60, 3600)]
    exported = [(path, params) for path, params, _ in asked if "query" not in params]
    assert {path for path, _ in exported} == {"/select/7/prometheus/api/v1/export"}
    assert all(params["match[]"].startswith('{__name__=~"') for _, params in exported)


@pytest.mark.parametrize("accepted", [False, True])
def test_an_export_is_asked_to_be_whole_unless_parts_are_accepted(warehouse, accepted):
    """Lines of samples cannot say that a storage node did not answer."""
    with victoria() as (url, asked):
        load(warehouse, url, export="victoriametrics", accept_partial=accepted)
    exported = [params for path, params, _ in asked if path.endswith("/api/v1/export")]

    assert {params.get("deny_partial_response") for params in exported} == {None if accepted else "1"}


def test_matchers_tenants_and_parameters_go_with_every_request(warehouse):
    access = Access(headers={"THANOS-TENANT": "ml"}, params={"partial_response": "false"})
    with victoria() as (url, asked):
        load(warehouse, url, access, export="victoriametrics", matcher='cluster="prod"')
    assert {params["partial_response"] for _, params, _ in asked} == {"false"}
    tenants = {value for *_, sent in asked for name, value in sent.items() if name.lower() == "thanos-tenant"}
    assert tenants == {"ml"}
    assert all('cluster="prod"}' in params.get("match[]", params.get("query")) for _, params, _ in asked)


@pytest.mark.parametrize("body", ["<html>", '{"status":"success","data":{}}', '{"metric":{},"values":[1]}'])
def test_what_is_no_export_is_refused_with_a_remedy(warehouse, body):
    with victoria(body=body) as (url, _), pytest.raises(SourceError, match="Leave out export ="):
        load(warehouse, url, export="victoriametrics")
