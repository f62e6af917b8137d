"""Where shards are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from collector import database
from collector.errors import CollectorError


class ShardsUnusable(CollectorError, ValueError):
    """Databases cannot be the shards of a front, or another cannot be that front."""


@dataclass(frozen=True, slots=True)
class Shards:
    """
    The shards of a front, in their order.

    Attributes:
        urls: Their addresses, as they were given.
        hosts: The same by libpq's names, without user and password.
        user: As whom the front comes to all of them.
        password: Its password; empty for none.
    """

    urls: Sequence[str] = field(repr=False)
    hosts: Sequence[Mapping[str, str]]
    user: str
    password: str = field(repr=False)


def read(urls: Sequence[str]) -> Shards:
    """
    The shards at these addresses.

    Args:
        urls: `postgresql://USER:PASSWORD@HOST/NAME`; with several hosts where a shard has a standby.

    Raises:
        DatabaseUnusable: If one is no address.
        ShardsUnusable: If they cannot be shards of one front. No password is told.
    """
    if len(urls) & (len(urls) - 1) or not urls:
        raise ShardsUnusable(
            f"{len(urls)} shards: not 1, 2, 4, 8 …, and half a hash finds none; give as many"
        )
    found = [_read(url) for url in urls]
    logins = {(one.pop("user", ""), one.pop("password", "")) for one in found}
    if len(logins) > 1:
        raise ShardsUnusable(
            "the shards' users and passwords differ; PL/Proxy comes to all as one, so make one"
        )
    if len({tuple(sorted(one.items())) for one in found}) < len(found):
        raise ShardsUnusable("two shards are one database; give each another")
    user, password = logins.pop()
    if not user:
        raise ShardsUnusable("no user is named; write postgresql://USER@HOST/NAME")
    return Shards(urls, found, user, password)


def _read(url: str) -> dict[str, str]:
    scheme, _, _ = url.partition("://")
    if scheme not in database.SCHEMES:
        raise ShardsUnusable("a shard that is no PostgreSQL; write postgresql://USER@HOST/NAME")
    found = {name: str(value) for name, value in database.patient(database.read(url)).items()}
    if not found.get("host"):
        raise ShardsUnusable("a shard without a host; write postgresql://USER@HOST/NAME")
    return found
