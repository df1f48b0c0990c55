"""What stands in the files beside a record: read, and screened like its body.

Only local files are read, never beyond their caps. What cannot be read is said, so that
nobody takes it for clean.
"""

from govsync.attachments.piece import Piece, UnreadableError
from govsync.attachments.reading import MOST_BYTES, Contents, read
from govsync.attachments.screening import Folder, findings

__all__ = [
    "MOST_BYTES",
    "Contents",
    "Folder",
    "Piece",
    "UnreadableError",
    "findings",
    "read",
]
