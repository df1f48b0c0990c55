"""Past: what is known of a record from before its newest revision."""

from __future__ import annotations

from govsync.model.base import Moment, Value


class Past(Value):
    """What rules need to know of earlier revisions, and of what was signed by hand."""

    signed: frozenset[str] = frozenset()
    """The contents (:attr:`Record.content_digest`) that were signed off; empty: of no
    other content than the present one is anything known."""
    by_hand: frozenset[str] = frozenset()
    """Those of them that were signed off by hand."""
    published: Moment | None = None
    """The earliest 发布日期 of a revision that was public; None: none was."""
