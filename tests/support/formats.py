"""Records for the tests of formats: a full one, awkward ones, and any there can be."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from io import BytesIO
from typing import Any

from hypothesis import strategies as st

from govsync.formats import FORMATS, Feed, Tombstone
from govsync.model import (
    Attachment,
    Audience,
    ItemRef,
    Mode,
    Record,
    Relation,
    RelationKind,
    Review,
    Scope,
    Stage,
    State,
    Status,
    Step,
    Verdict,
)

FEED = Feed(
    title="示例市政务公开",
    site="https://www.example.gov.cn/",
    self_url="https://www.example.gov.cn/feed",
    author="示例市人民政府",
    description="示例市基层政务公开 <试点>",
)
LOSSLESS = ("atom", "rss", "xml", "json", "jsonl", "json_feed")
PUBLIC_ONLY = ("sitemap", "oai_dc", "dcat", "page_meta")
"""Formats that say less than a record holds."""
WITH_TOMBSTONES = ("atom", "rss", "xml", "json", "json_feed")


def full(**changes: Any) -> Record:
    """A record in which every field says something."""
    fields: dict[str, Any] = {
        "id": "000014349/2026-00001",
        "title": "关于 A&B <征收> 的公告 ]]>",
        "body": '<p>一、范围 &amp; 期限</p><p><a href="/files/1.pdf">附件</a></p>',
        "index_number": "000014349/2026-00001",
        "document_number": "示政发〔2026〕1号",
        "issuer": "示例市人民政府",
        "co_issuers": ("示例市财政局", "示例市民政局"),
        "formed": date(2026, 3, 1),
        "issued": date(2026, 3, 2),
        "published": datetime(2026, 3, 3, 9, 30, tzinfo=UTC),
        "item": ItemRef(area="征地补偿", level1="征收", level2="公告", level3="预公告"),
        "step": Step.INTERPRETATION,
        "stage": Stage.DECISION,
        "relation": Relation(kind=RelationKind.INTERPRETS, target="旧文/2025-1"),
        "keywords": ("征地", "补偿 & 安置"),
        "summary": "全文如下 &nbsp; <略>",
        "attachments": (
            Attachment(
                name="附件1.pdf",
                href="https://www.example.gov.cn/附件/1.pdf?a=1&b=2",
                media_type="application/pdf",
                size=2048,
                sha256="ab" * 32,
            ),
            Attachment(name="附件2", href="files/2.doc"),
        ),
        "audience": Audience(scope=Scope.SPECIAL, note="本村\n村民"),
        "mode": Mode.ON_REQUEST,
        "status": Status(at=datetime(2026, 3, 4, tzinfo=UTC)),
        "review": Review(
            verdict=Verdict.APPROVED,
            first="初审人",
            second="复审人",
            final="签发人",
            signed=datetime(2026, 3, 2, 8, 0, 0, 250, tzinfo=UTC),
            content="cd" * 32,
        ),
        "link": "https://www.example.gov.cn/公告/1.html?a=1&b=2",
        "extra": {"备注\n一": " 留空 \r\n", "b": ""},
        "revision": 7,
        "updated": datetime(2026, 3, 5, 1, 2, 3, 456, tzinfo=UTC),
    }
    return Record.model_validate(fields | changes)


def plain(**changes: Any) -> Record:
    """A record with as little as an Atom entry of its own needs."""
    fields = {"id": "a", "title": "标题", "issuer": "示例市人民政府"}
    return Record.model_validate(
        {**fields, "published": datetime(2026, 3, 3, tzinfo=UTC), **changes}
    )


def withdrawn(**changes: Any) -> Record:
    """A record that was taken back."""
    status = Status(
        state=State.WITHDRAWN,
        reason="内容有误 <更正>",
        at=datetime(2026, 3, 6, tzinfo=UTC),
    )
    return full(**{"id": "withdrawn/1", "status": status, **changes})


def awkward() -> list[Record]:
    """Records at the borders of what may stand: all must be carried."""
    texts = (
        "]]>",
        "&amp;",
        "<script>",
        "a\r\nb\tc",
        "𠮷😀",
        "\u0085x\u2028x\ue000",
        "''\"",
    )
    return [
        *(
            plain(
                id=f"t{place}/中文%20&<x>", title=text, summary=text, extra={text: text}
            )
            for place, text in enumerate(texts)
        ),
        plain(id="no-body-no-link"),
        plain(id="link-only", link="http://例子.测试/路径 空格?q=中&r=100%#片段"),
        plain(id="odd-link", link="页面/1.html"),
        plain(id="blank-parts", keywords=("", "a"), co_issuers=("",)),
        plain(id="blank-item", item=ItemRef(area="", level1="")),
        plain(id="only-a-day", published=None, formed=date(1949, 10, 1)),
        full(),
        full(id="second", revision=1, updated=None),
        withdrawn(),
    ]


def written(name: str, records: list[Record], **more: Any) -> bytes:
    """A document of some records, tombstones included, in the format of this name."""
    out = BytesIO()
    if name == "rss":
        more.setdefault("withdrawn", True)
    FORMATS[name].write(more.pop("feed", FEED), records, out, **more)
    return out.getvalue()


def read(name: str, content: bytes) -> list[Record | Tombstone]:
    """What a document holds."""
    return list(FORMATS[name].read(content))


_CHARACTERS = st.characters(
    exclude_categories=["Cs"],
    exclude_characters=[
        *(chr(code) for code in range(0x20) if code not in b"\t\n\r"),
        "\ufffe",
        "\uffff",
    ],
)
_MARKUP = st.sampled_from([*"&<>\"'\r\n\t %#]", "]]>", "&amp;", "\ue000", "公", "𠮷"])
TEXT = st.lists(_MARKUP | _CHARACTERS, max_size=12).map("".join)
"""Text of any characters that XML holds, markup more often than by chance."""
FORBIDDEN = st.sampled_from(
    ["\x00", "\x08", "\x0b", "\x1f", "\ufffe", "\uffff", "\ud800"]
)
"""Characters that XML does not hold."""
IDS = st.from_regex(r"\A[^\s\x00-\x1f\x7f\ufffe\uffff]{1,30}\Z").filter(
    lambda text: "\n" not in text and text == text.strip() and text.isprintable()
)
_OFFSETS = st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours)))
MOMENTS = st.datetimes(
    datetime(900, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=_OFFSETS,
)
_DAYS = st.dates(date(900, 1, 1), date(2200, 1, 1))
_HTML = st.lists(
    st.builds("<p>{}</p>".format, TEXT) | st.builds('<a href="{}">b</a>'.format, TEXT),
    max_size=3,
).map("".join)
_ADDRESSES = TEXT | st.builds("https://example.gov.cn/{}".format, TEXT)
_ATTACHMENTS = st.builds(
    Attachment,
    name=TEXT,
    href=_ADDRESSES,
    media_type=st.sampled_from(["", "application/pdf", "not one"]) | TEXT,
    size=st.none() | st.integers(0, 2**40),
    sha256=st.none() | st.just("0f" * 32),
)
_LINES = st.lists(TEXT, max_size=3).map(tuple)


def any_record(**fixed: st.SearchStrategy[Any]) -> st.SearchStrategy[Record]:
    """Any record at all that says when it was published."""
    fields: dict[str, st.SearchStrategy[Any]] = {
        "id": IDS,
        "title": TEXT.filter(str.strip).map(lambda text: f"题{text}"),
        "body": _HTML | TEXT,
        "index_number": TEXT,
        "document_number": TEXT,
        "issuer": TEXT.map(lambda text: f"局{text}"),
        "co_issuers": _LINES,
        "formed": st.none() | _DAYS,
        "issued": st.none() | _DAYS,
        "published": MOMENTS,
        "item": st.none() | st.builds(ItemRef, area=TEXT, level1=TEXT, level3=TEXT),
        "step": st.sampled_from(Step),
        "stage": st.none() | st.sampled_from(Stage),
        "relation": st.none()
        | st.builds(Relation, kind=st.sampled_from(RelationKind), target=IDS),
        "keywords": _LINES,
        "summary": TEXT,
        "attachments": st.lists(_ATTACHMENTS, max_size=2).map(tuple),
        "audience": st.builds(Audience, scope=st.sampled_from(Scope), note=TEXT),
        "mode": st.sampled_from(Mode),
        "status": st.builds(Status, reason=TEXT, at=st.none() | MOMENTS),
        "review": st.none()
        | st.builds(
            Review,
            verdict=st.sampled_from(Verdict),
            first=TEXT,
            final=TEXT,
            signed=st.none() | MOMENTS,
            content=st.none() | st.just("0e" * 32),
        ),
        "link": _ADDRESSES,
        "extra": st.dictionaries(TEXT, TEXT, max_size=3),
        "revision": st.integers(1, 10**6),
        "updated": st.none() | MOMENTS,
    }
    return st.builds(Record, **(fields | fixed))
