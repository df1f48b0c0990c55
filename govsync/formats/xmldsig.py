"""Signed documents: an enveloped XML signature in Atom or catalog XML (RFC 4287 § 5.1).

For receivers that want integrity and origin inside the file; where files are pushed or
mirrored, a signed manifest of digests costs a hundredth. Needs the extra ``xmldsig``.

A signature covers the whole document, by exclusive canonicalization, and is the last
child of its root. Verifying takes no other shape: one reference, to the whole, nothing
transformed but as written here, SHA-2 throughout. Only the certificate that the caller
pinned counts; what a document says of its key (``KeyInfo``) is thrown away unread. What
comes back is what was signed, so nothing unsigned is ever read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from govsync.errors import FormatError
from govsync.formats.atom import NAMESPACE as ATOM
from govsync.formats.atom import TOMBSTONES
from govsync.formats.extension import NAMESPACE as CATALOG
from govsync.formats.reading import line_of

if TYPE_CHECKING:
    from datetime import datetime

    from cryptography.x509 import Certificate
    from lxml.etree import _Element

NAMESPACE = "http://www.w3.org/2000/09/xmldsig#"
_DS = f"{{{NAMESPACE}}}"
_SIGNATURE = f"{_DS}Signature"
_EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
_ENVELOPED = f"{NAMESPACE}enveloped-signature"
_SHA2 = ("SHA256", "SHA384", "SHA512")
_RSA_BITS = 2048
"""What a key must have at least (NIST SP 800-131A)."""
_ROOTS = frozenset(
    {
        f"{{{ATOM}}}feed",
        f"{{{ATOM}}}entry",
        f"{{{TOMBSTONES}}}deleted-entry",
        f"{{{CATALOG}}}publication",
    }
)


def sign(document: bytes, *, key: bytes, certificate: bytes) -> bytes:
    """Return a document with its signature as the last child of the root.

    Sign last: any change afterwards, and be it one blank, breaks the signature.

    Args:
        document: An Atom feed, entry or tombstone, or a catalog publication.
        key: The private key, RSA or of an elliptic curve, as PEM without passphrase.
        certificate: The certificate of the key, X.509 as PEM; it goes along.

    Raises:
        FormatError: The document cannot be signed, or key and certificate are not
            usable or do not belong together.
    """
    from lxml import etree
    from signxml.algorithms import (
        CanonicalizationMethod,
        DigestAlgorithm,
        SignatureMethod,
    )
    from signxml.signer import XMLSigner

    root = _parsed(document)
    if next(root.iter(_SIGNATURE), None) is not None:
        raise FormatError(
            "the document is signed already",
            where=_SIGNATURE,
            mend="sign what was written, once",
        )
    kind = _kind_of(key, _certificate(certificate))
    signer = XMLSigner(
        signature_algorithm=SignatureMethod[f"{kind}_SHA256"],
        digest_algorithm=DigestAlgorithm.SHA256,
        c14n_algorithm=CanonicalizationMethod(_EXCLUSIVE),
    )
    for name in ("Id", "ID"):  # would narrow the signature to the element of this name
        if name in root.attrib:
            raise _refused(f"the root has an attribute {name}", "leave it out")
    signed = signer.sign(root, key=key, cert=certificate.decode("ascii"))
    content: bytes = etree.tostring(signed, encoding="UTF-8", xml_declaration=True)
    return content


def verify(document: bytes, *, certificate: bytes, at: datetime | None = None) -> bytes:
    """Return what was signed, canonical and without the signature.

    Read the result, never the document that was given.

    Args:
        document: What :func:`sign` returned, or another signer of the same shape.
        certificate: The one certificate that is trusted, X.509 as PEM.
        at: When it must have been valid; None where it is trusted for as long as it
            is pinned.

    Raises:
        FormatError: There is no such signature, it does not hold, is not by this
            certificate, or does not cover exactly the whole document.
    """
    from lxml import etree
    from signxml.algorithms import DigestAlgorithm, SignatureMethod
    from signxml.exceptions import SignXMLException
    from signxml.verifier import SignatureConfiguration, VerifyResult, XMLVerifier

    root = _parsed(document)
    _check_shape(root)
    pinned = _certificate(certificate)
    expected = SignatureConfiguration(
        location="./",
        signature_methods=frozenset(
            SignatureMethod[f"{kind}_{sha}"]
            for kind in ("RSA", "ECDSA")
            for sha in _SHA2
        ),
        digest_algorithms=frozenset(DigestAlgorithm[sha] for sha in _SHA2),
        verification_time=at or pinned.not_valid_before_utc,
    )
    try:
        found = XMLVerifier().verify(root, x509_cert=pinned, expect_config=expected)
    except (SignXMLException, etree.LxmlError, ValueError) as error:
        raise _refused(
            f"the signature does not hold: {error}",
            "fetch the document again, and ask its publisher for the certificate",
        ) from error
    return cast("VerifyResult", found).signed_data


def _parsed(document: bytes) -> _Element:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        raise FormatError(
            f"not well-formed XML: {error.msg}", where=f"line {error.lineno}"
        ) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise FormatError(
            "the document has a DOCTYPE", where="line 1", mend="send it without"
        )
    if root.tag not in _ROOTS:
        raise FormatError(
            f"a {root.tag} is neither signed nor verified",
            where=f"line {line_of(root)}",
            mend="take an Atom feed or entry, or a catalog publication",
        )
    return root


def _check_shape(root: _Element) -> None:
    """Refuse every signature but one by :func:`sign`'s own pattern.

    Raises:
        FormatError: Says which part of the pattern is not kept.
    """
    found = [*root.iter(_SIGNATURE)]
    if not found:
        raise _refused("the document is not signed", "ask its publisher to sign it")
    if len(found) > 1 or found[0] is not root[-1]:
        raise _refused(
            "the signature is not the last child of the root, or not the only one",
            "sign the whole document, once",
        )
    (signature,) = found
    for key_info in signature.findall(f"{_DS}KeyInfo"):
        signature.remove(key_info)  # not signed, and not to be believed
    for name in ("DigestValue", "SignatureValue"):
        if not signature.findtext(f".//{_DS}{name}", "").strip():
            raise _refused(f"the signature has no {name}", "sign the document again")
    given = [
        (str(part.tag).removeprefix(_DS), {str(n): str(v) for n, v in part.items()})
        for part in signature.iterdescendants()
    ]
    wanted = [name for name, _ in _PATTERN]
    if [name for name, _ in given] != wanted or any(
        attributes not in (None, said)
        for (_, said), (_, attributes) in zip(given, _PATTERN, strict=True)
    ):
        raise _refused(
            "the signature does not cover the whole document in the one way taken",
            "sign it as sign does: one reference to all, exclusive canonicalization",
        )


_PATTERN: tuple[tuple[str, dict[str, str] | None], ...] = (
    ("SignedInfo", {}),
    ("CanonicalizationMethod", {"Algorithm": _EXCLUSIVE}),
    ("SignatureMethod", None),
    ("Reference", {"URI": ""}),
    ("Transforms", {}),
    ("Transform", {"Algorithm": _ENVELOPED}),
    ("Transform", {"Algorithm": _EXCLUSIVE}),
    ("DigestMethod", None),
    ("DigestValue", {}),
    ("SignatureValue", {}),
)
"""A signature's elements in order, with their attributes; None is asked later."""


