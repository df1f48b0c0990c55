"""Signed documents: by us and by xmlsec1, there and back, and every way to cheat."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest
from lxml import etree
from signxml.algorithms import CanonicalizationMethod
from signxml.signer import XMLSigner
from support.certificates import Signer, signer
from support.formats import awkward, full, plain, read, withdrawn, written
from support.tools import run

from govsync.errors import FormatError
from govsync.formats import atom, catalog_xml
from govsync.formats.xmldsig import NAMESPACE, sign, verify

DS = f"{{{NAMESPACE}}}"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
EXCLUSIVE = CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0
TEMPLATE = """<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo>\
<CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>\
<SignatureMethod Algorithm="{method}"/><Reference URI="{uri}"><Transforms>\
<Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>\
<Transform Algorithm="{c14n}"/></Transforms><DigestMethod Algorithm="{digest}"/>\
<DigestValue/></Reference>{more}</SignedInfo><SignatureValue/></Signature>"""
DEFAULTS = {
    "method": RSA_SHA256,
    "uri": "",
    "c14n": "http://www.w3.org/2001/10/xml-exc-c14n#",
    "digest": SHA256,
    "more": "",
}
DOCUMENTS = {
    "feed": written("atom", awkward()),
    "entry": atom.entry(full()),
    "tombstone": atom.entry(withdrawn()),
    "publication": written("xml", awkward()),
}


def signed(name: str = "feed", kind: str = "rsa") -> bytes:
    by = signer(kind)
    return sign(DOCUMENTS[name], key=by.key, certificate=by.certificate)


def verified(content: bytes, kind: str = "rsa") -> bytes:
    return verify(content, certificate=signer(kind).certificate)


def refused(content: bytes, kind: str = "rsa") -> FormatError:
    with pytest.raises(FormatError) as caught:
        verified(content, kind)
    assert caught.value.mend
    return caught.value


def by_xmlsec1(document: bytes, folder: Path, by: Signer, **changes: str) -> bytes:
    """What xmlsec1 makes of a document with a template of a signature."""
    template = TEMPLATE.format(**{**DEFAULTS, **changes}).encode()
    head, end, tail = document.rpartition(b"</")
    (folder / "key.pem").write_bytes(by.key)
    (folder / "in.xml").write_bytes(head + template + end + tail)
    paths = [str(folder / name) for name in ("key.pem", "out.xml", "in.xml")]
    done = run("xmlsec1", "--sign", "--privkey-pem", paths[0], "--output", *paths[1:])
    assert done.returncode == 0, done.stderr
    return (folder / "out.xml").read_bytes()


@pytest.mark.parametrize("kind", ["rsa", "curve"])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_was_signed_comes_back(name: str, kind: str) -> None:
    found = verified(signed(name, kind), kind)

    assert found == etree.tostring(
        etree.fromstring(DOCUMENTS[name]), method="c14n", exclusive=True
    )


@pytest.mark.parametrize(("name", "form"), [("feed", "atom"), ("publication", "xml")])
def test_readers_take_a_signed_document_and_what_was_signed(
    name: str, form: str
) -> None:
    records = read(form, DOCUMENTS[name])

    assert read(form, signed(name)) == records
    assert read(form, verified(signed(name))) == records


def test_an_entry_reads_alike_signed() -> None:
    assert atom.read_entry(signed("entry")) == full()


@pytest.mark.parametrize("name", ["feed", "entry", "tombstone"])
def test_a_signed_document_keeps_the_profile(name: str) -> None:
    schema = files("govsync.formats").joinpath("schemas/atom-1.rng").read_bytes()
    profile = etree.RelaxNG(etree.fromstring(schema))
    content = signed(name)

    profile.assertValid(etree.fromstring(content))
    start = content.index(b"<ds:Signature")
    end = content.index(b"</ds:Signature>") + len(b"</ds:Signature>")
    signature = content[start:end]
    moved = content.replace(signature, b"").replace(b"<id>", signature + b"<id>", 1)
    if name != "tombstone":
        assert not profile.validate(etree.fromstring(moved))


def test_a_signed_publication_keeps_its_schema() -> None:
    schema = etree.XMLSchema(etree.fromstring(catalog_xml.schema()))

    schema.assertValid(etree.fromstring(signed("publication")))


@pytest.mark.parametrize("kind", ["rsa", "curve"])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_xmlsec1_verifies_what_we_sign(name: str, kind: str, tmp_path: Path) -> None:
    (tmp_path / "cert.pem").write_bytes(signer(kind).certificate)
    content = signed(name, kind)
    (tmp_path / "in.xml").write_bytes(content)
    trusted = ("--trusted-pem", str(tmp_path / "cert.pem"))

    done = run("xmlsec1", "--verify", *trusted, str(tmp_path / "in.xml"))
    assert done.returncode == 0, done.stderr

    (tmp_path / "in.xml").write_bytes(content.replace(b"2026-0", b"2027-0", 1))
    done = run("xmlsec1", "--verify", *trusted, str(tmp_path / "in.xml"))
    assert done.returncode != 0


@pytest.mark.parametrize("name", DOCUMENTS)
def test_we_verify_what_xmlsec1_signs(name: str, tmp_path: Path) -> None:
    content = by_xmlsec1(DOCUMENTS[name], tmp_path, signer("rsa"))

    assert verified(content) == verified(signed(name))


@pytest.mark.parametrize(
    "changes",
    [
        {"method": "http://www.w3.org/2000/09/xmldsig#rsa-sha1"},
        {"digest": "http://www.w3.org/2000/09/xmldsig#sha1"},
        {"c14n": "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"},
        {"more": re.sub(r".*(<Reference.*</Reference>).*", r"\1", TEMPLATE)},
    ],
    ids=["weak method", "weak digest", "inclusive", "a second reference"],
)
def test_signatures_of_another_kind_are_refused(
    changes: dict[str, str], tmp_path: Path
) -> None:
    changes = {name: text.format(**DEFAULTS) for name, text in changes.items()}
    content = by_xmlsec1(DOCUMENTS["feed"], tmp_path, signer("rsa"), **changes)

    refused(content)


@pytest.mark.parametrize("place", range(len(awkward())))
def test_a_change_of_any_entry_is_refused(place: int) -> None:
    root = etree.fromstring(signed())
    entry = [*root.iterfind("{*}entry"), *root.iterfind("{*}deleted-entry")][place]
    last = [*entry.iter()][-1]
    last.text = (last.text or "") + " "

    assert "hold" in refused(etree.tostring(root)).message


@pytest.mark.parametrize(
    "spoil",
    [
        lambda root: root.remove(root[-2]),
        lambda root: root.insert(3, root[-2]),
        lambda root: root.set("{http://www.w3.org/XML/1998/namespace}lang", "en"),
        lambda root: setattr(root[-1], "tail", "x"),
    ],
    ids=["an entry removed", "an entry moved", "an attribute", "text at the end"],
)
def test_a_change_of_the_whole_is_refused(spoil: object) -> None:
    root = etree.fromstring(signed())
    assert callable(spoil)
    spoil(root)

    refused(etree.tostring(root))


def wrapped(root: etree._Element) -> etree._Element:
    """The signed feed inside another, whose own entry was never signed."""
    outer = etree.fromstring(atom.entry(plain(id="evil")))
    outer.append(root)
    outer.append(root[-1])
    return outer


def beside(root: etree._Element) -> etree._Element:
    """The signed feed as a child of its own signature."""
    outer = etree.fromstring(DOCUMENTS["entry"])
    signature = root[-1]
    root.remove(signature)
    etree.SubElement(signature, f"{DS}Object").append(root)
    outer.append(signature)
    return outer


def pointed(root: etree._Element) -> etree._Element:
    """A reference to a part, beside which something else stands."""
    root.set("Id", "signed")
    for reference in root.iter(f"{DS}Reference"):
        reference.set("URI", "#signed")
    return root


def doubled(root: etree._Element) -> etree._Element:
    """The signature of another before the right one."""
    root.insert(0, etree.fromstring(signed("publication"))[-1])
    return root


def early(root: etree._Element) -> etree._Element:
    root.insert(0, root[-1])
    return root


def commented(root: etree._Element) -> etree._Element:
    """A comment that splits a value in two for those who read only the first part."""
    value = next(root.iter(f"{DS}DigestValue"))
    value.append(etree.Comment("x"))
    return root


@pytest.mark.parametrize("cheat", [wrapped, beside, pointed, doubled, early, commented])
def test_wrapping_is_refused(cheat: object) -> None:
    assert callable(cheat)
    content = etree.tostring(cheat(etree.fromstring(signed())))

    assert refused(content).where == "Signature"


@pytest.mark.parametrize("part", ["{*}entry", "."])
def test_a_sound_signature_of_a_part_is_refused(part: str) -> None:
    by = signer("rsa")
    root = etree.fromstring(DOCUMENTS["feed"])
    named = root.find(part)
    assert named is not None
    named.set("Id", "part")
    signer_of_parts = XMLSigner(c14n_algorithm=EXCLUSIVE)
    found = signer_of_parts.sign(
        root, key=by.key, cert=by.certificate.decode(), reference_uri="#part"
    )

    assert refused(etree.tostring(found)).where == "Signature"


def test_comments_are_not_what_was_signed() -> None:
    content = signed().replace(b"<author>", b"<!-- not signed --><author>", 1)

    assert verified(content) == verified(signed())


def test_another_key_is_refused_even_if_it_brings_its_certificate() -> None:
    refused(signed(kind="another"))


def test_a_key_of_another_kind_is_refused() -> None:
    refused(signed(kind="curve"), "rsa")
    refused(signed(kind="rsa"), "curve")


@pytest.mark.parametrize("junk", ["", "?", "AAAA", "公", "A" * 5000])
@pytest.mark.parametrize("name", ["SignatureValue", "DigestValue"])
def test_a_value_of_junk_is_refused(name: str, junk: str) -> None:
    root = etree.fromstring(signed())
    next(root.iter(DS + name)).text = junk

    refused(etree.tostring(root))


@pytest.mark.parametrize("name", ["SignatureMethod", "DigestMethod"])
def test_an_algorithm_nobody_knows_is_refused(name: str) -> None:
    root = etree.fromstring(signed())
    next(root.iter(DS + name)).set("Algorithm", "urn:example:none")

    refused(etree.tostring(root))


def test_what_a_document_says_of_its_key_is_not_read() -> None:
    content = re.sub(rb"<ds:KeyInfo>.*</ds:KeyInfo>", b"", signed(), flags=re.DOTALL)
    assert content != signed()
    other = signed(kind="another")
    theirs = re.search(rb"<ds:KeyInfo>.*</ds:KeyInfo>", other, flags=re.DOTALL)
    assert theirs
    swapped = content.replace(b"</ds:Signature>", theirs[0] + b"</ds:Signature>")

    assert verified(content) == verified(swapped) == verified(signed())


def test_a_certificate_is_asked_for_its_time_where_one_is_given() -> None:
    certificate = signer("rsa").certificate
    inside = datetime(2026, 1, 1, tzinfo=UTC)

    assert verify(signed(), certificate=certificate, at=inside)
    with pytest.raises(FormatError, match="valid"):
        verify(signed(), certificate=certificate, at=datetime(2019, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "well-formed"),
        (b"<a", "well-formed"),
        (b"<html/>", "neither"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "DOCTYPE"),
        (DOCUMENTS["feed"], "not signed"),
        (written("rss", [plain()]), "neither"),
    ],
)
def test_what_is_no_signed_document_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        verified(content)


def test_a_signed_document_is_not_signed_again() -> None:
    by = signer("rsa")

    with pytest.raises(FormatError, match="already"):
        sign(signed(), key=by.key, certificate=by.certificate)


@pytest.mark.parametrize("name", ["Id", "ID"])
def test_a_root_with_a_name_is_not_signed(name: str) -> None:
    by = signer("rsa")
    named = DOCUMENTS["feed"].replace(b"<feed ", f'<feed {name}="a" '.encode())

    with pytest.raises(FormatError, match=name):
        sign(named, key=by.key, certificate=by.certificate)


@pytest.mark.parametrize(
    ("key", "certificate", "field"),
    [
        (b"no key", signer("rsa").certificate, "key"),
        (signer("another").key, signer("rsa").certificate, "key"),
        (signer("rsa").key, b"none", "certificate"),
        (signer("weak").key, signer("weak").certificate, "certificate"),
        (signer("edwards").key, signer("edwards").certificate, "certificate"),
    ],
)
def test_keys_that_do_not_do_are_refused(
    key: bytes, certificate: bytes, field: str
) -> None:
    with pytest.raises(FormatError) as caught:
        sign(DOCUMENTS["feed"], key=key, certificate=certificate)

    assert (caught.value.field, bool(caught.value.mend)) == (field, True)
