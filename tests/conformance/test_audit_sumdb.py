"""Heads that the Go checksum database signed, which every Go program relies on."""

from __future__ import annotations

import base64

import pytest

from govsync.audit import Checkpoint, VerifierKey, open_checkpoint
from govsync.errors import AuditError

KEY = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
"""Built into the go command (cmd/go/internal/modfetch)."""
ROOT = "5+uGFjx6xBZG8ip1+wi77v+grwbhhukIrxEUS8PXvRo="
NOTE = (
    f"go.sum database tree\n65209736\n{ROOT}\n\n"
    "— sum.golang.org Az3grnbssgK7ubgFX36gVETtNv0U23qxyAhAMai2QUfeGa3nB/"
    "akvkMdlUErfcZz7l/R3cVtYspg3dxXABkGZZKdsQ8=\n"
)


def test_its_head_opens_with_its_key() -> None:
    head = open_checkpoint(NOTE, [VerifierKey.parse(KEY)])

    assert head == Checkpoint(
        origin="go.sum database tree", size=65209736, root=base64.b64decode(ROOT)
    )
    assert NOTE.startswith(head.text() + "\n")


def test_its_head_with_another_size_does_not_open() -> None:
    with pytest.raises(AuditError, match="does not hold"):
        open_checkpoint(NOTE.replace("65209736", "65209737"), [VerifierKey.parse(KEY)])
