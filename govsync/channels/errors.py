"""What an adapter says of a service that did not simply say yes.

The class is the decision; the text is for a person::

    ChannelError
    ├── Retry(after)      it certainly did not happen: wait, with backoff
    ├── Wait(until)       a quota or a maintenance window: no attempt counted
    ├── Refresh           the credential is stale: renew it once
    ├── Unsure            it may have happened: look before repeating
    ├── Done(receipt)     it was there already: count as success
    ├── Reject(findings)  this record, as it stands, never
    ├── Editor(step)      a person must act on this record
    ├── Stop(step)        a person must act on this channel; its records do not fail
    └── Unlisted          the service cannot list what it holds; nothing went wrong
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from govsync.errors import GovsyncError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from govsync.channels.contract import Receipt
    from govsync.model import Finding


class ChannelError(GovsyncError):
    """The root of what a channel says; never raised itself."""

    exit_code = 75


class Retry(ChannelError):
    """It certainly did not happen, and may be tried again.

    Args:
        message: What went wrong.
        after: The service's own wish (``Retry-After``), a floor for the next attempt.
    """

    def __init__(self, message: str, *, after: timedelta | None = None) -> None:
        super().__init__(message)
        self.after = after


class Wait(ChannelError):
    """A quota is used up or a maintenance window is open; not an attempt.

    Args:
        message: Which quota or window.
        until: When it ends, aware.
    """

    def __init__(self, message: str, *, until: datetime) -> None:
        super().__init__(message)
        self.until = until


class Refresh(ChannelError):
    """The credential is stale; a fresh adapter may do better, once."""


class Unsure(ChannelError):
    """It may have happened: the request left, and no usable answer came."""


class Done(ChannelError):
    """The service holds this revision already.

    Args:
        message: How the service said so.
        receipt: Its proof.
    """

    def __init__(self, message: str, *, receipt: Receipt) -> None:
        super().__init__(message)
        self.receipt = receipt


class Reject(ChannelError):
    """The service will never take this record as it stands.

    Args:
        message: What the service said.
        findings: The same, by field, for the editor.
    """

    exit_code = 1

    def __init__(self, message: str, *, findings: Sequence[Finding] = ()) -> None:
        super().__init__(message)
        self.findings = tuple(findings)


class Editor(ChannelError):
    """A person must act on this record.

    Args:
        message: What the service said.
        step: What the person must do, as an instruction.
    """

    exit_code = 1

    def __init__(self, message: str, *, step: str) -> None:
        super().__init__(message, mend=step)
        self.step = step


class Stop(ChannelError):
    """A person must act on this channel; until then its records wait unharmed.

    Args:
        message: What the service said.
        step: What the person must do, as an instruction.
    """

    exit_code = 1

    def __init__(self, message: str, *, step: str) -> None:
        super().__init__(message, mend=step)
        self.step = step


class Unlisted(ChannelError):
    """The service cannot list what it holds, so nothing can be compared as a whole."""

    exit_code = 64
