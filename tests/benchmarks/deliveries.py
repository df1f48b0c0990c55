"""The runs that ``delivery.py`` compares: each is a process, and tells its figures."""

from __future__ import annotations

import gc
import os
import random
import shutil
import time
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import corpus
import poster
import receiver

if TYPE_CHECKING:
    from govsync.agent.channels import Channel
    from govsync.model import Record
    from govsync.store.database import Database

LOG_ENTRIES = 200_000
"""About a year of a busy city."""
CHANNEL = "receiver"
ORIGIN = "govsync/benchmark"
SECRET = "shared by the city and the sink."
FILLED = "filled.db"
BODIES = "bodies.jsonl"
PUSHED = "pushed.db"
LONG = "long.db"
VERIFIER = "verifier"


def fill(folder: Path, count: str) -> dict[str, Any]:
    """Make a ledger that owes as many records to one channel, and their bodies."""
    from govsync.channels import Op, Release
    from govsync.formats import json_records
    from govsync.ledger import records

    database = _opened(folder / FILLED)
    _owe(database, [_record(fields) for fields in corpus.plain(int(count))])
    keys = []
    with database.read() as connection, (folder / BODIES).open("wb") as bodies:
        for record in records.every_current(connection):
            bodies.write(json_records.entry(record))
            release = Release(channel=CHANNEL, op=Op.PUBLISH, record=record)
            keys.append(release.key)
    database.dispose()
    return {"keys": keys}


def limit(folder: Path, url: str) -> dict[str, float]:
    """Tell how fast the receiver answers the thinnest client that Python has."""
    import http.client

    del folder
    client = http.client.HTTPConnection(url.removeprefix("http://"))
    body, number = bytes(2048), 3000
    begin = _marks()
    for _ in range(number):
        client.request("POST", poster.PATH, body)
        client.getresponse().read()
    found = _taken(begin, number)
    client.close()
    receiver.arrived(url)
    return found


def bare(folder: Path, url: str) -> dict[str, float]:
    """Post the bodies with requests, as everybody does."""
    return _posted(folder, url, environment=True)


def quiet(folder: Path, url: str) -> dict[str, float]:
    """Post them with a session that does not ask the environment, as ours does not."""
    return _posted(folder, url, environment=False)


def engine(folder: Path, url: str) -> dict[str, float]:
    """Push all that a copy of the filled ledger owes; then verify what it tells."""
    import govsync.agent.channels
    import govsync.agent.push
    import govsync.ledger
    import govsync.store.ledger_tables  # noqa: F401  # as requests, before the clock
    from govsync.cli import COLLECT_AFTER

    gc.set_threshold(COLLECT_AFTER)  # as the command line sets it
    path = folder / PUSHED
    shutil.copyfile(folder / FILLED, path)
    # What is measured must not wait for the copy.
    os.sync()
    begin = _marks()
    number = _push(path, url)
    found = _taken(begin, number)
    _sign(folder, path)
    _verify(folder, path)
    return found


def extend(folder: Path) -> dict[str, int]:
    """Make a long log that repeats the entries of the last deliveries."""
    from govsync import audit

    pushed, path = _opened(folder / PUSHED), folder / LONG
    with pushed.read() as connection:
        told = [entry for _, entry in audit.entries(connection)]
    pushed.dispose()
    database = _opened(path)
    with database.write() as connection:
        audit.append(connection, list(islice(cycle(told), LOG_ENTRIES)))
    database.dispose()
    _sign(folder, path)
    return {"entries": LOG_ENTRIES}


def verify(folder: Path) -> dict[str, float]:
    """Verify the long log."""
    from govsync.cli import COLLECT_AFTER

    gc.set_threshold(COLLECT_AFTER)
    begin = _marks()
    return _taken(begin, _verify(folder, folder / LONG))


def _record(fields: dict[str, Any]) -> Record:
    from govsync.model import Record

    return Record.model_validate(fields)


def _owe(database: Database, batch: list[Record]) -> None:
    from govsync.ledger import Ledger, Permission, Ruling, Screened, records

    ledger = Ledger(database, actor="benchmark", clock=_now)
    ledger.accept(batch, source="corpus")
    rulings = {CHANNEL: Ruling(permission=Permission.GO)}
    with database.read() as connection:
        screened = [
            Screened(record=record, findings=(), rulings=rulings, priority=10)
            for record in records.every_current(connection)
        ]
    ledger.screened(screened, fingerprint="benchmark")


def _posted(folder: Path, url: str, *, environment: bool) -> dict[str, float]:
    import requests

    begin, number = _marks(), 0
    with requests.Session() as session, (folder / BODIES).open("rb") as bodies:
        session.trust_env = environment
        for body in bodies:
            session.post(f"{url}{poster.PATH}", data=body).raise_for_status()
            number += 1
    return _taken(begin, number)


def _push(path: Path, url: str) -> int:
    """Push until nothing is owed; return how many the channel confirmed."""
    from govsync.agent.push import Pusher
    from govsync.ledger import Ledger

    database, channel = _opened(path), _channel(url)
    ledger = Ledger(database, actor="benchmark", clock=_now)
    pusher = Pusher(channel=channel, ledger=ledger, clock=_now, random=random.random)
    tally = pusher.push()
    channel.close()
    database.dispose()
    return len(tally.confirmed)


def _channel(url: str) -> Channel:
    from govsync.agent.channels import Channel
    from govsync.agent.config import ChannelSettings
    from govsync.channels import Context

    settings = {"url": url, "key": SECRET}
    return Channel(
        name=CHANNEL,
        configured=ChannelSettings(adapter="poster"),
        make=poster.Poster,
        context=Context(channel=CHANNEL, settings=settings, clock=_now),
    )


def _sign(folder: Path, path: Path) -> None:
    from govsync import audit

    key = audit.SigningKey.generate(ORIGIN)
    (folder / VERIFIER).write_text(str(key.verifier))
    database = _opened(path)
    with database.write() as connection:
        audit.checkpoint(connection, key, ORIGIN, _now())
    database.dispose()


def _verify(folder: Path, path: Path) -> int:
    """Return how many entries hold; all of them have to be signed."""
    from govsync import audit

    key = audit.VerifierKey.parse((folder / VERIFIER).read_text())
    database = _opened(path)
    with database.read() as connection:
        found = audit.verify(connection, [key])
    database.dispose()
    if found.signed != found.size:
        raise SystemExit(f"{found.size - found.signed} entries are not signed")
    return found.size


def _opened(path: Path) -> Database:
    from govsync.store.database import Database
    from govsync.store.ledger_tables import VERSION
    from govsync.store.schema import metadata

    database = Database.open(path)
    database.create_or_check(metadata, VERSION)
    return database


def _now() -> datetime:
    return datetime.now(UTC)


def _marks() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _taken(begin: tuple[float, float], number: int) -> dict[str, float]:
    seconds, cpu = (now - then for now, then in zip(_marks(), begin, strict=True))
    return {
        "per_s": number / seconds,
        "cpu_us": cpu / number * 1e6,
        "mb": _peak_memory(),
    }


def _peak_memory() -> float:
    """Return the most memory that this process held so far (Linux), in MB."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    peak = next(line.split()[1] for line in lines if line.startswith("VmHWM"))
    return int(peak) / 1024
