"""Somebody deleted, edited, added and restored behind our back, at real receivers."""

from __future__ import annotations

import shutil
import tracemalloc
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, insert, select, update
from support.directory import CITY as TOWN
from support.platform import CITY, KEY_ID, SECRET, RunningPlatform, running_platform
from support.service import Desk, StoppedClock
from support.shelf import holding

from govsync.agent.comparison import compare
from govsync.agent.reconciliation import Reconciliation, look, reconcile
from govsync.channels import Adapter, Context, Unlisted
from govsync.channels.testing import sample
from govsync.ledger.believed import Belief
from govsync.platform.schema import items
from govsync_adapters.city.directory import Directory
from govsync_adapters.city.slugs import memory_of, page_of
from govsync_adapters.province import Province

if TYPE_CHECKING:
    from collections.abc import Iterator

    from govsync.model import Record

ONE, TWO, THREE, FOUR, KEPT = (sample(number) for number in range(1, 6))
UNKNOWN = sample(9)


@dataclass
class Case:
    """A desk whose channel is a real one."""

    desk: Desk
    adapter: Adapter

    def reconcile(self) -> Reconciliation:
        return reconcile(self.desk.ledger, "account", self.adapter)

    def kinds(self) -> dict[str, str]:
        found = look(self.desk.ledger, "account", self.adapter)
        return {one.record: str(one.kind) for one in found.differences}

    def begin(self, meanwhile: object = None) -> None:
        """Publish five, change the second, withdraw the third."""
        self.desk.owe(ONE, TWO, THREE, FOUR, KEPT)
        self.desk.push()
        if callable(meanwhile):
            meanwhile()
        self.desk.owe(TWO.changed(title="更正"))
        self.desk.screen(self.desk.ledger.withdraw(THREE.id, reason="有误"))
        self.desk.push()
        assert set(self.desk.states().values()) == {"live", "withdrawn"}
        assert self.kinds() == {}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.database.dispose()


def case(desk: Desk, make: type[Adapter], settings: dict[str, str]) -> Case:
    context = Context(channel="account", settings=settings, clock=desk.clock, city=TOWN)
    bound: type[Adapter] = type(make.__name__, (make,), {})
    channel = desk.channel()
    channel.make, channel.context = bound, context
    desk.channel = lambda: channel  # type: ignore[method-assign]
    return Case(desk, channel.adapter)


@pytest.fixture
def folder(desk: Desk, tmp_path: Path) -> Case:
    return case(desk, Directory, {"path": str(tmp_path / "public")})


def test_a_folder_that_somebody_changed_is_put_right(
    folder: Case, tmp_path: Path
) -> None:
    root, kept = tmp_path / "public" / "current", tmp_path / "backup"
    folder.begin(lambda: shutil.copytree(root, kept))
    (root / page_of(ONE.id)).unlink()
    for record in (TWO, THREE):
        _put(kept, root, record)
    page = root / page_of(FOUR.id)
    _rewrite(page, page.read_text().replace("停水", "停电"))
    (root / "records" / "stranger.html").write_text("<p>来历不明</p>")

    expected = {
        ONE.id: "missing",
        TWO.id: "stale",
        THREE.id: "resurrected",
        FOUR.id: "altered",
        "records/stranger.html": "extra",
    }
    assert folder.kinds() == expected
    assert folder.reconcile().corrected == 4
    assert folder.reconcile().corrected == 0
    states = folder.desk.states()
    assert [states[one.id] for one in (ONE, TWO, THREE, FOUR, KEPT)] == [
        "owed",
        "owed",
        "owed",
        "held",
        "live",
    ]
    folder.desk.push()

    assert folder.kinds() == {
        FOUR.id: "altered",
        "records/stranger.html": "extra",
    }
    assert "来历不明" in (root / "records" / "stranger.html").read_text()
    assert folder.desk.ledger.retry() == 1
    folder.desk.push()
    assert folder.kinds() == {"records/stranger.html": "extra"}


@pytest.fixture
def platform(tmp_path: Path, desk: Desk) -> Iterator[RunningPlatform]:
    clock: StoppedClock = desk.clock
    with running_platform(tmp_path, clock=clock) as running:
        yield running


def test_a_platform_that_somebody_changed_is_put_right(
    desk: Desk, platform: RunningPlatform
) -> None:
    given = {"url": platform.url, "key_id": KEY_ID, "key": SECRET, "private": "true"}
    province = case(desk, Province, given)
    rows: list[dict[str, object]] = []
    province.begin(lambda: rows.extend(_items(platform)))
    # Stored answers to repeated calls are forgotten by then.
    desk.clock.advance(days=2)
    by_id = {row["id"]: row for row in rows}
    with platform.database.write() as tx:
        tx.execute(delete(items).where(items.c.id.in_([ONE.id, TWO.id, THREE.id])))
        tx.execute(insert(items), [by_id[TWO.id], by_id[THREE.id]])
        altered = update(items).where(items.c.id == FOUR.id)
        tx.execute(altered.values(digest="0" * 64))
        tx.execute(insert(items), [{**by_id[KEPT.id], "id": UNKNOWN.id}])

    assert province.kinds() == {
        ONE.id: "missing",
        TWO.id: "stale",
        THREE.id: "resurrected",
        FOUR.id: "altered",
        UNKNOWN.id: "extra",
    }
    assert province.reconcile().exit_code == 75
    assert province.reconcile().corrected == 0
    desk.push()

    assert province.kinds() == {FOUR.id: "altered", UNKNOWN.id: "extra"}
    assert province.reconcile().exit_code == 1
    province.adapter.close()


def test_a_channel_that_cannot_list_says_so(desk: Desk) -> None:
    with pytest.raises(Unlisted, match="cannot list"):
        reconcile(desk.ledger, "account", desk.channel().adapter)


def test_an_altered_record_can_still_be_taken_down(
    folder: Case, tmp_path: Path
) -> None:
    folder.begin()
    page = tmp_path / "public" / "current" / page_of(FOUR.id)
    _rewrite(page, "<p>改动</p>")
    folder.reconcile()
    folder.desk.screen(folder.desk.ledger.withdraw(FOUR.id, reason="有误"))
    folder.desk.push()

    assert folder.kinds() == {}
    assert "改动" not in page.read_text()


def test_many_are_compared_in_little_memory() -> None:
    number = 20_000
    names = [f"023038201/2026-{n:06d}" for n in range(number)]
    tracemalloc.start()
    held = (holding(name, 1, name) for name in names)
    known = (
        Belief(record=n, op="publish", revision=1, digests=(n, None), settled=True)
        for n in names
    )
    found = sum(1 for _ in compare(held, known))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert found == 0
    assert most < 1_000_000


def _put(backup: Path, root: Path, record: Record) -> None:
    for path in (page_of(record.id), memory_of(record.id)):
        _rewrite(root / path, (backup / path).read_text())


def _rewrite(path: Path, content: str) -> None:
    # Not in place: older versions share the file.
    path.unlink()
    path.write_text(content)


def _items(platform: RunningPlatform) -> list[dict[str, object]]:
    with platform.database.read() as tx:
        found = tx.execute(select(items).where(items.c.city == CITY))
        return [dict(row._mapping) for row in found]
