"""What machines and intruders leave in records is found, with its field."""

from __future__ import annotations

from typing import Any

import pytest
from support.rules import MOBILE, NOON, good

from govsync.model import Severity
from govsync.rules import hijack, integrity

BLOCK, HOLD, WARN = Severity


@pytest.mark.parametrize(
    ("changes", "rule", "severity", "field"),
    [
        *(
            (changes, "integrity.hijacked-name", BLOCK, field)
            for changes, field in [
                ({"issuer": "澳门新葡京娱乐城"}, "issuer"),
                ({"issuer": "百 家 乐管理局"}, "issuer"),
                ({"co_issuers": ("某局", "CASINO")}, "co_issuers[1]"),
                ({"document_number": "博彩〔2026〕1号"}, "document_number"),
                ({"title": "公告-Bet365官网"}, "title"),
                ({"title": "注册送彩金的通知"}, "title"),
            ]
        ),
        *(
            (changes, "integrity.placeholder", BLOCK, field)
            for changes, field in [
                ({"index_number": "11370302004216167U/2023-None"}, "index_number"),
                ({"index_number": "null02D/01A/D3C20190807"}, "index_number"),
                ({"index_number": "000014349/nan-00001"}, "index_number"),
                ({"index_number": "undefined"}, "index_number"),
                ({"index_number": "#N/A"}, "index_number"),
                ({"title": "None"}, "title"),
                ({"document_number": "NULL"}, "document_number"),
                ({"issuer": "nan"}, "issuer"),
                ({"co_issuers": ("undefined",)}, "co_issuers[0]"),
                ({"issuer": "#REF!"}, "issuer"),
                ({"item": {"area": "甲", "level1": "null"}}, "item.level1"),
                (
                    {"attachments": ({"name": "None", "href": "/1"},)},
                    "attachments[0].name",
                ),
            ]
        ),
        ({"formed": None, "published": None}, "integrity.no-date", HOLD, "formed"),
        ({"formed": "2026-03-04"}, "integrity.date-order", WARN, "published"),
        ({"step": "interpretation"}, "integrity.unlinked", WARN, "relation"),
        ({"step": "response"}, "integrity.unlinked", WARN, "relation"),
        (
            {"index_number": "000014348/2017-00110"},
            "integrity.index-number",
            WARN,
            "index_number",
        ),
        *(
            (changes, "integrity.markup", WARN, field)
            for changes, field in [
                ({"body": "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"}, "body"),
                ({"body": "<p>&lt;p class=x&gt;a&lt;/p&gt;</p>"}, "body"),
                ({"body": "<p>a&amp;nbsp;b</p>"}, "body"),
                ({"title": "关于&amp;的通知"}, "title"),
                ({"summary": "<p>a</p>"}, "summary"),
            ]
        ),
    ],
)
def test_each_fault_is_found_in_its_field(
    changes: dict[str, Any], rule: str, severity: Severity, field: str
) -> None:
    (finding,) = integrity.findings(good(**changes))

    assert (finding.rule, finding.severity, finding.field) == (rule, severity, field)
    assert finding.record
    assert finding.mend
    assert finding.channel == ""


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"title": "关于打击六合彩等赌博活动的通告"},
        {"title": "关于开展整治网络色情信息专项行动的通知"},
        {"title": "None of the above 与 null 的说明"},
        {"issuer": "南岗区人民政府"},
        {"index_number": "nangang/2021-3740"},
        {"index_number": "", "document_number": ""},
        {"formed": None},
        {"formed": "2026-03-03"},
        {"published": None},
        {"published": None, "formed": None, "issued": "2026-03-03"},
        {"step": "response", "relation": {"kind": "answers", "target": "a"}},
        {"body": "<p>1 &lt; 2 &amp; 3 &lt;甲&gt; &lt;abc&gt; P&amp;R</p>"},
        {"summary": "a < b & c"},
        {"body": "<p>a\tb\n\x7f\x85\u2028\ue000𠮷</p>"},
    ],
)
def test_what_is_sound_passes(changes: dict[str, Any]) -> None:
    assert not list(integrity.findings(good(**changes)))


@pytest.mark.parametrize(
    "character", ["\x00", "\x08", "\x0b", "\x1f", "\ufffe", "\uffff"]
)
@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("title", lambda text: {"title": text}),
        ("summary", lambda text: {"summary": text}),
        ("issuer", lambda text: {"issuer": text}),
        ("link", lambda text: {"link": text}),
        ("keywords[0]", lambda text: {"keywords": (text,)}),
        ("extra.a", lambda text: {"extra": {"a": text}}),
        ("attachments[0].href", lambda t: {"attachments": ({"name": "a", "href": t},)}),
        (
            "review.final",
            lambda text: {"review": {"verdict": "pending", "final": text}},
        ),
        ("item.level2", lambda t: {"item": {"area": "a", "level1": "b", "level2": t}}),
    ],
)
def test_what_xml_cannot_carry_blocks_with_field_and_offset(
    field: str, changes: Any, character: str
) -> None:
    (finding,) = integrity.findings(good(**changes(f"ab{character}c")))

    assert finding.rule == "integrity.control-character"
    assert finding.severity is Severity.BLOCK
    assert (finding.field, finding.place) == (field, "offset 2")
    assert f"U+{ord(character):04X}" in finding.message


def test_a_body_with_a_control_character_is_blocked() -> None:
    (finding,) = integrity.findings(good(body="<p>a\x08b</p>"))

    assert (finding.field, finding.place) == ("body", "offset 4")


def test_the_name_of_a_column_is_looked_at_and_shown_safely() -> None:
    (finding,) = integrity.findings(good(extra={f"a\x08{MOBILE}": "b"}))

    assert finding.field == "extra.a\ufffd138****0001"


def test_reviewers_may_be_hijacked_too() -> None:
    review = {"verdict": "approved", "final": "百家乐", "signed": NOON}

    assert [f.field for f in hijack.findings(good(review=review))] == ["review.final"]


def test_of_a_withdrawal_only_the_reason_is_looked_at() -> None:
    record = good(
        title="None\x08",
        issuer="赌场",
        status={"state": "withdrawn", "reason": "a\x08"},
    )
    found = list(integrity.of_withdrawal(record))

    assert [(f.rule, f.field) for f in found] == [
        ("integrity.control-character", "status.reason")
    ]
