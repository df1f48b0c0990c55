"""The conformance kit passes an adapter that keeps the contract, and catches others."""

from __future__ import annotations

import inspect
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from support.toy_channel import Service, Toy

from govsync.channels import (
    ChannelError,
    Health,
    Holding,
    Receipt,
    Reject,
    Setting,
    Standing,
    Stop,
    Unsure,
    Verification,
)
from govsync.channels.testing import AdapterContract, Crash, MemoryTrail, sample
from govsync.channels.testing_world import edited
from govsync.formats import json_records

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from govsync.channels import Form, Outcome, Pending, Release, Trail


class TestFaithful(AdapterContract):
    """A two-step service that makes two of what is sent twice."""

    @pytest.fixture
    def receiver(self) -> Service:
        return Service()

    @pytest.fixture
    def adapter(self, receiver: Service) -> Toy:
        return Toy.on(receiver)


class TestOneByOne(TestFaithful):
    """The same without batches, and a receiver that cannot lose answers."""

    @pytest.fixture
    def receiver(self) -> Service:
        class Reliable(Service):
            lose_answers = None
            tamper = None

        return Reliable()

    @pytest.fixture
    def adapter(self, receiver: Service) -> Toy:
        class Single(Toy):
            facts = replace(Toy.facts, batch_size=1)

        return Single.on(receiver)


class AddsOnRepeat(Toy):
    facts = replace(Toy.facts, deduplicates=True)

    def _posted(self, content: bytes, trail: Trail) -> str:
        return self.service.submit(self.service.draft(content))


class ForgetsTheTrail(Toy):
    def _noted(self, trail: Trail, name: str) -> str | None:
        return None


class FindsEverything(Toy):
    def find(self, release: Release, trail: Trail) -> Receipt | Pending | None:
        return self._receipt(release, "post-1")


class FindsNothing(Toy):
    def find(self, release: Release, trail: Trail) -> Receipt | Pending | None:
        return None


class FindsOlderRevisions(Toy):
    def find(self, release: Release, trail: Trail) -> Receipt | Pending | None:
        held = trail.held and self.service.read(trail.held.remote_id)
        found = self._receipt(release, trail.held.remote_id) if held else None
        return found or super().find(release, trail)


class FailsToWithdrawNothing(Toy):
    def _remove(self, post: str) -> None:
        if not self.service.remove(post):
            raise Stop("no such post", step="look")


class KeepsWhatIsWithdrawn(Toy):
    def _remove(self, post: str) -> None:
        """Say yes, and do nothing."""


class LosesAnOutcome(Toy):
    def publish_many(self, work: Sequence[tuple[Release, Trail]]) -> Sequence[Outcome]:
        return [o for o in super().publish_many(work) if not isinstance(o, Reject)]


class StopsTheBatch(Toy):
    def publish_many(self, work: Sequence[tuple[Release, Trail]]) -> Sequence[Outcome]:
        return [self._act(release, trail) for release, trail in work]

    def _act(self, release: Release, trail: Trail) -> Receipt | Pending:
        act = self.withdraw if release.record.withdrawn else self.publish
        return act(release, trail)


class MixesUpOutcomes(Toy):
    def publish_many(self, work: Sequence[tuple[Release, Trail]]) -> Sequence[Outcome]:
        return list(reversed(super().publish_many(work)))


class AddsOnChange(Toy):
    def _posted(self, content: bytes, trail: Trail) -> str:
        return super()._posted(content, MemoryTrail())


class TakesLossForFailure(Toy):
    def publish(self, release: Release, trail: Trail) -> Receipt | Pending:
        try:
            return super().publish(release, trail)
        except Unsure as error:
            raise Stop(error.message, step="call somebody") from error


class SeesNoDifference(Toy):
    def verify(self, receipt: Receipt) -> Verification:
        return Verification(same=True)


class ShowsItsSecret(Toy):
    def check(self) -> Health:
        return Health(ok=True, detail=f"signed in with {self.context.settings['key']}")


class PublishesAPreview(Toy):
    def preview(self, releases: Sequence[Release]) -> tuple[Form, ...]:
        for release in releases:
            self.publish(release, MemoryTrail())
        return super().preview(releases)


class NarrowsText(Toy):
    def _content(self, release: Release) -> bytes:
        record = release.record
        narrow = record.title.encode("gb2312", "replace").decode("gb2312")
        super()._content(release)
        return json_records.entry(record.changed(title=narrow))


class SaysTooLittle(Toy):
    facts = replace(Toy.facts, settings=(Setting(name="key", help="", secret=True),))


class ReceiptsOfNothing(Toy):
    def publish(self, release: Release, trail: Trail) -> Receipt | Pending:
        self._content(release)
        return self._receipt(release, "post-1")


class ListsOne(Toy):
    def inventory(self, since: str = "") -> Iterator[Holding]:
        yield from list(super().inventory(since))[:1]


