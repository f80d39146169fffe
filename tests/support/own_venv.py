"""Tools whose dependencies cannot live beside ours: each in an environment of its own, built when first asked for."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
NEWEST = 15


def own_venv(tool: str, oldest: tuple[int, int] = (3, 11)) -> Path:
    """The bin folder of .venv-<tool>, built from tests/support/<tool>.lock. Skips where no Python is new enough."""
    lock = HERE / f"{tool}.lock"
    stamp = hashlib.sha256(lock.read_bytes()).hexdigest()
    folder = REPOSITORY / f".venv-{tool.replace('_', '-')}"
    built = folder / "built-from"
    if not built.exists() or built.read_text() != stamp:
        _build(folder, lock, _python(oldest, tool))
        built.write_text(stamp)
    return folder / "bin"


def _build(folder: Path, lock: Path, python: str) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([python, "-m", "venv", folder], check=True, capture_output=True)
    subprocess.run([*pip, "--require-hashes", "--no-deps", "-r", lock], check=True, capture_output=True)


def _python(oldest: tuple[int, int], tool: str) -> str:
    """A Python of that age or younger that really starts: ours, one on the PATH, or one of pyenv's."""
    names = [f"python{oldest[0]}.{minor}" for minor in range(oldest[1], NEWEST)]
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    places = [sys.executable, *names, *sorted(str(path) for path in pyenv.glob("3.*/bin/python"))]
    for place in places:
        ask = [place, "-c", "import ensurepip, sys, venv; print(*sys.version_info[:2])"]
        try:
            told = subprocess.run(ask, capture_output=True, text=True, check=True).stdout.split()
        except (OSError, subprocess.CalledProcessError):
            continue
        if (int(told[0]), int(told[1])) >= oldest:
            return place
    pytest.skip(f"{tool} needs Python {oldest[0]}.{oldest[1]} or newer, and none is found on the PATH")
