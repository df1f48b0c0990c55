"""The platform cosigns what adds to what it knows, once and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from support.logs import ORIGIN, Log
from support.platform import CITY, StoppedClock, platform_settings
from support.witness import COSIGNER, KEY, head_of, submission, witnessing

from govsync.audit.cosignature import cosignatures
from govsync.audit.keys import SigningKey
from govsync.audit.note import Checkpoint
from govsync.audit.witnessing import Submission
from govsync.errors import ConfigError
from govsync.platform import witness
from govsync.platform.app import open_database
from govsync.platform.calls import Reply
from govsync.platform.keyring import Keyring
from govsync.platform.office import Office
from govsync.platform.schema import disputed, witnessed
from govsync.platform.settings import load_settings
from govsync.platform.witnessing import logs_of


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[[str], Log]]:
    logs: list[Log] = []

    def log(name: str) -> Log:
        logs.append(Log(tmp_path / f"{name}.db"))
        if len(logs) > 1:
            logs[-1].key = logs[0].key
        return logs[-1]

    yield log
    for one in logs:
        one.database.dispose()


@pytest.fixture
def log(make: Callable[[str], Log]) -> Log:
    log = make("log")
    log.grow(3)
    log.grow(4)
    return log


@pytest.fixture
def office(tmp_path: Path, log: Log) -> Iterator[Office]:
    settings = platform_settings(tmp_path, **witnessing(log.key.verifier))
    office = Office(
        settings,
        keyring=Keyring(settings),
        database=open_database(settings),
        clock=StoppedClock(),
    )
    yield office
    office.close()


def submitted(office: Office, log: Log, old: int, note: str) -> Reply:
    return witness.answer(office, submission(log, old, note).written())


def told(office: Office) -> tuple[int, bytes] | None:
    with office.database.read() as connection:
        columns = witnessed.c
        row = connection.execute(select(columns.size, columns.root)).first()
    return None if row is None else tuple(row)


def test_growth_is_cosigned(office: Office, log: Log) -> None:
    for old, note in ((0, log.notes[0]), (3, log.notes[1])):
        reply = submitted(office, log, old, note)

        assert (reply.status, reply.media_type) == (200, "text/plain")
        (found,) = cosignatures(note + reply.content.decode(), [KEY])
        assert found.at == office.clock()
        assert told(office) == (head_of(log, note).size, head_of(log, note).root)


def test_what_is_known_already_is_cosigned_again(office: Office, log: Log) -> None:
    """A log whose answer was lost asks again, and loses nothing by it."""
    submitted(office, log, 0, log.notes[1])

    assert submitted(office, log, 7, log.notes[1]).status == 200


@pytest.mark.parametrize("old", [0, 2, 4])
def test_who_believes_it_to_know_another_size_is_told_its_own(
    office: Office, log: Log, old: int
) -> None:
    submitted(office, log, 0, log.notes[0])

    reply = submitted(office, log, old, log.notes[1])

    assert (reply.status, reply.content) == (409, b"3\n")
    assert reply.media_type == "text/x.tlog.size"
    assert told(office) == (3, head_of(log, log.notes[0]).root)


def test_an_older_head_is_not_cosigned_after_a_newer(office: Office, log: Log) -> None:
    submitted(office, log, 0, log.notes[1])

    assert submitted(office, log, 0, log.notes[0]).content == b"7\n"


def other(make: Callable[[str], Log]) -> Log:
    """The same log, written anew by someone who holds its key."""
    other = make("other")
    other.grow(1, signed=False)
    other.grow(2)
    other.tamper("UPDATE audit SET leaf = zeroblob(32) WHERE seq = 0")
    other.tamper("UPDATE audit_head SET frontier = zeroblob(64)")
    other.grow(1)
    return other


def test_a_fork_is_never_cosigned_and_is_kept(
    office: Office, log: Log, make: Callable[[str], Log]
) -> None:
    submitted(office, log, 0, log.notes[0])
    head = head_of(log, log.notes[0])
    forged = log.key.sign(head.changed(root=b"\3" * 32).text())
    grown = other(make)

    for _ in range(2):
        same_size = witness.answer(office, Submission(old=3, note=forged).written())
        assert (same_size.status, same_size.content) == (409, b"3\n")
        assert submitted(office, grown, 3, grown.notes[1]).status == 422

    assert told(office) == (3, head.root)
    with office.database.read() as connection:
        rows = connection.execute(select(disputed.c.why, disputed.c.note)).all()
        (row,) = logs_of(connection, CITY)
    assert set(map(tuple, rows)) == {("fork", forged), ("unproved", grown.notes[1])}
    assert (row.size, row.disputed) == (3, 2)


def test_a_dispute_ends_with_its_proof(office: Office, log: Log) -> None:
    """Anyone may submit a public head with a wrong proof: that accuses nobody."""
    submitted(office, log, 0, log.notes[0])
    wrong = Submission(old=3, proof=(b"\0" * 32,), note=log.notes[1])
    assert witness.answer(office, wrong.written()).status == 422

    submitted(office, log, 3, log.notes[1])

    with office.database.read() as connection:
        assert not connection.execute(select(disputed)).all()


def test_a_tree_smaller_than_what_it_adds_to_is_absurd(
    office: Office, log: Log
) -> None:
    wrong = Submission(old=4, note=log.notes[0])

    assert witness.answer(office, wrong.written()).status == 400


def test_an_empty_log_has_one_root(office: Office, log: Log) -> None:
    forged = log.key.sign(Checkpoint(origin=ORIGIN, size=0, root=b"\3" * 32).text())

    reply = witness.answer(office, Submission(old=0, note=forged).written())

    assert (reply.status, told(office)) == (409, None)


@pytest.mark.parametrize(
    ("spoil", "status"),
    [
        (lambda note: note[:-9], 400),
        (lambda note: note.replace("\n3\n", "\nx\n"), 400),
        (lambda note: note.replace(f"{ORIGIN}\n", "govsync/another\n", 1), 404),
        (lambda note: note.replace("\n3\n", "\n4\n"), 403),
        (lambda note: COSIGNER.cosign(note, StoppedClock()()), 400),
    ],
    ids=["cut", "no size", "another log", "another size", "no checkpoint"],
)
def test_what_no_known_log_signed_is_refused(
    office: Office, log: Log, spoil: Callable[[str], str], status: int
) -> None:
    content = f"old 0\n\n{spoil(log.notes[0])}".encode()

    reply = witness.answer(office, content)

    assert (reply.status, told(office)) == (status, None)
    assert reply.media_type == "application/problem+json"


def test_another_key_of_the_log_is_refused(office: Office, log: Log) -> None:
    other_key = SigningKey.generate(ORIGIN)
    note = other_key.sign(head_of(log, log.notes[0]).text())

    assert witness.answer(office, Submission(old=0, note=note).written()).status == 403


def test_maintenance_is_said(office: Office, log: Log) -> None:
    office.maintenance = True

    reply = submitted(office, log, 0, log.notes[0])

    assert (reply.status, reply.headers["Retry-After"]) == (503, "300")


def test_a_database_that_fails_changes_nothing(office: Office, log: Log) -> None:
    with office.database.write() as connection:
        connection.exec_driver_sql("PRAGMA query_only=ON")

    reply = submitted(office, log, 0, log.notes[0])

    assert reply.status == 503
    assert told(office) is None


HEAD = 'database = "p.db"\nbase_url = "https://open.province.example"\n'
WITNESS = '[witness]\nname = "w.example"\nsecret_env = "W"\n'
LOG_OF = '[[logs]]\ncity = "{}"\nkey = "{}"\n'


def test_the_settings_name_witness_and_logs(tmp_path: Path, log: Log) -> None:
    path = tmp_path / "platform.toml"
    newer = SigningKey.generate(ORIGIN)
    text = HEAD + WITNESS + LOG_OF.format("mishan", log.key.verifier)
    path.write_text(text + LOG_OF.format("mishan", newer.verifier))

    keyring = Keyring(
        load_settings(path, environ={"W": "base64:" + "QUJD" * 10 + "QUI="})
    )

    assert keyring.cosigner is not None
    assert keyring.cosigner.verifier.name == "w.example"
    assert keyring.logs[ORIGIN] == (CITY, (log.key.verifier, newer.verifier))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LOG_OF.format("mishan", "{key}"), "could not be cosigned"),
        (WITNESS + LOG_OF.format("mishan", "x+1+2"), "not a verifier key"),
        (WITNESS + "[[logs]]\ncity = 'mishan'\nkey = 1\n", "valid dictionary"),
        (
            WITNESS + LOG_OF.format("mishan", "{key}") + LOG_OF.format("b", "{key}"),
            "of two cities",
        ),
        (WITNESS.replace("w.example", "w example"), "pattern"),
        (WITNESS + 'secret = "x"\n', "does not belong"),
    ],
)
def test_settings_that_do_not_hold_are_named(
    tmp_path: Path, log: Log, text: str, said: str
) -> None:
    path = tmp_path / "platform.toml"
    path.write_text(HEAD + text.replace("{key}", str(log.key.verifier)))

    with pytest.raises(ConfigError, match=said):
        Keyring(load_settings(path, environ={"W": "base64:" + "QUJD" * 10 + "QUI="}))
