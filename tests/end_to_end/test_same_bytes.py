"""The same bytes on any machine: time zone, locale, hash seed, number of workers."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest
from support.county import govsync
from support.tools import needs

ZONES = (
    "Asia/Shanghai",
    "America/New_York",
    "UTC",
    "Pacific/Kiritimati",
    "Asia/Kolkata",
)
LOCALES = {"C": "", "zh_CN.GB18030": "GB18030", "tr_TR.UTF-8": "UTF-8"}
"""Each with the charset that it is made of; the C locale is there always."""


@pytest.fixture(scope="module")
def locales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the locales, made from the sources that the system has."""
    needs("localedef", "/usr/share/i18n/locales/zh_CN", package="locales")
    folder = tmp_path_factory.mktemp("locales")
    for name, charset in LOCALES.items():
        if charset:
            source = name.partition(".")[0]
            command = ["localedef", "-i", source, "-f", charset, str(folder / name)]
            subprocess.run(command, check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("to", ["rss", "atom", "xml", "json_feed"])
def test_the_bytes_depend_on_the_data_alone(
    to: str, county: Path, tmp_path: Path, locales: Path
) -> None:
    chance = random.Random(to)
    seen = set()
    for number, zone in enumerate(ZONES):
        environ = {
            "TZ": zone,
            "LC_ALL": [*LOCALES][number % len(LOCALES)],
            "LOCPATH": str(locales),
            "PYTHONHASHSEED": str(chance.randrange(2**32)),
        }
        out = tmp_path / str(number) / "feed"  # a feed says its own file's name
        out.parent.mkdir()
        source, workers = str(county / "records.csv"), str(1 + number % 2)
        arguments = ["--to", to, "-o", str(out), "--workers", workers]
        done = govsync("convert", source, *arguments, env=environ, errors="replace")
        assert done.returncode == 1, done.stderr
        seen.add(out.read_bytes())

    assert len(seen) == 1
