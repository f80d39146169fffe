"""CSV as `nvidia-smi --query-gpu=… --format=csv` writes it, one row per GPU and instant.

The header names each column with its unit (`memory.used [MiB]`), cells repeat it (`479 MiB`) unless `nounits` was asked
for; what is not available is a word in brackets. Times are local and have no zone.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from ingest.raw import text_stream
from ingest.source import SourceError, SourceFile, Window
from ingest.telemetry.staging import ReadFile, Refused, Staging, to_ms

HEADER = re.compile(r"(?P<name>[^\[]+?)\s*(?:\[(?P<unit>[^\]]+)\])?")
ABSENT = re.compile(r"\[.*\]|N/A|Not Supported|", re.IGNORECASE)  # [N/A], [Not Supported], [Unknown Error] …
MASKED = re.compile(r"(?:GPU-)?[0-]*")
HIDDEN = re.compile(r"[xX*#?.…][-xX*#?.…]*")  # what stands in a UUID for digits that nobody shall see
GAUGES: Mapping[str, str] = {"utilization.gpu": "%", "memory.used": "MiB", "power.draw": "W"}
TIMES = ("%Y/%m/%d %H:%M:%S.%f", "%Y/%m/%d %H:%M:%S")


@dataclass
class Clock:
    """Local times as UTC. In the hour that a zone has twice, a log that goes back in time is in its second one."""

    zone: ZoneInfo
    _last: dict[str, datetime] = field(default_factory=dict)  # of each device

    def utc(self, text: str, device: str) -> datetime | None:
        """UTC without zone; None where the text is no time."""
        local = _time(text)
        if local is None:
            return None
        moments = [local.replace(tzinfo=self.zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
        first, second = (moment.replace(tzinfo=None) for moment in moments)
        last = self._last.get(device)
        later = last is not None and first < last <= second + timedelta(minutes=1)
        self._last[device] = moment = second if later else first
        return moment


@dataclass(frozen=True)
class NvidiaSmiLog:
    """zone: of the log's times. host: the machine that wrote it; None = each file is a machine of its own."""

    zone: ZoneInfo
    host: str | None

    def read(self, staging: Staging, file: SourceFile, window: Window) -> None:
        """Stages the samples in the window. Raises SourceError where the file is no such log."""
        with text_stream(file.path) as text:
            rows = csv.reader(text, skipinitialspace=True)
            header = next(rows, [])
            columns = _columns(file, header)
            clock, number = Clock(self.zone), len(staging.files)
            lines, moments = 0, list[int]()
            for row in rows:
                if not row or row == header:  # a job that appends writes its header each time
                    continue
                lines += 1
                try:
                    told = self._sample(staging, file, dict(zip(columns, row, strict=True)), clock, window)
                except ValueError as error:
                    lines -= 1
                    refused = Refused(number, rows.line_num - 1, str(error), ", ".join(row)[:500])
                    staging.refused.append(refused)
                    continue
                if told is not None:
                    moments = [min([told, *moments[:1]]), max([told, *moments[1:]])]
        first, last = moments or (None, None)
        staging.files.append(ReadFile(file.uri, file.etag, file.bytes, lines, first, last))

    def _sample(
        self, staging: Staging, file: SourceFile, cells: Mapping[str, str], clock: Clock, window: Window
    ) -> int | None:
        """Stages one row; returns its time, None where it lies outside. Raises ValueError where it cannot be read."""
        labels = self._labels(file, cells)
        moment = clock.utc(cells["timestamp"], labels["device"])
        if moment is None:
            raise ValueError(f"the time '{cells['timestamp']}' is not like 2026/07/14 08:12:38.696")
        values = {
            name: _value(cells[name], unit, name)
            for name, unit in GAUGES.items()
            if cells.get(name) is not None
        }
        if (window.start and moment < window.start) or (window.end and moment >= window.end):
            return None
        for name, value in values.items():
            if value is not None:
                staging.add(staging.number(f"nvidia-smi:{name}", labels), to_ms(moment), value)
        return to_ms(moment)

    def _labels(self, file: SourceFile, cells: Mapping[str, str]) -> dict[str, str]:
        """The UUID names a device. Where it is masked, or was not asked for, its machine and index do. What is left of
        it, the index and the PCI bus are told too: another source may name the device better."""
        uuid, index = cells.get("uuid", ""), cells.get("index", "")
        told = bool(uuid) and not MASKED.fullmatch(uuid) and not ABSENT.fullmatch(uuid)
        hidden = told and HIDDEN.search(uuid) is not None
        if not index.isdigit() and not told:
            raise ValueError("neither uuid nor index names the GPU: query both")
        place = self.host or file.path.name.partition(".")[0]
        own = uuid if told and not index.isdigit() else index
        labels = {"device": uuid if told and not hidden else f"{place}/{own}", "index": index}
        if bus := cells.get("pci.bus_id") or cells.get("gpu_bus_id"):
            labels["pci_bus_id"] = bus
        if hidden:
            labels["uuid_mask"] = HIDDEN.sub("%", uuid)
        if self.host:
            labels["node"] = self.host
        if cells.get("name"):
            labels["model"] = cells["name"]
        return labels


def _columns(file: SourceFile, header: Sequence[str]) -> list[str]:
    """The columns without their units. Raises SourceError where one is missing or in another unit."""
    told = [(found["name"], found["unit"]) for cell in header if (found := HEADER.fullmatch(cell.strip()))]
    names = [name for name, _ in told]
    lacking = [name for name in ("timestamp", "utilization.gpu") if name not in names]
    if lacking or len(names) != len(header):
        raise SourceError(
            f"{file.uri} is no log of nvidia-smi: its header lacks {', '.join(lacking) or 'a name'}. Write it with "
            "--query-gpu=timestamp,uuid,index,name,utilization.gpu,memory.used,power.draw --format=csv."
        )
    for name, unit in told:
        if unit and unit != GAUGES.get(name, unit):
            raise SourceError(f"{file.uri}: {name} is in {unit}; it is read in {GAUGES[name]}.")
    return names


def _value(cell: str, unit: str, name: str) -> float | None:
    """A number, with or without its unit; None = not available. Raises ValueError for anything else."""
    if ABSENT.fullmatch(cell.strip()):
        return None
    try:
        value = float(cell.removesuffix(unit))
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value < 0:
        raise ValueError(f"{name} '{cell}' is not a number of {unit}")
    return value


def _time(text: str) -> datetime | None:
    for shape in TIMES:
        try:
            return datetime.strptime(text.strip(), shape)
        except ValueError:
            continue
    return None
