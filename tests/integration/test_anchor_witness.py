"""A city's anchor and the province as its witness, over HTTP that breaks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from support.anchors import Station
from support.logs import ORIGIN
from support.platform import CITY, OTHER_CITY, RunningPlatform, running_platform
from support.witness import KEY, NAME, witnessing

from govsync import audit
from govsync.anchors.standing import State, standing
from govsync.audit import SigningKey
from govsync.audit.cosignature import Cosigner, cosignatures
from govsync.audit.note import checkpoint_of
from govsync.platform import witnessing as memory
from govsync.platform.api import get_manifest
from govsync.platform.calls import Call, Caller
from govsync.platform.schema import disputed
from govsync.sandbox.faults import Fault, FaultProxy

LOG_KEY = SigningKey.generate(ORIGIN)


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[RunningPlatform]:
    (tmp_path / "p").mkdir()
    with running_platform(tmp_path / "p", **witnessing(LOG_KEY.verifier)) as running:
        yield running


def witness(url: str, **settings: Any) -> dict[str, Any]:
    given = {
        "kind": "witness",
        "name": "province",
        "url": f"{url}/api/v1/witness",
        "key": str(KEY),
        "private": True,
        "timeout_s": 5,
    }
    return {**given, **settings}


@pytest.fixture
def proxy(platform: RunningPlatform) -> Iterator[FaultProxy]:
    port = int(platform.url.rpartition(":")[2])
    with FaultProxy("127.0.0.1", port) as proxy:
        yield proxy


@pytest.fixture
def make(tmp_path: Path, proxy: FaultProxy) -> Iterator[Callable[..., Station]]:
    made: list[Station] = []

    def station(name: str = "city", **settings: Any) -> Station:
        made.append(
            Station(tmp_path / name, witness(proxy.url, **settings), key=LOG_KEY)
        )
        return made[-1]

    yield station
    for one in made:
        one.close()


@pytest.fixture
def city(make: Callable[..., Station]) -> Station:
    return make()


def known(platform: RunningPlatform) -> int:
    with platform.database.read() as connection:
        return memory.known(connection, ORIGIN).size


def notes(city: Station) -> list[str]:
    with city.workspace.database.read() as connection:
        return audit.checkpoints(connection)


def test_each_head_is_cosigned_and_its_line_kept(
    city: Station, platform: RunningPlatform
) -> None:
    for entries in (3, 1, 40):
        city.grow(entries)
        held = city.anchor()["province"]
        (cosigned,) = city.cosigned

        newest = notes(city)[-1]
        assert cosigned == newest
        assert [one.witness for one in cosignatures(newest, [KEY])] == [NAME]
        assert held.size == checkpoint_of(newest).size == known(platform)

    assert held.state is State.HELD
    city.restart()
    assert city.anchor()["province"] == held
    assert city.cosigned == []


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "refuse"])
def test_a_broken_line_loses_nothing_and_doubles_nothing(
    city: Station, platform: RunningPlatform, proxy: FaultProxy, kind: str
) -> None:
    city.grow(3)
    city.anchor()
    for _ in range(2):
        city.grow(2)
        proxy.plan(Fault(kind))
        failed = city.anchor()["province"]
        city.clock.advance(timedelta(hours=1))
    reached = known(platform)
    assert failed.state is State.FAILED
    assert (failed.size < reached) is (kind == "drop_after")

    proxy.plan()
    city.restart()
    city.grow(1)
    held = city.anchor()["province"]

    assert (held.state, held.size) == (State.HELD, known(platform))
    assert len(cosignatures(notes(city)[-1], [KEY])) == 1
    with platform.database.read() as connection:
        (row,) = memory.logs_of(connection, CITY)
    assert (row.size, row.disputed) == (held.size, 0)


def test_an_answer_that_was_lost_is_had_again_for_the_same_head(
    city: Station, platform: RunningPlatform, proxy: FaultProxy
) -> None:
    city.grow(3)
    proxy.plan(Fault("drop_after", times=1))
    assert city.anchor()["province"].size == 0
    assert known(platform) == 3
    city.clock.advance(timedelta(hours=1))

    # No new head: the old one is submitted again, with the size that it told.
    with city.workspace.database.read() as connection:
        assert standing(connection, "province").failures == 1
    assert city.anchor()["province"].size == 3


def test_what_it_holds_is_forgotten_here_and_found_again(
    city: Station, platform: RunningPlatform
) -> None:
    """A ledger restored from a backup knows less of its witness than that does."""
    for _ in range(2):
        city.grow(5)
        city.anchor()
    with city.workspace.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM anchor")
    city.grow(5)

    assert city.anchor()["province"].size == known(platform)


def test_a_witness_that_was_set_back_is_caught_up(
    city: Station, platform: RunningPlatform
) -> None:
    city.grow(4)
    city.anchor()
    with platform.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM witnessed")
    city.grow(4)

    assert city.anchor()["province"].size == known(platform)


@pytest.mark.parametrize("entries", [3, 4, 9])
def test_a_log_written_anew_is_named_and_not_cosigned(
    make: Callable[..., Station],
    city: Station,
    platform: RunningPlatform,
    entries: int,
) -> None:
    """Shorter, as long, or longer than what the witness saw; by the log's own key."""
    city.grow(4)
    city.anchor()
    before = known(platform)
    forged = make("forged")
    forged.workspace.ledger.tell("test.other")
    forged.grow(entries - 1)

    found = forged.anchor()["province"]

    assert found.state is State.FORKED
    assert forged.told() == [("anchor.forked", "province")]
    assert known(platform) == before
    assert forged.cosigned == []
    with platform.database.read() as connection:
        whys = connection.execute(select(disputed.c.why)).scalars().all()
    assert whys == {3: [], 4: ["fork"], 9: ["unproved"]}[entries]


