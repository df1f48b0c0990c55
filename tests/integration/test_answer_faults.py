"""An answer to the province over a line that breaks: there once, and known to be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select
from support.inbox import REVIEWER, WRITER
from support.inbox import database as ledger_at
from support.platform import (
    CITY,
    KEY_ID,
    SECRET,
    RunningPlatform,
    StoppedClock,
    running_platform,
)

from govsync.agent.answering import Place, Postman, inbox_of
from govsync.agent.config import ChannelSettings, City, Config
from govsync.agent.workspace import Workspace
from govsync.channels import Context
from govsync.platform.schema import replies
from govsync.sandbox.faults import Fault, FaultProxy
from govsync_adapters.province import Province

FAULTS = {
    "refuse": "waiting",
    "drop_before": "unsure",
    "drop_after": "unsure",
    "reset_after": "unsure",
    "half_status": "unsure",
    "short_body": "unsure",
    "broken_chunk": "unsure",
    "status_429": "waiting",
    "status_500_done": "unsure",
    "status_500_not_done": "unsure",
    "status_503_done": "unsure",
    "status_503_not_done": "unsure",
}
"""By kind of fault, what the answer is while it lasts."""


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def platform(tmp_path: Path, clock: StoppedClock) -> Iterator[RunningPlatform]:
    with running_platform(tmp_path, clock=clock) as running:
        running.office.give_feedback(CITY, "return", "补充摘要")
        yield running


@pytest.fixture
def proxy(platform: RunningPlatform) -> Iterator[FaultProxy]:
    port = urlsplit(platform.url).port
    assert port is not None
    with FaultProxy("127.0.0.1", port) as proxy:
        yield proxy


@pytest.fixture
def place(proxy: FaultProxy, clock: StoppedClock) -> Iterator[Place]:
    given = {"url": proxy.url, "private": "true", "key_id": KEY_ID, "key": SECRET}
    adapter = Province(Context(channel="province", settings=given, clock=clock))
    yield Place(name="province", origin=adapter)
    adapter.close()


@pytest.fixture
def workspace(tmp_path: Path, place: Place, clock: StoppedClock) -> Iterator[Workspace]:
    """One that has an approved answer to what the province sent."""
    config = Config(
        city=City(name="示例市", code="230382", site="https://www.city.example"),
        channels={"province": ChannelSettings(adapter="province")},
        root=tmp_path,
    )
    held = ledger_at(tmp_path)
    opened = Workspace(config, clock=clock, database=held, actor="tester")
    (returned,) = place.origin.collect("")
    told = returned.model_dump(mode="json")
    opened.ledger.collected("province", [told], returned.cursor)
    inbox = inbox_of(opened)
    inbox.open_new()
    code = inbox.listed()[0].code
    inbox.answer(code, "已补充摘要。", by=WRITER)
    inbox.approve(code, by=REVIEWER)
    yield opened
    held.dispose()


@pytest.mark.parametrize("kind", FAULTS)
def test_an_answer_is_there_once_whatever_the_line_does(
    kind: str,
    workspace: Workspace,
    place: Place,
    proxy: FaultProxy,
    platform: RunningPlatform,
    clock: StoppedClock,
) -> None:
    postman = Postman(workspace=workspace, random=lambda: 0.0)
    path = "" if kind == "refuse" else "/api/v1/feedback"
    method = "*" if kind == "refuse" else "POST"
    proxy.plan(Fault(kind, method=method, path=path))

    during = postman.deliver([place])
    clock.advance(timedelta(hours=1))
    postman.deliver([place])
    proxy.plan()
    for _ in range(2):
        clock.advance(timedelta(hours=1))
        after = postman.deliver([place])

    assert during == {FAULTS[kind]: 1}
    assert after == {}
    (matter,) = inbox_of(workspace).listed()
    assert matter.receipt is not None
    with platform.database.read() as tx:
        assert tx.execute(select(func.count()).select_from(replies)).scalar() == 1
        kept = tx.execute(select(replies.c.digest)).scalar_one()
    assert matter.receipt["digest"] == kept == matter.final.digest
