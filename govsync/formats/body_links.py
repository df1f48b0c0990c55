"""Addresses inside a body, made absolute: few readers know what page it stood on."""

from __future__ import annotations

import re
from html import escape, unescape
from urllib.parse import urljoin

from govsync.formats.address import to_uri

# Attributes as the cleaner prints them: a quote inside a value is a reference.
_TAG = re.compile(r'<(?:a|img)(?: [a-z]+="[^"]*")*>')
_RELATIVE = re.compile(r' (href|src)="((?![A-Za-z][A-Za-z0-9+.-]*:|#)[^"]*)"')


def absolute(html: str, page: str) -> str:
    """Return a clean body with its relative links and images made absolute.

    Args:
        html: What :func:`govsync.model.html.clean` gave.
        page: The address of the page that the body first stood on.

    Returns:
        The same where the page is no web address. What leads to no web address, and
        a place on the page itself (``#a``), stays as it is.
    """
    base = to_uri(page) if page and '="' in html else None
    if base is None:
        return html

    def joined(found: re.Match[str]) -> str:
        try:
            address = to_uri(urljoin(base, unescape(found[2]).strip()))
        except ValueError:  # an address of brackets that are no host
            address = None
        return f' {found[1]}="{escape(address)}"' if address else found[0]

    return _TAG.sub(lambda tag: _RELATIVE.sub(joined, tag[0]), html)
