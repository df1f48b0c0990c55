"""The contract that every adapter meets.

An adapter is small because the engine does the hard part. It says what it can do and
classifies what went wrong; it never sleeps, retries, logs, or touches the ledger.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar, Protocol

from pydantic import Field

from govsync.channels.errors import ChannelError, Editor, Unlisted
from govsync.model import Moment, Record, Value, digest_of
from govsync.model.codes import Code

Clock = Callable[[], datetime]
"""Gives the present moment, aware."""


class Op(Code):
    """What a release asks of a channel."""

    PUBLISH = "publish", "发布"
    WITHDRAW = "withdraw", "撤回"


class Release(Value):
    """One revision of a record on its way to one channel."""

    channel: str
    op: Op
    record: Record
    """For a withdrawal too: what is taken back, its status saying why and when."""

    @property
    def key(self) -> str:
        """An idempotency key: equal for, and only for, the same effect."""
        parts = (self.channel, self.record.id, str(self.record.revision), self.op)
        return digest_of("\n".join((*parts, self.record.digest)).encode())


class Receipt(Value):
    """A channel's proof that it holds a revision, or that it took one down."""

    op: Op
    record: str
    revision: int
    digest: str
    """The record's digest that the channel holds, as it said or as it was sent."""
    remote_id: str = ""
    """The service's name for it."""
    address: str = ""
    """Where anybody can see it; empty where nobody can."""
    at: Moment
    """The service's time of it, or ours where the service gives none."""
    proof: Mapping[str, str] = {}
    """What the service signed or numbered: its receipt's sequence, its signature."""


class Pending(Value):
    """The service queued it: the outcome is asked for by :meth:`Adapter.settle`."""

    remote_id: str = ""
    at: Moment
    poll_after: timedelta = timedelta(minutes=1)
    """When asking makes sense, from ``at``."""


Outcome = Receipt | Pending | ChannelError
"""What became of one release of a batch."""


class Verification(Value):
    """What is live now against what was sent."""

    same: bool
    found: str = ""
    """The digest found; empty where nothing was."""
    detail: str = ""


class Standing(Code):
    """How a service holds a record."""

    LIVE = "live", "已发布"
    PENDING = "pending", "待审"
    """Queued or turned down: held, and seen by nobody."""
    WITHDRAWN = "withdrawn", "已撤回"


@dataclass(frozen=True, kw_only=True, slots=True)
class Holding:
    """One thing of ours that a service holds; light, for there may be a million."""

    record: str
    """The record's id; the service's own name for it where it knows no id."""
    revision: int
    """0 where the service does not tell."""
    digest: str
    """As a receipt gives it: of the whole record or of its public view. Where what
    stands is not what was written, a digest of what stands."""
    state: Standing
    remote_id: str = ""
    """The service's name for it."""
    address: str = ""
    """Where anybody can see it; empty where nobody can."""


class Form(Value):
    """One message or file exactly as it would go."""

    name: str
    """Where it would go: ``PUT https://…`` or a path below the channel's root."""
    media_type: str
    content: bytes


class Feedback(Value):
    """What a service sends back: a return for correction, a reminder, a comment."""

    id: str
    """The service's name for it, unique in the channel."""
    kind: str
    """``return`` 退回/整改, ``reminder`` 催报, ``catalog`` 目录变更, ``comment``,
    ``rating`` 评价, ``error`` 纠错; or ``automatic``, from no person, and ``unread``,
    what could not be read."""
    record: str = ""
    """The record that it is about; empty where it is about none."""
    title: str = ""
    text: str = ""
    score: int | None = Field(default=None, ge=1, le=5)
    """How content the sender is, from 1 to 5."""
    sender: str = ""
    """The name that the sender gave; personal data, never shown whole."""
    contact: str = ""
    """The sender's telephone or mail address; as ``sender``."""
    due: Moment | None = None
    """By when the service wants it answered, where it says so."""
    at: Moment
    """When it was sent, as the service says."""
    cursor: str = ""
    """Hand this to :meth:`Adapter.collect` to get what came after it."""


class Answer(Value):
    """What the city says to a piece of feedback, reviewed and final."""

    code: str
    """The query code (查询码) of what it answers."""
    text: str
    at: Moment
    """When its review approved it."""

    @property
    def digest(self) -> str:
        """The SHA-256 of the text: equal for, and only for, the same answer."""
        return digest_of(self.text.encode())


class AnswerReceipt(Value):
    """A service's proof that it holds an answer."""

    feedback: str
    """The :attr:`Feedback.id` that is answered."""
    digest: str
    """The answer's digest, as the service said or as it was sent."""
    remote_id: str = ""
    address: str = ""
    """Where it can be seen; empty where only the sender sees it."""
    at: Moment
    proof: Mapping[str, str] = {}
    """As of a :class:`Receipt`."""


class Health(Value):
    """The answer of :meth:`Adapter.check`."""

    ok: bool
    detail: str = ""
    skew: timedelta | None = None
    """The service's clock less ours, where it told its time."""
    expires: Moment | None = None
    """When the credential ends, where the service or the credential says so."""
    mend: str = ""


