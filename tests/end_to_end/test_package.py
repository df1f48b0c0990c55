"""The wheel in an empty environment: both packages, the adapters, the samples."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = ["-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder)]
    done = subprocess.run(
        [sys.executable, *build, str(ROOT)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return next(folder.glob("govsync-*.whl"))


def test_the_wheel_holds_code_schemas_templates_and_samples(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())

    for name in (
        "govsync/py.typed",
        "govsync_adapters/py.typed",
        "govsync/formats/schemas/catalog-1.xsd",
        "govsync/rules/hijack_tokens.toml",
        "govsync/cli/templates/govsync.toml",
        "govsync/samples/county/catalog.xlsx",
    ):
        assert name in names
    assert any(name.startswith("govsync_adapters/city/templates/") for name in names)
    assert not [name for name in names if name.startswith(("tests/", "adapters/"))]


def test_it_runs_from_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    """Installed with its extras, called from another folder, as an operator would."""
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    constraints = str(ROOT / "constraints.txt")
    install = [str(venv / "bin" / "pip"), "install", "--quiet", "-c", constraints]
    subprocess.run([*install, f"{wheel}[all]"], check=True, capture_output=True)
    done = subprocess.run(
        [str(venv / "bin" / "govsync"), "demo", "--dir", "trial"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "province: 32 live" in done.stdout


def test_the_library_alone_needs_no_extra(wheel: Path, tmp_path: Path) -> None:
    """Reading a table and writing a feed: no SQL, no HTTP, no web framework."""
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    constraints = str(ROOT / "constraints.txt")
    install = [str(venv / "bin" / "pip"), "install", "--quiet", "-c", constraints]
    subprocess.run([*install, str(wheel)], check=True, capture_output=True)
    script = f"""
import sys
from govsync import convert, load
records = load({str(ROOT / "examples" / "county" / "records.csv")!r})
assert convert(records, "atom", "feed.xml") == 36
assert convert(records, "xml", "all.xml") == 36
heavy = {{"sqlalchemy", "requests", "starlette", "typer", "cryptography"}}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
"""
    subprocess.run(
        [str(venv / "bin" / "python"), "-c", script], cwd=tmp_path, check=True
    )