class ListsWhatIsGone(Toy):
    def inventory(self, since: str = "") -> Iterator[Holding]:
        for content in self.service.drafts.values():
            record = json_records.read_entry(content)
            yield Holding(
                record=record.id,
                revision=record.revision,
                digest=record.digest,
                state=Standing.LIVE,
            )


class ListsWhatItWrote(Toy):
    """Trusts its own notes, and not what stands."""

    def inventory(self, since: str = "") -> Iterator[Holding]:
        for one in super().inventory(since):
            record = edited(sample())
            yield replace(one, digest=record.digest, revision=record.revision)


DEFECTS = (
    (AddsOnRepeat, "publishing_twice", "3 things of"),
    (ForgetsTheTrail, "crash_after_any_note", "2 things of"),
    (ForgetsTheTrail, "lost_answers", "2 things of"),
    (FindsEverything, "find_before_publication", "never published"),
    (FindsNothing, "publish_then_find", "does not find"),
    (FindsOlderRevisions, "find_before_publication", "takes revision 1"),
    (FailsToWithdrawNothing, "withdrawing_what_was_never_there", "no such post"),
    (KeepsWhatIsWithdrawn, "withdrawing_removes", "after withdrawal"),
    (LosesAnOutcome, "batch", "2 outcomes for 3 releases"),
    (StopsTheBatch, "batch", "stopped its whole batch"),
    (MixesUpOutcomes, "batch", "a release that it was to carry out"),
    (AddsOnChange, "change_replaces", "2 things of"),
    (TakesLossForFailure, "lost_answers", "not Unsure or Retry"),
    (SeesNoDifference, "verify", "takes revision 2 for 1"),
    (ShowsItsSecret, "secrets", "check() shows 'key'"),
    (PublishesAPreview, "check_and_preview", "after check, preview and fit"),
    (NarrowsText, "awkward", "not what was sent"),
    (SaysTooLittle, "facts", "has no help"),
    (ReceiptsOfNothing, "publish_then_find", "0 things of"),
    (ListsOne, "inventory_lists_what_stands", "0 times"),
    (ListsWhatIsGone, "inventory_does_not_list", "what is withdrawn"),
    (ListsWhatIsGone, "inventory_lists_what_stands", "of revision 2 that is live"),
    (ListsWhatItWrote, "inventory_shows_what_was_altered", "does not see"),
)


@pytest.mark.parametrize(
    ("broken", "rule", "words"),
    DEFECTS,
    ids=[f"{broken.__name__}-{rule}" for broken, rule, _ in DEFECTS],
)
def test_a_planted_defect_is_caught_in_plain_words(
    broken: type[Toy], rule: str, words: str
) -> None:
    said = [message for name, message in failures(broken) if rule in name]

    assert any(words in message for message in said), said


def test_the_faithful_adapter_breaks_no_rule() -> None:
    assert list(failures(Toy)) == []


def test_a_subclass_must_supply_its_fixtures() -> None:
    for name in ("adapter", "receiver"):
        fixture = getattr(AdapterContract, name)._get_wrapped_function()
        with pytest.raises(NotImplementedError, match=name):
            fixture(AdapterContract())


def test_a_trail_outlives_the_crash_that_it_makes() -> None:
    notes: dict[str, str] = {}
    trail = MemoryTrail(notes, crash_at=2)

    trail.note("draft", "1")
    with pytest.raises(Crash):
        trail.note("post", "2")

    assert MemoryTrail(notes).get("post") == "2"
    assert MemoryTrail(notes).held is None


def test_a_sample_has_what_may_not_be_public() -> None:
    """Otherwise no adapter would be seen to leak it."""
    record = sample()

    assert record.review
    assert record.review.complete
    assert record.extra
    assert record.public().digest != record.digest


def failures(broken: type[Toy]) -> Iterator[tuple[str, str]]:
    """Give each rule of the kit that an adapter breaks, and what the kit says."""
    for name, test in inspect.getmembers(AdapterContract, inspect.isfunction):
        if not name.startswith("test_"):
            continue
        parameters = set(inspect.signature(test).parameters)
        for (withdrawn,) in product(
            (False, True) if "withdrawn" in parameters else (None,)
        ):
            given = _fixtures(broken, withdrawn)
            try:
                test(
                    AdapterContract(),
                    **{k: v for k, v in given.items() if k in parameters},
                )
            except (AssertionError, ChannelError, pytest.fail.Exception) as error:
                yield name, str(error)


def _fixtures(broken: type[Toy], withdrawn: bool | None) -> dict[str, Any]:
    service = Service()
    adapter = broken.on(service)
    return {
        "adapter": adapter,
        "receiver": service,
        "fresh": lambda: type(adapter)(adapter.context),
        "withdrawn": withdrawn,
    }
