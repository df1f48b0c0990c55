"""A signed list of all that is published: whole, unaltered, and the newest.

::

    manifest.sha256         a line a file, as ``sha256sum`` writes and checks it
    manifest.sha256.sig     the signature of its bytes
    release.json            its number, moment and predecessor; listed in it

The number grows with each publication and stands in a file that the manifest lists, so
the signature covers it, and an old manifest is not taken for the newest. Signing and
verifying are functions that are passed in (Ed25519 in docs/sync.md), so that another
algorithm can take its place.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Annotated, NamedTuple

from pydantic import Field, ValidationError

from govsync.errors import InputError
from govsync.model.base import Moment, Value, canonical_json, digest_of
from govsync.model.record import Digest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    Held = Callable[[str], bytes | None]
    Files = dict[str, bytes | None]

MANIFEST = "manifest.sha256"
SIGNATURE = "manifest.sha256.sig"
RELEASE = "release.json"
_OWN = frozenset({MANIFEST, SIGNATURE, RELEASE})
_LINE = re.compile(r"(?P<escaped>\\?)(?P<sum>[0-9a-f]{64}) [ *](?P<path>.+)")


class ManifestError(InputError):
    """A manifest is not what was signed, or not the newest."""


class Release(Value):
    """What a manifest says of itself."""

    number: Annotated[int, Field(ge=1)]
    """Grows by one at each publication."""
    at: Moment
    previous: Digest | None = None
    """The SHA-256 of the manifest before it; None of the first."""


class Manifest(NamedTuple):
    """A manifest that was verified."""

    release: Release
    sums: Mapping[str, str]
    """The SHA-256 of each file, by its path."""


class Differences(NamedTuple):
    """How a copy differs from its manifest; paths, sorted."""

    missing: tuple[str, ...]
    altered: tuple[str, ...]
    extra: tuple[str, ...]


def publish(
    held: Held,
    changes: Mapping[str, str | None],
    *,
    at: datetime,
    sign: Callable[[bytes], bytes],
) -> Files:
    """Return the manifest, its signature and its release after some files changed.

    Args:
        held: Gives what is published now.
        changes: The SHA-256 of each path that changed; None where the file fell away.
        at: When.
        sign: Returns the signature of some bytes.

    Returns:
        The three files; none where nothing changed.

    Raises:
        ManifestError: What is published as a manifest is none.
    """
    before = held(MANIFEST)
    known = read(before) if before is not None else {}
    told = {path: new for path, new in changes.items() if path not in _OWN}
    sums = {path: new for path, new in {**known, **told}.items() if new is not None}
    if before is not None and sums == known:
        return {}
    release = _next(held(RELEASE), before, at)
    said = canonical_json(release.model_dump(mode="json", exclude_none=True)) + b"\n"
    manifest = write({**sums, RELEASE: digest_of(said)})
    return {RELEASE: said, MANIFEST: manifest, SIGNATURE: sign(manifest)}


def write(sums: Mapping[str, str]) -> bytes:
    """Return the lines of a manifest, sorted by path.

    A path with a backslash or a line break is escaped as ``sha256sum`` does.
    """
    return "".join(_line(path, sums[path]) for path in sorted(sums)).encode()


def read(manifest: bytes) -> dict[str, str]:
    """Read the lines of a manifest: the SHA-256 of each file, by its path.

    Raises:
        ManifestError: A line is none, or names a path twice.
    """
    sums: dict[str, str] = {}
    for number, line in enumerate(manifest.decode(errors="replace").split("\n"), 1):
        match = _LINE.fullmatch(line)
        if match is not None and match["path"] not in sums:
            path = _unescaped(match["path"]) if match["escaped"] else match["path"]
            sums[path] = match["sum"]
        elif line:
            raise ManifestError(
                "no line of a manifest", where=f"{MANIFEST}, line {number}"
            )
    return sums


def fetch(
    get: Callable[[str], bytes | None],
    *,
    verify: Callable[[bytes, bytes], bool],
    seen: Release | None = None,
) -> Manifest:
    """Fetch a manifest and make sure of it.

    Args:
        get: Fetches a path; None where there is nothing.
        verify: Whether a signature (second) is of some bytes (first).
        seen: The release that was taken last.

    Raises:
        ManifestError: A part is missing, the signature does not hold, the release is
            not the one that was signed, or an older one than was seen.
    """
    manifest = _got(get, MANIFEST)
    if not verify(manifest, _got(get, SIGNATURE)):
        raise ManifestError(
            "the signature does not hold",
            where=SIGNATURE,
            mend="ask the city whether its key changed; trust nothing of this copy",
        )
    sums = read(manifest)
    said = _got(get, RELEASE)
    if sums.get(RELEASE) != digest_of(said):
        raise ManifestError(
            "not the release that was signed", where=RELEASE, mend="fetch it again"
        )
    release = _release(said)
    if seen is not None and release.number < seen.number:
        raise ManifestError(
            f"release {release.number} is older than {seen.number}, seen before",
            where=RELEASE,
            mend="a cache or a mirror holds an old copy; fetch it from its source",
        )
    return Manifest(release, sums)


def differences(manifest: Manifest, held: Mapping[str, str]) -> Differences:
    """Compare a copy with its manifest.

    Args:
        manifest: What should be there.
        held: The SHA-256 of each file that is there, by its path.
    """
    sums = manifest.sums
    return Differences(
        tuple(sorted(sums.keys() - held.keys())),
        tuple(sorted(p for p in sums.keys() & held.keys() if sums[p] != held[p])),
        tuple(sorted(held.keys() - sums.keys() - _OWN)),
    )


def _next(said: bytes | None, before: bytes | None, at: datetime) -> Release:
    if said is None or before is None:
        return Release(number=1, at=at)
    number = _release(said).number + 1
    return Release(number=number, at=at, previous=hashlib.sha256(before).hexdigest())


def _release(said: bytes) -> Release:
    try:
        return Release.model_validate(json.loads(said))
    except (ValueError, ValidationError) as error:
        raise ManifestError("no release", where=RELEASE) from error


def _got(get: Callable[[str], bytes | None], path: str) -> bytes:
    content = get(path)
    if content is None:
        raise ManifestError("it is not there", where=path)
    return content


def _line(path: str, digest: str) -> str:
    escaped = path.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    return f"{'' if escaped == path else chr(92)}{digest}  {escaped}\n"


def _unescaped(path: str) -> str:
    meant = {"\\\\": "\\", "\\n": "\n", "\\r": "\r"}
    return re.sub(r"\\[\\nr]", lambda found: meant[found[0]], path)
