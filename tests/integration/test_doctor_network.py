"""What doctor learns from others: certificates over real TLS, channels and quotas."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.authorities import certificate
from support.county import workspace
from support.directory import numbered
from support.http_sink import tunnel
from support.service import Desk

from govsync.agent import config as configuration
from govsync.agent.observed import Observed
from govsync.channels import Limit, Pending, Release, Retry, Unsure
from govsync.channels.contract import Op
from govsync.doctor import network, state
from govsync.doctor.case import Case
from govsync.doctor.examination import abroad, examine
from govsync.doctor.network import Site
from govsync.ledger import ObligationState
from govsync.spans import tracing

NAME = "province.example"
MORE = """
[channels.province]
adapter = "province"
url = "https://province.example:8443"
key_id = "k"
ca_file = "ca.pem"

[channels.later]
adapter = "province"
paused = true
url = "https://later.example"
"""


def loopback(host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]


@contextmanager
def shown(pem: Path) -> Generator[int]:
    """Show a certificate to who connects; the port."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_show, args=(listener, context))
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def _show(listener: socket.socket, context: ssl.SSLContext) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        try:
            with client, context.wrap_socket(client, server_side=True) as line:
                line.recv(1)
        except OSError:
            continue


def case(folder: Path, more: str = "") -> Case:
    made = workspace(folder / "city", more=more)
    return Case(
        config=configuration.read(made.config),
        file=made.config,
        clock=lambda: datetime.now(UTC),
        environ={"GOVSYNC_HEARTBEAT_URL": "https://watch.example/token"},
        resolve=loopback,
    )


def test_a_certificate_that_ends_tomorrow_fails(tmp_path: Path) -> None:
    pem = certificate(tmp_path / "ca.pem", NAME)
    with shown(pem) as port:
        site = Site(name="channel", host=NAME, port=port, ca_file=str(pem))
        (found,) = network.certificate(case(tmp_path), site)

    assert str(found.status) == "fail"
    assert found.detail.startswith("0 days left")


def test_a_certificate_is_seen_through_a_proxy(tmp_path: Path) -> None:
    pem = certificate(tmp_path / "ca.pem", NAME)
    with shown(pem) as port, tunnel(port) as proxy:
        through = f"http://127.0.0.1:{proxy}"
        site = Site(name="c", host=NAME, port=443, ca_file=str(pem), proxy=through)
        ends = network.shown_until(site)

    assert ends - datetime.now(UTC) < timedelta(days=1)


def test_a_certificate_that_nobody_vouches_for_fails(tmp_path: Path) -> None:
    with shown(certificate(tmp_path / "ca.pem", NAME)) as port:
        (found,) = network.certificate(
            case(tmp_path), Site(name="c", host=NAME, port=port)
        )

    assert (str(found.status), found.code) == ("fail", 75)


def test_a_site_that_is_away_or_not_to_be_called_warns(tmp_path: Path) -> None:
    given = case(tmp_path)
    for site in (
        Site(name="c", host=NAME, port=9),
        Site(name="c", host=NAME, port=9, private=False),
    ):
        (found,) = network.certificate(given, site)
        assert str(found.status) == "warn"


def test_time_for_a_certificate_is_limited_in_all(tmp_path: Path) -> None:
    times = iter([0.0, 11.0])
    with pytest.raises(TimeoutError):
        network.shown_until(
            Site(name="c", host=NAME, port=9), loopback, lambda: next(times)
        )


def test_every_https_address_is_looked_at_once(tmp_path: Path) -> None:
    more = MORE + "[heartbeat]\n"
    found = {site.host: site for site in network.sites(case(tmp_path, more))}

    assert set(found) == {NAME, "www.city.example.gov.cn", "watch.example"}
    assert found[NAME].port == 8443
    assert found[NAME].ca_file.endswith("ca.pem")
    assert not found[NAME].private


def test_a_channel_whose_settings_do_not_hold_stops_no_other(tmp_path: Path) -> None:
    given = case(tmp_path, MORE)
    found = {one.check: one for one in examine(given, offline=False)}

    assert found["channel province"].code == 78
    assert str(found["channel city"].status) == "ok"
    assert "paused" in found["channel later"].detail
    assert len(abroad(given)) == 5


def test_what_is_unsure_for_long_is_told_since_it_was_sent(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    (record,) = numbered(1)
    desk.owe(record)
    desk.service.answers.append(Unsure("no answer"))
    desk.push()
    desk.service.finds.extend([Retry("down")] * 4)
    began = desk.clock()
    desk.clock.advance(days=2)
    desk.push()
    desk.clock.advance(days=2)

    with desk.database.read() as connection:
        assert state._since(connection, desk.one(record.id)) == began
    one = desk.one(record.id)
    (found,) = state._judged(
        ObligationState.UNSURE, [(began, one)], desk.clock(), timedelta(days=3)
    )
    assert "for 4 d" in found.detail


def test_a_quota_that_is_nearly_used_up_warns(tmp_path: Path) -> None:
    limit = Limit(name="publish", count=2, per=timedelta(days=1), source="test")
    desk = Desk(tmp_path, limits=(limit,))
    desk.owe(*numbered(2))
    with desk.database.read() as connection:
        (found,) = state._left(connection, "account", limit, desk.clock())
    assert "2 of 2" in found.detail
    desk.push()
    with desk.database.read() as connection:
        (found,) = state._left(connection, "account", limit, desk.clock())
    assert str(found.status) == "warn"


def test_the_witness_hands_every_call_on(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    (record,) = numbered(1)
    seen = Observed(desk.channel().adapter)
    release = Release(channel="account", op=Op.PUBLISH, record=record)
    trail: Any = type("T", (), {"held": None, "note": lambda *_: None})()

    with tracing(None):
        assert seen.check().ok
        assert seen.fit(release) == seen.preview([release])
        receipt = seen.publish(release, trail)
        assert seen.withdraw(release.changed(op=Op.WITHDRAW), trail)
        assert seen.find(release, trail) == receipt
        assert seen.verify(receipt).same  # type: ignore[arg-type]
        pending = Pending(at=desk.clock())
        assert seen.settle(release, pending, trail) is pending
        assert seen.collect("") == []
    desk.service.answers.append(Retry("down"))
    with pytest.raises(Retry):
        seen.publish(release, trail)
    seen.close()
