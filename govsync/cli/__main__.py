"""``python -m govsync.cli`` is ``govsync``."""

from govsync.cli import main

main()
