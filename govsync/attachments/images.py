"""What a photograph tells beside the picture: where it was taken, and by whom.

A small reader of Exif (CIPA DC-008, a TIFF directory), XMP (ISO 16684) and IPTC in
JPEG, PNG and WebP: the tags of persons and places alone.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PNG = b"\x89PNG\r\n\x1a\n"
_TELLING = {
    0x8825: "place",  # GPSInfo
    0x013B: "author",  # Artist
    0x9C9D: "author",  # XPAuthor
    0xA430: "author",  # CameraOwnerName
}
_WORDS = {
    b"GPSLatitude": "place",
    b"dc:creator": "author",
    b"\x1c\x02\x50": "author",  # IPTC 2:80, By-line
    b"Author\0": "author",
}
"""What XMP, IPTC and the texts of a PNG hold."""
_TEXTS = frozenset({b"tEXt", b"iTXt", b"zTXt", b"XMP "})
_ORIENTATION = 0x0112
_TURNS = range(1, 9)
_DIRECTORIES = (0x8769,)
"""Tags whose value is where another directory begins: the Exif directory."""
_MOST_DIRECTORIES = 10
_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})
_END_OF_MARKERS = frozenset({0xD9, 0xDA})


def tells(image: bytes) -> tuple[str, ...]:
    """Name what an image tells of persons: ``place``, ``author``.

    Raises:
        ValueError: The image, or its Exif, is broken.
    """
    try:
        found = {what for kind, block in _blocks(image) for what in _told(kind, block)}
    except (struct.error, IndexError) as error:
        raise ValueError("its Exif is broken") from error
    return tuple(sorted(found))


def orientation(image: bytes) -> int:
    """Return how a picture is to be turned, from 1 (not at all) to 8.

    Raises:
        ValueError: The image, or its Exif, is broken.
    """
    for kind, block in _blocks(image):
        if kind == "exif":
            for tag, value in _tags(block):
                if tag == _ORIENTATION and value in _TURNS:
                    return value
    return 1


def is_image(head: bytes) -> bool:
    """Whether a file that begins so is an image whose Exif can be read."""
    return head.startswith((b"\xff\xd8", PNG)) or is_webp(head)


def is_webp(head: bytes) -> bool:
    """Whether a file that begins so is a WebP."""
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


def segments(image: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield marker, begin and end of the segments of a JPEG before its picture.

    ITU-T T.81, annex B.

    Raises:
        ValueError: They are broken.
    """
    at = 2
    while at + 4 <= len(image):
        if image[at] != 0xFF:
            raise ValueError("its segments are broken")
        marker = image[at + 1]
        if marker in _END_OF_MARKERS:
            return
        if marker in _WITHOUT_LENGTH or marker == 0xFF:
            end = at + (1 if marker == 0xFF else 2)
        else:
            (length,) = struct.unpack_from(">H", image, at + 2)
            end = at + 2 + length
        yield marker, at, end
        at = end


def chunks(image: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield names and contents of the chunks of a PNG or a WebP."""
    png = image.startswith(PNG)
    at = len(PNG) if png else 12
    while at + 8 <= len(image):
        name = image[at + 4 : at + 8] if png else image[at : at + 4]
        (length,) = struct.unpack_from(">I" if png else "<I", image, at + 4 * (not png))
        yield name, image[at + 8 : at + 8 + length]
        at += 8 + length + (4 if png else length % 2)


def _blocks(image: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield what stands beside the picture: ``exif`` as TIFF, other things as text."""
    if image.startswith(b"\xff\xd8"):
        for marker, begin, end in segments(image):
            content = image[begin + 4 : end]
            if marker == 0xE1 and content.startswith(b"Exif\0\0"):
                yield "exif", content[6:]
            elif marker in {0xE1, 0xED}:
                yield "text", content
        return
    for name, content in chunks(image):
        if name.upper() == b"EXIF":
            yield "exif", content.removeprefix(b"Exif\0\0")
        elif name in _TEXTS:
            yield "text", content


def _told(kind: str, block: bytes) -> Iterator[str]:
    if kind == "text":
        yield from (what for word, what in _WORDS.items() if word in block)
        return
    yield from (_TELLING[tag] for tag, _ in _tags(block) if tag in _TELLING)


def _tags(block: bytes) -> Iterator[tuple[int, int]]:
    """Yield the tags of a TIFF with their values as far as they are short numbers."""
    order = _ORDERS.get(block[:4])
    if order is None:
        raise ValueError("its Exif is no TIFF")
    queue = [struct.unpack_from(f"{order}I", block, 4)[0]]
    for _ in range(_MOST_DIRECTORIES):
        if not queue:
            return
        at = queue.pop()
        (number,) = struct.unpack_from(f"{order}H", block, at)
        for i in range(number):
            entry = at + 2 + 12 * i
            tag, _, _, value = struct.unpack_from(f"{order}HHII", block, entry)
            (short,) = struct.unpack_from(f"{order}H", block, entry + 8)
            if tag in _DIRECTORIES:
                queue.append(value)
            else:
                yield tag, short
