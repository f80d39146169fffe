"""What a person says where labels don't tell: which machine is which billed resource, which deployment runs what.

    python -m ingest resources estate.toml

TOML, or JSON of the same shape:

    [[machine]]
    resource_id = "i-0abc1234def567890"        # as on the bill; required
    node = "ip-10-0-1-7.ec2.internal"          # as telemetry calls it
    instance_type = "p5.48xlarge"
    device_model = "H100 80GB"
    device_count = 8

    [[deployment]]
    model = "llama-70b"                        # required, with one of pod, served_name, resource_id
    version = "v3"
    namespace = "chat"                         # left out = any
    pod = "llama-70b-v3-*"                     # * stands for any text, ? for one letter
    endpoint = "chat"
    mode = "real time"                         # or "batch"
    team = "assistants"
    valid_from = 2026-08-03T00:00:00Z          # left out = always; UTC unless it says otherwise

served_name is the model name that a server or log reports, for traffic without a pod; resource_id in a deployment is a
billed machine that serves the model without a GPU. provider_id may name a machine as its cloud does in Kubernetes
(aws:///us-east-1a/i-0abc…). A CSV has the same columns and one more, kind: machine or deployment; an empty cell is
unknown.
"""

from __future__ import annotations

import csv
import json
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from ingest.files import Folder
from ingest.rejects import Unusable, check
from ingest.source import SourceError, SourceFile

KINDS = ("machine", "deployment")
DOCUMENTED = "See ingest/sources/resources.py for an example."


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, protected_namespaces=())


def _as_billed(resource_id: str) -> str:
    """Azure writes one id in several cases, and the bill is kept in lower case."""
    return resource_id.lower() if resource_id.lower().startswith("/subscriptions/") else resource_id


ResourceId = Annotated[str, AfterValidator(_as_billed)]


class Machine(_Row):
    """A billed machine and what telemetry calls it."""

    resource_id: ResourceId = Field(min_length=1)
    node: str | None = None
    provider_id: str | None = None
    instance_type: str | None = None
    device_model: str | None = None
    device_count: int | None = Field(default=None, ge=0, le=1_000_000)


class Deployment(_Row):
    """What runs behind a pod pattern, a served name, or on a machine without a GPU."""

    model: str = Field(min_length=1)
    version: str | None = None
    namespace: str | None = None
    pod: str | None = None
    served_name: str | None = None
    resource_id: ResourceId | None = None
    endpoint: str | None = None
    mode: Literal["real time", "batch"] | None = None
    team: str | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None

    @field_validator("valid_from", "valid_to")
    @classmethod
    def _utc(cls, moment: datetime | None) -> datetime | None:
        try:
            return moment.astimezone(UTC).replace(tzinfo=None) if moment and moment.tzinfo else moment
        except OverflowError:
            raise ValueError("in UTC it lies outside the years 1 to 9999") from None

    @field_validator("pod")
    @classmethod
    def _like(cls, pod: str | None) -> str | None:
        """As a LIKE pattern; names in Kubernetes hold neither % nor _."""
        return pod.replace("*", "%").replace("?", "_") if pod else None

    @model_validator(mode="after")
    def _reachable(self) -> Deployment:
        if not (self.pod or self.served_name or self.resource_id):
            raise ValueError("one of pod, served_name and resource_id must say where the model runs")
        if self.valid_from and self.valid_to and self.valid_from >= self.valid_to:
            raise ValueError("valid_from must lie before valid_to")
        return self


@dataclass(frozen=True)
class Estate:
    """Everything that one file says."""

    file: SourceFile
    machines: tuple[Machine, ...]
    deployments: tuple[Deployment, ...]
    unusable: tuple[Unusable, ...] = ()  # rows that say nothing we can use


