"""What it costs to verify the audit log, and to prove an entry of it.

The log is written by the real ``append``, with bodies such as runs write, and a signed
checkpoint each thousand entries. Processor time of one core, best of some rounds: what
other programs do meanwhile is no part of it. Beside it stands the least that any
verification in Python does: fetch, hash, grow the tree. The last line is JSON; with
``--check`` the exit code is 1 where a bar is not met.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import json
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from govsync import audit
from govsync.cli import COLLECT_AFTER
from govsync.store import schema
from govsync.store.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

ENTRIES = 200_000
SIGNED_EACH = 1000
ROUNDS = 5
BARS = {"verified_per_s": 300_000}
"""At least."""
BEGIN = datetime(2026, 3, 2, tzinfo=UTC)
ORIGIN = "govsync/230382"
_HOLD = "密山市人民政府办公室：公开方式未注明"


def main() -> int:
    """Print the figures; return 1 where ``--check`` finds a bar missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--entries", type=int, default=ENTRIES)
    asked = parser.parse_args()
    gc.set_threshold(COLLECT_AFTER)  # as the command line sets it
    with tempfile.TemporaryDirectory() as name:
        figures = _measure(Path(name) / "log.db", asked.entries)
    for name, figure in figures.items():
        print(f"{name:24} {figure:12,.2f}")
    missed = [name for name, bar in BARS.items() if figures[name] < bar]
    print(json.dumps({"figures": figures, "bars": BARS, "missed": missed}))
    return int(asked.check and bool(missed))


def _measure(path: Path, number: int) -> dict[str, float]:
    database, key = Database.open(path), audit.SigningKey.generate(ORIGIN)
    database.create_or_check(schema.metadata, 1)
    begin = time.process_time()
    _write(database, key, number)
    written = number / (time.process_time() - begin)
    keys = [key.verifier]
    with database.read() as connection:
        verified = _seconds(lambda: audit.verify(connection, keys))
        least = _seconds(lambda: _least(connection))
        one = _seconds(lambda: audit.prove(connection, [number // 3]))
        seqs = range(0, number, number // 1000 or 1)
        many = _seconds(lambda: audit.prove(connection, seqs))
        (proof,) = audit.prove(connection, [number // 3])
        checked = _seconds(lambda: proof.verify(keys))
    database.dispose()
    return {
        "written_per_s": round(written),
        "verified_per_s": round(number / verified),
        "least_per_s": round(number / least),
        "prove_one_s": round(one, 3),
        "prove_1000_s": round(many, 3),
        "check_a_proof_ms": round(checked * 1000, 3),
    }


def _seconds(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        work()
        taken.append(time.process_time() - begin)
    return min(taken)


def _write(database: Database, key: audit.SigningKey, number: int) -> None:
    for first in range(0, number, SIGNED_EACH):
        last = min(first + SIGNED_EACH, number)
        with database.write() as connection:
            audit.append(connection, [_entry(n) for n in range(first, last)])
            audit.checkpoint(connection, key, ORIGIN, BEGIN)


def _entry(number: int) -> audit.Entry:
    """What a run writes of a record: accepted, owed, held, sent, live."""
    record = f"023038202/2018-{number // 5:05}"
    digest = hashlib.sha256(record.encode()).hexdigest()
    address = f"https://open.province.example.gov.cn/230382/{number}.html"
    kinds: tuple[dict[str, object], ...] = (
        {"action": "record.accepted", "digest": digest},
        {"action": "obligation.owed", "channel": "province"},
        {"action": "finding.hold", "channel": "province", "reason": _HOLD},
        {"action": "delivery.sending", "channel": "province", "digest": digest},
        {
            "action": "delivery.live",
            "channel": "province",
            "digest": digest,
            "outcome": "publish",
            "detail": {"remote_id": f"{number:08}", "address": address},
        },
    )
    common = {"at": BEGIN + timedelta(seconds=number), "actor": "govsync@host pid 1"}
    told = {**common, "record": record, "revision": 1, **kinds[number % 5]}
    return audit.Entry.model_validate(told)


def _least(connection: Connection) -> bytes:
    """Fetch, hash and grow, and compare no column: the reference."""
    cursor = connection.connection.cursor()
    cursor.execute("SELECT body, leaf FROM audit ORDER BY seq")
    sha256, hashes = hashlib.sha256, list[bytes]()
    for size, (body, leaf) in enumerate(cursor):
        if sha256(b"\0" + body).digest() != leaf:
            raise SystemExit("the log does not hold")
        hashes.append(leaf)
        completed = size
        while completed & 1:
            right = hashes.pop()
            hashes[-1] = sha256(b"\1" + hashes[-1] + right).digest()
            completed >>= 1
    return b"".join(hashes)


if __name__ == "__main__":
    sys.exit(main())
