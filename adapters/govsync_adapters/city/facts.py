"""What city.directory is, and what its settings make of the topic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govsync.channels import Facts, Setting
from govsync.errors import ConfigError
from govsync.formats.address import to_uri
from govsync_adapters.city.topic import About

if TYPE_CHECKING:
    from govsync.channels import Context

DEFAULT_TITLE = "基层政务公开试点"

FACTS = Facts(
    name="city.directory",
    title="试点专题(静态网页)",
    settings=(
        Setting(
            name="path",
            help="The folder; the web server's root is its subfolder `current`",
            path=True,
        ),
        Setting(
            name="title",
            help="The topic's name",
            required=False,
            default=DEFAULT_TITLE,
        ),
        Setting(
            name="base_url",
            help="The topic's public address; the city's site where empty",
            required=False,
            pattern=r"https?://[^?#\s]+",
        ),
        Setting(
            name="feed_size",
            help="How many records the feeds show, 1 to 1000",
            required=False,
            default="100",
            pattern="[1-9][0-9]{0,2}|1000",
        ),
    ),
    batch_size=200,
    deduplicates=True,
)


def about_of(context: Context) -> About:
    """Return what the topic says of itself.

    Raises:
        ConfigError: No public address is configured.
    """
    given = context.settings
    base_url = given.get("base_url") or context.city.get("site", "")
    address = to_uri(f"{base_url.rstrip('/')}/")
    if address is None:
        raise ConfigError(
            f"{base_url!r} is no web address",
            where=f"channels.{context.channel}.base_url",
            mend="give the topic's public address, such as https://www.example.gov.cn/sd/",
        )
    return About(
        title=given.get("title") or DEFAULT_TITLE,
        base_url=address,
        site_name=context.city.get("site_name") or context.city.get("name", ""),
        site_id=context.city.get("site_id", ""),
        feed_size=int(given.get("feed_size") or 100),
    )
