"""Problem documents (RFC 9457) and JSON pointers (RFC 6901)."""

from __future__ import annotations

import json

import pytest

from govsync.platform.problems import KINDS, Fault, ProblemError, pointer_of


@pytest.mark.parametrize(
    ("field", "pointer"),
    [
        ("", ""),
        ("title", "/title"),
        ("attachments[0].name", "/attachments/0/name"),
        ("extra.a/b~c", "/extra/a~1b~0c"),
    ],
)
def test_pointers(field: str, pointer: str) -> None:
    assert pointer_of(field) == pointer


@pytest.mark.parametrize("code", KINDS)
def test_a_code_begins_with_its_status(code: str) -> None:
    assert code[1:4] == str(KINDS[code].status)


def test_the_document_has_every_member_of_the_contract() -> None:
    fault = Fault(pointer="/title", detail="empty")
    error = ProblemError("P42201", errors=[fault], members={"currentRev": 2})

    assert json.loads(error.content("/api/v1/items/a")) == {
        "type": "urn:govsync:problem:P42201",
        "title": "The record does not hold",
        "status": 422,
        "detail": "The record does not hold",
        "code": "P42201",
        "retryable": False,
        "instance": "/api/v1/items/a",
        "errors": [{"pointer": "/title", "detail": "empty"}],
        "currentRev": 2,
    }


def test_only_what_passes_by_itself_is_retryable() -> None:
    assert {code for code in KINDS if KINDS[code].retryable} == {
        "P42901",
        "P50001",
        "P50301",
        "P50302",
    }
