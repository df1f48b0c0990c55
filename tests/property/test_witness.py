"""Whatever the order of appends, losses and forgeries: one root a size, ever."""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)
from support.logs import ORIGIN
from support.platform import StoppedClock, platform_settings
from support.witness import KEY, witnessing

from govsync.anchors import AnchorError, ForkError, Head
from govsync.anchors.settings import WitnessSettings
from govsync.anchors.witness import Witness
from govsync.audit import SigningKey
from govsync.audit.cosignature import cosignatures
from govsync.audit.merkle import Frontier, growth_proof, leaf_hash
from govsync.audit.note import Checkpoint
from govsync.audit.witnessing import Submission
from govsync.channels.errors import Retry
from govsync.platform import witness
from govsync.platform.app import open_database
from govsync.platform.keyring import Keyring
from govsync.platform.office import Office

LOG = SigningKey.generate(ORIGIN)
SETTINGS = WitnessSettings(
    kind="witness", name="province", url="https://w.example", key=KEY
)


WHICH = st.integers(0, 1)


def leaf(number: int, place: int) -> bytes:
    return leaf_hash(bytes([number, place]))


class Line:
    """A client whose line to the platform breaks before or after the call."""

    def __init__(self, ask: Any) -> None:
        self.ask = ask
        self.breaks: list[str] = []

    def request(self, method: str, path: str, *, content: bytes, **_: Any) -> Any:
        fault = self.breaks.pop() if self.breaks else ""
        if fault == "before":
            raise Retry("lost")
        reply = self.ask(content)
        if fault == "after":
            raise Retry("lost")
        headers = {"Content-Type": reply.media_type, **reply.headers}
        return SimpleNamespace(
            status=reply.status, content=reply.content, headers=headers
        )


class Cities(RuleBasedStateMachine):
    """Two copies of one log, both with its key, and their one witness."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.settings = platform_settings(self.folder, **witnessing(LOG.verifier))
        self.clock = StoppedClock()
        self.office = self.opened()
        self.logs: list[list[bytes]] = [[], []]
        self.held: list[int] = [0, 0]
        self.cosigned: dict[int, set[bytes]] = {}
        self.history: list[tuple[list[bytes], int]] = []
        self.line = Line(self.ask)

    def opened(self) -> Office:
        return Office(
            self.settings,
            keyring=Keyring(self.settings),
            database=open_database(self.settings),
            clock=self.clock,
        )

    def ask(self, content: bytes) -> Any:
        """Answer, and remember every cosignature, also those that get lost."""
        reply = witness.answer(self.office, content)
        if reply.status == 200:
            note = Submission.parse(content).note + reply.content.decode()
            assert cosignatures(note, [KEY])
            _, size, root = note.split("\n")[:3]
            self.cosigned.setdefault(int(size), set()).add(root.encode())
        return reply

    def teardown(self) -> None:
        self.office.close()
        shutil.rmtree(self.folder)

    @rule(which=WHICH, keep=st.integers(0, 40), number=st.integers(1, 3))
    def rewrite(self, which: int, keep: int, number: int) -> None:
        """Somebody with the key goes on otherwise from an earlier entry.

        As far as the log went: only a head of the same size has nothing to prove.
        """
        log = self.logs[which]
        kept = log[: keep % (len(log) + 1)]
        more = range(len(log) - len(kept))
        self.logs[1 - which] = [*kept, *(leaf(number, n) for n in more)]
        self.held[1 - which] = len(log)

    @rule(which=st.integers(0, 2))
    def crash(self, which: int) -> None:
        """The witness starts anew, or a city's ledger comes from a backup."""
        if which < 2:
            self.held[which] = 0
            return
        self.office.close()
        self.office = self.opened()

    @rule(
        which=WHICH,
        grown=st.integers(0, 6),
        number=st.integers(0, 1),
        faults=st.lists(st.sampled_from(["", "before", "after"]), max_size=2),
    )
    def anchor(self, which: int, grown: int, number: int, faults: list[str]) -> None:
        self.logs[which] += [leaf(number, n) for n in range(grown)]
        leaves = list(self.logs[which])
        if not leaves:
            return
        signed = Checkpoint(
            origin=ORIGIN, size=len(leaves), root=Frontier().extend(leaves).root()
        )

        def growth(old: int) -> tuple[bytes, ...]:
            known = Frontier().extend(leaves[:old])
            return growth_proof(known, leaves[old:], len(leaves))[0]

        head = Head(
            signed=signed,
            note=LOG.sign(signed.text()),
            held=self.held[which],
            growth=growth,
        )
        self.line.breaks = list(faults)
        seen = max(self.cosigned, default=0)
        follows = all(leaves[: len(old)] == old for old, _ in self.history)
        try:
            Witness(SETTINGS, self.line, self.clock).keep(head)  # type: ignore[arg-type]
        except ForkError:
            assert not follows or seen > len(leaves)
            return
        except AnchorError:
            assert any(faults)
            if len(leaves) in self.cosigned:
                root = signed.text().split("\n")[2].encode()
                if root in self.cosigned[len(leaves)]:
                    self.history.append((leaves, len(leaves)))
            return
        finally:
            self.line.breaks = []
        assert follows
        self.history.append((leaves, len(leaves)))
        self.held[which] = len(leaves)

    @invariant()
    def no_size_has_two_roots(self) -> None:
        assert all(len(roots) == 1 for roots in self.cosigned.values())

    @invariant()
    def all_that_was_cosigned_is_one_history(self) -> None:
        longest = max((leaves for leaves, _ in self.history), key=len, default=[])
        for leaves, _ in self.history:
            assert longest[: len(leaves)] == leaves


TestCities = Cities.TestCase
TestCities.settings = settings(max_examples=100, stateful_step_count=20, deadline=None)


@given(
    sizes=st.tuples(st.integers(1, 300), st.integers(0, 300)).map(sorted),
)
def test_growth_is_proved_from_the_frontier_alone(sizes: list[int]) -> None:
    old, new = sizes
    leaves = [leaf_hash(n.to_bytes(2, "big")) for n in range(new)]
    known = Frontier().extend(leaves[:old])

    proof, grown = growth_proof(known, iter(leaves[old:]), new)

    assert grown == Frontier().extend(leaves)
    assert len(proof) <= 2 * new.bit_length()


@given(
    old=st.integers(0, 2**63),
    proof=st.lists(st.binary(min_size=32, max_size=32), max_size=63),
    text=st.text(),
)
def test_a_submission_is_read_as_it_was_written(
    old: int, proof: list[bytes], text: str
) -> None:
    given = Submission(old=old, proof=tuple(proof), note=LOG.sign(f"a{text}\n"))

    assert Submission.parse(given.written()) == given


@given(seconds=st.datetimes(datetime(1970, 1, 2), datetime(9999, 12, 30)))  # noqa: DTZ001
def test_every_moment_is_cosigned_and_read(seconds: datetime) -> None:
    from support.witness import COSIGNER

    at = seconds.replace(tzinfo=UTC)
    head = Checkpoint(origin=ORIGIN, size=1, root=b"\1" * 32)

    (found,) = cosignatures(
        LOG.sign(head.text()) + COSIGNER.cosign(head.text(), at), [KEY]
    )

    assert found.at == at.replace(microsecond=0)