def test_a_cosignature_by_another_key_is_not_believed(
    make: Callable[..., Station], platform: RunningPlatform
) -> None:
    other = Cosigner(NAME, Ed25519PrivateKey.generate()).verifier
    city = make(key=str(other))
    city.grow()

    found = city.anchor()["province"]

    assert (found.state, found.size) == (State.FAILED, 0)
    assert "a key that is not the one configured" in found.reason
    assert cosignatures(notes(city)[-1], [other, KEY]) == []


def test_maintenance_is_waited_out(city: Station, platform: RunningPlatform) -> None:
    """For as long as the witness asks, which is longer than the first pause."""
    city.grow()
    platform.office.maintenance = True
    assert "it answered 503" in city.anchor()["province"].reason
    platform.office.maintenance = False

    with city.workspace.database.read() as connection:
        due = standing(connection, "province").due_at
    assert due == city.clock() + timedelta(seconds=300)
    city.clock.now = due
    assert city.anchor()["province"].state is State.HELD


def test_a_log_that_is_not_known_is_told_what_to_do(
    tmp_path: Path, platform: RunningPlatform
) -> None:
    for key, origin, said in (
        (SigningKey.generate(ORIGIN), ORIGIN, "it answered 403"),
        (SigningKey.generate("govsync/else"), "govsync/else", "it answered 404"),
    ):
        folder = tmp_path / said[-3:]
        city = Station(folder, witness(platform.url), key=key, origin=origin)
        city.grow()
        found = city.anchor()["province"]
        city.close()
        assert found.state is State.FAILED
        assert said in found.reason
        assert "verifier key" in found.reason


def test_the_manifest_tells_what_was_cosigned(
    city: Station, platform: RunningPlatform
) -> None:
    city.grow(4)
    city.anchor()
    call = Call(
        method="GET",
        host="",
        target="",
        path="/api/v1/manifest",
        headers={},
        content=b"",
        query={"digestOnly": "1"},
        at=city.clock(),
    )
    told = []
    with platform.office.transaction() as tx:
        for name in (CITY, OTHER_CITY):
            caller = Caller(city=name, key_id="", nonce="")
            told.append(
                json.loads(get_manifest(platform.office, tx, caller, call).content)
            )

    (log,) = told[0]["logs"]
    assert told[1]["logs"] == []
    assert (log["origin"], log["size"], log["disputed"]) == (ORIGIN, 4, 0)
    assert log["root"] == checkpoint_of(notes(city)[-1]).root.hex()
