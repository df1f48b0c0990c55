"""The inbox (建议评价): what came back, by when it is to be answered, and the answer.

A channel, a mailbox or a file brings feedback; each piece becomes a :class:`Matter`
with a query code. What is done about it goes through :class:`Inbox`, one transaction an
act. Who delivers the answers is the agent (:mod:`govsync.agent.answering`).
"""

from govsync.inbox.box import Inbox
from govsync.inbox.clock import Standing, Terms, Timing, timing
from govsync.inbox.matter import Category, Delivery, Matter, State

__all__ = [
    "Category",
    "Delivery",
    "Inbox",
    "Matter",
    "Standing",
    "State",
    "Terms",
    "Timing",
    "timing",
]
