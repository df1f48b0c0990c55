"""The message that tells of a head, and the settings of the mailbox."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from govsync.anchors import AnchorSettings, MailboxSettings
from govsync.anchors.mailbox import message_id, message_of
from govsync.audit import Checkpoint, SigningKey

HEAD = Checkpoint(origin="govsync/230382 密山", size=1042, root=b"\1" * 32)
NOTE = SigningKey.generate("govsync/230382").sign(HEAD.text())
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
SETTINGS = MailboxSettings(
    kind="email",
    name="inspector",
    host="mail.city.example",
    sender="log@city.example",
    to=("inspector@province.example", "archive@province.example"),
)


def test_it_carries_the_signed_head_as_text_and_as_a_file() -> None:
    sent = message_of(SETTINGS, HEAD, NOTE, AT).as_bytes()
    message = message_from_bytes(sent, policy=default)

    text = message.get_body()
    (attached,) = message.iter_attachments()
    assert text is not None
    assert text.get_content().replace("\r\n", "\n") == NOTE
    assert attached.get_content() == NOTE.encode()
    assert attached.get_filename() == "checkpoint-000000001042.txt"
    assert message["Subject"] == "Checkpoint of govsync/230382 密山: 1042 entries"
    assert message["To"] == ", ".join(SETTINGS.to)
    assert message["Date"].datetime == AT


def test_a_repeated_head_has_its_message_id_and_another_head_has_another() -> None:
    mine = message_id(HEAD, "log@city.example")

    assert mine == message_id(HEAD, "log@city.example")
    assert mine.endswith("@city.example>")
    for changed in ({"size": 1043}, {"root": b"\2" * 32}, {"origin": "another"}):
        assert message_id(HEAD.changed(**changed), "log@city.example") != mine


@pytest.mark.parametrize(
    "wrong",
    [
        {"sender": "nobody"},
        {"sender": "a@b.example\nBcc: c@d.example"},
        {"to": []},
        {"to": ["a b@c.example"]},
        {"host": "mail city"},
        {"port": 0},
        {"security": "ssl3"},
        {"password": "a secret"},
        {"every": "-PT1S"},
        {"timeout_s": 0},
        {"kind": "fax"},
    ],
    ids=str,
)
def test_settings_that_cannot_be_are_refused(wrong: dict[str, object]) -> None:
    given = SETTINGS.model_dump() | wrong

    with pytest.raises(ValidationError):
        TypeAdapter(AnchorSettings).validate_python(given)


def test_the_settings_as_toml_gives_them() -> None:
    settings: object = TypeAdapter(AnchorSettings).validate_python(
        {"kind": "file", "name": "archive", "path": "/mnt/archive", "every": "PT1H"}
    )

    assert settings.path == Path("/mnt/archive")  # type: ignore[attr-defined]
