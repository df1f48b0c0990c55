"""city.directory in a real folder: the kit, switches, crashes, full disks."""

from __future__ import annotations

import errno
import json
import os
import resource
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.directory import Folder, Markup, directory, numbered, release

from govsync.channels import Editor, Receipt, Retry, Stop, registry
from govsync.channels.testing import AdapterContract, MemoryTrail, sample
from govsync.channels.testing_world import edited, taken_back
from govsync.formats import FORMATS, Tombstone
from govsync.model import Relation, RelationKind, Step
from govsync.sources import read_records
from govsync_adapters.city.directory import Directory
from govsync_adapters.city.tree import trouble

if TYPE_CHECKING:
    from collections.abc import Iterator

    from govsync.channels import Release
    from govsync.model import Record


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "public")


@pytest.fixture
def adapter(folder: Folder) -> Directory:
    return directory(folder.path)


class TestConformance(AdapterContract):
    channel = "city"

    @pytest.fixture
    def receiver(self, folder: Folder) -> Folder:
        return folder

    @pytest.fixture
    def adapter(self, folder: Folder) -> Directory:
        return directory(folder.path)


def work(*records: Record) -> list[tuple[Release, MemoryTrail]]:
    return [(release(record), MemoryTrail()) for record in records]


def publish(adapter: Directory, *records: Record) -> list[Receipt]:
    outcomes = adapter.publish_many(work(*records))
    assert all(isinstance(outcome, Receipt) for outcome in outcomes), outcomes
    return [outcome for outcome in outcomes if isinstance(outcome, Receipt)]


def path_of(record: Record, suffix: str) -> str:
    return f"records/{record.id.replace('/', '_')}{suffix}"


def names(path: Path) -> list[str]:
    return sorted(one.name for one in path.iterdir())


def inodes(folder: Folder) -> dict[str, tuple[int, int]]:
    root = folder.current.resolve()
    return {
        name: ((root / name).stat().st_ino, (root / name).stat().st_mtime_ns)
        for name in folder.files()
    }


class TestSwitch:
    def test_a_batch_is_one_version_and_only_two_are_kept(
        self, folder: Folder, adapter: Directory
    ) -> None:
        for number in (1, 4, 7):
            publish(adapter, sample(number), sample(number + 1))

        assert (folder.path / "current").readlink() == Path("versions/3")
        assert names(folder.path / "versions") == ["2", "3"]
        assert names(folder.path) == [".lock", "current", "versions"]

    def test_what_does_not_change_keeps_its_inode_and_time(
        self, folder: Folder, adapter: Directory
    ) -> None:
        first, other = sample(1), sample(2)
        publish(adapter, first, other)
        before, old = inodes(folder), folder.current.resolve()
        text = (old / path_of(first, ".html")).read_bytes()

        publish(adapter, edited(first))

        after = inodes(folder)
        kept = {name for name in after if after[name] == before.get(name)}
        assert path_of(other, ".html") in kept
        assert path_of(other, ".json") in kept
        assert "assets/style.css" in kept
        assert path_of(first, ".html") not in kept
        assert (old / path_of(first, ".html")).read_bytes() == text

    def test_repeating_makes_no_version(
        self, folder: Folder, adapter: Directory
    ) -> None:
        publish(adapter, *numbered(3))
        before = inodes(folder)

        publish(adapter, *numbered(3))
        publish(directory(folder.path), sample(2))

        assert inodes(folder) == before
        assert names(folder.path / "versions") == ["1"]

    def test_the_bytes_depend_on_what_is_held_alone(self, tmp_path: Path) -> None:
        """In one batch or in many, in any order, at any time: the same files."""
        one, other = Folder(tmp_path / "one"), Folder(tmp_path / "other")
        publish(directory(one.path), *numbered(5))
        publish(directory(one.path), taken_back(sample(3)))
        for record in reversed(numbered(5)):
            publish(directory(other.path), record)
        publish(directory(other.path), taken_back(sample(3)))

        assert one.files() == other.files()

    def test_anybody_may_read_whatever_the_umask_is(self, folder: Folder) -> None:
        old = os.umask(0o077)
        try:
            publish(directory(folder.path), sample())
        finally:
            os.umask(old)

        inner = [path for path in folder.path.rglob("*") if not path.is_symlink()]
        for path in (folder.path, *inner):
            mode = path.stat().st_mode & 0o777
            wanted = 0o755 if path.is_dir() else 0o644
            assert mode == wanted or path.name == ".lock", (path, oct(mode))

    def test_what_a_crash_left_is_removed(
        self, folder: Folder, adapter: Directory
    ) -> None:
        publish(adapter, sample(1))
        (folder.path / "versions" / "2" / "records").mkdir(parents=True)
        (folder.path / "versions" / "2" / "index.html").write_text("half")
        (folder.path / ".current").symlink_to("versions/2")

        publish(adapter, sample(2))

        assert names(folder.path / "versions") == ["1", "2"]
        assert names(folder.path) == [".lock", "current", "versions"]
        assert "half" not in folder.text("index.html")

    def test_two_processes_lose_nothing_of_each_other(self, folder: Folder) -> None:
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
            list(pool.map(_publish_alone, [(folder.path, n) for n in range(1, 21)]))

        held = [folder.effects(sample(number).id) for number in range(1, 21)]
        assert held == [1] * 20
        assert (folder.path / "current").readlink() == Path("versions/20")


