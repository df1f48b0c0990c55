"""The city's own site."""
