"""What a witness may answer that no witness should."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from support.anchors import given
from support.logs import Log
from support.platform import StoppedClock
from support.witness import COSIGNER, KEY, head_of

from govsync.anchors import AnchorError, ForkError, WitnessSettings
from govsync.anchors.witness import Witness

SETTINGS = WitnessSettings(kind="witness", name="w", url="https://w.example", key=KEY)
SIZE = {"Content-Type": "text/x.tlog.size"}


class Scripted:
    """A client that gives the answers of a test, in turn."""

    def __init__(self, *answers: tuple[int, str, dict[str, str]]) -> None:
        self.answers = list(answers)
        self.sent: list[bytes] = []

    def request(self, *_: str, content: bytes, **__: Any) -> Any:
        self.sent.append(content)
        status, text, headers = self.answers.pop(0)
        return SimpleNamespace(status=status, content=text.encode(), headers=headers)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    log = Log(tmp_path / "log.db")
    log.grow(5)
    yield log
    log.database.dispose()


def witness(client: Scripted) -> Witness:
    return Witness(SETTINGS, client, StoppedClock())  # type: ignore[arg-type]


@pytest.mark.parametrize("told", ["", "5 or so", "-1", "\u0663"])
def test_a_conflict_that_tells_no_size_is_no_alarm(log: Log, told: str) -> None:
    client = Scripted((409, told, SIZE), (409, told, SIZE))

    with pytest.raises(AnchorError, match="it answered 409"):
        witness(client).keep(given(log, log.notes[0], held=2))


def test_a_size_of_another_media_type_is_not_believed(log: Log) -> None:
    client = Scripted((409, "9\n", {"Content-Type": "text/html"}), (409, "", {}))

    with pytest.raises(AnchorError, match="it answered 409"):
        witness(client).keep(given(log, log.notes[0], held=2))


def test_a_size_that_changes_between_two_calls_is_tried_next_time(log: Log) -> None:
    client = Scripted((409, "3\n", SIZE), (409, "4\n", SIZE))

    with pytest.raises(AnchorError, match="it answered 409"):
        witness(client).keep(given(log, log.notes[0]))

    assert [sent.split(b"\n")[0] for sent in client.sent] == [b"old 0", b"old 3"]


def test_a_larger_size_is_an_alarm(log: Log) -> None:
    client = Scripted((409, "6\n", SIZE))

    with pytest.raises(ForkError, match="cosigned 6 entries, this log signed 5"):
        witness(client).keep(given(log, log.notes[0]))


def test_a_first_head_that_is_refused_is_no_alarm(log: Log) -> None:
    with pytest.raises(AnchorError, match="it answered 422"):
        witness(Scripted((422, "", {}))).keep(given(log, log.notes[0]))


@pytest.mark.parametrize("text", ["", "<html>", "— w x\n"])
def test_what_is_no_cosignature_is_no_success(log: Log, text: str) -> None:
    with pytest.raises(AnchorError):
        witness(Scripted((200, text, {}))).keep(given(log, log.notes[0]))


def test_a_cosignature_of_another_head_is_no_success(log: Log) -> None:
    other = head_of(log, log.notes[0]).changed(size=4)
    line = COSIGNER.cosign(other.text(), StoppedClock()())

    with pytest.raises(AnchorError, match="the cosignature of .* does not hold"):
        witness(Scripted((200, line, {}))).keep(given(log, log.notes[0]))


def test_a_check_has_no_effect_and_says_what_does_not_answer() -> None:
    assert witness(Scripted((405, "", {}))).check() == "https://w.example answers"
    with pytest.raises(AnchorError, match="it answered 502"):
        witness(Scripted((502, "", {}))).check()
