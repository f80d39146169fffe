"""Which model built the facts: a hash over what its code does, not over how it is laid out or commented.

A store is built again, every month of it, when this changes. So a remark must not change it, and a literal must.
"""

from __future__ import annotations

import hashlib
import io
import tokenize
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from data.pointer import SCHEMA_VERSION
from data.sql import HERE

if TYPE_CHECKING:
    from data.model.settings import ModelSettings

FOLDERS = ("model", "schema", "reference")


def model_fingerprint(settings: ModelSettings) -> str:
    """Changes with the model's code, reference tables and settings, and with the names of its files."""
    digest = hashlib.sha256(f"{SCHEMA_VERSION} {settings!r}".encode())
    for path in _files():
        told = _MEANING[path.suffix](path.read_bytes())
        digest.update(
            f"\n{path.relative_to(HERE).as_posix()} {len(told)}\n".encode()
        )  # no file runs into the next
        digest.update(told)
    return digest.hexdigest()


def _files() -> Iterator[Path]:
    yield HERE / "metrics.sql"
    for folder in FOLDERS:
        yield from sorted(path for path in (HERE / folder).rglob("*") if path.suffix in _MEANING)


def sql_meaning(text: bytes) -> bytes:
    """The tokens, without comments and the white space between them; literals stand as they are written."""
    tokens = duckdb.tokenize(text.decode())
    ends = [start for start, _ in tokens[1:]] + [len(text)]  # in bytes; a token reaches to the next one
    kept = (
        text[start:end].rstrip()
        for (start, kind), end in zip(tokens, ends, strict=True)
        if kind != duckdb.token_type.comment
    )
    return b"\n".join(kept)


def python_meaning(text: bytes) -> bytes:
    """The tokens, without comments, line breaks inside brackets, and texts that stand alone as docstrings do.

    Not the syntax tree: while it is built, CPython 3.11 may collect garbage, and then raises SystemError
    (python/cpython issue 106905).
    """
    tokens = [
        token
        for token in tokenize.tokenize(io.BytesIO(text).readline)
        if token.type not in (tokenize.COMMENT, tokenize.NL, tokenize.ENCODING)
    ]
    kept = []
    begins = True  # a statement
    for token, following in pairwise([*tokens, tokens[-1]]):
        alone = begins and token.type == tokenize.STRING and following.type == tokenize.NEWLINE
        begins = token.type in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
        if not alone:
            kept.append(_BLOCKS.get(token.type, token.string))
    return "\n".join(kept).encode()


_BLOCKS = {
    tokenize.INDENT: "INDENT",
    tokenize.DEDENT: "DEDENT",
    tokenize.NEWLINE: "",
}  # however deep, however ended


_MEANING: Mapping[str, Callable[[bytes], bytes]] = {
    ".sql": sql_meaning,
    ".py": python_meaning,
    ".csv": bytes,
}
