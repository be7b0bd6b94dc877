"""What can be read in a file, by whoever opens it: its text, and what is wrapped up in that.

Of a notebook that is every cell and every output; of an archive every file in it; of base64, base32
and hexadecimal digits what they stand for; of a stream that zlib, gzip, bz2 or xz made what it was.
Wrappings are opened `_DEEPEST` deep, and `_MOST_BYTES` of each. Of text there is a second reading
without what frames a line: the sign of a comment or a quotation, Markdown's backslashes, HTML.
"""

import base64
import binascii
import bz2
import html
import io
import json
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

_DEEPEST = 3
_MOST_BYTES = 16 << 20
_MOST_MEMBERS = 500

_FRAME = re.compile(r"^[ \t]*(?:[#>|*+-]|//)+[ \t]?", re.MULTILINE)
_BACKSLASH = re.compile(r"\\([\\`*_{}\[\]()#+.!|<>~-])")
_TAG = re.compile(r"<[^<>\n]{0,200}>")
_COMPILED = (".pyc", ".pyo", ".pyd", ".so")


@dataclass(frozen=True)
class View:
    """A text that can be read in a file.

    `where` says how to come to it: "" for the file's own lines, "cell 3, outputs", "b.py" in an
    archive. `line` is the line of the file that it begins in, where its own lines are not those of
    the file; 0 where the file has none.
    """

    text: str
    where: str = ""
    line: int | None = None


def of(name: str, data: bytes) -> Iterator[View]:
    """List all that can be read in a file."""
    yield from _of(name, data, "", None, _DEEPEST)


def is_compiled(name: str, data: bytes) -> bool:
    """Whether a file is compiled Python, from which its source can be had again."""
    # The first two bytes are the version's number, and these two are in all of them.
    return name.lower().endswith(_COMPILED) or (
        len(data) >= 16 and data[2:4] == b"\r\n" and (b"\0" in data[4:16])
    )


def members(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """List the files within an archive; none where it is no archive."""
    try:
        if zipfile.is_zipfile(io.BytesIO(data)):
            with zipfile.ZipFile(io.BytesIO(data)) as packed:
                for member in packed.infolist()[:_MOST_MEMBERS]:
                    with packed.open(member) as held:
                        yield member.filename, held.read(_MOST_BYTES)
        elif name.lower().endswith((".tar", ".tgz", ".tar.gz", ".tar.xz", ".tar.bz2")):
            with tarfile.open(fileobj=io.BytesIO(data)) as archive:
                for _, each in zip(range(_MOST_MEMBERS), archive, strict=False):
                    file = archive.extractfile(each)
                    if file is not None:
                        yield each.name, file.read(_MOST_BYTES)
    # A broken or locked archive tells nobody anything either.
    except (zipfile.BadZipFile, tarfile.TarError, OSError, RuntimeError, EOFError, ValueError,
            NotImplementedError, zlib.error, lzma.LZMAError):  # fmt: skip
        return


def _of(name: str, data: bytes, where: str, line: int | None, deep: int) -> Iterator[View]:
    if deep:
        for member, held in members(name, data):
            yield from _of(member, held, _joined(where, member), line or 0, deep - 1)
        opened = _unpacked(data)
        if opened is not None:
            yield from _of(name, opened, _joined(where, "unpacked"), line or 0, deep - 1)
    text = _decoded(data)
    parts = _cells(text) if name.lower().endswith(".ipynb") else None
    if parts is None:
        yield from _of_text(text, where, line, deep)
    for place, said in parts or ():
        yield from _of_text(said, _joined(where, place), line or 0, deep)


def _of_text(text: str, where: str, line: int | None, deep: int) -> Iterator[View]:
    yield View(text, where, line)
    for other in dict.fromkeys((_unframed(text), _unmarked(text))):
        if other != text:
            yield View(other, where, line)
    if not deep:
        return
    for pattern, decode in _RUNS.items():
        for run in pattern.finditer(text):
            try:
                held = decode(run[0])
            except (ValueError, binascii.Error):
                continue
            at = text.count("\n", 0, run.start()) + 1 if line is None else line
            yield from _of("", held, _joined(where, "decoded"), at, deep - 1)


def _cells(text: str) -> list[tuple[str, str]] | None:
    """List the texts in a notebook, whose lines JSON breaks into strings; None where it is none."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(whole, dict) or not isinstance(whole.get("cells"), list):
        return None
    found = []
    for number, cell in enumerate(whole["cells"], 1):
        for part, held in (cell if isinstance(cell, dict) else {"cell": cell}).items():
            place = f"cell {number}" + ("" if part == "source" else f", {part}")
            found += [(place, said) for said in _strings(held)]
    rest = {key: held for key, held in whole.items() if key != "cells"}
    return found + [("metadata", said) for said in _strings(rest)]


def _strings(node: object) -> Iterator[str]:
    """List the texts of a cell; a list of strings is one text."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, list):
        if node and all(isinstance(each, str) for each in node):
            yield "".join(node)
        else:
            for each in node:
                yield from _strings(each)
    elif isinstance(node, dict):
        for each in node.values():
            yield from _strings(each)


def _unframed(text: str) -> str:
    return _FRAME.sub("", text)


def _unmarked(text: str) -> str:
    return html.unescape(_TAG.sub("", _BACKSLASH.sub(r"\1", text)))


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _unpacked(data: bytes) -> bytes | None:
    """Open a stream that was made smaller; None where it is none."""
    try:
        if data[:2] == b"\x1f\x8b":
            return zlib.decompressobj(31).decompress(data, _MOST_BYTES)
        if data[:1] == b"\x78" and len(data) > 2:
            return zlib.decompressobj().decompress(data, _MOST_BYTES)
        if data[:3] == b"BZh":
            return bz2.BZ2Decompressor().decompress(data, _MOST_BYTES)
        if data[:6] == b"\xfd7zXZ\0":
            return lzma.LZMADecompressor().decompress(data, _MOST_BYTES)
    except (zlib.error, OSError, lzma.LZMAError, EOFError):
        pass
    return None


def _base64(text: str, more: bytes) -> bytes:
    bare = "".join(text.split()).rstrip("=")
    # A single letter behind the last four is no part of it.
    bare = bare[:-1] if len(bare) % 4 == 1 else bare
    return base64.b64decode(bare + "=" * (-len(bare) % 4), more)


def _base32(text: str) -> bytes:
    bare = "".join(text.split()).rstrip("=")
    return base64.b32decode(bare + "=" * (-len(bare) % 8))


# Runs that may stand for something, on one line or on whole lines; the shortest code worth looking
# for is a dozen bytes.
_RUNS: dict[re.Pattern[str], Callable[[str], bytes]] = {
    re.compile(r"[A-Za-z0-9+/]{16,}={0,2}"): partial(_base64, more=b"+/"),
    re.compile(r"[A-Za-z0-9_-]{16,}={0,2}"): partial(_base64, more=b"-_"),
    re.compile(r"[A-Za-z0-9+/]{16,}[ \t]*\n(?:[ \t]*[A-Za-z0-9+/]{16,}[ \t]*\n)*"
               r"[ \t]*[A-Za-z0-9+/]+={0,2}"): partial(_base64, more=b"+/"),
    re.compile(r"[A-Z2-7]{16,}={0,6}"): _base32,
    re.compile(r"(?:[0-9A-Fa-f]{2}[ \t\n]*){12,}"): bytes.fromhex,
}  # fmt: skip


def _joined(where: str, more: str) -> str:
    return f"{where}, {more}" if where else more
