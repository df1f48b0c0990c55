"""Names of files from names of things: ASCII, injective, never too long."""

from __future__ import annotations

import re

from govsync.model import PilotArea, digest_of

LONGEST = 180
"""Characters of a slug; file systems take names of 255 bytes."""
_ESCAPED = re.compile(r"[^A-Za-z0-9-]")
_KEPT = LONGEST - len("~~") - 64
GENERAL = "综合信息"
"""The area of records that stand under no item."""
# The full stop keeps these apart from the slug of any other area.
_AREAS = {area.label: f"pilot.{area}".replace("_", "-") for area in PilotArea}
_AREAS[GENERAL] = "pilot.general"


def slug(name: str) -> str:
    """Return the name of a file for the name of a thing; two never share one.

    A slash, as in index numbers, becomes ``_``, every other sign its UTF-8 in
    hexadecimal; what would be too long ends in its digest. No slug holds a full stop,
    so none is a path of its own.

    >>> slug("023038201/2017-00001")
    '023038201_2017-00001'
    >>> slug("公1_")
    '~E5~85~AC1~5F'

    Raises:
        UnicodeEncodeError: A lone surrogate.
    """
    escaped = _ESCAPED.sub(_escape, name)
    if len(escaped) <= LONGEST:
        return escaped
    # "~~" stands in no other slug: a tilde of theirs has two digits behind it.
    return f"{escaped[:_KEPT]}~~{digest_of(name.encode())}"


def page_of(record: str) -> str:
    """Return the path of a record's page below the topic."""
    return f"records/{slug(record)}.html"


def memory_of(record: str) -> str:
    """Return the path of a record's JSON below the topic."""
    return f"records/{slug(record)}.json"


def area_page(area: str) -> str:
    """Return the path of an area's page: of a pilot area by its code.

    >>> area_page("征地补偿")
    'areas/pilot.land-compensation.html'
    """
    return f"areas/{_AREAS.get(area) or slug(area)}.html"


def _escape(found: re.Match[str]) -> str:
    sign = found[0]
    return "_" if sign == "/" else "".join(f"~{byte:02X}" for byte in sign.encode())
