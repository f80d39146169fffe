"""Answers of Google's APIs, read to the end: what cannot be read is an error in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ingest.source import SourceError


def each(ask: Callable[[], Iterable[Any]], where: str) -> Iterator[Any]:
    """What `ask` answers, page by page. Raises SourceError where a page is none, as from a proxy's sign-in."""
    from google.protobuf.json_format import ParseError  # type: ignore[import-untyped]

    try:
        yield from ask()
    except (ParseError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise SourceError(
            f"{where} gave an answer that cannot be read: {error}. Check the endpoint, and whether a proxy answers "
            "in its place."
        ) from error
