"""The rules: whether, and where, a record may go. Refusal by default.

Each rule is a module with one pure function ``findings``; :func:`screen` asks them all.
The rules know the record, the catalogs and the destinations, and nothing of what was
sent before.
"""

from govsync.rules.destination import Destination
from govsync.rules.screening import Screening, overridden, ruled, screen

__all__ = ["Destination", "Screening", "overridden", "ruled", "screen"]
