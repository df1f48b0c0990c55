"""``govsync audit``: its commands and their options."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from govsync.cli.options import CONFIG, Config, Json

app = typer.Typer(no_args_is_help=True, help="The tamper-evident log.")

_DAY = ["%Y-%m-%d"]
Day = Annotated[datetime | None, typer.Option(formats=_DAY, metavar="DATE")]


@app.command()
def verify(
    config: Config = CONFIG,
    checkpoints: Annotated[
        Path | None,
        typer.Option(help="Checkpoints kept elsewhere; by default those kept here."),
    ] = None,
    key: Annotated[
        list[str] | None,
        typer.Option(help="The verifier key that you were given; the log names more."),
    ] = None,
    export: Annotated[
        Path | None, typer.Option(help="Verify this exported log instead.")
    ] = None,
    proof: Annotated[
        Path | None, typer.Option(help="Verify this proof instead; print its entry.")
    ] = None,
) -> None:
    """Recompute the whole log and hold it against its checkpoints; needs no network."""
    from govsync.cli import auditing, proofs

    if proof is not None:
        proofs.verify(proof, key or [])
        return
    auditing.verify(config, checkpoints=checkpoints, keys=key or [], exported=export)


@app.command()
def show(
    config: Config = CONFIG,
    record: Annotated[str | None, typer.Option(help="Only this record.")] = None,
    channel: Annotated[str | None, typer.Option(help="Only this channel.")] = None,
    json: Json = False,
) -> None:
    """Print the log's entries, oldest first."""
    from govsync.cli import auditing

    auditing.show(config, record=record, channel=channel, json=json)


@app.command()
def export(
    out: Annotated[Path, typer.Option("--out", "-o", help="The file to write.")],
    form: Annotated[
        Literal["jsonl", "csv", "xlsx"],
        typer.Option("--format", help="csv and xlsx are for reading."),
    ] = "jsonl",
    since: Day = None,
    until: Day = None,
    config: Config = CONFIG,
) -> None:
    """Write the log: whole as JSON Lines with its checkpoints, or a table to read."""
    from govsync.cli import exporting

    exporting.export(config, out, form=form, since=since, until=until)


@app.command()
def prove(
    record: Annotated[str, typer.Argument(help="The record's id.")],
    channel: Annotated[str | None, typer.Option(help="Only this channel.")] = None,
    entry: Annotated[
        int | None, typer.Option(min=0, help="Only this entry, by its number.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write the proofs here.")
    ] = None,
    config: Config = CONFIG,
) -> None:
    """Prove that entries are in the log, for anybody who has the verifier key."""
    from govsync.cli import proofs

    proofs.prove(config, record, channel=channel, entry=entry, out=out)


@app.command()
def expire(
    before: Annotated[datetime, typer.Option(formats=_DAY, metavar="DATE")],
    even_so: Annotated[
        bool, typer.Option("--even-so", help="Though it is less than six months ago.")
    ] = False,
    config: Config = CONFIG,
) -> None:
    """Let the texts of old entries go, and superseded revisions; proofs still hold."""
    from govsync.cli import keeping

    keeping.expire(config, before, even_so=even_so)


@app.command("rotate-key")
def rotate_key(
    destroy_old: Annotated[
        bool, typer.Option("--destroy-old", help="Overwrite the old private key.")
    ] = False,
    config: Config = CONFIG,
) -> None:
    """Make a new key, named in the log under the old key's signature."""
    from govsync.cli import keeping

    keeping.rotate_key(config, destroy_old=destroy_old)


@app.command("sm2-key")
def sm2_key(config: Config = CONFIG) -> None:
    """Make the SM2 key that `[audit] sm2_key_file` names; print its verifier key."""
    from govsync.cli import keeping

    keeping.new_sm2_key(config)
