"""A mail of a stranger, whatever it is made of, becomes feedback."""

from __future__ import annotations

from datetime import timedelta
from email.header import Header
from email.message import EmailMessage

import pytest
from support.inbox import MONDAY, final, said

from govsync.inbox.mail import LONGEST_TEXT, identity, read
from govsync.inbox.mailbox import letter

SENT = "Mon, 02 Mar 2026 08:00:00 +0800"


def mail(body: str = "路灯坏了。", **headers: str) -> bytes:
    message = EmailMessage()
    given = {"From": "王小明 <wang@mail.example>", "Subject": "路灯", "Date": SENT}
    for name, value in (given | headers).items():
        message[name.replace("_", "-")] = value
    message.set_content(body)
    return bytes(message)


def test_a_plain_mail_is_a_comment_with_its_sender() -> None:
    found = read(mail(), received=MONDAY)

    assert (found.kind, found.title, found.text) == ("comment", "路灯", "路灯坏了。")
    assert (found.sender, found.contact) == ("王小明", "wang@mail.example")
    assert found.at == MONDAY - timedelta(hours=1)


def test_a_report_of_an_error_is_known_by_its_subject() -> None:
    assert read(mail(Subject="网站纠错"), received=MONDAY).kind == "error"


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "Auto-Generated; x=y"},
        {"Return_Path": "<>"},
        {"Content_Type": "multipart/report; report-type=delivery-status"},
    ],
)
def test_a_machine_gets_no_answer(headers: dict[str, str]) -> None:
    raw = "".join(f"{k.replace('_', '-')}: {v}\n" for k, v in headers.items())

    assert read(f"{raw}Subject: x\n\nx\n".encode(), received=MONDAY).kind == "automatic"


def test_what_says_that_it_is_not_automatic_is_not() -> None:
    assert read(mail(Auto_Submitted="no"), received=MONDAY).kind == "comment"


def test_old_charsets_are_read() -> None:
    raw = (
        b"From: x@mail.example\nSubject: =?GB2312?B?vajS6Q==?=\n"
        b'Content-Type: text/plain; charset="GB2312"\n\n'
    ) + "关于路灯".encode("gb18030")

    found = read(raw, received=MONDAY)

    assert (found.title, found.text) == ("建议", "关于路灯")


def test_html_alone_is_read_without_markup_or_script() -> None:
    html = "<p>一</p><script>alert(1)</script><b>二</b>&lt;三&gt;<br>四"
    raw = f"Content-Type: text/html; charset=utf-8\n\n{html}".encode()

    assert read(raw, received=MONDAY).text == "一\n二<三>\n四"


def test_attachments_are_named_and_not_opened() -> None:
    message = EmailMessage()
    message.set_content("见附件")
    message.add_attachment(b"\0\1", maintype="a", subtype="b", filename="图\u202e.exe")

    assert read(bytes(message), received=MONDAY).text == "见附件\n[附件: 图.exe]"


def test_controls_do_not_reach_a_terminal() -> None:
    found = read(mail("a\x1b[31mb\u202ec"), received=MONDAY)

    assert found.text == "a[31mbc"


def test_a_header_cannot_add_another_to_the_answer() -> None:
    evil = Header("答\r\nBcc: all@city.example", "utf-8").encode()
    raw = f"From: a@mail.example\nSubject: {evil}\n\nx".encode()

    found = read(raw, received=MONDAY)
    sent = letter(found, final(), "office@city.example")

    assert found.title == "答 Bcc: all@city.example"
    assert b"\nBcc:" not in sent


@pytest.mark.parametrize(
    "address", ["a@b@c", "<script>@x", "a@mail.example, b@mail.example", "nobody"]
)
def test_what_is_no_address_is_no_contact(address: str) -> None:
    found = read(f"From: x <{address}>\n\nx".encode(), received=MONDAY)

    assert found.contact in {"", "a@mail.example"}


@pytest.mark.parametrize(
    "date", ["", "never", "Thu, 01 Jan 1970 00:00:00 +0000", "Mon, 02 Mar 2099 00:00 Z"]
)
def test_a_date_that_cannot_be_believed_is_that_of_receipt(date: str) -> None:
    """A forged one would make a mail late as it comes."""
    assert read(f"Date: {date}\n\nx".encode(), received=MONDAY).at == MONDAY


def test_a_date_without_a_zone_is_taken_as_local() -> None:
    raw = b"Date: Mon, 02 Mar 2026 08:00:00 -0000\n\nx"

    assert read(raw, received=MONDAY).at == MONDAY - timedelta(hours=1)


def test_parts_within_parts_do_not_end_the_run() -> None:
    head = "".join(
        f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n'
        for n in range(3000)
    )

    found = read(head.encode(), received=MONDAY)

    assert found.kind == "unread"
    assert "nested" in found.text


def test_of_many_parts_the_first_are_read() -> None:
    parts = "".join(f"--b\n\n{n}\n" for n in range(5000))
    raw = f'Content-Type: multipart/mixed; boundary="b"\n\n{parts}--b--\n'

    found = read(raw.encode(), received=MONDAY)

    assert found.text.startswith("0\n\n1")
    assert found.text.endswith("\n198")


def test_a_long_mail_is_cut() -> None:
    found = read(mail("长" * 2 * LONGEST_TEXT), received=MONDAY)

    assert len(found.text) == LONGEST_TEXT


def test_a_mail_stays_the_same_when_a_program_marks_it_read() -> None:
    raw = mail()
    read_since = b"Status: RO\nX-Status: A\nX-Keywords:\n  x\n" + raw

    assert identity(read_since) == identity(raw)


@pytest.mark.parametrize(
    "name", ["X_IMAPbase", "X_IMAP", "X_Mozilla_Status", "X_Mozilla_Status2"]
)
def test_a_mail_stays_the_same_when_a_program_counts_it(name: str) -> None:
    assert identity(mail(**{name: "0001"})) == identity(mail(**{name: "0003"}))


def test_comments_within_comments_name_nobody() -> None:
    raw = b"From: " + b"(" * 990 + b")" * 990 + b" a@mail.example\n\nx"

    assert read(raw, received=MONDAY).text == "x"


def test_a_copied_message_id_hides_nothing() -> None:
    one, two = (mail(body, Message_ID="<1@x>") for body in ("甲", "乙"))

    assert identity(one) != identity(two)


def test_the_answer_is_the_same_mail_whenever_it_is_made() -> None:
    sent = letter(said(), final(), "office@city.example").decode()

    assert sent == letter(said(), final(), "office@city.example").decode()
    assert "To: wang@mail.example\r\n" in sent
    assert "Message-ID: <123456789018." in sent
