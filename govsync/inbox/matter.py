"""Matter (办件): one piece of feedback and what the office does about it. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from govsync.channels.contract import Answer, Feedback
from govsync.errors import UsageError
from govsync.inbox.codes import shown
from govsync.model import Value
from govsync.model.codes import Code

if TYPE_CHECKING:
    from collections.abc import Mapping


class Category(Code):
    """What a piece of feedback asks of the office."""

    SUGGESTION = "suggestion", "意见建议"
    RATING = "rating", "评价"
    ERROR = "error", "纠错"
    RETURN = "return", "退回整改"
    REMINDER = "reminder", "催报"
    CATALOG = "catalog", "目录变更"
    UNREAD = "unread", "无法读取"
    AUTOMATIC = "automatic", "自动邮件"

    @property
    def from_the_public(self) -> bool:
        """Whether a citizen waits for an answer."""
        return self in {Category.SUGGESTION, Category.ERROR}


class State(Code):
    """How far the office is."""

    NEW = "new", "待查看"
    SEEN = "seen", "已受理"
    ANSWERING = "answering", "待审核"
    """An answer is written and waits for another person's review."""
    ANSWERED = "answered", "已审核"
    """The answer is approved and on its way."""
    PUBLISHED = "published", "已答复"
    """The answer is where the question came from, and that is proved."""
    CLOSED = "closed", "已办结"


class Delivery(Code):
    """How far an approved answer came."""

    NONE = "", ""
    OWED = "owed", "待送达"
    SENDING = "sending", "送达中"
    WAITING = "waiting", "待重试"
    UNSURE = "unsure", "结果未知"
    HELD = "held", "待人工"
    DONE = "done", "已送达"


OPEN = (State.NEW, State.SEEN, State.ANSWERING, State.ANSWERED)
UNDERWAY = (Delivery.OWED, Delivery.WAITING, Delivery.UNSURE)
"""What the agent takes up when its time has come."""
_OF_KIND: Mapping[str, Category] = {
    "comment": Category.SUGGESTION,
    **{category.value: category for category in Category},
}
_NOT_ANSWERED: Mapping[Category, str] = {
    Category.RATING: "评分不需答复",
    Category.AUTOMATIC: "自动发送的邮件不需答复",
}
"""What is closed as it comes, and why: nobody waits for an answer."""
_ALLOWED: Mapping[str, tuple[State, ...]] = {
    "take": (State.NEW, State.SEEN, State.ANSWERING),
    "answer": (State.NEW, State.SEEN, State.ANSWERING),
    "review": (State.ANSWERING,),
    "close": (State.NEW, State.SEEN, State.ANSWERING),
    "delivered": (State.ANSWERED,),
    "retry": (State.ANSWERED,),
}


class Matter(Value):
    """One piece of feedback and what was done about it."""

    code: str
    channel: str
    """The channel, mailbox or file that it came from and the answer goes to."""
    said: Feedback
    category: Category
    state: State
    begins: datetime
    """When its time begins to run, aware."""
    complex: bool = False
    """Whether it needs the longer term."""
    taken_by: str = ""
    answer: str = ""
    draft: int = 0
    """Grows with each change of the answer, from 1."""
    answered_by: str = ""
    reviewed_by: str = ""
    reviewed_at: datetime | None = None
    delivery: Delivery = Delivery.NONE
    try_at: datetime | None = None
    attempts: int = 0
    reason: str = ""
    step: str = ""
    receipt: dict[str, Any] | None = None
    ended_at: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether the office still owes something."""
        return self.state in OPEN

    @property
    def final(self) -> Answer:
        """The approved answer, as it is delivered.

        Raises:
            UsageError: None is approved.
        """
        if self.reviewed_at is None:
            raise UsageError(f"{shown(self.code)} has no approved answer")
        return Answer(code=self.code, text=self.answer, at=self.reviewed_at)

    def check(self, act: str) -> None:
        """Refuse an act that this state does not allow.

        Raises:
            UsageError: It does not; says in which states it would.
        """
        allowed = _ALLOWED[act]
        if self.state in allowed or (act == "answer" and self._redone):
            return
        raise UsageError(
            f"{shown(self.code)} is {self.state}",
            mend=f"{act} is for what is {', '.join(allowed)}",
        )

    @property
    def _redone(self) -> bool:
        """Whether its channel took no approved answer, so that another may be written.

        Not where one may have arrived: there would be two.
        """
        return self.delivery is Delivery.HELD and not self.attempts


def category_of(said: Feedback) -> Category:
    """Return what a piece of feedback is; a kind that nobody knows is for a person."""
    category = _OF_KIND.get(said.kind, Category.SUGGESTION)
    if category is Category.SUGGESTION and said.score and not said.text.strip():
        return Category.RATING
    return category


def opened(said: Feedback, received: datetime) -> dict[str, Any]:
    """Return what a matter begins with.

    Its time runs from when it was sent, where that is known and earlier than when it
    was received: an agent that runs seldom gives the office no more time.
    """
    category = category_of(said)
    begins = min(said.at, received)
    values = {"category": category, "state": State.NEW, "begins": begins}
    if category in _NOT_ANSWERED:
        reason = _NOT_ANSWERED[category]
        values |= {"state": State.CLOSED, "reason": reason, "ended_at": received}
    return values
