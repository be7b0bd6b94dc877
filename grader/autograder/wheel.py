"""The running grader as a wheel, so that what graded here is what is installed elsewhere.

A wheel is a zip of the package and of what the installed distribution says about itself. It is
packed from the package's own folder, so it can be had from every kind of installation, also an
editable one, without a build tool, the sources or the network; the same files give the same bytes.

Left out is the list of attacks for `grade doctor --attack`: only some installations have it.
"""

import base64
import csv
import hashlib
import io
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

import grader
from grader.autograder import packing
from grader.errors import SandboxError

DISTRIBUTION = "pytorch-grader"

_STATED = "METADATA", "entry_points.txt", "licenses/LICENSE"
_WHEEL = "Wheel-Version: 1.0\nGenerator: grader\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
_LEFT_OUT = "attacks"


def build() -> tuple[str, bytes]:
    """Pack the package that is running.

    Returns:
        The wheel's file name, and its bytes.

    Raises:
        SandboxError: the package runs without having been installed.
    """
    try:
        distribution = metadata.distribution(DISTRIBUTION)
    except metadata.PackageNotFoundError as error:
        raise SandboxError(
            f"{DISTRIBUTION} is not installed here, so nobody knows what it needs; install it "
            "with pip, and try again"
        ) from error
    name = DISTRIBUTION.replace("-", "_")
    about = f"{name}-{distribution.version}.dist-info"
    stated = {each: distribution.read_text(each) for each in _STATED}
    files = _package() | {f"{about}/{each}": text.encode() for each, text in stated.items() if text}
    files[f"{about}/WHEEL"] = _WHEEL.encode()
    files[f"{about}/RECORD"] = _record(files, f"{about}/RECORD")
    return f"{name}-{distribution.version}-py3-none-any.whl", packing.zipped(files)


def _package() -> dict[str, bytes]:
    """Read the package's files."""
    folder = Path(grader.__file__).parent
    found = packing.tree(folder)
    return {
        f"{folder.name}/{name}": data
        for name, data in found.items()
        if not name.startswith(f"{_LEFT_OUT}/")
    }


def _record(files: Mapping[str, bytes], own: str) -> bytes:
    """List every file with its hash and its size; the list itself has neither."""
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, lineterminator="\n")
    for name, data in sorted(files.items()):
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        writer.writerow((name, f"sha256={digest}", len(data)))
    writer.writerow((own, "", ""))
    return lines.getvalue().encode()
