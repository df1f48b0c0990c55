"""Exact copies over static files: archives, resource lists, a manifest.

A directory behind any web server is enough for a receiver to keep what a city
publishes. Each module is a pure function from what is published now (``held``, which
gives the bytes of a path, or None) and from what changed, to the files that change
(their bytes by path; None for a file that falls away); who calls it writes them, all
or none. On the receiver's side each has a follower, which is given a way to fetch.
"""
