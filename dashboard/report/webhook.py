"""The pack's text to a chat: Slack, Teams and Mattermost take {"text": …} by an incoming webhook."""

from __future__ import annotations

import json
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

PATIENCE = 20  # seconds


class WebhookError(RuntimeError):
    """The text was not taken; the message names the host, never the whole address, which is a secret."""


def post(url: str, text: str) -> None:
    """Posts once. Raises WebhookError."""
    host = urlsplit(url).hostname
    if urlsplit(url).scheme not in ("http", "https") or not host:
        raise WebhookError("The webhook is no http(s) address. Give the whole one that the chat shows.")
    body = json.dumps({"text": text}).encode()
    request = Request(url, body, {"Content-Type": "application/json"}, method="POST")
    try:
        with urlopen(request, timeout=PATIENCE) as answer:
            answer.read()
    except (URLError, OSError) as error:
        reason = getattr(error, "reason", error)
        raise WebhookError(f"{host} did not take the text: {reason}. Check the webhook's address.") from error
