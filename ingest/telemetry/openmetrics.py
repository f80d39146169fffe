"""Exposition text: what a /metrics page says (Prometheus text format) or a dump in OpenMetrics, plain or gzipped.

A line is `name{label="value",…} value [timestamp]`. OpenMetrics counts seconds, the older format milliseconds: told
apart by size. Without timestamps the text is one scrape, and somebody must say of when. Comments, TYPE and HELP are
not needed: exporters disagree on types, and dumps lose them.
"""

from __future__ import annotations

import gzip
import math
import re
from collections.abc import Iterator
from pathlib import Path

from ingest.source import SourceFile, Window
from ingest.telemetry.families import WANTED
from ingest.telemetry.staging import LATEST_MS, ReadFile, Refused, Staging, to_ms

LABEL = re.compile(r'\s*([a-zA-Z_][a-zA-Z0-9_]*|"(?:[^"\\]|\\.)*")\s*(?:=\s*"((?:[^"\\]|\\.)*)")?\s*(?:,|$)')
ESCAPE = re.compile(r"\\(.)")
MISSING = re.compile(r"<<<[A-Z_]+>>>")
SECONDS_END = 1e11  # as seconds the year 5138, as milliseconds 1973
NAMES = frozenset(WANTED)


def read_text(staging: Staging, file: SourceFile, window: Window, scraped_at: int | None) -> bool:
    """Stages one text file; says whether any line had no timestamp. scraped_at: milliseconds, for those.

    A line that cannot be read is refused with its number. NaN is a series gone stale: no sample.
    """
    position, rows, untimed = len(staging.files), 0, False
    first: int | None = None
    last: int | None = None
    start = to_ms(window.start) if window.start else -math.inf
    end = to_ms(window.end) if window.end else math.inf
    known: dict[str, int | None] = {}
    for line_no, line in _lines(file.path):
        try:
            head, value, moment = _split(line)
            ts = _scrape(scraped_at) if moment is None else moment
            untimed = untimed or moment is None
            if head not in known:
                known[head] = _number(staging, head)
        except ValueError as problem:
            staging.refused.append(Refused(position, line_no, str(problem), line))
            continue
        rows += 1
        series = known[head]
        if series is None or not start <= ts < end or not math.isfinite(value):
            continue
        first = ts if first is None else min(first, ts)
        last = ts if last is None else max(last, ts)
        staging.add(series, ts, value)
    staging.flush()
    staging.files.append(ReadFile(file.uri, file.etag, file.bytes, rows, first, last))
    return untimed


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Numbered lines that hold a sample. Exemplars, which follow a value as ` # {…}`, are cut off."""
    with (
        gzip.open(path, "rt", encoding="utf-8")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8") as text
    ):
        for line_no, raw in enumerate(text, 1):
            line = raw.strip()
            if line and not line.startswith("#"):
                yield line_no, line


def _split(line: str) -> tuple[str, float, int | None]:
    """Series, value, milliseconds if told. Nothing after the labels holds a brace but an exemplar, which goes first."""
    if " # {" in line:
        line = _without_exemplar(line)
    head, brace, tail = line.rpartition("}")
    if not brace:
        head, _, tail = line.partition(" ")
        if "{" in head:
            raise ValueError("the labels have no end")
    parts = tail.split()
    if not parts or len(parts) > 2:
        raise ValueError("not 'name{labels} value [timestamp]'")
    return head, _float(parts[0]), _moment(parts[1]) if len(parts) == 2 else None


def _without_exemplar(line: str) -> str:
    """Cut at the first ` # {` that stands outside a label's quotes."""
    quoted = escaped = False
    for place, letter in enumerate(line):
        if escaped:
            escaped = False
        elif letter == "\\":
            escaped = quoted
        elif letter == '"':
            quoted = not quoted
        elif not quoted and line.startswith(" # {", place):
            return line[:place]
    return line


def _number(staging: Staging, head: str) -> int | None:
    """The number of the series, None if nobody asks for its metric."""
    name, _, inside = head.partition("{")
    name = name.strip()
    if name.lower() not in NAMES:
        return None
    return staging.number(name, labels_of(inside))


def labels_of(inside: str) -> dict[str, str]:
    r"""What stands between the braces. Escapes are \\, \" and \n. Raises ValueError."""
    labels: dict[str, str] = {}
    place = 0
    while place < len(inside.rstrip()):
        found = LABEL.match(inside, place)
        if not found or found.group(2) is None:
            raise ValueError(f"labels cannot be read from '{inside[place : place + 40]}'")
        labels[found.group(1)] = ESCAPE.sub(lambda hit: "\n" if hit[1] == "n" else hit[1], found.group(2))
        place = found.end()
    return labels


def _float(text: str) -> float:
    """A number; NaN for DCGM's words where an older exporter prints them (<<<NOT_SUPPORTED>>>): no sample, no error."""
    if MISSING.fullmatch(text):
        return math.nan
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"'{text}' is not a number") from None


def _moment(text: str) -> int:
    """Milliseconds of a timestamp in seconds (OpenMetrics) or milliseconds (the older format)."""
    stated = _float(text)
    if not 0 <= stated < LATEST_MS:
        raise ValueError(f"'{text}' is not a time")
    return round(stated * 1000) if stated < SECONDS_END else round(stated)


def _scrape(scraped_at: int | None) -> int:
    if scraped_at is None:
        raise ValueError("the line has no timestamp")
    return scraped_at