def _publish_alone(given: tuple[Path, int]) -> None:
    path, number = given
    publish(directory(path), sample(number))


def steps(mode: str, below: Path) -> list[dict[str, Any]]:
    """End a batch at each of its steps; return what was seen after each."""
    tests = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-P", "-m", "support.directory_steps", mode, str(below)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env={**os.environ, "PYTHONPATH": str(tests)},
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


class TestEnds:
    def test_killed_at_any_step_the_old_or_the_new_version_is_whole(
        self, tmp_path: Path
    ) -> None:
        ends = steps("kill", tmp_path)

        assert len(ends) > 50
        assert {end["ended"] for end in ends} == {-9}
        assert all(end["before"] != end["after"] for end in ends)
        assert {True, False} == {end["after"] for end in ends}
        for end in ends:
            assert end["mended"]["after"]
            assert len(end["mended"]["versions"]) == 2
            assert end["mended"]["beside"] == [".lock", "current", "versions"]

    def test_a_full_disk_at_any_step_changes_nothing_and_leaves_nothing(
        self, tmp_path: Path
    ) -> None:
        ends = steps("full", tmp_path)

        assert len(ends) > 50
        refused = [end for end in ends if end["ended"] == 3]
        assert len(refused) > 40
        assert all(end["before"] for end in refused)
        assert {tuple(end["versions"]) for end in refused} == {("1", "2")}
        assert all(end["beside"] == [".lock", "current", "versions"] for end in refused)
        # What fails after the switch, when old versions are removed, undoes nothing.
        assert all(end["after"] for end in ends if end["ended"] == 4)
        assert {end["ended"] for end in ends} <= {3, 4}
        assert all(end["mended"]["after"] for end in ends)

    def test_a_file_that_may_not_grow_is_told_with_its_path(
        self, folder: Folder, adapter: Directory
    ) -> None:
        publish(adapter, sample(1))
        before = folder.files()

        with limited(1024), pytest.raises(Stop) as stopped:
            adapter.publish(release(sample(2)), MemoryTrail())

        assert str(folder.path) in str(stopped.value)
        assert folder.files() == before
        assert names(folder.path / "versions") == ["1"]
        publish(adapter, sample(2))

    def test_a_path_that_is_no_folder_stops_the_channel(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("in the way")
        adapter = directory(tmp_path / "file" / "public")

        with pytest.raises(Stop, match="file"):
            adapter.publish(release(sample()), MemoryTrail())
        assert not adapter.check().ok

    def test_a_folder_in_the_place_of_the_link_is_left_alone(
        self, folder: Folder, adapter: Directory
    ) -> None:
        (folder.path / "current").mkdir(parents=True)
        (folder.path / "current" / "index.html").write_text("another site")

        with pytest.raises(Stop, match="current"):
            adapter.publish(release(sample()), MemoryTrail())

        assert folder.text("index.html") == "another site"
        assert names(folder.path / "versions") == []
        health = adapter.check()
        assert not health.ok
        assert "current" in health.mend

    @pytest.mark.parametrize(
        ("code", "kind"),
        [
            (errno.ENOSPC, Retry),
            (errno.EDQUOT, Retry),
            (errno.EACCES, Stop),
            (errno.EROFS, Stop),
            (errno.EIO, Stop),
        ],
    )
    def test_each_trouble_has_its_meaning(self, code: int, kind: type) -> None:
        error = trouble(OSError(code, os.strerror(code), "/topic/x"), Path("/topic"))

        assert type(error) is kind
        assert "/topic/x" in str(error)

    def test_check_leaves_nothing_behind(
        self, folder: Folder, adapter: Directory
    ) -> None:
        assert adapter.check().ok
        assert list(folder.path.parent.iterdir()) == []
        publish(adapter, sample())
        assert adapter.check().ok
        assert names(folder.path) == [".lock", "current", "versions"]


@contextmanager
def limited(size: int) -> Iterator[None]:
    """Let no file grow beyond a size, in this process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


class TestTopic:
    def test_a_later_interpretation_renews_the_page_of_its_original(
        self, folder: Folder, adapter: Directory
    ) -> None:
        original = sample(1)
        relation = Relation(kind=RelationKind.INTERPRETS, target=original.id)
        reading = sample(2, step=Step.INTERPRETATION, relation=relation)
        there = f"../{path_of(reading, '.html')}"

        publish(adapter, original)
        assert there not in page(folder, original).links
        (receipt,) = publish(adapter, reading)
        assert there in page(folder, original).links
        publish(adapter, original.changed(title="改题", revision=2))
        assert "改题" in page(folder, reading).text
        publish(adapter, taken_back(reading))
        assert there not in page(folder, original).links
        assert not adapter.verify(receipt).same

    def test_a_withdrawn_record_is_out_of_everything_but_its_notice(
        self, folder: Folder, adapter: Directory
    ) -> None:
        record = sample(1, item=None, title="一条会撤回的信息")
        publish(adapter, record, sample(2))
        assert "areas/pilot.general.html" in folder.files()

        publish(adapter, taken_back(record))

        files = folder.files()
        assert not [name for name in files if record.title.encode() in files[name]]
        assert "areas/pilot.general.html" not in files
        assert "撤回原因:内容有误" in page(folder, record).text
        (grave,) = [
            entry
            for entry in FORMATS["atom"].read(files["feed.atom"])
            if isinstance(entry, Tombstone)
        ]
        assert grave.id == record.id
        assert record.id.encode() not in files["feed.rss"]
        assert record.id.encode() not in files["catalog.xml"]

    def test_withdrawing_what_never_was_makes_nothing(
        self, folder: Folder, adapter: Directory
    ) -> None:
        (receipt,) = publish(adapter, taken_back(sample()))

        assert receipt.address == ""
        assert adapter.verify(receipt).same
        assert not folder.current.exists()
        publish(adapter, sample(2), taken_back(sample()))
        assert path_of(sample(), ".html") not in folder.files()

    def test_a_newer_revision_is_never_replaced_by_an_older_one(
        self, folder: Folder, adapter: Directory
    ) -> None:
        publish(adapter, edited(sample()))

        with pytest.raises(Editor, match="newer than 1"):
            adapter.publish(release(sample()), MemoryTrail())

        assert folder.held(sample().id) == (2, edited(sample()).public().digest)

    def test_a_receipt_gives_address_and_time_of_the_page(
        self, folder: Folder, adapter: Directory
    ) -> None:
        first, second = publish(adapter, sample(1), sample(2))
        found = directory(folder.path).find(release(sample(1)), MemoryTrail())

        assert first.address.endswith("/records/023038201_2026-00001.html")
        assert first.at == second.at
        assert found == first

    def test_a_preview_is_exactly_what_is_written(
        self, folder: Folder, adapter: Directory
    ) -> None:
        publish(adapter, *numbered(3))
        batch = [edited(sample(1)), taken_back(sample(2)), sample(4)]
        before = folder.files()

        forms = adapter.preview([release(record) for record in batch])
        publish(adapter, *batch)

        after = folder.files()
        different = {
            name: after[name] for name in after if after[name] != before.get(name)
        }
        assert {form.name: form.content for form in forms} == different
        assert folder.files() != before

    @pytest.mark.parametrize("suffix", [".html", ".json"])
    @pytest.mark.parametrize("harm", ["altered", "emptied", "removed"])
    def test_harm_is_seen_and_mended_by_publishing_again(
        self, folder: Folder, adapter: Directory, suffix: str, harm: str
    ) -> None:
        (receipt, _) = publish(adapter, sample(1), sample(2))
        before = folder.files()
        file = folder.current / path_of(sample(1), suffix)
        if harm == "removed":
            file.unlink()
        else:
            file.write_bytes(b"" if harm == "emptied" else file.read_bytes() + b" ")

        for seen_by in (adapter, directory(folder.path)):
            assert not seen_by.verify(receipt).same
        publish(directory(folder.path), sample(1))

        assert folder.files() == before
        assert directory(folder.path).verify(receipt).same

    def test_one_spoilt_file_does_not_stop_the_others(
        self, folder: Folder, adapter: Directory
    ) -> None:
        publish(adapter, sample(1), sample(2))
        (folder.current / path_of(sample(1), ".json")).write_bytes(b"{")

        publish(directory(folder.path), sample(3))

        assert sample(3).title in folder.text("index.html")
        assert directory(folder.path).find(release(sample(1)), MemoryTrail()) is None

    def test_another_look_renews_every_page_with_the_next_batch(
        self, folder: Folder, adapter: Directory
    ) -> None:
        receipts = publish(adapter, *numbered(2))
        other = directory(folder.path, title="新的专题名称")
        assert all(other.verify(receipt).same for receipt in receipts)

        publish(other, sample(3))

        assert "新的专题名称" in folder.text(path_of(sample(1), ".html"))
        assert all(other.verify(receipt).same for receipt in receipts)

    def test_a_page_of_an_older_look_is_still_watched(
        self, folder: Folder, adapter: Directory
    ) -> None:
        (receipt,) = publish(adapter, sample())
        folder_page = folder.current / path_of(sample(), ".html")
        folder_page.write_text(folder_page.read_text().replace("停水", "供水"))

        other = directory(folder.path, title="新的专题名称")
        assert not other.verify(receipt).same


def page(folder: Folder, record: Record) -> Markup:
    return Markup(folder.text(path_of(record, ".html")))


class TestCounty:
    @pytest.fixture
    def records(self, county: Path) -> list[Record]:
        rows = read_records(county / "records.csv")
        return [row.record for row in rows if row.record]

    def test_the_sample_county_becomes_a_topic(
        self, folder: Folder, adapter: Directory, records: list[Record]
    ) -> None:
        """Every page is well-formed, every link inside leads to a page."""
        receipts = publish(adapter, *records)

        files = folder.files()
        pages = {
            name: Markup(files[name].decode()) for name in files if name[-5:] == ".html"
        }
        assert len(receipts) == len(records) > 20
        assert all(adapter.verify(receipt).same for receipt in receipts)
        for name, shown in pages.items():
            for link in shown.links:
                if "://" not in link and not link.startswith("#"):
                    target = os.path.normpath(Path(name).parent / link)
                    assert target in files, (name, link)

    def test_nobody_who_reviewed_stands_in_any_file(
        self, folder: Folder, adapter: Directory, records: list[Record]
    ) -> None:
        publish(adapter, *records)

        reviewers = {
            name
            for record in records
            if record.review
            for name in (record.review.first, record.review.second, record.review.final)
            if name
        }
        assert reviewers
        for name, content in folder.files().items():
            for reviewer in reviewers:
                assert reviewer.encode() not in content, (name, reviewer)


def test_it_is_found_by_its_name(tmp_path: Path) -> None:
    made = registry.load("city.directory")
    settings = registry.settings_of(
        made.facts,
        {"path": str(tmp_path)},
        secrets=lambda _: None,
        where="channels.city",
    )

    assert made is Directory
    assert settings["title"] == "基层政务公开试点"
    assert settings["feed_size"] == "100"
