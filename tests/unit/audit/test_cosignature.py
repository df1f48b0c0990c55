"""A cosignature holds for its text, its moment and its witness, and for no other."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from support.witness import COSIGNER, KEY, NAME

from govsync.audit import Checkpoint, SigningKey, VerifierKey, open_checkpoint
from govsync.audit.cosignature import (
    Cosigner,
    WitnessKey,
    cosignatures,
    with_cosignatures,
)
from govsync.errors import AuditError, ConfigError

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
HEAD = Checkpoint(origin="govsync/230382", size=5, root=b"\1" * 32)
LOG = SigningKey.generate("govsync/230382")
NOTE = LOG.sign(HEAD.text())


def cosigned(note: str = NOTE, at: datetime = AT) -> str:
    return note + COSIGNER.cosign(HEAD.text(), at)


def test_it_tells_who_and_when() -> None:
    (found,) = cosignatures(cosigned(at=AT + timedelta(seconds=0.9)), [KEY])

    assert (found.witness, found.at) == (NAME, AT)
    assert cosigned() == NOTE + found.line + "\n"


def test_a_cosigned_checkpoint_opens_with_the_logs_key_and_with_the_witnesss() -> None:
    assert open_checkpoint(cosigned(), [LOG.verifier]) == HEAD
    assert open_checkpoint(cosigned(), [KEY]) == HEAD


def test_other_signatures_are_passed_over() -> None:
    other = Cosigner(NAME, Ed25519PrivateKey.generate())

    assert cosignatures(NOTE, [KEY]) == []
    assert cosignatures(cosigned(), [other.verifier]) == []
    assert len(cosignatures(cosigned() + other.cosign(HEAD.text(), AT), [KEY])) == 1


def test_a_key_signs_either_logs_or_heads_of_others() -> None:
    """One key for both kinds has two ids, so no signature passes for the other."""
    as_log = VerifierKey(name=NAME, public=KEY.public)

    assert as_log.id != KEY.id
    with pytest.raises(AuditError, match="none of the keys"):
        open_checkpoint(cosigned(), [as_log])


def changed(place: int) -> str:
    """The cosignature with one byte of its content changed."""
    head, _, encoded = COSIGNER.cosign(HEAD.text(), AT).rstrip().rpartition(" ")
    content = bytearray(base64.b64decode(encoded))
    content[place] ^= 1
    return f"{NOTE}{head} {base64.b64encode(content).decode()}\n"


@pytest.mark.parametrize("place", [4, 11, 12, 75])
def test_moment_and_signature_cannot_be_changed(place: int) -> None:
    with pytest.raises(AuditError, match="the cosignature of .* does not hold"):
        cosignatures(changed(place), [KEY])


def test_the_text_cannot_be_changed() -> None:
    with pytest.raises(AuditError, match="does not hold"):
        cosignatures(cosigned().replace("\n5\n", "\n6\n"), [KEY])


@pytest.mark.parametrize("content", [b"\0", b"\0" * 8, b"\xff" * 72, b"\0" * 80])
def test_what_is_no_cosignature_does_not_hold(content: bytes) -> None:
    line = base64.b64encode(KEY.id + content).decode()

    with pytest.raises(AuditError, match="does not hold"):
        cosignatures(f"{NOTE}— {NAME} {line}\n", [KEY])


def test_one_of_each_witness_is_kept() -> None:
    once = with_cosignatures(NOTE, cosignatures(cosigned(), [KEY]))
    later = cosignatures(cosigned(at=AT + timedelta(days=1)), [KEY])

    assert once == cosigned()
    assert with_cosignatures(once, later) == once


def test_its_key_is_read_as_it_is_written_and_is_no_logs_key() -> None:
    assert WitnessKey.parse(str(KEY)) == KEY
    for kind, text in ((VerifierKey, str(KEY)), (WitnessKey, str(LOG.verifier))):
        with pytest.raises(ConfigError):
            kind.parse(text)


def test_a_name_has_no_space_and_the_secret_is_not_shown() -> None:
    with pytest.raises(ValueError, match="name"):
        Cosigner("a b", Ed25519PrivateKey.generate())
    assert repr(COSIGNER) == f"Cosigner('{NAME}')"
