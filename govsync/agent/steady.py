"""A clock that nobody sets, and that goes on while the machine sleeps."""

from __future__ import annotations

import time

_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Linux has one that counts a sleep; elsewhere the sleep is seen by the other clock."""


def since_boot() -> float:
    """Return the seconds since some moment before; only differences mean anything."""
    return time.clock_gettime(_CLOCK)
