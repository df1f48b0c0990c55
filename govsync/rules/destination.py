"""Destination: what the rules know of a configured channel."""

from __future__ import annotations

from govsync.model import ChannelCode, Value


class Destination(Value):
    """A channel by its name, and which box of the catalog it answers."""

    name: str
    serves: ChannelCode
    """The box of 公开渠道和载体 that this channel carries out."""
    optional: bool = True
    """Whether it takes records whose row leaves the channel optional (□)."""
    without_item: bool = False
    """Whether it takes records that stand under no item."""