class Trail(Protocol):
    """Names that a service gave on the way, durable before the next call."""

    @property
    def held(self) -> Receipt | None:
        """The proof of what the channel holds of this record now, if anything."""
        ...

    def note(self, name: str, value: str) -> None:
        """Store an intermediate id; returns when it would survive a crash."""
        ...

    def get(self, name: str) -> str | None:
        """Return what an earlier attempt noted, or None."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """One setting of an adapter: validator, masker and docs read this."""

    name: str
    help: str
    required: bool = True
    default: str = ""
    secret: bool = False
    """Secret values come from a file or the environment, never from the TOML."""
    pattern: str = ""
    """A regular expression that the whole value matches; empty for any."""
    path: bool = False
    """Whether it names a file or folder; a relative one lies by the configuration."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """How often a service lets itself be called; the engine keeps the count."""

    name: str
    """What is counted: ``publish`` or ``withdraw`` (as :class:`Op`), or ``call`` for
    each release that is sent, whatever it asks."""
    count: int
    per: timedelta
    """The window; windows of a day begin at midnight in Asia/Shanghai."""
    source: str
    """The document that says so, and its date."""
    reserve: int = 0
    """So many of ``count`` are kept for withdrawals and corrections."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What an adapter is, as data."""

    name: str
    """The entry point's name."""
    title: str
    settings: tuple[Setting, ...] = ()
    limits: tuple[Limit, ...] = ()
    batch_size: int = 1
    """How many releases one :meth:`Adapter.publish_many` takes."""
    deduplicates: bool = False
    """Whether the service makes one of a repeated publication by itself."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What an adapter is given when it is made; it takes nothing from elsewhere."""

    channel: str
    """The channel's name in the configuration."""
    settings: Mapping[str, str]
    """Validated against :attr:`Facts.settings`, defaults filled in, secrets too."""
    clock: Clock
    city: Mapping[str, str] = field(default_factory=dict)
    """``name``, ``code``, ``site``, ``site_name``, ``site_id``: who publishes."""


class Adapter(ABC):
    """The code that speaks one service's language.

    A subclass sets :attr:`facts` and implements what is abstract. Any method may
    raise a :class:`~govsync.channels.errors.ChannelError`; its class decides.
    """

    facts: ClassVar[Facts]

    def __init__(self, context: Context) -> None:
        self.context = context
        self._fitted: tuple[Release, tuple[Form, ...]] | None = None

    @abstractmethod
    def check(self) -> Health:
        """Look at credentials, reachability, clock, quota; no effect on the service."""

    @abstractmethod
    def fit(self, release: Release) -> tuple[Form, ...]:
        """Return what would go for this release alone. Pure.

        Raises:
            Reject: The record cannot meet the channel's limits.
        """

    def forms(self, release: Release) -> tuple[Form, ...]:
        """Return :meth:`fit`'s forms, made once where they are asked for twice running.

        Raises:
            Reject: As :meth:`fit`.
        """
        if self._fitted is None or self._fitted[0] is not release:
            self._fitted = release, self.fit(release)
        return self._fitted[1]

    def preview(self, releases: Sequence[Release]) -> tuple[Form, ...]:
        """Return exactly what :meth:`publish_many` would send for these."""
        return tuple(form for release in releases for form in self.fit(release))

    @abstractmethod
    def publish(self, release: Release, trail: Trail) -> Receipt | Pending:
        """Put this revision in the channel, in place of any older one."""

    @abstractmethod
    def withdraw(self, release: Release, trail: Trail) -> Receipt | Pending:
        """Take the record down; one that is not there counts as taken down."""

    def publish_many(self, work: Sequence[tuple[Release, Trail]]) -> Sequence[Outcome]:
        """Carry out up to ``batch_size`` releases, an outcome for each, in order.

        A release that fails is an error among the outcomes and does not stop the
        others. An error that is raised holds for all of them.
        """
        return [self._one(release, trail) for release, trail in work]

    def _one(self, release: Release, trail: Trail) -> Outcome:
        act = self.withdraw if release.op is Op.WITHDRAW else self.publish
        try:
            return act(release, trail)
        except ChannelError as error:
            return error

    def settle(
        self, release: Release, pending: Pending, trail: Trail
    ) -> Receipt | Pending:
        """Ask what became of something queued; by default nothing ever is."""
        del release, trail
        return pending

    @abstractmethod
    def find(self, release: Release, trail: Trail) -> Receipt | Pending | None:
        """Return what the service holds of exactly this release, or None.

        Called when an earlier attempt may have happened. None means that repeating
        makes no second one.
        """

    @abstractmethod
    def verify(self, receipt: Receipt) -> Verification:
        """Read back what is live and compare it with the receipt."""

    def inventory(self, since: str = "") -> Iterable[Holding]:
        """List what the service holds of ours, whole, in any order.

        Args:
            since: Where the service lists changes alone: after which; empty for all.

        Raises:
            Unlisted: This channel cannot list what it holds; so by default.
        """
        del since
        raise Unlisted(f"{self.context.channel} cannot list what it holds")

    def collect(self, since: str) -> Iterable[Feedback]:
        """Return feedback after a cursor (empty for all), oldest first."""
        del since
        return ()

    def answer(self, feedback: Feedback, answer: Answer, trail: Trail) -> AnswerReceipt:
        """Bring an answer to where the feedback came from.

        Raises:
            Editor: This channel takes no answers; so by default.
        """
        del feedback, trail
        raise self._by_hand(answer)

    def answered(
        self, feedback: Feedback, answer: Answer, trail: Trail
    ) -> AnswerReceipt | None:
        """Return what the service holds of exactly this answer, or None.

        Called when an earlier attempt may have happened, as :meth:`find`.
        """
        del feedback, trail
        raise self._by_hand(answer)

    def _by_hand(self, answer: Answer) -> Editor:
        return Editor(
            f"{self.context.channel} takes no answers",
            step="give the answer by hand, then"
            f" `govsync inbox delivered {answer.code} --by WHO`",
        )

    def close(self) -> None:
        """Give back connections; the adapter is not used again."""
