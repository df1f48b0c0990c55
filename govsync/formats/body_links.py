"""Addresses inside a body, made absolute: few readers know what page it stood on."""

from __future__ import annotations

import re
from html import escape, unescape
from urllib.parse import urljoin

from govsync.formats.address import to_uri

# Attributes as the cleaner prints them: a quote inside a value is a reference.
_TAG = re.compile(r'<(?:a|img)(?: [a-z]+="[^"]*")*>')
_SUSPECT = re.compile(r"""(?:href|src)="(?![A-Za-z][A-Za-z0-9+.-]*:|#)""")
_RELATIVE = re.compile(r' (href|src)="((?![A-Za-z][A-Za-z0-9+.-]*:|#)[^"]*)"')


def absolute(html: str, page: str | None) -> str:
    """Return a clean body with its relative links and images made absolute.

    Args:
        html: What :func:`govsync.model.html.clean` gave.
        page: The address of the page that the body first stood on; None where it is
            no web address.

    Returns:
        The same where nothing is relative. A place on the page itself (``#a``) stays;
        what leads to no web address loses its attribute, since a reader would look for
        it on a site of its own.
    """
    if '"' not in html or _SUSPECT.search(html) is None:
        return html
    base = to_uri(page) if page else None

    def joined(found: re.Match[str]) -> str:
        address = _resolved(base, unescape(found[2]).strip())
        return f' {found[1]}="{escape(address)}"' if address else ""

    return _TAG.sub(lambda tag: _RELATIVE.sub(joined, tag[0]), html)


def _resolved(base: str | None, reference: str) -> str | None:
    try:
        return to_uri(urljoin(base or "", reference))
    except ValueError:  # an address of brackets that are no host
        return None
