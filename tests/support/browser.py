"""Chromium without a window, on files alone: what a reader sees of a page."""

from __future__ import annotations

import struct
import subprocess
import tempfile
import zlib
from pathlib import Path

from support.tools import run

_QUIET = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run"
    " --disable-background-networking --disable-component-update --disable-sync"
    " --hide-scrollbars"
).split()
Pixel = tuple[int, int, int]


def chromium(page: Path, *asked: str) -> subprocess.CompletedProcess[str]:
    """Open a page in a new profile and do what is asked of it."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = [*_QUIET, f"--user-data-dir={profile}", *asked, page.as_uri()]
        done = run("chromium", *options, timeout=120)
    assert done.returncode == 0, done.stderr
    return done


def text_of(page: Path) -> str:
    """The page as the browser understood it."""
    return chromium(page, "--dump-dom").stdout


def picture_of(page: Path, *, width: int, height: int) -> list[list[Pixel]]:
    """What a window of this size shows, row by row."""
    out = page.with_suffix(".png")
    chromium(page, f"--window-size={width},{height}", f"--screenshot={out}")
    return _pixels(out.read_bytes())


def _pixels(png: bytes) -> list[list[Pixel]]:
    """Decode a picture of eight bits a colour, as Chromium writes it (ISO 15948)."""
    width, height, depth, colours = struct.unpack(">IIBB", png[16:26])
    assert (depth, colours in {2, 6}) == (8, True)
    size = 3 if colours == 2 else 4
    plain = zlib.decompress(b"".join(_chunks(png)))
    above, rows = bytearray(width * size), []
    for number in range(height):
        begin = number * (width * size + 1)
        line = bytearray(plain[begin + 1 : begin + 1 + width * size])
        _unfilter(plain[begin], line, above, size)
        rows.append([tuple(line[at : at + 3]) for at in range(0, len(line), size)])
        above = line
    return rows  # type: ignore[return-value]


def _chunks(png: bytes) -> list[bytes]:
    found, at = [], 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            found.append(png[at + 8 : at + 8 + length])
        at += length + 12
    return found


def _unfilter(kind: int, line: bytearray, above: bytearray, size: int) -> None:
    for at in range(len(line)) if kind else ():
        left = line[at - size] if at >= size else 0
        corner = above[at - size] if at >= size else 0
        line[at] = (line[at] + _foretold(kind, left, above[at], corner)) % 256


def _foretold(kind: int, left: int, up: int, corner: int) -> int:
    if kind == 4:
        near = left + up - corner
        return min((left, up, corner), key=lambda one: abs(near - one))
    return (0, left, up, (left + up) // 2)[kind]
