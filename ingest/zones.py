"""Time zones, by the names that people know them by."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ingest.source import SourceError


def known_zone(name: str) -> ZoneInfo:
    """The zone of the IANA's name. Raises SourceError where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SourceError(f"There is no time zone '{name}'. Write it as Europe/Berlin or UTC.") from None
