"""Bad input: one clear message with the place, the right code, nothing half-written."""

from __future__ import annotations

import os
import resource
import socket
import subprocess
from pathlib import Path

import pytest
from support.county import Workspace, command, govsync, workspace
from support.platform import running_platform

WRONG_KEY = "another secret of forty printable characters"


@pytest.fixture
def city(tmp_path: Path) -> Workspace:
    return workspace(tmp_path / "city")


def one_line(done: subprocess.CompletedProcess[str], code: int, *says: str) -> None:
    """The last line of the answer is the message, and there is no traceback."""
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    message = done.stderr.strip().splitlines()[-1]
    for part in says:
        assert part in message


def test_not_a_workbook(city: Workspace) -> None:
    (city.folder / "catalog.xlsx").write_text("序号,公开事项")

    one_line(
        city.govsync("run"), 65, "catalog.xlsx", "not a workbook", "save it as .xlsx"
    )


def test_no_workbook(city: Workspace) -> None:
    (city.folder / "catalog.xlsx").unlink()

    one_line(city.govsync("run"), 65, "catalog.xlsx", "check the path")


def test_wrong_encoding(city: Workspace, tmp_path: Path) -> None:
    source = city.folder / "records.csv"
    out = tmp_path / "out.xml"
    done = govsync(
        "convert", str(source), "--to", "xml", "--encoding", "utf-8", "-o", str(out)
    )

    one_line(done, 65, "records.csv", "not utf-8 at byte 0", "UTF-8")
    assert not out.exists()


def test_a_missing_column(city: Workspace) -> None:
    rows = [{"索引号": "a", "名字": "b"}]
    city.write_rows(rows)
    done = city.govsync("run")

    assert done.returncode == 65
    assert "no column for title (标题)" in done.stderr


def test_broken_toml(city: Workspace) -> None:
    city.config.write_text("[city\nname = 1")

    one_line(city.govsync("run"), 78, "govsync.toml", "line 1")


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('name = "密山市"', 'nam = "密山市"', "city.nam"),
        ('code = "230382"', 'code = "23038"', "city.code"),
        ("without_item = true", "without_item = 7", "channels.city.without_item"),
        ('adapter = "city.directory"', 'adapter = "city.fax"', "city.fax"),
        ('path = "public"', 'folder = "public"', "channels.city"),
    ],
)
def test_a_wrong_key_of_the_configuration(
    city: Workspace, old: str, new: str, place: str
) -> None:
    city.config.write_text(city.config.read_text().replace(old, new))

    one_line(city.govsync("run"), 78, place)


def test_no_configuration(tmp_path: Path) -> None:
    one_line(govsync("run", cwd=tmp_path), 78, "govsync.toml", "govsync init")


def test_a_wrong_key_of_the_province_stops_the_channel_only(tmp_path: Path) -> None:
    with running_platform(tmp_path) as platform:
        city = workspace(
            tmp_path / "city", url=platform.url, key=(platform.key[0], WRONG_KEY)
        )
        checked = city.govsync("check")
        done = city.govsync("run")
        status = city.json("status")

    assert checked.returncode != 0
    assert done.returncode == 1
    assert "province: rests: compare key_id, algorithm and key" in done.stdout
    assert status["channels"]["province"]["breaker"] == "stopped"
    assert status["channels"]["city"]["obligations"]["live"] == 32
    assert WRONG_KEY not in checked.stdout + checked.stderr + done.stdout + done.stderr


def test_a_secret_in_the_configuration_is_refused(tmp_path: Path) -> None:
    city = workspace(tmp_path, url="http://127.0.0.1:9", key=("k", "x" * 40))
    text = city.config.read_text()
    city.config.write_text(text.replace("key_file =", "key ="))

    one_line(city.govsync("run"), 78, "channels.province")


def test_an_unreachable_province_is_75_and_the_city_gets_its_pages(
    tmp_path: Path,
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        city = workspace(tmp_path, url=url, key=("k", "x" * 40))
        done = city.govsync("run")

    assert done.returncode == 75
    assert (tmp_path / "public" / "current" / "index.html").exists()


def test_a_port_in_use(tmp_path: Path) -> None:
    govsync("platform", "init", str(tmp_path / "p"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = govsync(
            "platform", "serve", "-c", "p/platform.toml", "--port", port, cwd=tmp_path
        )

    assert done.returncode in {64, 75, 78}
    assert f"127.0.0.1:{port}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_full_disk_under_a_conversion(city: Workspace) -> None:
    done = govsync(
        "convert", str(city.folder / "records.csv"), "--to", "xml", "-o", "/dev/full"
    )

    one_line(done, 75, "No space left", "make room")


@pytest.mark.parametrize("size", [4_000, 20_000])
def test_a_file_that_may_not_grow_leaves_what_was_there(
    city: Workspace, tmp_path: Path, size: int
) -> None:
    out = tmp_path / "out.xml"
    out.write_text("what was there")
    source = str(city.folder / "records.csv")
    done = limited(size, "convert", source, "--to", "xml", "-o", str(out))

    one_line(done, 75, "File too large")
    assert out.read_text() == "what was there"
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["out.xml"]


def test_a_full_disk_under_a_run_loses_nothing(city: Workspace) -> None:
    for size in (20_000, 60_000, 150_000, 400_000):
        done = limited(size, "run", "-c", str(city.config))
        assert done.returncode in {0, 1, 75}, done.stderr
        assert "Traceback" not in done.stderr
    done = city.govsync("run")
    if done.returncode == 75:
        city.govsync("retry")
        done = city.govsync("run")

    assert done.returncode == 1, done.stderr
    assert city.json("status")["channels"]["city"]["obligations"]["live"] == 32
    assert city.govsync("audit", "verify").returncode == 0


def limited(size: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command whose files may not pass a size, as on a disk that is full."""

    def limit() -> None:
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    # The measuring of coverage would fail on its own files under such a limit.
    environ = {k: v for k, v in os.environ.items() if not k.startswith("COV")}
    return subprocess.run(
        command(*arguments),
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=limit,
        env=environ,
        check=False,
    )
