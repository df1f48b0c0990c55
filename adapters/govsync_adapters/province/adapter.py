"""The adapter of the provincial platform (docs/platform.md)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from govsync.channels import (
    Adapter,
    Answer,
    AnswerReceipt,
    ChannelError,
    Context,
    Editor,
    Facts,
    Feedback,
    Health,
    Op,
    Receipt,
    Reject,
    Stop,
    Unsure,
    Verification,
)
from govsync.channels.http import HttpClient
from govsync_adapters.province import answering, inventory, meaning, wire
from govsync_adapters.province.session import Session
from govsync_adapters.province.settings import FACTS, answer_keys, key_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from govsync.channels import Form, Holding, Outcome, Pending, Release, Trail
    from govsync_adapters.province.session import Exchange

SKEW_TOLD = timedelta(seconds=60)
"""From here on ``check`` asks for the clock to be set; signatures fail at 300 s."""
FEEDBACK_PAGE = 100
MAX_ANSWER = 64 * 1024 * 1024
"""Bytes of the longest answer, a manifest: about 400,000 items."""


class Province(Adapter):
    """Publishes to the provincial platform and reads its receipts."""

    facts: ClassVar[Facts] = FACTS
    client: ClassVar[Callable[..., HttpClient]] = HttpClient
    """Makes the client: with shorter deadlines, say, in an adapter made of this one."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        given = context.settings
        self._url = given["url"].rstrip("/")
        self._wire = given.get("wire") or "atom"
        self._batch = int(given.get("batch") or FACTS.batch_size)
        self._client = self.client(
            base_url=self._url,
            max_request_bytes=wire.MAX_BODY,
            max_response_bytes=MAX_ANSWER,
            ca_file=given.get("ca_file") or None,
            proxy=given.get("proxy") or None,
            private=given.get("private") == "true",
        )
        key = key_of(given, context.channel)
        self._session = Session(
            client=self._client,
            key=key,
            answer_keys=answer_keys(given, key, context.channel),
            clock=context.clock,
        )

    def check(self) -> Health:
        """Ask for the platform's time, then make a signed call without effect."""
        try:
            skew, maintenance = self._ping()
        except ChannelError as error:
            step = getattr(error, "step", "")
            return Health(ok=False, detail=error.message, mend=step)
        mend = "set this machine's clock (NTP)" if abs(skew) > SKEW_TOLD else ""
        try:
            self._read("/api/v1/topics")
        except ChannelError as error:
            step = mend or getattr(error, "step", "")
            return Health(ok=False, detail=error.message, skew=skew, mend=step)
        detail = "under maintenance" if maintenance else ""
        return Health(ok=not maintenance, detail=detail, skew=skew, mend=mend)

    def fit(self, release: Release) -> tuple[Form, ...]:
        """Return the document that a release alone would be."""
        return (wire.single(release, self._wire, self._url),)

    def preview(self, releases: Sequence[Release]) -> tuple[Form, ...]:
        """Return exactly what would be sent: a document, or feeds of several."""
        return tuple(form for _, form in self._calls(releases))

    def publish(self, release: Release, trail: Trail) -> Receipt | Pending:
        """Put a revision; the platform makes one of a repeated one by itself."""
        del trail
        (form,) = self.forms(release)
        return self._put(release, form)

    def withdraw(self, release: Release, trail: Trail) -> Receipt | Pending:
        """Put a tombstone; an item that was never there counts as taken down."""
        return self.publish(release, trail)

    def publish_many(self, work: Sequence[tuple[Release, Trail]]) -> Sequence[Outcome]:
        """Carry out releases, several in a call; an outcome for each, in order."""
        outcomes: dict[str, Outcome] = {}
        fitting: list[Release] = []
        for release, _ in work:
            try:
                self.fit(release)
                fitting.append(release)
            except ChannelError as error:
                outcomes[release.key] = error
        for releases, form in self._calls(fitting):
            outcomes |= self._send(releases, form)
        return [outcomes[release.key] for release, _ in work]

    def settle(
        self, release: Release, pending: Pending, trail: Trail
    ) -> Receipt | Pending:
        """Ask what became of what waited for the province's review."""
        del pending, trail
        exchange = self._item(release.record.id, release)
        if exchange is None:
            raise Unsure("the platform does not know what it had accepted")
        return meaning.outcome(exchange.document, release, exchange)

    def find(self, release: Release, trail: Trail) -> Receipt | Pending | None:
        """Return what the platform holds of exactly this release, or None.

        Raises:
            Editor: It holds a newer revision, or this one with other content.
        """
        del trail
        exchange = self._item(release.record.id, release)
        if exchange is None:
            return None
        record, held = release.record, exchange.document
        rev, digest = held.get("rev"), held.get("sha256")
        if not isinstance(rev, int):
            raise Unsure("the answer does not tell of a revision")
        if rev < record.revision:
            return None
        if (rev, digest) == (record.revision, record.digest):
            return meaning.outcome(held, release, exchange)
        raise Editor(
            f"the platform holds revision {rev} of {record.id}, and it is not ours",
            step="find out who else publishes it, then change it at its source",
        )

    def verify(self, receipt: Receipt) -> Verification:
        """Compare what the platform holds now with a receipt."""
        exchange = self._item(receipt.record)
        if exchange is None:
            gone = receipt.op is Op.WITHDRAW
            return Verification(same=gone, detail="the platform holds nothing")
        names = ("rev", "sha256", "state")
        found = tuple(exchange.document.get(name) for name in names)
        sent = (receipt.revision, receipt.digest, meaning.STATES[receipt.op])
        return Verification(
            same=found == sent,
            found=str(found[1] or ""),
            detail="" if found == sent else f"revision {found[0]}, {found[2]}",
        )

    def inventory(self, since: str = "") -> Iterator[Holding]:
        """List all that the platform holds of the city, by its signed manifest."""
        del since
        return inventory.holdings(self._read(inventory.PATH).document)

    def collect(self, since: str) -> Iterator[Feedback]:
        """Return feedback after a cursor, and acknowledge what came before it.

        What stands before ``since`` was stored by the caller: that is what a cursor
        says, so the platform may know it too.
        """
        cursor, first = since or "0", True
        while True:
            path = f"/api/v1/feedback?after={cursor}&limit={FEEDBACK_PAGE}"
            page = self._read(path).document
            if first and int(cursor) > int(page.get("acknowledged", 0)):
                self._acknowledge(cursor)
            first = False
            entries = [meaning.feedback(entry) for entry in page.get("feedback", [])]
            yield from entries
            if not entries:
                return
            cursor = entries[-1].cursor

    def answer(self, feedback: Feedback, answer: Answer, trail: Trail) -> AnswerReceipt:
        """Answer feedback; the platform makes one of a repeated answer by itself."""
        del trail
        exchange = self._believed(
            self._session.call(
                "POST",
                answering.path(feedback),
                content=answering.body(answer),
                headers={"Content-Type": "application/json"},
                about=feedback.record,
            ),
            None,
        )
        return answering.receipt(exchange.document, feedback, answer, exchange)

    def answered(
        self, feedback: Feedback, answer: Answer, trail: Trail
    ) -> AnswerReceipt | None:
        """Look whether the platform holds exactly this answer."""
        del trail
        exchange = self._read(answering.listing(feedback))
        return answering.held(exchange.document, feedback, answer, exchange)

    def close(self) -> None:
        """Give back the connections."""
        self._client.close()

    def _calls(
        self, releases: Sequence[Release]
    ) -> Iterator[tuple[Sequence[Release], Form]]:
        """Give what goes in which call: as many as a call may carry, in order."""
        ids = {release.record.id for release in releases}
        most = self._batch if len(ids) == len(releases) else 1
        for start in range(0, len(releases), most):
            yield from self._call(releases[start : start + most])

    def _call(
        self, releases: Sequence[Release]
    ) -> Iterator[tuple[Sequence[Release], Form]]:
        if len(releases) == 1:
            yield releases, self.fit(releases[0])[0]
            return
        form = wire.batch(releases, self._wire, self._url, self.context.city)
        if len(form.content) <= wire.MAX_BODY:
            yield releases, form
            return
        half = len(releases) // 2
        yield from self._call(releases[:half])
        yield from self._call(releases[half:])

    def _send(self, releases: Sequence[Release], form: Form) -> dict[str, Outcome]:
        if len(releases) == 1:
            return {releases[0].key: self._alone(releases[0], form)}
        try:
            exchange = self._write("POST", "/api/v1/batches", releases, form)
        except Reject:
            # The document as a whole was refused: alone, each is judged by itself.
            return {r.key: self._alone(r, self.fit(r)[0]) for r in releases}
        except ChannelError as error:
            # The calls before this one have their outcomes; none of these has.
            return dict.fromkeys((r.key for r in releases), error)
        results = {
            entry.get("id"): entry
            for entry in exchange.document.get("results", [])
            if isinstance(entry, dict)
        }
        return {
            r.key: self._result(results.get(r.record.id), r, exchange) for r in releases
        }

    def _result(
        self, entry: Mapping[str, Any] | None, release: Release, exchange: Exchange
    ) -> Outcome:
        if entry is None:
            return Unsure("the answer does not tell of this record")
        try:
            if entry.get("code"):
                return self._error(exchange, release, entry)
            return meaning.outcome(entry, release, exchange)
        except ChannelError as error:
            return error

    def _alone(self, release: Release, form: Form) -> Outcome:
        try:
            return self._put(release, form)
        except ChannelError as error:
            return error

    def _put(self, release: Release, form: Form) -> Receipt | Pending:
        path = wire.item_path(release.record.id)
        exchange = self._write("PUT", path, [release], form)
        return meaning.outcome(exchange.document, release, exchange)

    def _write(
        self, method: str, path: str, releases: Sequence[Release], form: Form
    ) -> Exchange:
        headers = {
            "Content-Type": form.media_type,
            "Idempotency-Key": wire.idempotency_key(releases, form),
        }
        alone = releases[0] if len(releases) == 1 else None
        exchange = self._session.call(
            method,
            path,
            content=form.content,
            headers=headers,
            about=alone.record.id if alone else "",
        )
        return self._believed(exchange, alone)

    def _read(self, path: str, release: Release | None = None) -> Exchange:
        return self._believed(self._session.call("GET", path), release)

    def _item(self, record: str, release: Release | None = None) -> Exchange | None:
        exchange = self._session.call("GET", wire.item_path(record), about=record)
        if exchange.code == "P40402" and not exchange.doubt:
            return None
        return self._believed(exchange, release)

    def _believed(self, exchange: Exchange, release: Release | None) -> Exchange:
        if doubt := meaning.doubted(exchange):
            raise doubt
        if 200 <= exchange.status < 300:
            return exchange
        raise self._error(exchange, release, exchange.document)

    def _error(
        self, exchange: Exchange, release: Release | None, document: Mapping[str, Any]
    ) -> ChannelError:
        case = meaning.Case(
            exchange=exchange,
            document=document,
            release=release,
            now=self.context.clock(),
        )
        return meaning.error_of(case)

    def _acknowledge(self, cursor: str) -> None:
        path = f"/api/v1/feedback/{cursor}/ack"
        self._believed(self._session.call("POST", path), None)

    def _ping(self) -> tuple[timedelta, bool]:
        before = self.context.clock()
        exchange = self._session.call("GET", "/api/v1/ping")
        after = self.context.clock()
        try:
            now = datetime.fromisoformat(str(exchange.document["now"]))
        except (KeyError, ValueError) as error:
            step = "compare url with the platform's address"
            raise Stop("what answers is not the platform", step=step) from error
        middle = before + (after - before) / 2
        return now - middle, bool(exchange.document.get("maintenance"))
