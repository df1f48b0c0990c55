"""The manifest: what ``sha256sum`` and ``openssl`` check, and what it refuses."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from support.tools import run

from govsync.model import digest_of
from govsync.sync import manifest
from govsync.sync.manifest import MANIFEST, RELEASE, SIGNATURE, ManifestError, Release

if TYPE_CHECKING:
    from pathlib import Path

KEY = Ed25519PrivateKey.generate()
AT = datetime(2026, 3, 1, tzinfo=UTC)


def verify(content: bytes, signature: bytes) -> bool:
    """Whether it is our signature."""
    try:
        KEY.public_key().verify(signature, content)
    except InvalidSignature:
        return False
    return True


class Site:
    """What is published, in memory."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def publish(self, **changes: str | None) -> set[str]:
        """Publish texts by name; return which files of the manifest changed."""
        contents = {
            name: None if text is None else text.encode()
            for name, text in changes.items()
        }
        sums = {
            name: None if content is None else digest_of(content)
            for name, content in contents.items()
        }
        made = manifest.publish(self.files.get, sums, at=AT, sign=KEY.sign)
        self.files = {
            path: content
            for path, content in {**self.files, **contents, **made}.items()
            if content is not None
        }
        return set(made)

    def sums(self) -> dict[str, str]:
        """What is there."""
        return {path: digest_of(content) for path, content in self.files.items()}


@pytest.fixture
def site() -> Site:
    """A site of two files, in its third release."""
    site = Site()
    site.publish(a="1", b="2")
    site.publish(c="3")
    site.publish(c=None, a="一")
    return site


def test_what_is_published_is_verified(site: Site) -> None:
    found = manifest.fetch(site.files.get, verify=verify)

    assert found.release.number == 3
    assert found.release.previous is not None
    assert sorted(found.sums) == ["a", "b", RELEASE]
    assert manifest.differences(found, site.sums()) == ((), (), ())


def test_what_did_not_change_makes_no_release(site: Site) -> None:
    assert site.publish(a="一") == set()
    assert site.publish(c=None) == set()
    assert site.publish(b="new") == {MANIFEST, SIGNATURE, RELEASE}


def test_a_copy_is_compared(site: Site) -> None:
    found = manifest.fetch(site.files.get, verify=verify)
    del site.files["a"]
    site.files |= {"b": b"altered", "z": b"extra"}

    assert manifest.differences(found, site.sums()) == (("a",), ("b",), ("z",))


@pytest.mark.parametrize(
    ("path", "spoilt", "message"),
    [
        (MANIFEST, b"0" * 64 + b"  a\n", "signature does not hold"),
        (SIGNATURE, b"0" * 64, "signature does not hold"),
        (RELEASE, b'{"number":9,"at":"2026-03-01T00:00:00Z"}\n', "not the release"),
        (MANIFEST, None, "not there"),
        (SIGNATURE, None, "not there"),
        (RELEASE, None, "not there"),
    ],
)
def test_what_was_spoilt_is_refused(
    site: Site, path: str, spoilt: bytes | None, message: str
) -> None:
    files = {**site.files, path: spoilt}

    with pytest.raises(ManifestError, match=message):
        manifest.fetch(files.get, verify=verify)


def test_an_old_release_is_not_the_newest(site: Site) -> None:
    old = dict(site.files)
    site.publish(b="new")
    newest = manifest.fetch(site.files.get, verify=verify).release

    assert manifest.fetch(site.files.get, verify=verify, seen=newest)
    with pytest.raises(ManifestError, match="release 3 is older than 4"):
        manifest.fetch(old.get, verify=verify, seen=newest)


@pytest.mark.parametrize(
    "content", [b"no line\n", b"\xff\n", b"a" * 64 + b"  x\n" + b"b" * 64 + b"  x\n"]
)
def test_what_is_no_manifest_is_refused(content: bytes) -> None:
    with pytest.raises(ManifestError, match="no line of a manifest"):
        manifest.read(content)


def test_a_release_that_is_none_is_refused(site: Site) -> None:
    site.files[RELEASE] = b"{}"

    with pytest.raises(ManifestError, match="no release"):
        site.publish(b="new")


@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.just("a" * 64)
    )
)
def test_every_path_comes_back(sums: dict[str, str]) -> None:
    assert manifest.read(manifest.write(sums)) == sums


def test_sha256sum_and_openssl_accept_it(site: Site, tmp_path: Path) -> None:
    """The tools that a receiver has, on the commands of the documentation."""
    site.publish(**{"back\\slash": "x", "政务 公开.json": "y", "a\nb": "z"})
    for path, content in site.files.items():
        (tmp_path / path).write_bytes(content)
    public = KEY.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    (tmp_path / "city.pem").write_bytes(public)
    asked = [
        "-verify", "-pubin", "-inkey", "city.pem", "-rawin",
        "-in", MANIFEST, "-sigfile", SIGNATURE,
    ]  # fmt: skip

    checked = run(
        "sha256sum", "--check", "--strict", MANIFEST, package="coreutils", cwd=tmp_path
    )
    verified = run("openssl", "pkeyutl", *asked, cwd=tmp_path)

    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout.count(": OK") == len(site.files) - 2
    assert verified.returncode == 0, verified.stderr
    (tmp_path / "b").write_bytes(b"altered")
    again = run("sha256sum", "--check", MANIFEST, package="coreutils", cwd=tmp_path)
    assert again.returncode == 1


def test_a_release_counts_from_one() -> None:
    assert Release(number=1, at=AT).previous is None
    with pytest.raises(ValueError, match="greater than or equal to 1"):
        Release(number=0, at=AT)
