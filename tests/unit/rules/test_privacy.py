"""No number of a person travels, in whatever field; no finding repeats one."""

from __future__ import annotations

from typing import Any

import pytest
from support.rules import CARD, ID, MOBILE, good

from govsync.model import Severity
from govsync.rules import privacy
from govsync.rules.privacy import MOST_FINDINGS


@pytest.mark.parametrize(
    ("changes", "field", "place"),
    [
        ({"title": f"致{MOBILE}"}, "title", "offset 1"),
        ({"summary": f"{MOBILE}"}, "summary", "offset 0"),
        ({"summary": "1380467&nbsp;0001 138 0467<b></b> 0001"}, "summary", "offset 13"),
        ({"keywords": ("a", MOBILE)}, "keywords[1]", "offset 0"),
        ({"issuer": f"某局{MOBILE}"}, "issuer", "offset 2"),
        ({"co_issuers": (MOBILE,)}, "co_issuers[0]", "offset 0"),
        (
            {"attachments": ({"name": f"{MOBILE}.pdf", "href": "/1.pdf"},)},
            "attachments[0].name",
            "offset 0",
        ),
        ({"audience": {"note": MOBILE}}, "audience.note", "offset 0"),
        ({"extra": {"联系人": MOBILE}}, "extra.联系人", "offset 0"),
        ({"extra": {MOBILE: ""}}, "extra.138****0001", "its name, offset 0"),
        ({"status": {"reason": MOBILE}}, "status.reason", "offset 0"),
        ({"document_number": MOBILE}, "document_number", "offset 0"),
        ({"body": f"<p>电话{MOBILE}</p>"}, "body", "offset 2"),
        ({"body": "<p>甲</p><p><b>138</b>0467<i>00</i>01</p>"}, "body", "offset 2"),
        ({"body": "138&nbsp;0467&nbsp;0001"}, "body", "offset 0"),
        ({"body": "138&#48;467&#x30;001"}, "body", "offset 0"),
        ({"body": "138\n0467\n0001"}, "body", "offset 0"),
        ({"body": f'<img src="/1" alt="{MOBILE}">'}, "body", "attribute alt, offset 0"),
        (
            {"body": f'<a href="tel:{MOBILE}">电话</a>'},
            "body",
            "attribute href, offset 4",
        ),
        (
            {"body": f"<table><tr><th>电话</th><tr><td>{MOBILE}</table>"},
            "body",
            "table 1, row 2, column 电话",
        ),
    ],
)
def test_every_field_that_travels_is_read(
    changes: dict[str, Any], field: str, place: str
) -> None:
    (finding,) = privacy.findings(good(**changes))

    assert finding.severity is Severity.BLOCK
    assert finding.rule == "privacy.mobile-number"
    assert (finding.field, finding.place, finding.channel) == (field, place, "")
    assert "138****0001" in finding.message


@pytest.mark.parametrize(
    ("number", "rule"),
    [
        (ID, "privacy.id-number"),
        (MOBILE, "privacy.mobile-number"),
        (CARD, "privacy.bank-card"),
    ],
)
def test_a_finding_never_repeats_the_number(number: str, rule: str) -> None:
    table = f"<table><tr><td>{number}</td></tr><tr><td>{number}</td></tr></table>"
    record = good(
        title=number, body=table, extra={number: number}, audience={"note": number}
    )
    found = list(privacy.findings(record))

    assert {finding.rule for finding in found} == {rule}
    assert len(found) == 6
    assert not [finding for finding in found if number in str(finding)]
    assert all(finding.mend for finding in found)


def test_a_long_list_gives_twenty_findings_and_counts_the_rest() -> None:
    rows = "".join(f"<p>1380467{n:04d}</p>" for n in range(100))
    found = list(privacy.findings(good(body=rows)))

    assert len(found) == MOST_FINDINGS + 1
    assert found[-1].rule == "privacy.mobile-number"
    assert found[-1].severity is Severity.BLOCK
    assert found[-1].message.startswith("80 more")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"link": f"https://a.example/{MOBILE}.html"},
        {"id": MOBILE},
        {"attachments": ({"name": "a", "href": f"/{MOBILE}.pdf"},)},
        {"relation": {"kind": "follows", "target": MOBILE}},
        {"body": f'<a href="/{MOBILE}.html">a</a><img src="/{MOBILE}.png">'},
        {"body": "<p>23*************018,138****0001</p>"},
        {"body": "<table><tr><td>1380467</td><td>0001</td></tr></table>"},
        {"body": "<p>1380467</p><p>0001</p>"},
    ],
)
def test_addresses_ids_and_masks_pass(changes: dict[str, Any]) -> None:
    assert not list(privacy.findings(good(**changes)))


def test_of_a_withdrawal_only_the_reason_is_read() -> None:
    status = {"state": "withdrawn", "reason": f"泄露{MOBILE}"}
    record = good(title=ID, body=ID, status=status)

    assert [f.field for f in privacy.of_withdrawal(record)] == ["status.reason"]
