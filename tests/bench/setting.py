"""What every measurement is handed: sizes, places on the disk, and the demo store, built once and used again."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from measure import timed

from data.model.settings import ModelSettings
from data.warehouse import Warehouse
from ingest.run import run
from ingest.source import Window
from ingest.sources.demo import demo_sources

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Setting:
    """quick: small files and one repeat, to see that everything runs; its figures mean nothing."""

    quick: bool
    cache: Path

    def repeats(self, n: int) -> int:
        return 1 if self.quick else n

    @property
    def lines(self) -> int:
        return 10_000 if self.quick else 1_000_000

    @cached_property
    def demo(self) -> Path:
        """A store with the demo estate; built anew when the code that makes it changed."""
        home = self.cache / ("demo-quick" if self.quick else "demo")
        mark, wanted = self.cache / f"{home.name}.code", _code()
        if not mark.exists() or mark.read_text() != wanted:
            spent = timed(lambda: self._build(home))
            mark.write_text(wanted)
            print(f"demo store built: {spent.wall:.0f} s, {spent.cpu or 0:.0f} s of processor time")
        return home

    def _build(self, home: Path) -> None:
        shutil.rmtree(home, ignore_errors=True)
        days, scale = (35, 0.1) if self.quick else (90, 1.0)
        sources = demo_sources(home, days=days, scale=scale)
        with Warehouse.open(home) as warehouse:
            outcome = run(warehouse, sources, Window(), ModelSettings(), lambda *_: None)
        if outcome.failed:
            raise RuntimeError("; ".join(result.message or "" for result in outcome.results))

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """An empty folder that goes when it is left."""
        self.cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.cache) as name:
            yield Path(name)


def default_cache() -> Path:
    return Path(tempfile.gettempdir()) / f"inferledger-bench-{os.getuid()}"


def _code() -> str:
    """One name for the code that the demo store comes from."""
    digest = hashlib.sha256()
    for folder in ("data", "ingest"):
        for path in sorted((REPOSITORY / folder).rglob("*")):
            relative = path.relative_to(REPOSITORY).as_posix()
            built = relative.startswith(("data/store/", "data/query/", "data/economics/"))
            if path.suffix in (".py", ".sql", ".csv") and not built:
                digest.update(relative.encode() + path.read_bytes())
    return digest.hexdigest()
