"""What is linked from what stands live is looked at, politely; what is bad is named."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from support.http_sink import serving
from support.service import Desk

from govsync import audit
from govsync.agent import config as configuration
from govsync.agent import links as looking
from govsync.agent.config import Links
from govsync.agent.link_look import ENOUGH_FAILURES, LARGEST, Looker
from govsync.agent.workspace import Workspace
from govsync.channels.http import HttpClient
from govsync.channels.testing import sample
from govsync.cli import linking
from govsync.ledger.links import LinkState, Seen
from govsync.model import Attachment, Record

CITY = '[city]\nname = "密山市"\ncode = "230382"\nsite = "https://c.example"\n'
CHANNEL = '[channels.city]\nadapter = "city.directory"\n'
SETTINGS = """
[store]
database = "ledger.db"
[links]
private = true
pause_s = 0
"""
PAGE = "<html><head><title>{}</title></head></html>"
HIJACKED = PAGE.format("澳门新葡京官网")


@dataclass
class Site(ThreadingHTTPServer):
    """Answers by path; what it was asked is counted."""

    asked: list[tuple[str, str]] = field(default_factory=list)
    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    no_head: bool = False

    def __post_init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)

    daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://city.example:{self.server_port}"

    def says(
        self, path: str, status: int, body: str | bytes = "", **headers: str
    ) -> str:
        """Let a path answer; return its address."""
        content = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = (status, named, content)
        return self.url + path


class _Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        self.server.asked.append((self.command, self.path))
        if self.command == "HEAD" and self.server.no_head:
            self.close_connection = True
            return
        status, headers, content = self.server.answers.get(self.path, (404, {}, b""))
        self.send_response(status)
        for name, value in {"Content-Type": "text/html", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, *args: object) -> None:
        """Stay silent."""


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as server, serving(server):
        yield server


def resolve(host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
    """Find every host on this machine but those that are gone or cannot be found."""
    if host.startswith("gone."):
        raise socket.gaierror(socket.EAI_NONAME, "no such host")
    if host.startswith("lost."):
        raise socket.gaierror(socket.EAI_AGAIN, "try again")
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]


CLIENT = partial(HttpClient, resolve=resolve, sleep=lambda _: None)


def seen(*addresses: str, private: bool = True, **how: Any) -> list[Seen]:
    settings = Links(private=private, timeout_s=5)
    looker = Looker(settings, sleep=how.pop("sleep", lambda _: None), client=CLIENT)
    with closing(looker):
        return [looker.look(address) for address in addresses]


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (200, LinkState.WORKS),
        (304, LinkState.WORKS),
        (404, LinkState.DEAD),
        (410, LinkState.DEAD),
        (403, LinkState.UNCLEAR),
        (418, LinkState.UNCLEAR),
        (429, LinkState.UNCLEAR),
        (500, LinkState.UNREACHABLE),
        (503, LinkState.UNREACHABLE),
    ],
)
def test_what_a_status_means(site: Site, status: int, state: LinkState) -> None:
    (found,) = seen(site.says("/a", status))

    assert (found.state, found.status) == (state, status)


@pytest.mark.parametrize(
    ("body", "headers", "state"),
    [
        (PAGE.format("密山市人民政府"), {}, LinkState.WORKS),
        (PAGE.format("关于打击网络赌博的通告"), {}, LinkState.WORKS),
        (HIJACKED, {}, LinkState.HIJACKED),
        (PAGE.format("&#28595;门新葡京"), {}, LinkState.HIJACKED),
        (
            HIJACKED.encode("gb18030"),
            {"Content_Type": "text/html; charset=gbk"},
            LinkState.HIJACKED,
        ),
        (
            b'<meta charset="gb2312">' + HIJACKED.encode("gb18030"),
            {},
            LinkState.HIJACKED,
        ),
        (f'<meta charset="no-such">{HIJACKED}', {}, LinkState.HIJACKED),
        (
            '<title>a</title><meta name="keywords" content="澳门威尼斯人">',
            {},
            LinkState.HIJACKED,
        ),
        (HIJACKED, {"Content_Type": "application/pdf"}, LinkState.WORKS),
        (b"x" * (LARGEST + 1), {}, LinkState.WORKS),
    ],
)
def test_a_page_that_advertises_is_hijacked(
    site: Site, body: str | bytes, headers: dict[str, str], state: LinkState
) -> None:
    (found,) = seen(site.says("/a", 200, body, **headers))

    assert found.state is state


def test_a_file_is_asked_for_by_its_head_alone(site: Site) -> None:
    seen(site.says("/a.pdf", 200, b"x" * 1000, Content_Type="application/pdf"))

    assert site.asked == [("HEAD", "/a.pdf")]


def test_a_page_that_is_missing_by_its_head_is_asked_for_whole(site: Site) -> None:
    seen(site.says("/a", 404))

    assert site.asked == [("HEAD", "/a"), ("GET", "/a")]


def test_a_host_that_knows_no_head_is_asked_whole(site: Site) -> None:
    site.no_head = True
    (found,) = seen(site.says("/a", 200, PAGE.format("a")))

    assert found.state is LinkState.WORKS
    assert site.asked[-1] == ("GET", "/a")


@pytest.mark.parametrize(
    ("target", "state"),
    [
        ("/b", LinkState.WORKS),
        ("http://other.example:{port}/b", LinkState.MOVED),
        ("http://other.example:{port}/hijacked", LinkState.HIJACKED),
        ("/nothing", LinkState.DEAD),
        ("/loop", LinkState.DEAD),
        ("/a", LinkState.DEAD),
        ("javascript:alert(1)", LinkState.DEAD),
        ("http://gone.example/", LinkState.DEAD),
    ],
)
def test_redirections_are_followed(site: Site, target: str, state: LinkState) -> None:
    site.says("/b", 200, PAGE.format("b"))
    site.says("/hijacked", 200, HIJACKED)
    site.says("/loop", 302, Location="/loop?")
    site.says("/loop?", 302, Location="/loop")
    at = site.says("/a", 301, Location=target.format(port=site.server_port))

    assert seen(at)[0].state is state


def test_a_host_that_is_gone_is_dead_and_one_that_cannot_be_found_may_come_back() -> (
    None
):
    gone, lost = seen("http://gone.example/a", "http://lost.example/a")

    assert (gone.state, gone.detail) == (LinkState.DEAD, "no such host")
    assert lost.state is LinkState.UNREACHABLE


def test_this_machine_is_not_called_for_what_a_body_says(site: Site) -> None:
    (found,) = seen(site.says("/a", 200), private=False)

    assert found.state is LinkState.REFUSED
    assert not site.asked


def test_an_address_that_cannot_be_called_is_named() -> None:
    (found,) = seen("http://city.example:0/a")

    assert found.state is LinkState.UNREACHABLE


def test_there_is_a_pause_between_two_calls_to_a_host(site: Site) -> None:
    pauses: list[float] = []
    page = PAGE.format("a")
    seen(site.says("/a", 200, page), site.says("/b", 200, page), sleep=pauses.append)

    assert len(site.asked) == 4
    assert pauses == [1.0] * 3


def test_a_host_that_does_not_answer_is_left_alone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    found = seen(*(f"http://city.example:{port}/{n}" for n in range(5)))

    assert {one.state for one in found} == {LinkState.UNREACHABLE}
    left = [f"{ENOUGH_FAILURES} times before" in one.detail for one in found]
    assert left == [False] * ENOUGH_FAILURES + [True] * 2


def test_the_links_of_a_record_are_absolute_and_without_their_place() -> None:
    record = sample(
        link="https://c.example/zwgk/1.html",
        body='<p><a href="../2.html#a">甲</a><img src="/图.png" alt="">'
        '<a href="#b">乙</a><a href="tel:12345">丙</a><a href="http://[x">丁</a></p>',
        attachments=(
            Attachment(name="附件", href="/files/1.pdf"),
            Attachment(name="附件二", href="http://[x"),
        ),
    )

    assert list(looking.links_of(record)) == [
        ("link", "https://c.example/zwgk/1.html"),
        ("body", "https://c.example/2.html"),
        ("body", "https://c.example/%E5%9B%BE.png"),
        ("attachments[0]", "https://c.example/files/1.pdf"),
    ]


def test_the_page_that_a_channel_gave_is_looked_at_too() -> None:
    record = sample(link="", body="", attachments=())
    shown = [(record, "city", "https://c.example/1.html"), (record, "board", "")]

    assert list(looking.standing(shown)) == [
        (record.id, "https://c.example/1.html", "channel city")
    ]


@dataclass
class Office:
    """A ledger with records that stand live, and a workspace over it."""

    desk: Desk
    workspace: Workspace

    def shows(self, name: int, *links: str) -> Record:
        body = "".join(f'<a href="{link}">文</a>' for link in links)
        record = sample(name, item=None, body=body, attachments=(), link="")
        self.desk.owe(record)
        self.desk.push()
        return record

    def look(self, **how: Any) -> dict[str, str]:
        found = looking.look(self.workspace, sleep=lambda _: None, client=CLIENT, **how)
        return {one.address.rpartition("/")[2]: str(one.state) for one in found}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    file = tmp_path / "govsync.toml"
    file.write_text(CITY + CHANNEL + SETTINGS, encoding="utf-8")
    desk = Desk(tmp_path)
    config = configuration.read(file)
    with Workspace(config, clock=desk.clock, database=desk.database) as workspace:
        yield Office(desk, workspace)
    desk.database.dispose()


def test_what_stands_live_is_looked_at_and_kept(office: Office, site: Site) -> None:
    bad, good = site.says("/bad", 404), site.says("/good", 200)
    record = office.shows(1, bad, good)
    office.shows(2, good)
    office.desk.ledger.accept([sample(3, body=f'<a href="{bad}3">x</a>')], source="t")

    assert office.look() == {"bad": "dead", "good": "works"}
    office.desk.clock.advance(days=1)
    kept = looking.look(office.workspace, sleep=lambda _: None, client=CLIENT)

    (dead,) = [one for one in kept if one.state is LinkState.DEAD]
    assert (dead.record, dead.field, dead.status) == (record.id, "body", 404)
    assert dead.looked_at == dead.since + timedelta(days=1)
    with office.desk.database.read() as connection:
        told = [e for _, e in audit.entries(connection) if e.action == "links.looked"]
    assert told[0].detail == {"addresses": "2", "bad": "1"}


def test_what_was_mended_is_well_and_what_is_gone_is_forgotten(
    office: Office, site: Site
) -> None:
    bad = site.says("/bad", 404)
    office.shows(1, bad)
    other = office.shows(2, site.says("/other", 404))
    office.look()
    site.says("/bad", 200)
    office.desk.screen(office.desk.ledger.withdraw(other.id, reason="有误"))
    office.desk.push()

    assert office.look() == {"bad": "works"}


def test_those_longest_without_a_look_come_first(office: Office, site: Site) -> None:
    office.shows(1, *(site.says(f"/{n}", 200) for n in range(3)))

    assert set(office.look(limit=2)) == {"0", "1"}
    office.desk.clock.advance(hours=1)
    site.asked.clear()
    office.look(limit=2)
    assert {path for _, path in site.asked} == {"/2", "/0"}


def test_the_command_says_what_a_person_has_to_do(
    office: Office, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    here = f"http://127.0.0.1:{site.server_port}"
    config = office.workspace.config.root / "govsync.toml"
    site.says("/a", 200)
    office.shows(1, f"{here}/a")
    assert linking.links(config, limit=None, json=False) == 0
    assert capsys.readouterr().out == "1 addresses: 1 works\n"

    site.says("/b", 503)
    office.shows(2, f"{here}/b")
    assert linking.links(config, limit=None, json=False) == 75
    assert f"unreachable {here}/b: {sample(2).id}, body: 503" in capsys.readouterr().out

    record = office.shows(3, f"{here}/c")
    assert linking.links(config, limit=None, json=True) == 1
    told = json.loads(capsys.readouterr().out)
    assert [one["state"] for one in told if one["record"] == record.id] == ["dead"]


def test_where_nothing_stands_there_is_nothing_to_look_at(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    config = office.workspace.config.root / "govsync.toml"

    assert linking.links(config, limit=None, json=False) == 0
    assert "none was looked at" in capsys.readouterr().out
