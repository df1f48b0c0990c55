"""Who is believed, and why not: every reason has its message."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from support.signed import (
    ED25519_PRIVATE,
    ED25519_PUBLIC,
    HMAC,
    NONCE,
    NOW,
    PRIVATE,
    PUBLIC,
    SHARED_SECRET,
    Request,
    Response,
)

from govsync.channels.signatures import (
    REASONS,
    Key,
    SignatureError,
    check_content_digest,
    content_digest,
    sign_request,
)
from govsync.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable


def code_of(verify: Callable[[], object]) -> str:
    with pytest.raises(SignatureError) as caught:
        verify()
    assert REASONS[caught.value.code] in str(caught.value)
    return caught.value.code


def without(*covered: str) -> Request:
    """Return a request whose signature, right by itself, covers only some parts."""
    request = Request().signed()
    kept = " ".join(f'"{name}"' for name in covered)
    value = f'sig1=({kept});created={int(NOW.timestamp())};nonce="n";keyid="{HMAC.id}"'
    return request.with_headers(signature_input=value)


@pytest.mark.parametrize("key", [HMAC, PRIVATE], ids=lambda key: key.algorithm)
def test_what_was_signed_is_believed(key: Key) -> None:
    verified = Request().signed(key).verified()

    assert (verified.key_id, verified.nonce) == (key.id, NONCE)
    assert verified.created == NOW


def test_the_signature_covers_what_the_request_is() -> None:
    headers = Request().signed().headers

    assert headers["Signature-Input"] == (
        'sig1=("@method" "@target-uri" "content-digest" "idempotency-key" '
        '"content-type");created=1795435200;nonce="5f3a-0001";'
        'keyid="test-shared-secret";alg="hmac-sha256"'
    )


def test_header_names_have_no_case() -> None:
    signed = Request().signed()
    shouted = {name.upper(): value for name, value in signed.headers.items()}

    assert replace(signed, headers=shouted).verified().nonce == NONCE


def test_one_address_has_many_spellings() -> None:
    """RFC 9110, 4.2.3: a default port, an empty path and case name nothing else."""
    signed = Request(url="HTTPS://GOV.example:443?a=B").signed()

    assert replace(signed, url="https://gov.example/?a=B").verified().nonce == NONCE


def test_signing_anew_replaces_the_digest() -> None:
    signed = Request().signed()
    changed = replace(signed, content=b"other").signed()

    assert changed.verified().nonce == NONCE


@pytest.mark.parametrize(
    ("code", "request_"),
    [
        ("missing", Request()),
        ("missing", Request().signed().with_headers(signature=None)),
        ("missing", Request().signed().with_headers(signature_input=None)),
        ("missing", Request().signed().with_headers(signature="sig2=:AAAA:")),
        ("malformed", Request().signed().with_headers(signature="sig1=AAAA")),
        ("malformed", Request().signed().with_headers(signature_input="sig1=(")),
        ("missing", Request().signed().with_headers(signature_input="sig1=1")),
        ("unknown_key", Request().signed(Key("other", "hmac-sha256", b"x" * 32))),
        ("digest", replace(Request().signed(), content=b"other")),
        ("wrong", replace(Request().signed(), method="POST")),
        ("wrong", replace(Request().signed(), url="https://gov.example/other")),
        ("wrong", Request().signed().with_headers(idempotency_key='"another"')),
        ("wrong", Request().signed().with_headers(idempotency_key=None)),
        ("wrong", Request().signed().with_headers(content_type="text/html")),
        ("wrong", Request().signed(Key(HMAC.id, "hmac-sha256", b"x" * 32))),
        ("not_covered", without("@method", "content-digest", "idempotency-key")),
        ("not_covered", without("@method", "@target-uri", "idempotency-key")),
        ("not_covered", without("@method", "@target-uri", "content-digest")),
        ("malformed", replace(Request().signed(), method="PUT\nX")),
        ("malformed", replace(Request().signed(), url="/items/1")),
        ("malformed", Request().signed().with_headers(**{"@method": "PUT"})),
    ],
)
def test_what_was_not_signed_is_not_believed(code: str, request_: Request) -> None:
    assert code_of(request_.verified) == code


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_time_outside_the_window_is_not_believed(seconds: int) -> None:
    signed = Request().signed(created=NOW + timedelta(seconds=seconds))

    assert code_of(signed.verified) == "expired"


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_a_time_inside_the_window_is_believed(seconds: int) -> None:
    created = NOW + timedelta(seconds=seconds)

    assert Request().signed(created=created).verified().created == created


PARAMETERS = {
    "created": str(int(NOW.timestamp())),
    "nonce": '"n"',
    "keyid": f'"{HMAC.id}"',
    "alg": '"hmac-sha256"',
}
COVERED = '("@method" "@target-uri" "content-digest" "idempotency-key")'


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("missing", {"created": None}),
        ("missing", {"keyid": None}),
        ("missing", {"nonce": None}),
        ("malformed", {"created": '"now"'}),
        ("malformed", {"created": "?1"}),
        ("malformed", {"created": "1.5"}),
        ("malformed", {"keyid": HMAC.id}),
        ("malformed", {"nonce": '""'}),
        ("malformed", {"nonce": f'"{"n" * 257}"'}),
        ("expired", {"created": "999999999999999"}),
        ("expired", {"created": "-999999999999999"}),
        ("expired", {"expires": str(int(NOW.timestamp()) - 1)}),
        ("wrong", {"alg": '"ed25519"'}),
        ("wrong", {"alg": '"rsa-pss-sha512"'}),
        ("wrong", {"tag": '"added"'}),
    ],
)
def test_parameters_are_checked(code: str, changes: dict[str, str | None]) -> None:
    given = {**PARAMETERS, **changes}
    text = "".join(f";{name}={value}" for name, value in given.items() if value)
    signed = Request().signed().with_headers(signature_input=f"sig1={COVERED}{text}")

    assert code_of(signed.verified) == code


@pytest.mark.parametrize(
    "covered",
    [
        '("@method" "@method" "@target-uri" "content-digest" "idempotency-key")',
        '("@method" "@target-uri" "content-digest";sf "idempotency-key")',
        '("@method" "@target-uri" "Content-Digest" "idempotency-key")',
        '("@method" "@target-uri" content-digest "idempotency-key")',
        '("@method" "@target-uri" "content-digest" 7)',
        "7",
    ],
)
def test_components_of_unknown_form_are_refused(covered: str) -> None:
    text = "".join(f";{name}={value}" for name, value in PARAMETERS.items())
    signed = Request().signed().with_headers(signature_input=f"sig1={covered}{text}")

    assert code_of(signed.verified) in {"malformed", "not_covered"}


class TestSeveralSignatures:
    """A relay may add its own; one that holds is enough."""

    @staticmethod
    def both(first: Request, second: Request, second_label: str) -> Request:
        def joined(name: str) -> str:
            other = second.headers[name].replace("sig1", second_label, 1)
            return f"{first.headers[name]}, {other}"

        return first.with_headers(
            signature_input=joined("Signature-Input"), signature=joined("Signature")
        )

    def test_one_that_holds_is_enough(self) -> None:
        stranger = Request().signed(Key("relay", "hmac-sha256", b"x" * 32))

        assert self.both(stranger, Request().signed(), "b").verified().key_id == HMAC.id
        assert self.both(Request().signed(), stranger, "b").verified().key_id == HMAC.id

    def test_two_of_one_label_are_malformed(self) -> None:
        twice = self.both(Request().signed(), Request().signed(), "sig1")

        assert code_of(twice.verified) == "malformed"

    def test_more_than_a_few_are_not_even_tried(self) -> None:
        signed = Request().signed()
        many = ", ".join(
            signed.headers["Signature-Input"].replace("sig1", f"s{n}", 1)
            for n in range(5)
        )

        crowd = signed.with_headers(signature_input=many)

        assert code_of(crowd.verified) == "malformed"


class TestResponse:
    @pytest.mark.parametrize("key", [HMAC, PRIVATE], ids=lambda key: key.algorithm)
    def test_what_was_signed_is_believed(self, key: Key) -> None:
        assert Response().signed(key).verified().key_id == key.id

    def test_it_answers_one_request_only(self) -> None:
        """An answer kept from another request proves nothing about this one."""
        kept = Response().signed(nonce="another")

        assert code_of(kept.verified) == "wrong"

    def test_an_altered_answer_is_not_believed(self) -> None:
        signed = Response().signed()

        assert code_of(replace(signed, status=200).verified) == "wrong"
        assert code_of(replace(signed, content=b"{}").verified) == "digest"
        assert code_of(Response().verified) == "missing"

    def test_a_signed_request_is_no_answer(self) -> None:
        """With a shared secret, a request sent back must not pass for a receipt."""
        request = Request().signed()
        echo = Response(headers=request.headers, content=request.content)

        assert code_of(echo.verified) == "not_covered"

    def test_a_signed_answer_is_no_request(self) -> None:
        answer = Response().signed()
        echo = Request(headers=answer.headers, content=answer.content)

        assert code_of(echo.verified) == "not_covered"


class TestContentDigest:
    def test_the_sample_of_the_standard(self) -> None:
        """RFC 9530, appendix B.1 (the content ends in a line feed)."""
        content = b'{"hello": "world"}\n'
        expected = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"

        assert content_digest(content) == expected
        check_content_digest(expected, content)

    def test_every_known_digest_must_fit(self) -> None:
        header = content_digest(b"a") + ", sha-512=:AAAA:"

        assert code_of(lambda: check_content_digest(header, b"a")) == "digest"

    def test_unknown_digests_play_no_part(self) -> None:
        check_content_digest(content_digest(b"a") + ", md5=:AAAA:", b"a")

        assert code_of(lambda: check_content_digest("md5=:AAAA:", b"a")) == "digest"

    @pytest.mark.parametrize("header", ["sha-256", "sha-256=1", "sha-256=:A:", "=:"])
    def test_what_cannot_be_read_is_malformed(self, header: str) -> None:
        assert code_of(lambda: check_content_digest(header, b"a")) == "malformed"


class TestKey:
    def test_it_never_shows_its_secret(self) -> None:
        assert repr(HMAC) == "Key(id='test-shared-secret', algorithm='hmac-sha256')"

    @pytest.mark.parametrize(
        ("parts", "problem"),
        [
            (("a", "hmac-sha256", b"secret"), "6 bytes"),
            (("a", "rsa", SHARED_SECRET), "unknown algorithm"),
            (("", "hmac-sha256", SHARED_SECRET), "ASCII"),
            (("公", "hmac-sha256", SHARED_SECRET), "ASCII"),
        ],
    )
    def test_one_that_cannot_serve_is_refused(
        self, parts: tuple[Any, ...], problem: str
    ) -> None:
        with pytest.raises(ConfigError, match=problem) as caught:
            Key(*parts)

        assert "secret'" not in str(caught.value)

    def test_a_private_key_may_be_bare(self) -> None:
        loaded = serialization.load_pem_private_key(ED25519_PRIVATE, password=None)
        raw = loaded.private_bytes(
            serialization.Encoding.Raw,
            serialization.PrivateFormat.Raw,
            serialization.NoEncryption(),
        )

        signed = Request().signed(Key(PUBLIC.id, "ed25519", raw))

        assert signed.verified().key_id == PUBLIC.id

    def test_a_public_key_cannot_sign(self) -> None:
        with pytest.raises(ConfigError, match="no Ed25519 private key"):
            Request().signed(PUBLIC)

    @pytest.mark.parametrize(
        "secret", [b"", b"x" * 31, ED25519_PUBLIC[:60], ED25519_PRIVATE[:60]]
    )
    def test_one_that_cannot_be_read_is_named(self, secret: bytes) -> None:
        key = Key(PUBLIC.id, "ed25519", secret)
        signed = Request().signed(PRIVATE)

        with pytest.raises(ConfigError, match="test-key-ed25519"):
            signed.verified({key.id: key})

    def test_one_of_another_kind_is_named(self) -> None:
        other = ec.generate_private_key(ec.SECP256R1())
        pem = other.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        public = other.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

        with pytest.raises(ConfigError, match="no Ed25519 private key"):
            Request().signed(Key("a", "ed25519", pem))
        signed = Request().signed(PRIVATE)
        with pytest.raises(ConfigError, match="no Ed25519 public key"):
            signed.verified({PUBLIC.id: Key(PUBLIC.id, "ed25519", public)})


@pytest.mark.parametrize("nonce", ["公开", "a\nb"])
def test_a_part_that_no_header_carries_cannot_be_signed(nonce: str) -> None:
    assert code_of(lambda: Request().signed(nonce=nonce)) == "malformed"


def test_a_bad_method_cannot_be_signed() -> None:
    parts = vars(replace(Request(), method="公"))

    code = code_of(lambda: sign_request(**parts, key=HMAC, created=NOW, nonce=NONCE))

    assert code == "malformed"
