"""The adapters that come with govsync, found through entry points."""
