"""The provincial platform: signed, incremental, with receipts."""

from govsync_adapters.province.adapter import Province

__all__ = ["Province"]
