"""The command line: thin. ``main`` is the console script."""

from __future__ import annotations

import errno
import gc
import sys

from govsync.errors import GovsyncError

USAGE = 64
UNAVAILABLE = 75
COLLECT_AFTER = 100_000
"""New objects until the collector looks for circles: loading makes many, and none."""


def main() -> None:
    """Run the command line; every expected error is one line and an exit code."""
    gc.set_threshold(COLLECT_AFTER)
    from govsync.cli.app import app

    try:
        app()
    except SystemExit as end:
        # Typer says 2 for a wrong call; sysexits.h, and the README, say 64.
        raise SystemExit(USAGE if end.code == 2 else end.code) from None
    except GovsyncError as error:
        fail(str(error), error.exit_code)
    except BrokenPipeError:
        # The reader of our output has gone, as `head` does; nobody is left to tell.
        sys.stderr.close()
        raise SystemExit(0) from None
    except OSError as error:
        fail(_of_the_machine(error), UNAVAILABLE)


def fail(message: str, code: int) -> None:
    """Say what is wrong on standard error and end with an exit code."""
    sys.stderr.write(f"govsync: {message}\n")
    raise SystemExit(code)


def _of_the_machine(error: OSError) -> str:
    place = f"{error.filename}: " if error.filename else ""
    mends = {
        errno.ENOSPC: "make room on the disk, then repeat: nothing is half-written",
        errno.EFBIG: "lift the file size limit, then repeat: nothing is half-written",
        errno.EACCES: "give this user the right to write there",
        errno.EROFS: "choose a folder that can be written",
        errno.ENOENT: "create the folder first",
    }
    mend = mends.get(error.errno or 0)
    return f"{place}{error.strerror or error}" + (f" ({mend})" if mend else "")
