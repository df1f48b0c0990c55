"""``govsync demo``: the main job on the sample county, on this machine alone."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen

from govsync.agent import config as configuration
from govsync.cli import auditing, running, setup, showing
from govsync.cli.output import say
from govsync.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

CITY = "230382"
MARK = ".govsync-demo"
PATIENCE_S = 15


def demo(folder: Path) -> int:
    """Make a workspace, run twice against a platform, verify the log.

    Raises:
        UsageError: The folder holds something that no demo made.
    """
    _fresh(folder)
    port = _free_port()
    with _platform(folder / "platform", port):
        config = _workspace(folder / "city", port, folder / "platform")
        _step("1. What may go, and what waits for a person")
        running.run(config, json=False)
        showing.status(config, json=False)
        _step("2. Again: nothing to do, for the channels hold what they should")
        running.run(config, json=False)
        _step("3. The audit log, verified without a network")
        auditing.verify(config, checkpoints=None, keys=[], exported=None)
    _step("Look around")
    say(f"pages and feeds of the city:  {folder / 'city' / 'public' / 'current'}")
    say(f"the agent's configuration:    {config}")
    say(f"what happened to one record:  govsync show 023038202/2019-00002 -c {config}")
    return 0


def _step(title: str) -> None:
    say()
    say(f"== {title}")


def _fresh(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).exists():
            raise UsageError(
                f"{folder} holds something else", mend="choose another with --dir"
            )
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()


def _workspace(folder: Path, port: int, platform: Path) -> Path:
    text = setup.fill(
        "govsync.toml",
        city="密山市",
        code=CITY,
        site="https://www.city.example.gov.cn",
        paused="false",
        province=f"http://127.0.0.1:{port}",
        private="true",
        key_id=f"{CITY}-1",
    )
    path = folder / configuration.FILE_NAME
    setup.write_new(path, text)
    key = (platform / "keys" / f"{CITY}.key").read_text()
    setup.write_new(folder / "keys" / "province.key", key, mode=0o600)
    setup.new_audit_key(configuration.read(path))
    for name in ("catalog.xlsx", "records.csv"):
        (folder / name).write_bytes(_sample(name))
    return path


def _sample(name: str) -> bytes:
    """Return a file of the sample county, from the package or the checkout."""
    shipped = files("govsync").joinpath("samples", "county", name)
    if shipped.is_file():
        return shipped.read_bytes()
    return (Path(__file__).parents[2] / "examples" / "county" / name).read_bytes()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _platform(folder: Path, port: int) -> Iterator[None]:
    """Run a platform as a process of its own, as a province would."""
    setup.platform_init(folder, city=CITY, base_url=f"http://127.0.0.1:{port}")
    log = folder / "platform.log"
    command = [sys.executable, "-m", "govsync.cli", "platform", "serve"]
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603  # our own command, no shell
            [*command, "-c", str(folder / "platform.toml"), "--port", str(port)],
            stdout=output,
            stderr=output,
        )
    try:
        _wait_for(port, process, log)
        yield
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_S)


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    give_up = time.monotonic() + PATIENCE_S
    while time.monotonic() < give_up and process.poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{port}/api/v1/ping", timeout=1):
                return
        except (URLError, OSError):
            time.sleep(0.05)
    raise UsageError("the platform did not start", where=str(log), mend="read its log")
