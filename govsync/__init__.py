"""govsync."""
