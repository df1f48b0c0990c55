"""city.directory in a real folder: the kit, switches, crashes, full disks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.directory import Folder, directory

from govsync.channels.testing import AdapterContract

if TYPE_CHECKING:
    from pathlib import Path

    from govsync_adapters.city.directory import Directory


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "public")


class TestConformance(AdapterContract):
    channel = "city"

    @pytest.fixture
    def receiver(self, folder: Folder) -> Folder:
        return folder

    @pytest.fixture
    def adapter(self, folder: Folder) -> Directory:
        return directory(folder.path)
