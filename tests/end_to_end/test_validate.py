"""``govsync validate`` as an operator uses it: files, addresses, the input."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from support.county import govsync
from support.faults import FAULTS, planted
from support.formats import FEED, full, plain, written

SOUND = [full(), plain()]


class _Quiet(SimpleHTTPRequestHandler):
    extensions_map = {  # noqa: RUF012 - the base class has it so
        ".rss": "application/rss+xml",
        ".html": "text/html",
    }

    def do_GET(self) -> None:
        if self.path == "/moved":
            self.send_response(301)
            self.send_header("Location", "/feed.rss")
            self.end_headers()
        else:
            super().do_GET()

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """A web server of the test's folder."""
    handler = partial(_Quiet, directory=str(tmp_path))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_document_that_holds_says_so(tmp_path: Path) -> None:
    path = tmp_path / "feed.atom"
    path.write_bytes(written("atom", SOUND))

    done = govsync("validate", str(path))

    assert done.returncode == 0
    assert done.stdout == f"{path}: atom, 2 records, 0 errors, 0 warnings: holds\n"


def test_each_fault_is_a_line_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "feed.rss"
    fault = next(each for each in FAULTS if each.name == "a wrong weekday")
    path.write_bytes(planted(fault))

    done = govsync("validate", str(path))

    assert done.returncode == 65
    first, last = done.stdout.splitlines()
    assert first.startswith(f"{path}: line 10, record {full().id}, item/pubDate: error")
    assert "03 Mar 2026 was a Tue" in first
    assert last.endswith("1 errors, 0 warnings: does not hold")


def test_warnings_count_where_it_is_strict(tmp_path: Path) -> None:
    path = tmp_path / "feed.atom"
    path.write_bytes(written("atom", SOUND, feed=FEED.changed(self_url="")))

    assert govsync("validate", str(path)).returncode == 0
    assert govsync("validate", "--strict", str(path)).returncode == 65


def test_the_input_is_read_too() -> None:
    content = written("json", SOUND).decode()

    done = govsync("validate", "-", input=content)

    assert done.returncode == 0
    assert done.stdout.startswith("-: json, 2 records")


def test_programs_get_json(tmp_path: Path) -> None:
    path = tmp_path / "feed.rss"
    path.write_bytes(written("rss", SOUND).replace(b'isPermaLink="false"', b"", 1))

    done = govsync("validate", "--json", str(path), str(tmp_path / "none"))

    assert done.returncode == 65
    judged, unread = json.loads(done.stdout)
    assert (judged["format"], judged["records"], judged["holds"]) == ("rss", 2, False)
    (fault,) = judged["faults"]
    assert (fault["rule"], fault["record"], fault["line"]) == ("schema", full().id, 10)
    assert not unread["holds"]
    assert "no such file" in unread["error"]


def test_a_feed_on_the_web_is_held_against_its_address(
    tmp_path: Path, site: str
) -> None:
    feed = FEED.changed(self_url=f"{site}/feed.rss")
    (tmp_path / "feed.rss").write_bytes(written("rss", SOUND, feed=feed))
    (tmp_path / "copy.html").write_bytes(written("rss", SOUND, feed=feed))

    assert govsync("validate", f"{site}/feed.rss").returncode == 0
    copied = govsync("validate", f"{site}/copy.html")

    assert copied.returncode == 65
    assert "warning media-type: the server calls it text/html" in copied.stdout
    assert f"error self-address: it names '{site}/feed.rss'" in copied.stdout


@pytest.mark.parametrize(
    ("path", "code", "says"),
    [
        ("/none.rss", 65, "the server answers 404"),
        ("/moved", 1, "moved to"),
        ("/[", 65, "404"),
    ],
)
def test_what_the_web_does_not_give_is_said(
    tmp_path: Path, site: str, path: str, code: int, says: str
) -> None:
    sound = tmp_path / "feed.atom"
    sound.write_bytes(written("atom", SOUND))

    done = govsync("validate", f"{site}{path}", str(sound))

    assert done.returncode == code
    assert says in done.stderr
    assert done.stdout.endswith("holds\n")


def test_what_cannot_be_reached_is_to_be_tried_again() -> None:
    done = govsync("validate", "http://127.0.0.1:9/feed")

    assert done.returncode == 75
    assert "Connection refused" in done.stderr
    assert govsync("validate", "http://[/").returncode == 65


def test_a_format_can_be_said(tmp_path: Path) -> None:
    path = tmp_path / "records"
    path.write_bytes(b"{")

    assert govsync("validate", "--format", "jsonl", str(path)).returncode == 65
    wrong = govsync("validate", "--format", "word", str(path))
    assert wrong.returncode == 64
    assert "there are: atom, rss" in wrong.stderr


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("to", ["rss", "atom", "xml", "json_feed"])
def test_what_is_refused_leaves_the_rest_of_a_file_as_it_was(
    tmp_path: Path, to: str, workers: str
) -> None:
    """Bad lines among good ones: each is named, the others are byte for byte alone."""
    good = [plain(id=f"r{n}", link=f"{FEED.site}{n}.html") for n in range(40)]
    lines = written("jsonl", good).splitlines(keepends=True)
    bad = [
        b'{"id":"control","title":"\\u4e00\\u0008","published":"2026-03-03T00:00:00Z"}\n',
        b'{"id":"r3","title":"\\u518d","published":"2026-03-03T00:00:00Z"}\n',
        b'{"id":"half","title":\n',
    ]
    mixed = [*lines[:10], bad[0], *lines[10:20], bad[1], *lines[20:], bad[2]]
    (tmp_path / "good.jsonl").write_bytes(b"".join(lines))
    (tmp_path / "mixed.jsonl").write_bytes(b"".join(mixed))
    asked = ["--to", to, "--all", "--workers", workers, "--site", FEED.site]

    def converted(name: str) -> tuple[bytes, str]:
        out = tmp_path / f"{name}.{to}"
        again = out.with_name("feed")  # so that both say the same address of their own
        source = str(tmp_path / f"{name}.jsonl")
        done = govsync("convert", source, *asked, "-o", str(again))
        assert done.returncode == (65 if name == "mixed" else 0), done.stderr
        return again.read_bytes(), done.stderr

    alone, _ = converted("good")
    content, said = converted("mixed")

    assert content == alone
    assert "record control, title, offset 1: U+0008" in said
    assert "mixed.jsonl, row 22: row 4 has the same id: 'r3'" in said
    assert "mixed.jsonl, row 43" in said