def _certificate(pem: bytes) -> Certificate:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    try:
        certificate = x509.load_pem_x509_certificate(pem)
        public = certificate.public_key()
    except ValueError as error:
        raise _unusable(
            "certificate", f"is no X.509 certificate as PEM: {error}"
        ) from None
    if isinstance(public, rsa.RSAPublicKey) and public.key_size < _RSA_BITS:
        raise _unusable("certificate", f"is of a weak key: {public.key_size} bits")
    if not isinstance(public, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        raise _unusable("certificate", "is of a key neither RSA nor elliptic")
    return certificate


def _kind_of(pem: bytes, certificate: Certificate) -> str:
    """Return ``RSA`` or ``ECDSA`` for a private key that a certificate is of."""
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        private = load_pem_private_key(pem, password=None)
    except (TypeError, ValueError) as error:  # a passphrase; no key
        raise _unusable("key", f"is no private key as PEM: {error}") from None
    if private.public_key() != certificate.public_key():
        raise _unusable("key", "is not that of the certificate")
    return "RSA" if isinstance(private, rsa.RSAPrivateKey) else "ECDSA"


def _unusable(name: str, problem: str) -> FormatError:
    mend = f"give an RSA key of {_RSA_BITS} bits or more or an elliptic one, as PEM"
    return FormatError(f"the {name} {problem}", field=name, mend=mend)


def _refused(message: str, mend: str) -> FormatError:
    return FormatError(message, where="Signature", mend=mend)
