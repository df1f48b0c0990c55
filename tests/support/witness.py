"""Logs and a platform that witnesses them."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from support.logs import ORIGIN, Log
from support.platform import CITY

from govsync.audit.cosignature import Cosigner, WitnessKey
from govsync.audit.growth import frontier_at, proof_since
from govsync.audit.note import open_checkpoint
from govsync.audit.witnessing import Submission
from govsync.platform.settings import CityLog, Witness

if TYPE_CHECKING:
    from govsync.audit import Checkpoint, VerifierKey

NAME = "open.province.example/witness"
SECRET = b"\x07" * 32
COSIGNER = Cosigner(NAME, Ed25519PrivateKey.from_private_bytes(SECRET))
KEY: WitnessKey = COSIGNER.verifier


def witnessing(*keys: VerifierKey, city: str = CITY) -> dict[str, Any]:
    """Settings of a platform that witnesses the log of these keys."""
    return {
        "witness": Witness(name=NAME, secret=SECRET),
        "logs": tuple(CityLog(city=city, key=key, origin=ORIGIN) for key in keys),
    }


def head_of(log: Log, note: str) -> Checkpoint:
    return open_checkpoint(note, [log.key.verifier])


def submission(log: Log, old: int, note: str) -> Submission:
    """What a log submits that believes its witness to know ``old`` entries."""
    size = head_of(log, note).size
    with log.database.read() as connection:
        frontier = frontier_at(connection, min(old, size))
        proof, _ = proof_since(connection, frontier, size)
    return Submission(old=old, proof=proof, note=note)


def base64(content: bytes) -> str:
    return b64encode(content).decode()
