"""Plant each defect in a copy of the tree, and see that the tests named for it fail.

A test that no defect can fail proves nothing: this keeps those of the engine honest.
The defects are data, in the TOML files beside this one. Run by ``make mutations``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

ROOT = Path(__file__).parents[2]
COPIED = ("govsync", "adapters", "tests", "examples", "pyproject.toml")
"""What the tests need of the tree."""
LEFT_OUT = shutil.ignore_patterns("__pycache__", "node_modules", ".*")
PYTEST = ("-m", "pytest", "-x", "-q", "--no-header", "-p", "no:cacheprovider")
PASSED, FAILED = 0, 1
"""Of the exit codes of pytest: everything else means that the tests did not run."""


@dataclass(frozen=True, kw_only=True)
class Defect:
    """A change of the code that is wrong, and what has to notice."""

    name: str
    why: str
    """What it would do to a city, in a line."""
    file: str
    text: str
    """Stands in the file exactly once."""
    instead: str
    tests: tuple[str, ...]
    """By pytest's node ids: at least one fails with the defect, and none without."""

    def planted(self, content: str) -> str:
        """Return the file's content with the defect in it.

        Raises:
            ValueError: The text does not stand there exactly once.
        """
        if (found := content.count(self.text)) != 1:
            raise ValueError(f"its text stands in {self.file} {found} times, not once")
        return content.replace(self.text, self.instead)


def load(folder: Path = Path(__file__).parent) -> list[Defect]:
    """Read every defect."""
    return [
        Defect(**{**given, "tests": tuple(given["tests"])})
        for path in sorted(folder.glob("*.toml"))
        for given in tomllib.loads(path.read_text(encoding="utf-8"))["defect"]
    ]


@dataclass(frozen=True)
class Copy:
    """A copy of the tree, in which one defect after another is planted."""

    root: Path

    @classmethod
    def of(cls, tree: Path, root: Path) -> Copy:
        """Copy a tree."""
        root.mkdir()
        for name in COPIED:
            source = tree / name
            if source.is_dir():
                shutil.copytree(source, root / name, ignore=LEFT_OUT)
            else:
                shutil.copyfile(source, root / name)
        return cls(root)

    @contextmanager
    def with_planted(self, defect: Defect) -> Iterator[None]:
        """Have a defect in the copy for as long as the block runs."""
        path = self.root / defect.file
        sound = path.read_text(encoding="utf-8")
        try:
            self._write(path, defect.planted(sound))
            yield
        finally:
            self._write(path, sound)

    @staticmethod
    def _write(path: Path, content: str) -> None:
        path.write_text(content, encoding="utf-8")
        # Python tells a changed file by its second and its length: both may be equal.
        for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
            compiled.unlink()

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run this Python over the copy."""
        path = os.pathsep.join((str(self.root), str(self.root / "adapters")))
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("COV", "PY"))}
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env=kept | {"PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=False,
        )


def fault(copy: Copy, defect: Defect) -> str:
    """Return what is wrong with a defect, or nothing where the tests notice it."""
    try:
        with copy.with_planted(defect):
            done = copy.run(*PYTEST, *defect.tests)
    except ValueError as error:
        return str(error)
    if done.returncode == FAILED:
        return ""
    if done.returncode == PASSED:
        return "it survives: its tests pass"
    return f"its tests did not run:\n{done.stdout}{done.stderr}"


def baseline(copy: Copy, defects: Sequence[Defect]) -> str:
    """Return what is wrong before anything is planted, or nothing."""
    where = copy.run("-c", "import govsync_adapters as a; print(a.__path__[0])")
    if not where.stdout.startswith(str(copy.root)):
        return f"the copy is not what is tested: {where.stdout}{where.stderr}"
    tests = dict.fromkeys(test for defect in defects for test in defect.tests)
    done = copy.run(*PYTEST, "-n", "auto", *tests)
    return "" if done.returncode == PASSED else f"{done.stdout}{done.stderr}"


def main(names: Sequence[str]) -> int:
    """Plant the defects, or those whose name holds a word; return 0: none survives."""
    started = time.monotonic()
    defects = [d for d in load() if not names or any(n in d.name for n in names)]
    workers = os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as folder:
        copies: SimpleQueue[Copy] = SimpleQueue()
        for number in range(workers):
            copies.put(Copy.of(ROOT, Path(folder).resolve() / str(number)))
        first = copies.get()
        if wrong := baseline(first, defects):
            sys.stdout.write(f"without any defect:\n{wrong}\n")
            return 1
        copies.put(first)

        def planted(defect: Defect) -> str:
            copy = copies.get()
            try:
                return fault(copy, defect)
            finally:
                copies.put(copy)

        with ThreadPoolExecutor(workers) as pool:
            faults = dict(zip(defects, pool.map(planted, defects), strict=True))
    return _told(faults, time.monotonic() - started)


def _told(faults: dict[Defect, str], seconds: float) -> int:
    for defect, wrong in faults.items():
        if wrong:
            sys.stdout.write(f"{defect.name} ({defect.file}): {wrong}\n")
    noticed = sum(not wrong for wrong in faults.values())
    sys.stdout.write(
        f"{noticed} of {len(faults)} planted defects are noticed ({seconds:.0f} s)\n"
    )
    return 0 if noticed == len(faults) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
