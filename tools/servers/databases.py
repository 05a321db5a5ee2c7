"""Empty databases for tests and benches, on servers started for them or named by ITSMKIT_TEST_POSTGRES or _MONGO."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

from tools.servers.mongo import Mongo
from tools.servers.postgres import Postgres, drop_database, make_database

POSTGRES, MONGO = "ITSMKIT_TEST_POSTGRES", "ITSMKIT_TEST_MONGO"


class Databases(Protocol):
    """Gives the URL of a new, empty database each time it is called."""

    def __call__(self) -> str:
        """The URL."""


@contextmanager
def postgres(*settings: str) -> Iterator[Databases]:
    """Databases of PostgreSQL; NoServer where there is none for this platform. `settings` are of a server of ours."""
    names, own, made = _names(), os.environ.get(POSTGRES), list[str]()
    server = None if own else Postgres(*settings)
    if server:
        server.start()
    home = own or (server.url("postgres") if server else "")

    def database() -> str:
        name = next(names)
        make_database(home, name)
        made.append(name)
        return at(home, name)

    try:
        yield database
    finally:
        if server:
            server.stop()
        else:
            for name in made:
                drop_database(home, name)


@contextmanager
def mongo() -> Iterator[Databases]:
    """Databases of MongoDB, on a replica set; NoServer as above."""
    names, own, made = _names(), os.environ.get(MONGO), list[str]()
    server = None if own else Mongo()
    if server:
        server.start()
    home = own or (server.url("admin") if server else "")

    def database() -> str:
        made.append(next(names))
        return at(home, made[-1])

    try:
        yield database
    finally:
        if server:
            server.stop()
        else:
            from pymongo import MongoClient

            with MongoClient[dict[str, object]](home) as client:
                for name in made:
                    client.drop_database(name)


def at(url: str, database: str) -> str:
    """The URL with another database."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{database}"))


def _names() -> Iterator[str]:
    return (f"itsmkit_test_{os.getpid()}_{number}" for number in count(1))