@dataclass(frozen=True)
class Resources:
    """location: one TOML, JSON or CSV file."""

    location: str
    kind: str = "resources"

    def read(self) -> Estate:
        """Raises SourceError, also where more than 1 % of the rows are wrong: one is, of a mapping by hand."""
        path = Path(self.location).expanduser()
        if not path.is_file():
            raise SourceError(f"{path} is not a file. Give a TOML, JSON or CSV file. {DOCUMENTED}")
        folder = Folder(path)
        file = folder.file(folder.entries()[0], path.parent)
        rows = [_made(row) for row in _rows(path)]
        unusable = tuple(row for row in rows if isinstance(row, Unusable))
        check(str(path), len(rows), unusable, DOCUMENTED)
        machines = tuple(row for row in rows if isinstance(row, Machine))
        deployments = tuple(row for row in rows if isinstance(row, Deployment))
        return Estate(file, machines, deployments, unusable)


@dataclass(frozen=True)
class _Told:
    """A row as it stands: its line in a CSV, else its place ('machine 3'), its kind, and its filled cells."""

    line_no: int | None
    place: str
    kind: str
    cells: Mapping[str, Any]


def _made(row: _Told) -> Machine | Deployment | Unusable:
    problem = f"kind is '{row.kind}'; it is machine or deployment."
    try:
        if row.kind == "machine":
            return Machine.model_validate(row.cells)
        if row.kind == "deployment":
            return Deployment.model_validate(row.cells)
    except ValidationError as error:
        problem = _said(error, row.kind)
    raw = json.dumps({"kind": row.kind, **row.cells}, default=str, ensure_ascii=False)
    return Unusable(row.line_no, f"{row.place}: {problem}" if row.place else problem, raw)


def _rows(path: Path) -> Iterator[_Told]:
    if path.suffix.lower() == ".csv":
        yield from _csv_rows(path)
        return
    tables = _tables(path)
    for kind in KINDS:
        rows = tables.get(kind, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise SourceError(f"{path}: '{kind}' is not a list of tables. Write [[{kind}]]. {DOCUMENTED}")
        for number, row in enumerate(rows, 1):
            filled = {name: cell for name, cell in row.items() if cell not in (None, "")}
            yield _Told(None, f"{kind} {number}", kind, filled)


def _tables(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        tables = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError: wrong syntax, bytes, or a number without end
        raise SourceError(f"{path} cannot be read: {error}. {DOCUMENTED}") from None
    if not isinstance(tables, dict) or not tables or set(tables) - set(KINDS):
        found = ", ".join(tables) if isinstance(tables, dict) and tables else "nothing of the kind"
        raise SourceError(f"{path} holds {found}; it may hold machine and deployment tables. {DOCUMENTED}")
    return tables


def _csv_rows(path: Path) -> Iterator[_Told]:
    with path.open(encoding="utf-8-sig", newline="") as text, _readable(path):
        reader = csv.DictReader(text, restkey="too many cells")
        if "kind" not in (reader.fieldnames or ()):
            there = ", ".join(reader.fieldnames or ()) or "nothing"
            raise SourceError(f"{path} has no column 'kind'; there is {there}. {DOCUMENTED}")
        for line_no, row in enumerate(reader, 1):
            kind = (row.pop("kind") or "").strip()
            cells = {
                name: cell
                for name, cell in row.items()
                if cell and (name == "too many cells" or cell.strip())
            }
            yield _Told(line_no, "", kind, cells)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except (UnicodeDecodeError, csv.Error) as error:
        raise SourceError(f"{path} cannot be read: {error}. {DOCUMENTED}") from None


def _said(error: ValidationError, kind: str) -> str:
    """The first thing that pydantic found, in our words."""
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    known = Machine.model_fields if kind == "machine" else Deployment.model_fields
    if first["type"] == "missing":
        return f"{name} is missing."
    if first["type"] == "extra_forbidden":
        return f"a {kind} has no '{name}'. Known: {', '.join(known)}."
    reason = first["msg"].removeprefix("Value error, ").rstrip(".")
    return f"{name} is {first['input']!r}: {reason}." if name else f"{reason}."
