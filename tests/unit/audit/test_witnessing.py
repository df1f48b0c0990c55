"""A submission is read as it is written, and in no other spelling."""

from __future__ import annotations

import pytest
from support.witness import base64

from govsync.audit.witnessing import Submission, size_of
from govsync.errors import AuditError

NOTE = "log\n3\nroot\n\n— log c2lnbmF0dXJl\n"
HASH = b"\2" * 32


def test_it_is_written_as_the_protocol_says() -> None:
    written = Submission(old=12, proof=(HASH, HASH), note=NOTE).written()

    line = base64(HASH)
    assert written == f"old 12\n{line}\n{line}\n\n{NOTE}".encode()
    assert Submission.parse(written).proof == (HASH, HASH)


def test_a_first_submission_has_no_proof() -> None:
    assert Submission(old=0, note=NOTE).written() == f"old 0\n\n{NOTE}".encode()
    assert Submission.parse(f"old 0\n\n{NOTE}".encode()).proof == ()


@pytest.mark.parametrize(
    "body",
    [
        "",
        "old 0\n",
        f"old 01\n\n{NOTE}",
        f"old  1\n\n{NOTE}",
        f"old -1\n\n{NOTE}",
        f"old ٣\n\n{NOTE}",
        f"old {'9' * 20}\n\n{NOTE}",
        f"new 1\n\n{NOTE}",
        f"1\n\n{NOTE}",
        f"old 1\n{base64(HASH[1:])}\n\n{NOTE}",
        f"old 1\n{base64(HASH)} \n\n{NOTE}",
        f"old 1\n{base64(HASH)[:-1]}\n\n{NOTE}",
        "old 1\n" + f"{base64(HASH)}\n" * 64 + f"\n{NOTE}",
    ],
)
def test_anything_else_is_refused(body: str) -> None:
    with pytest.raises(AuditError, match="not a submission"):
        Submission.parse(body.encode())


def test_what_is_not_text_is_refused() -> None:
    with pytest.raises(AuditError, match="not a submission"):
        Submission.parse(b"old 1\n\n\xff")


@pytest.mark.parametrize("text", ["", "+1", "1_0", " 1", "x", "9" * 20])
def test_a_size_is_digits(text: str) -> None:
    with pytest.raises(ValueError, match="not a size"):
        size_of(text)
    assert size_of("9" * 19) == int("9" * 19)
