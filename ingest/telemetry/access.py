"""How a server is spoken to: addresses, credentials, certificates, and what its refusals mean.

Secrets come from environment variables that the configuration names; paths of certificates may stand in it.
"""

from __future__ import annotations

import base64
import json
import os
import re
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import stamina

from ingest.source import SourceError

TOKEN = "INFERLEDGER_PROMETHEUS_TOKEN"
PASSWORD = "INFERLEDGER_PROMETHEUS_PASSWORD"
KEY_PASSWORD = "INFERLEDGER_PROMETHEUS_KEY_PASSWORD"
TIMEOUT = 150.0  # seconds; the server's own query timeout is two minutes by default
AWAY = re.compile(
    r"<|Service Unavailable\b|no healthy upstream|$", re.IGNORECASE
)  # nobody answered: a proxy did
T = TypeVar("T")


class TooMuch(Exception):
    """The server will not answer so much at once (422), or not in time (503, or 504 of a proxy before it)."""


class _Passing(Exception):
    """An error that may be gone at the next attempt."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the token to another host."""

    def redirect_request(self, req: urllib.request.Request, *answer: object, **named: object) -> None:
        target = [*answer, *named.values()][-1]
        raise SourceError(f"{req.full_url.partition('?')[0]} redirects to {target}. Give that address.")


@dataclass(frozen=True)
class Access:
    """token_env, password_env, key_password_env: environment variables that hold secrets; unset = none is sent.

    username: for basic authentication, then with password_env's password instead of a token. headers: sent with each
    request (Mimir's X-Scope-OrgID, Thanos' THANOS-TENANT). params: further parameters of each query (Thanos'
    partial_response=false). ca_file: certificates to trust instead of the system's. client_cert, client_key: PEM files
    of our own certificate, for servers that ask for one.
    """

    token_env: str = TOKEN
    headers: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    username: str | None = None
    password_env: str = PASSWORD
    ca_file: str | None = None
    client_cert: str | None = None
    client_key: str | None = None
    key_password_env: str = KEY_PASSWORD

    def get(self, url: str, path: str, params: Mapping[str, str], read: Callable[[bytes], T]) -> T:
        """What `read` makes of the answer's bytes. Raises SourceError, TooMuch."""
        _refuse_secrets(url)
        asked = urllib.parse.urlencode({**params, **self.params})
        headers = {"Accept": "application/json", **self.headers, **self._authorization()}
        request = urllib.request.Request(f"{url.rstrip('/')}{path}?{asked}", headers=headers)
        try:
            for attempt in stamina.retry_context(on=_Passing, attempts=5, timeout=TIMEOUT * 2):
                with attempt:
                    return read(self._once(url, request))
        except _Passing as problem:
            raise SourceError(
                f"{url} cannot be read: {problem}. Is it up, and is the address right?"
            ) from None
        raise AssertionError("retry_context neither returned nor raised")

    def _authorization(self) -> dict[str, str]:
        if self.username is not None:
            password = os.environ.get(self.password_env)
            if password is None:
                raise SourceError(f"No password for '{self.username}': put it into {self.password_env}.")
            both = base64.b64encode(f"{self.username}:{password}".encode()).decode()
            return {"Authorization": f"Basic {both}"}
        token = os.environ.get(self.token_env)
        return {"Authorization": f"Bearer {token}"} if token else {}

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        try:
            context = ssl.create_default_context(cafile=self.ca_file)
            if self.client_cert:
                # "" instead of nothing: OpenSSL would ask for the password of an encrypted key on the terminal
                password = os.environ.get(self.key_password_env, "")
                context.load_cert_chain(self.client_cert, self.client_key, lambda: password)
        except (OSError, ssl.SSLError) as error:
            files = ", ".join(str(file) for file in (self.ca_file, self.client_cert, self.client_key) if file)
            raise SourceError(
                f"The certificates cannot be used ({files}): {error}. They are PEM files; the password of an encrypted "
                f"key is read from {self.key_password_env}."
            ) from None
        return context

    def _once(self, url: str, request: urllib.request.Request) -> bytes:
        opener = urllib.request.build_opener(_NoRedirect, urllib.request.HTTPSHandler(context=self._tls))
        try:
            with opener.open(request, timeout=TIMEOUT) as response:
                return bytes(response.read())
        except urllib.error.HTTPError as error:
            with error:
                raise self._refused(url, error.code, _said(error)) from None
        except ssl.SSLError as error:
            raise self._untrusted(url, error) from None
        except urllib.error.URLError as error:
            if isinstance(error.reason, ssl.SSLError):
                raise self._untrusted(url, error.reason) from None
            raise _Passing(str(error.reason)) from None
        except (TimeoutError, ConnectionError) as error:
            raise _Passing(str(error)) from None

    def _untrusted(self, url: str, error: ssl.SSLError) -> SourceError:
        return SourceError(
            f"{url}: no secure connection ({error}). ca_file names the certificate that signed the "
            "server's; client_cert and client_key ours, where the server asks for one."
        )

    def _refused(self, url: str, code: int, said: str) -> Exception:
        if code in (422, 504) or (code == 503 and not AWAY.match(said)):
            return TooMuch(f"{code}: {said}")
        if code in (401, 403):
            remedy = (
                f"a bearer token that may query into {self.token_env}, or name a username"
                if self.username is None
                else f"the password of '{self.username}' into {self.password_env}"
            )
            return SourceError(f"{url} refuses us ({code}). Put {remedy}.")
        if code == 429 or code >= 500:
            return _Passing(f"{code}: {said}")
        return SourceError(f"{url} refuses the query ({code}): {said}")


def read_json(url: str, body: bytes) -> dict[str, Any]:
    """An answer of the query API. Raises SourceError where it is something else."""
    try:
        answer = json.loads(body)
    except ValueError:
        raise SourceError(
            f"{url} does not answer in JSON. Is it a Prometheus? Give its base address."
        ) from None
    if not isinstance(answer, dict) or answer.get("status") != "success":
        raise SourceError(f"{url} answers without success: {json.dumps(answer)[:300]}")
    return answer


def read_json_lines(url: str, body: bytes) -> list[dict[str, Any]]:
    """What /api/v1/export of VictoriaMetrics says, in the shape of the query API: values with times in seconds.

    Its nulls are NaN: series gone stale.
    """
    try:
        told = [json.loads(line) for line in body.splitlines() if line.strip()]
        return [
            {
                "metric": entry["metric"],
                "values": [
                    [ms / 1000, "NaN" if value is None else str(value)]
                    for ms, value in zip(entry["timestamps"], entry["values"], strict=True)
                ],
            }
            for entry in told
        ]
    except (ValueError, KeyError, TypeError):
        raise SourceError(
            f"{url} does not answer as VictoriaMetrics' /api/v1/export does: JSON lines with metric, values and "
            'timestamps. Leave out export = "victoriametrics" to use the query API.'
        ) from None


def _refuse_secrets(url: str) -> None:
    if urllib.parse.urlsplit(url).username is not None:
        raise SourceError(
            "The address holds a name or password, and addresses are kept and shown. Take it out: username in "
            f"inferledger.toml, the password in {PASSWORD}."
        )


def _said(error: urllib.error.HTTPError) -> str:
    body = error.read().decode("utf-8", "replace")
    try:
        return str(json.loads(body)["error"])
    except (json.JSONDecodeError, KeyError, TypeError):
        return body.strip()[:300] or str(error.reason)
