"""Signed calls to the platform, and whether their answers are the platform's word."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from govsync.channels.signatures import (
    Key,
    SignatureError,
    sign_request,
    verify_response,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from govsync.channels import Clock
    from govsync.channels.http import Answer, HttpClient


@dataclass(frozen=True, kw_only=True, slots=True)
class Exchange:
    """An answer, read as far as it can be."""

    method: str
    answer: Answer
    document: Mapping[str, Any]
    """The JSON object that was answered; empty where it was none."""
    doubt: str
    """Why the answer is not proven to be the platform's; empty where it is."""

    @property
    def status(self) -> int:
        """The answer's HTTP status."""
        return self.answer.status

    @property
    def code(self) -> str:
        """The problem's code, such as ``P40901``; empty where none is told."""
        return str(self.document.get("code") or "")

    @property
    def detail(self) -> str:
        """What the platform says, for a person."""
        said = self.document.get("detail") or self.document.get("title") or ""
        return f"{self.status} {self.code} {said}".strip()

    @property
    def signature(self) -> str:
        """The signature of the answer, with what it covers; empty where in doubt."""
        if self.doubt:
            return ""
        names = ("Signature-Input", "Signature")
        return "; ".join(self.answer.headers.get(name, "") for name in names)


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """Signs what is asked and proves what is answered."""

    client: HttpClient
    key: Key
    answer_keys: Mapping[str, Key]
    clock: Clock
    nonce: Callable[[], str] = lambda: uuid4().hex

    def call(
        self,
        method: str,
        path: str,
        *,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
        about: str = "",
    ) -> Exchange:
        """Make a signed call; reading ones may repeat, writing ones look first.

        Args:
            method: Such as ``PUT``.
            path: Below the platform's address.
            content: The body; empty for none.
            headers: Beside the signature's.
            about: The id of the one record that it is about.

        Raises:
            Retry: It was certainly not sent, or only reads.
            Unsure: It may have been carried out.
            Stop: The platform redirects.
        """
        nonce = self.nonce()
        given = dict(headers or {})
        signature = sign_request(
            method=method,
            url=self.client.url(path),
            headers=given,
            content=content,
            key=self.key,
            created=self.clock(),
            nonce=nonce,
        )
        answer = self.client.request(
            method,
            path,
            headers=given | signature,
            content=content,
            idempotent=method == "GET",
            about=about,
        )
        return Exchange(
            method=method,
            answer=answer,
            document=_object(answer.content),
            doubt=self._doubt(answer, nonce),
        )

    def _doubt(self, answer: Answer, nonce: str) -> str:
        try:
            verify_response(
                status=answer.status,
                headers=answer.headers,
                content=answer.content,
                keys=self.answer_keys,
                nonce=nonce,
                now=self.clock(),
            )
        except SignatureError as error:
            return str(error)
        return ""


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(content)
    except ValueError:  # a page of some proxy in between: its status has to say it all
        return {}
    return document if isinstance(document, dict) else {}
