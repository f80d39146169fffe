"""Writes that survive a power cut: content first, then the name, then the folder that holds the name."""

from __future__ import annotations

import os
from pathlib import Path


def sync_file(path: Path) -> None:
    """Waits until the file's content is on the disk."""
    _sync(path, os.O_RDONLY)


def sync_folder(path: Path) -> None:
    """Waits until the names in a folder are on the disk."""
    _sync(path, os.O_RDONLY | os.O_DIRECTORY)


def replace(build: Path, final: Path) -> None:
    """Gives a finished file its final name: a reader sees the old file or the new one, never a part."""
    sync_file(build)
    os.replace(build, final)
    sync_folder(final.parent)


def write_text(final: Path, text: str) -> None:
    build = final.with_name(f".{final.name}.new")
    build.write_text(text, encoding="utf-8")
    replace(build, final)


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
