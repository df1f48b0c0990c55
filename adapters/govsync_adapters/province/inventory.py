"""Read the platform's manifest: all that it holds of the city (docs/platform.md)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from govsync.channels import Holding, Standing, Unsure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

PATH = "/api/v1/manifest"
_STATES = {
    "published": Standing.LIVE,
    "accepted": Standing.PENDING,
    "rejected": Standing.PENDING,
    "withdrawn": Standing.WITHDRAWN,
}


def holdings(manifest: Mapping[str, Any]) -> Iterator[Holding]:
    """Read a manifest whose signature holds.

    Raises:
        Unsure: It is not whole: its own sum or number says otherwise.
    """
    rows = [_row(item) for item in _items(manifest)]
    if manifest.get("count") != len(rows) or manifest.get("sha256") != summed(rows):
        raise Unsure("the manifest is not whole: its sum is not that of its items")
    return map(_holding, rows)


def summed(rows: Iterable[tuple[str, int, str, str]]) -> str:
    r"""Return the SHA-256 over ``id\trev\tsha256\tstate\n`` of each, sorted by id."""
    digest = hashlib.sha256()
    for row in sorted(rows):
        digest.update(("\t".join(map(str, row)) + "\n").encode())
    return digest.hexdigest()


def _items(manifest: Mapping[str, Any]) -> list[Any]:
    items = manifest.get("items")
    if not isinstance(items, list):
        raise Unsure("the manifest lists no items")
    return items


def _row(item: Any) -> tuple[str, int, str, str]:
    try:
        row = str(item["id"]), int(item["rev"]), str(item["sha256"]), str(item["state"])
    except (KeyError, TypeError, ValueError) as error:
        raise Unsure(f"an item of the manifest cannot be read: {error!r}") from error
    if row[3] not in _STATES:
        raise Unsure(f"the manifest tells of state {row[3]!r}")
    return row


def _holding(row: tuple[str, int, str, str]) -> Holding:
    record, revision, digest, state = row
    return Holding(
        record=record,
        revision=revision,
        digest=digest,
        state=_STATES[state],
        remote_id=record,
    )
