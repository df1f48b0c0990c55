"""What the adapter of the province is told, and the keys that follow from it."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from govsync.channels import Facts, Setting
from govsync.channels.signatures import Key
from govsync.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

FACTS = Facts(
    name="province",
    title="省级基层政务公开试点平台",
    settings=(
        Setting(
            name="url",
            help="The platform's address, without a path",
            pattern=r"https?://[^/?#\s]+/?",
        ),
        Setting(name="key_id", help="The key's name, as the province issued it"),
        Setting(
            name="key",
            help="The key: text, PEM, or bytes as base64:…",
            secret=True,
        ),
        Setting(
            name="algorithm",
            help="How calls are signed",
            required=False,
            default="hmac-sha256",
            pattern="hmac-sha256|ed25519",
        ),
        Setting(
            name="platform_key_id",
            help="With ed25519: the name of the platform's key",
            required=False,
            default="platform",
        ),
        Setting(
            name="platform_key",
            help="With ed25519: the platform's public key, PEM",
            required=False,
        ),
        Setting(
            name="wire",
            help="The form that records are sent in",
            required=False,
            default="atom",
            pattern="atom|xml|rss|json",
        ),
        Setting(
            name="batch",
            help="How many records one call carries, 1 to 50",
            required=False,
            default="50",
            pattern="[1-9]|[1-4][0-9]|50",
        ),
        Setting(
            name="ca_file",
            help="PEM of the authorities to trust in place of the public ones",
            required=False,
            path=True,
        ),
        Setting(name="proxy", help="The address of an HTTP proxy", required=False),
        Setting(
            name="private",
            help="Whether the platform (or the proxy) may stand in an internal network"
            " or be this machine",
            required=False,
            default="false",
            pattern="true|false",
        ),
    ),
    batch_size=50,
    deduplicates=True,
)


def key_of(given: Mapping[str, str], channel: str) -> Key:
    """Return the key that signs what is asked.

    Raises:
        ConfigError: The secret is not base64, or too short.
    """
    secret = secret_bytes(given["key"], f"channels.{channel}.key")
    if given.get("algorithm") == "ed25519":
        return Key(given["key_id"], "ed25519", secret)
    return Key(given["key_id"], "hmac-sha256", secret)


def answer_keys(given: Mapping[str, str], key: Key, channel: str) -> dict[str, Key]:
    """Return what answers are proven with: our shared secret, or the platform's key.

    Raises:
        ConfigError: Nothing is shared, and the platform's key is not given.
    """
    if key.algorithm == "hmac-sha256":
        return {key.id: key}
    if not given.get("platform_key"):
        raise ConfigError(
            "answers could not be proven",
            where=f"channels.{channel}.platform_key",
            mend="give the platform's public key in PEM",
        )
    name = given.get("platform_key_id") or "platform"
    return {name: Key(name, "ed25519", given["platform_key"].encode())}


def secret_bytes(text: str, where: str) -> bytes:
    """Return the bytes of a secret: of text, or of base64 marked ``base64:``.

    Raises:
        ConfigError: What is marked so is not base64.
    """
    if not text.startswith("base64:"):
        return text.encode()
    try:
        return base64.b64decode(text.removeprefix("base64:"), validate=True)
    except ValueError as error:
        raise ConfigError("the secret is not base64", where=where) from error
