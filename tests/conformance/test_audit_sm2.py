"""SM2 with SM3 against OpenSSL, both ways; the signature lines in a log's heads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from support import tools
from support.logs import AT, ORIGIN, Log

from govsync import audit
from govsync.audit.algorithms import SM2, SM2_USER
from govsync.errors import AuditError, ConfigError

TEXT = b"govsync/230382\n7\ncnJycnJycnJycnJycnJycnJycnJycnJycnJycnJycnI=\n"
# SubjectPublicKeyInfo of a point of the curve SM2 (RFC 5480; 1.2.156.10197.1.301), and
# ECPrivateKey (RFC 5915) of it.
SPKI = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")
SEC1 = (bytes.fromhex("30310201010420"), bytes.fromhex("a00a06082a811ccf5501822d"))
ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
DISTINGUISHED = ("-sigopt", f"distid:{SM2_USER.decode()}")


@pytest.fixture(scope="module")
def private() -> bytes:
    return SM2.generate()


def openssl(*arguments: str) -> str:
    said = tools.run("openssl", *arguments)
    assert said.returncode == 0, said.stderr
    return said.stdout


def test_openssl_verifies_ours(tmp_path: Path, private: bytes) -> None:
    (tmp_path / "public").write_bytes(SPKI + SM2.public(private))
    (tmp_path / "text").write_bytes(TEXT)
    (tmp_path / "signature").write_bytes(SM2.sign(private, TEXT))
    command = (
        *("dgst", "-sm3", *DISTINGUISHED, "-keyform", "DER"),
        *("-verify", str(tmp_path / "public")),
        *("-signature", str(tmp_path / "signature")),
    )

    assert "Verified OK" in openssl(*command, str(tmp_path / "text"))
    (tmp_path / "text").write_bytes(TEXT + b"x")
    assert tools.run("openssl", *command, str(tmp_path / "text")).returncode == 1


def test_we_verify_openssls(tmp_path: Path, private: bytes) -> None:
    (tmp_path / "key").write_bytes(SEC1[0] + private + SEC1[1])
    (tmp_path / "text").write_bytes(TEXT)
    openssl(
        *("pkeyutl", "-sign", "-rawin", "-digest", "sm3", "-pkeyopt"),
        *(DISTINGUISHED[1], "-keyform", "DER", "-inkey", str(tmp_path / "key")),
        *("-in", str(tmp_path / "text"), "-out", str(tmp_path / "signature")),
    )
    signature = (tmp_path / "signature").read_bytes()

    assert SM2.verify(SM2.public(private), TEXT, signature)
    assert not SM2.verify(SM2.public(private), TEXT + b"x", signature)
    assert not SM2.verify(SM2.public(SM2.generate()), TEXT, signature)


def test_a_signature_has_one_way_to_be_written(private: bytes) -> None:
    public, signature = SM2.public(private), SM2.sign(private, TEXT)
    r, s = decode_dss_signature(signature)
    others = [
        signature + b"\0",
        b"",
        encode_dss_signature(r, s + ORDER),
        encode_dss_signature(0, s),
        encode_dss_signature(r, ORDER - r),
        encode_dss_signature(r, 1 << 300),
    ]

    assert not any(SM2.verify(public, TEXT, other) for other in others)


def test_what_is_no_key_is_refused(private: bytes, tmp_path: Path) -> None:
    public = SM2.public(private)

    assert SM2.accepts(public)
    assert not SM2.accepts(public[:-1])
    assert not SM2.accepts(public[:-1] + bytes([public[-1] ^ 1]))
    for key in (bytes(32), b"short"):
        with pytest.raises(ValueError, match="SM2"):
            SM2.public(key)
    key = audit.SigningKey.generate(ORIGIN, SM2)
    path = tmp_path / "sm2.key"
    key.save(path)
    assert audit.SigningKey.load(path).verifier == key.verifier
    assert audit.VerifierKey.parse(str(key.verifier)) == key.verifier
    path.write_text(path.read_text().replace("key-sm2", "key-sm9"))
    with pytest.raises(ConfigError, match="not an audit key"):
        audit.SigningKey.load(path)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    log = Log(tmp_path / "log.db")
    yield log
    log.database.dispose()


def test_it_signs_beside_ed25519_from_any_day_on(log: Log) -> None:
    """Who trusts SM2 alone passes over the heads from before it."""
    sm2 = audit.SigningKey.generate(ORIGIN, SM2)
    log.grow(3)
    log.grow(2, signed=False)
    with log.database.write() as connection:
        note = audit.checkpoint(connection, log.key, ORIGIN, AT, sm2)

    assert note is not None
    assert note.count("— ") == 2
    with log.database.read() as connection:
        both = audit.verify(connection, [log.key.verifier, sm2.verifier])
        alone = audit.verify(connection, [sm2.verifier])
        stranger = audit.SigningKey.generate(ORIGIN, SM2)
        with pytest.raises(AuditError, match="none of the keys"):
            audit.verify(connection, [stranger.verifier])
    assert (both.checkpoints, both.passed_over) == (2, 0)
    assert (alone.checkpoints, alone.passed_over, alone.signed) == (1, 1, 5)


def test_it_signs_in_place_of_ed25519_and_is_replaced(log: Log) -> None:
    log.key = old = audit.SigningKey.generate(ORIGIN, SM2)
    log.grow(3)
    new = audit.SigningKey.generate(ORIGIN, SM2)
    with log.database.write() as connection:
        audit.rotate(connection, old, new, origin=ORIGIN, at=AT, actor="甲")
    log.key = new
    log.grow(1)

    with log.database.read() as connection:
        found = audit.verify(connection, [old.verifier])
    assert (found.signed, found.keys) == (5, (str(new.verifier),))
