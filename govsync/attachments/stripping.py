"""Save a picture without what it tells: Exif, XMP, IPTC and texts; its pixels stay.

How the picture is to be turned is kept: without it readers would see it lie on a side.
"""

from __future__ import annotations

import struct
import zlib

from govsync.attachments.images import PNG, chunks, is_webp, orientation, segments

_TEXTS = frozenset({b"eXIf", b"tEXt", b"iTXt", b"zTXt"})
_OF_WEBP = frozenset({b"EXIF", b"XMP "})
_SAID_BY_WEBP = 0x0C
"""The bits of VP8X that say that Exif and XMP follow."""
_APPLICATIONS = frozenset({0xE1, 0xED, 0xFE})
"""APP1 (Exif, XMP), APP13 (IPTC) and comments."""


def stripped(image: bytes) -> bytes:
    """Return an image without what it tells of persons.

    Raises:
        ValueError: It is broken.
    """
    if image.startswith(PNG):
        return _png(image)
    return _webp(image) if is_webp(image) else _jpeg(image)


def _jpeg(image: bytes) -> bytes:
    out = [image[:2]]
    if (turned := orientation(image)) != 1:
        exif = b"Exif\0\0" + _turned(turned)
        out.append(b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif)
    end = 2
    for marker, begin, end in segments(image):
        if marker not in _APPLICATIONS:
            out.append(image[begin:end])
    return b"".join([*out, image[end:]])


def _turned(value: int) -> bytes:
    """Return an Exif with the orientation alone (tag 0x0112, a short)."""
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, value, 0)
    return b"MM\0*" + struct.pack(">IH", 8, 1) + entry + b"\0\0\0\0"


def _png(image: bytes) -> bytes:
    kept = [PNG]
    for name, content in chunks(image):
        if name not in _TEXTS:
            check = zlib.crc32(name + content)
            kept.append(struct.pack(">I", len(content)) + name + content)
            kept.append(struct.pack(">I", check))
    return b"".join(kept)


def _webp(image: bytes) -> bytes:
    kept = [b"WEBP"]
    for name, content in chunks(image):
        if name in _OF_WEBP:
            continue
        says = content
        if name == b"VP8X" and content:
            says = bytes([content[0] & ~_SAID_BY_WEBP]) + content[1:]
        kept += [name, struct.pack("<I", len(says)), says, b"\0" * (len(says) % 2)]
    whole = b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(whole)) + whole
