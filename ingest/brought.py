"""Files of a delivery, each fetched before its turn: while one is staged, the next few are on their way.

What waits on the disk is bounded, however many files a delivery has: one that is read, and AHEAD others.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

from ingest.raw import readable
from ingest.source import SourceFile

AHEAD = 3  # one connection to S3 carries less than staging takes; more would only fill the disk

Waiting = tuple[SourceFile, "Future[None] | None"]


def in_turn(files: Iterable[SourceFile]) -> Generator[SourceFile]:
    """Yield each file with its content in place, in order; it leaves the disk again when the next one is asked for.

    Raises what fetching raised (SourceError), when that file's turn has come.
    """
    left = iter(files)
    with ThreadPoolExecutor(AHEAD, thread_name_prefix="fetch") as threads:
        waiting = deque(_send(threads, file) for file in islice(left, AHEAD + 1))
        try:
            while waiting:
                file, coming = waiting.popleft()
                if coming:
                    with readable(file):
                        coming.result()
                yield file
                if coming:
                    file.path.unlink()
                waiting.extend(_send(threads, file) for file in islice(left, 1))
        finally:  # nothing more is wanted where a file is refused
            threads.shutdown(cancel_futures=True)


def _send(threads: ThreadPoolExecutor, file: SourceFile) -> Waiting:
    return file, threads.submit(file.bring) if file.bring else None
