"""What fuzz targets of answers share."""

from __future__ import annotations

import pytest


@pytest.fixture
def aws_keys(monkeypatch):
    """Keys that no server looks at, and one attempt: no answer gets better by asking again."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
