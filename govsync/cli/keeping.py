"""``govsync audit expire``, ``rotate-key``, ``sm2-key``: the log through the years."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govsync import audit
from govsync.agent.run import checkpoint, keep
from govsync.agent.workspace import Workspace
from govsync.audit import rotation
from govsync.cli.output import say
from govsync.errors import UsageError
from govsync.ledger.expiring import expire_revisions
from govsync.model.base import to_shanghai

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


def expire(config: Path, before: datetime, *, even_so: bool) -> None:
    """Drop the texts of old entries and superseded revisions; the log tells of it.

    Raises:
        UsageError: The date is less than six months ago, and nobody says even so.
    """
    moment = to_shanghai(before)
    with Workspace.at(config) as workspace, workspace.lock():
        now = workspace.clock()
        if not even_so:
            audit.check_date(moment, to_shanghai(now))
        with workspace.database.write() as connection:
            texts = audit.expire(connection, moment)
            revisions = expire_revisions(connection, moment)
            detail = {
                "before": f"{moment:%Y-%m-%d}",
                "texts": str(texts),
                "revisions": str(revisions),
            }
            told = audit.Entry(
                at=now,
                actor=workspace.actor,
                action="audit.expired",
                reason="even so" if even_so else "",
                detail=detail,
            )
            audit.append(connection, [told])
        checkpoint(workspace)
    say(f"{texts} entries' texts and {revisions} superseded revisions have expired")
    say("the leaves are kept: every proof holds as before")


def rotate_key(config: Path, *, destroy_old: bool) -> None:
    """Make a new key and let the log name it; goes on where it was interrupted."""
    with Workspace.at(config) as workspace, workspace.lock():
        path = workspace.config.path(workspace.config.audit.key_file)
        old = workspace.signing_key
        new = rotation.successor(path)
        with workspace.database.write() as connection:
            if not rotation.is_named(connection, new):
                audit.rotate(
                    connection,
                    old,
                    new,
                    *workspace.keys_beside,
                    origin=workspace.config.origin,
                    at=workspace.clock(),
                    actor=workspace.actor,
                )
        keep(workspace)
        kept = rotation.put_in_place(path, destroy_old=destroy_old)
    say(f"the new verifier key, for your inspector: {new.verifier}")
    say("who has the first key alone can follow: the log names the new one")
    say(f"the old key is kept: {kept}" if kept else "the old key is destroyed")


def new_sm2_key(config: Path) -> None:
    """Make the SM2 key that the configuration names.

    Raises:
        UsageError: The configuration names none, or it is there already.
    """
    with Workspace.at(config) as workspace:
        named = workspace.config.audit.sm2_key_file
        if named is None:
            raise UsageError(
                "no SM2 key is configured", mend='sm2_key_file = "keys/sm2.key"'
            )
        path = workspace.config.path(named)
        if path.exists():
            raise UsageError("the key is there already", where=str(path))
        path.parent.mkdir(parents=True, exist_ok=True)
        key = audit.SigningKey.generate(workspace.config.origin, audit.SM2)
        key.save(path)
    say(f"the SM2 verifier key, for your inspector: {key.verifier}")
