"""What a photograph tells beside the picture: where it was taken, and by whom.

A small reader of Exif (CIPA DC-008, a TIFF directory) in JPEG, PNG and WebP: the tags
of persons and places alone.
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
_DIRECTORIES = (0x8769,)
"""Tags whose value is where another directory begins: the Exif directory."""
_MOST_DIRECTORIES = 10
_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})
_END_OF_MARKERS = frozenset({0xD9, 0xDA})


def tells(image: bytes) -> tuple[str, ...]:
    """Name what an image's Exif tells of persons: ``place``, ``author``.

    Raises:
        ValueError: The image, or its Exif, is broken.
    """
    try:
        found = {what for block in _blocks(image) for what in _of_tiff(block)}
    except (struct.error, IndexError) as error:
        raise ValueError("its Exif is broken") from error
    return tuple(sorted(found))


def is_image(head: bytes) -> bool:
    """Whether a file that begins so is an image whose Exif can be read."""
    return head.startswith((b"\xff\xd8", PNG)) or (
        head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    )


def _blocks(image: bytes) -> Iterator[bytes]:
    """Yield the Exif of an image, as TIFF."""
    if image.startswith(b"\xff\xd8"):
        for marker, content in _segments(image):
            if marker == 0xE1 and content.startswith(b"Exif\0\0"):
                yield content[6:]
    elif image.startswith(PNG):
        yield from _chunks(image, len(PNG), b"eXIf", ">", name_first=False)
    else:
        for block in _chunks(image, 12, b"EXIF", "<", name_first=True):
            yield block.removeprefix(b"Exif\0\0")


def _segments(image: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the segments of a JPEG before its picture (ITU-T T.81, annex B)."""
    at = 2
    while at + 4 <= len(image):
        if image[at] != 0xFF:
            raise ValueError("its segments are broken")
        marker = image[at + 1]
        if marker in _END_OF_MARKERS:
            return
        if marker in _WITHOUT_LENGTH or marker == 0xFF:
            at += 1 if marker == 0xFF else 2
            continue
        (length,) = struct.unpack_from(">H", image, at + 2)
        yield marker, image[at + 4 : at + 2 + length]
        at += 2 + length


def _chunks(
    image: bytes, at: int, wanted: bytes, order: str, *, name_first: bool
) -> Iterator[bytes]:
    """Yield chunks of one name: PNG with length first and a CRC, RIFF padded."""
    while at + 8 <= len(image):
        name = image[at : at + 4] if name_first else image[at + 4 : at + 8]
        (length,) = struct.unpack_from(f"{order}I", image, at + 4 * name_first)
        if name == wanted:
            yield image[at + 8 : at + 8 + length]
        at += 8 + length + (length % 2 if name_first else 4)


def _of_tiff(block: bytes) -> Iterator[str]:
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
            tag, _, _, value = struct.unpack_from(
                f"{order}HHII", block, at + 2 + 12 * i
            )
            if tag in _TELLING:
                yield _TELLING[tag]
            elif tag in _DIRECTORIES:
                queue.append(value)
