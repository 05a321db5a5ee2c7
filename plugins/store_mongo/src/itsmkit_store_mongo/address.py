"""What a URL names, and why some aren't taken: a setting in it must not undo what keeps records safe."""

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen
from pymongo.errors import PyMongoError
from pymongo.uri_parser import parse_uri

from itsmkit import StoreError

_FIRM: Mapping[str, Any] = {
    "w": "majority",
    "journal": True,
    "readPreference": "primary",
    "readConcernLevel": "majority",
    "retryWrites": True,
    "retryReads": True,
}
"""Settings that a URL may repeat but not change."""


@frozen
class Address:
    """A database: the URL, which may hold a password, and what of it may be shown."""

    url: str = field(repr=False)
    database: str
    shown: str
    options: Mapping[str, Any] = field(repr=False)


def address(url: str) -> Address:
    """What the URL names; StoreError with what to change where it can't be a store."""
    try:
        parsed = parse_uri(url)
    except (PyMongoError, ValueError) as error:
        raise StoreError(f"that is no URL of MongoDB: {_bare(error, url)}; one is like {EXAMPLE}") from None
    hosts = ",".join(host if port is None else f"{host}:{port}" for host, port in parsed["nodelist"])
    database, options = parsed["database"], parsed["options"]
    if not database:
        raise StoreError(f"mongodb://{hosts}: the URL must name a database, as in {EXAMPLE}")
    if parsed["collection"]:
        raise StoreError(f"mongodb://{hosts}/{database}: a database's name has no dot in it, as in {EXAMPLE}")
    shown = f"mongodb://{hosts}/{database}"
    for name, wanted in _FIRM.items():
        if options.get(name, wanted) != wanted:
            said = str(wanted).lower() if isinstance(wanted, bool) else wanted
            raise StoreError(f"{shown}: {name}={options[name]} would lose records; take it out of the URL ({said})")
    return Address(url, database, shown, dict(options))


EXAMPLE = "mongodb://host/desk?replicaSet=rs0"


def _bare(error: Exception, url: str) -> str:
    """The error on one line, without what the URL may keep secret."""
    secret = url.partition("://")[2].rpartition("@")[0]
    text = " ".join(str(error).split())
    return text.replace(secret, "…") if secret else text
