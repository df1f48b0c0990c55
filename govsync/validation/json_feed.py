"""JSON Feed 1.1, member by member (jsonfeed.org/version/1.1).

Strict where readers differ: types are not guessed, addresses are absolute, dates have
an offset, and an item has HTML. Names that start with an underscore are extensions'.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from govsync.formats.address import media_type, to_uri

_MOMENT = re.compile(
    r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
    r"T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)"
)
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_EXTENSION = re.compile(r"_[A-Za-z][^.]*")


def _address(value: str) -> str:
    if to_uri(value) != value:
        raise ValueError("is no absolute, percent-encoded web address")
    return value


def _moment(value: str) -> str:
    if not _MOMENT.fullmatch(value):
        raise ValueError("is no date of RFC 3339 with an offset")
    return value


def _kind(value: str) -> str:
    if not media_type(value):
        raise ValueError("is no media type")
    return value


def _language(value: str) -> str:
    if not _LANGUAGE.fullmatch(value):
        raise ValueError("is no language tag; write it with a hyphen, such as zh-CN")
    return value


Address = Annotated[str, AfterValidator(_address)]
Moment = Annotated[str, AfterValidator(_moment)]
Kind = Annotated[str, AfterValidator(_kind)]
Language = Annotated[str, AfterValidator(_language)]
Count = Annotated[int, Field(ge=0)]


class _Members(BaseModel):
    model_config = ConfigDict(strict=True, extra="allow")

    @model_validator(mode="after")
    def _no_unknown(self) -> Self:
        extra = self.model_extra or {}
        for name in extra:
            if not (_EXTENSION.fullmatch(name) and isinstance(extra[name], dict)):
                message = f"{name!r:.80} is neither a member nor an extension's object"
                raise ValueError(message)
        return self


class Author(_Members):
    """Of a feed or an item; it says one of its three members at least."""

    name: str = ""
    url: Address | None = None
    avatar: Address | None = None


class Attachment(_Members):
    """A file that belongs to an item."""

    url: Address
    mime_type: Kind
    title: str = ""
    size_in_bytes: Count | None = None
    duration_in_seconds: Count | None = None


class Item(_Members):
    """An entry."""

    id: Annotated[str, Field(min_length=1)]
    content_html: str
    content_text: str = ""
    url: Address | None = None
    external_url: Address | None = None
    title: str = ""
    summary: str = ""
    image: Address | None = None
    banner_image: Address | None = None
    date_published: Moment | None = None
    date_modified: Moment | None = None
    authors: list[Author] = []
    tags: list[str] = []
    language: Language | None = None
    attachments: list[Attachment] = []


class Document(_Members):
    """A whole feed."""

    version: Literal["https://jsonfeed.org/version/1.1"]
    title: Annotated[str, Field(min_length=1)]
    items: list[Item]
    home_page_url: Address | None = None
    feed_url: Address | None = None
    description: str = ""
    user_comment: str = ""
    next_url: Address | None = None
    icon: Address | None = None
    favicon: Address | None = None
    authors: list[Author] = []
    language: Language | None = None
    expired: bool = False
    hubs: list[dict[str, Any]] = []
