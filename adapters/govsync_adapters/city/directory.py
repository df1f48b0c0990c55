"""city.directory: the pilot topic as plain files, ready for any web server.

The web server's root is ``path/current``. A batch becomes visible in one atomic switch
(:mod:`govsync_adapters.city.tree`); the records' JSON files are both a static interface
and the adapter's memory. Only the public view of a record is ever written.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from govsync.channels import (
    Adapter,
    ChannelError,
    Context,
    Editor,
    Facts,
    Form,
    Health,
    Op,
    Receipt,
    Reject,
    Verification,
    exchanges,
)
from govsync.errors import FormatError
from govsync.model import Finding, Record, Severity, State, digest_of
from govsync_adapters.city import documents, edition, health, inventory
from govsync_adapters.city.facts import FACTS, about_of
from govsync_adapters.city.pages import Pages
from govsync_adapters.city.slugs import memory_of, page_of, slug
from govsync_adapters.city.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from govsync.channels import Holding, Outcome, Pending, Release, Trail
    from govsync_adapters.city.edition import Edition
    from govsync_adapters.city.topic import Entry

_STATES = {Op.PUBLISH: State.ACTIVE, Op.WITHDRAW: State.WITHDRAWN}
_MEDIA_TYPES = {
    ".atom": "application/atom+xml",
    ".css": "text/css",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".rss": "application/rss+xml",
    ".xml": "application/xml",
}


class Directory(Adapter):
    """Publishes into a folder."""

    facts: ClassVar[Facts] = FACTS

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._path = Path(context.settings["path"])
        self._tree = Tree(self._path)
        self._pages = Pages(about_of(context))
        self._known = edition.Edition()

    def check(self) -> Health:
        """Look whether the folder can be written to; leaves nothing behind."""
        return health.look(self._path)

    def fit(self, release: Release) -> tuple[Form, ...]:
        """Return the page, without links to other records, and the JSON."""
        entry, content = self._entry(release)
        return (
            _form(page_of(entry.id), self._pages.of(entry)),
            _form(memory_of(entry.id), content),
        )

    def preview(self, releases: Sequence[Release]) -> tuple[Form, ...]:
        """Return every file that would be another, as it would be."""
        with self._tree.reading() as version:
            now = self._edition(version)
            entries: dict[str, Entry] = {}
            for release in releases:
                self._take(release, now, entries)
            _, files = edition.changed(now, entries, self._pages)
            return tuple(
                _form(path, content)
                for path, content in files.items()
                if content is not None and content != edition.content(version, path)
            )

    def publish(self, release: Release, trail: Trail) -> Receipt | Pending:
        """Put the record's page, in place of any older one."""
        return self._alone(release, trail)

    def withdraw(self, release: Release, trail: Trail) -> Receipt | Pending:
        """Put a notice in the record's place; where nothing is, nothing comes."""
        return self._alone(release, trail)

    def publish_many(self, work: Sequence[tuple[Release, Trail]]) -> Sequence[Outcome]:
        """Write a whole batch, visible at one moment; the receipts come after it."""
        with self._tree.writing():
            now = self._edition(self._tree.current)
            entries: dict[str, Entry] = {}
            failed = [self._attempt(release, now, entries) for release, _ in work]
            after, files = edition.changed(now, entries, self._pages)
            self._tree.replace(files, at=self.context.clock())
            self._tell(entries, files)
            version = self._tree.current
            self._known = replace(after, version=version)
            return [
                error or self._receipt(release, version)
                for (release, _), error in zip(work, failed, strict=True)
            ]

    def _tell(
        self, entries: Mapping[str, Entry], files: Mapping[str, bytes | None]
    ) -> None:
        """Say what was written of each record."""
        for record in entries:
            for path in (page_of(record), memory_of(record)):
                exchanges.tell(
                    f"write {self._path / path}",
                    came="written",
                    sent=files[path] or b"",
                    record=record,
                )

    def find(self, release: Release, trail: Trail) -> Receipt | Pending | None:
        """Return the receipt where the topic holds exactly this release."""
        del trail
        entry, _ = self._entry(release)
        with self._tree.reading() as version:
            held = edition.entry_in(version, entry.id)
            same = held is not None and _marks(held) == _marks(entry)
            return self._receipt(release, version) if same else None

    def verify(self, receipt: Receipt) -> Verification:
        """Read the JSON and the page again, and compare both byte by byte."""
        with self._tree.reading() as version:
            entry = edition.entry_in(version, receipt.record)
            if entry is None:
                return self._verified_absent(receipt, version)
            detail = _difference(entry, receipt) or self._altered(entry, version)
        found = entry.digest if detail else receipt.digest
        return Verification(same=not detail, found=found, detail=detail)

    def inventory(self, since: str = "") -> Iterator[Holding]:
        """List every page that stands, whoever put it there."""
        del since
        with self._tree.reading() as version:
            yield from inventory.holdings(version, self._pages.about)

    def _alone(self, release: Release, trail: Trail) -> Receipt | Pending:
        (outcome,) = self.publish_many([(release, trail)])
        if isinstance(outcome, ChannelError):
            raise outcome
        return outcome

    def _attempt(
        self, release: Release, now: Edition, entries: dict[str, Entry]
    ) -> ChannelError | None:
        try:
            self._take(release, now, entries)
        except ChannelError as error:
            return error
        return None

    def _take(self, release: Release, now: Edition, entries: dict[str, Entry]) -> None:
        """Add what a release makes of its record to the entries that change."""
        entry, _ = self._entry(release)
        known = entries.get(entry.id) or now.topic.entries.get(entry.id)
        if known and known.revision > entry.revision:
            raise Editor(
                f"the topic holds revision {known.revision} of {entry.id},"
                f" newer than {entry.revision}",
                step=f"find out who else publishes into {self._path}",
            )
        # Of what was never published no notice tells.
        if known or isinstance(entry, Record):
            entries[entry.id] = entry

    def _entry(self, release: Release) -> tuple[Entry, bytes]:
        record = release.record
        if record.withdrawn != (release.op is Op.WITHDRAW):
            said = "is withdrawn" if record.withdrawn else "stands"
            message = f"the record {said}, and the release is to {release.op}"
            raise _rejected(record, "state", message, "status.state")
        try:
            return documents.entry_of(record.public(), self._pages.about)
        except FormatError as error:
            raise _rejected(
                record, "format", error.message, error.field, error.mend
            ) from error

    def _edition(self, version: Path | None) -> Edition:
        """Return what a version holds; read once, because versions never change."""
        if self._known.key != edition.key_of(version):
            self._known = edition.read(version)
        return self._known

    def _verified_absent(self, receipt: Receipt, version: Path | None) -> Verification:
        paths = (page_of(receipt.record), memory_of(receipt.record))
        left = [p for p in paths if edition.content(version, p) is not None]
        if not left:
            gone = receipt.op is Op.WITHDRAW
            return Verification(same=gone, detail="nothing is held of this record")
        return Verification(same=False, detail=f"{left[-1]} was altered")

    def _altered(self, entry: Entry, version: Path | None) -> str:
        """Say which file is not as it was written; empty where both are."""
        path = memory_of(entry.id)
        if edition.content(version, path) != documents.memory(entry):
            return f"{path} was altered"
        path = page_of(entry.id)
        page = edition.content(version, path)
        if page is None:
            return f"{path} is missing"
        now = self._edition(version)
        if now.layout == self._pages.layout:
            same = page == now.page(entry.id, self._pages)
        else:  # written with other templates, of which only the sum is left
            same = digest_of(page) == now.sums.get(entry.id)
        return "" if same else f"{path} was altered"

    def _receipt(self, release: Release, version: Path | None) -> Receipt:
        """Return the proof of what a version holds.

        The record's digest covers what the topic never sees (reviewers, columns that
        we do not know), and is not published; the proof has that of the public view.
        """
        record = release.record
        path = page_of(record.id)
        written = edition.written_at(version, memory_of(record.id))
        return Receipt(
            op=release.op,
            record=record.id,
            revision=record.revision,
            digest=record.digest,
            remote_id=slug(record.id),
            address=self._pages.about.url(path) if written else "",
            at=written or self.context.clock(),
            proof={"public_digest": record.public().digest},
        )


def _form(path: str, content: bytes) -> Form:
    return Form(name=path, media_type=_MEDIA_TYPES[Path(path).suffix], content=content)


def _rejected(
    record: Record, rule: str, message: str, field: str, mend: str = ""
) -> Reject:
    finding = Finding(
        rule=f"directory.{rule}",
        severity=Severity.BLOCK,
        message=message,
        record=record.id,
        field=field,
        mend=mend,
    )
    return Reject(message, findings=[finding])


def _marks(entry: Entry) -> tuple[State, int, str]:
    return documents.state_of(entry), entry.revision, entry.digest


def _difference(entry: Entry, receipt: Receipt) -> str:
    """Say how what is held differs from a receipt; empty where it does not."""
    digest = receipt.proof.get("public_digest", receipt.digest)
    if _marks(entry) == (_STATES[receipt.op], receipt.revision, digest):
        return ""
    state, revision, _ = _marks(entry)
    return f"revision {revision} is held, {state}"
