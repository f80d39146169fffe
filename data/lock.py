"""One ingest at a time. The kernel drops the lock when its holder dies: a kill leaves nothing to clean up."""

from __future__ import annotations

import fcntl
import json
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

POLL_SECONDS = 0.1


class LockHeld(Exception):
    """Another ingest holds the store; the message names its process and command."""


class IngestLock:
    """An flock on a file that tells who holds it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("a+", encoding="utf-8")

    def acquire(self, wait_seconds: float, on_wait: Callable[[str], None] = lambda _: None) -> None:
        """Waits for the lock, telling `on_wait` once who holds it. Raises LockHeld when the time is over."""
        deadline = time.monotonic() + wait_seconds
        told = False
        while not self._try():
            if time.monotonic() >= deadline:
                raise LockHeld(
                    f"The store {self.path.parent} is in use by {self.holder()}. "
                    "Wait for it to end, or leave out --no-wait to queue behind it."
                )
            if not told:
                on_wait(self.holder())
                told = True
            time.sleep(POLL_SECONDS)
        self._sign()

    def release(self) -> None:
        self._file.close()

    def holder(self) -> str:
        """Who signed the lock file last, in words."""
        try:
            note = json.loads(self.path.read_text(encoding="utf-8"))
            return f"process {note['pid']} ({note['command']}, since {note['since']} UTC)"
        except (OSError, ValueError, KeyError):  # its holder is between taking the lock and signing it
            return "another ingest"

    def _try(self) -> bool:
        # flock and not lockf: a POSIX lock would be lost as soon as anyone in this process closes the file
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _sign(self) -> None:
        command = " ".join([Path(sys.argv[0]).name, *sys.argv[1:]])[:500]
        since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
        self._file.truncate(0)
        self._file.write(json.dumps({"pid": os.getpid(), "command": command, "since": since}))
        self._file.flush()
