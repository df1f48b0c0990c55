"""Passing over rows that did not change changes nothing but the time that it takes.

Random histories of two files are taken into two ledgers, of which one forgets after
each run what it read. Whoever compares the two finds no difference.
"""

from __future__ import annotations

import json
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from govsync.agent.config import City, Config, SourceFile
from govsync.agent.ingest import Reading, ingest
from govsync.ledger import Ledger
from govsync.store import ledger_tables, schema
from govsync.store.database import Database

FILES = ("one.jsonl", "two.jsonl")
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
BODIES = ("", "<p>正文</p>", "<script>x</script>")
LINES = st.one_of(
    st.builds(
        lambda name, title, body: json.dumps(
            {"id": name, "title": title, "body": body}, ensure_ascii=False
        ),
        st.sampled_from("abcd"),
        st.sampled_from(["标题", "新标题"]),
        st.sampled_from(BODIES),
    ),
    st.sampled_from(["", "{", '{"id":"a"}', '{"id":"b","title":""}']),
)
FILE = st.lists(LINES, max_size=5).map("\n".join)
HISTORY = st.lists(st.tuples(FILE, FILE), min_size=2, max_size=4)


@dataclass
class Reader:
    """One ledger, and the files that it reads."""

    config: Config
    ledger: Ledger

    def read(self) -> tuple[Any, ...]:
        """Read the files; return what was said of them and what the ledger has."""
        reading = Reading()
        ingest(self.config, self.ledger, reading)
        query = "SELECT id, revision, digest, source, source_digest FROM record"
        with self.ledger.database.read() as connection:
            kept = connection.execute(text(f"{query} ORDER BY id")).all()
        problems = sorted(map(str, reading.problems))
        notes = {name: found for name, found in reading.notes.items() if found}
        return reading.rows, reading.intake, problems, notes, kept

    def forget(self) -> None:
        """Forget which rows were read."""
        with self.ledger.database.write() as connection:
            connection.execute(text("UPDATE record SET mark = x''"))


@given(history=HISTORY)
@settings(max_examples=100, phases=[Phase.generate])
def test_a_ledger_that_passes_over_rows_is_like_one_that_reads_all(
    history: list[tuple[str, str]],
) -> None:
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        quick = _reader(folder, "quick", stack)
        slow = _reader(folder, "slow", stack)
        for contents in history:
            for file, content in zip(FILES, contents, strict=True):
                (folder / file).write_text(content, encoding="utf-8")
            assert quick.read() == slow.read()
            slow.forget()


def _reader(folder: Path, name: str, stack: ExitStack) -> Reader:
    database = Database.open(folder / f"{name}.db")
    stack.callback(database.dispose)
    database.create_or_check(schema.metadata, ledger_tables.VERSION)
    config = Config(
        city=City(name="密山市", code="230382", site="https://city.example"),
        sources=tuple(SourceFile(path=Path(file)) for file in FILES),
        channels={"site": {"adapter": "city.directory"}},
        root=folder,
    )
    return Reader(config, Ledger(database, actor="test", clock=lambda: NOW))
