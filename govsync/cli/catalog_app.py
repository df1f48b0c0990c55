"""The commands of ``govsync catalog`` and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

catalog = typer.Typer(no_args_is_help=True, help="The standard catalogs.")

Files = Annotated[
    list[Path],
    typer.Argument(help="Workbooks, text, saved pages or Word documents."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="The file to write.")]


@catalog.command("export")
def export(
    files: Files,
    out: Annotated[Path, typer.Option("--out", "-o", help=".xlsx, .csv or .html.")],
) -> None:
    """Write catalogs in the official layout, and read them back to prove it."""
    from govsync.cli import catalogs

    raise typer.Exit(catalogs.export(files, out))


@catalog.command("lint")
def lint(
    files: Files,
    bodies: Annotated[
        Path | None, typer.Option(help="The city's bodies (机构名录), one a line.")
    ] = None,
    json: Json = False,
) -> None:
    """Name what contradicts itself: row, column, rule, and what would mend it."""
    from govsync.cli import catalogs

    raise typer.Exit(catalogs.lint(files, bodies=bodies, json=json))


@catalog.command("diff")
def diff(
    old: Annotated[Path, typer.Argument(help="The earlier version.")],
    new: Annotated[Path, typer.Argument(help="The later version.")],
    form: Annotated[str, typer.Option("--format", help="text, html or xlsx.")] = "text",
    out: Out = None,
    json: Json = False,
) -> None:
    """Show the rows that were added, removed or changed, cell by cell."""
    from govsync.cli import catalogs

    catalogs.diff(old, new, form=form, out=out, json=json)


@catalog.command("effect")
def effect(
    new: Annotated[Path, typer.Argument(help="The new version.")],
    begins: Annotated[
        str, typer.Option("--from", help="Its first day, such as 2026-01-01.")
    ] = "",
    config: Annotated[
        Path,
        typer.Option(
            "--config", "-c", envvar="GOVSYNC_CONFIG", help="The configuration."
        ),
    ] = Path("govsync.toml"),
    json: Json = False,
) -> None:
    """Show which records of the ledger would owe or exceed a channel; no effect."""
    from govsync.cli import catalogs

    catalogs.effect(config, new, begins=begins, json=json)
