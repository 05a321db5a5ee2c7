"""A store that keeps itself in a file, with its keeper: small, slow, and all there is to being looked after."""

import copyreg
import pickle
import shutil
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from itsmkit import Finding, MemoryStore, Outcome, RecordType, Settle, StoreError, StoreOutdated, Unit, hookimpl
from itsmkit.core.journal import _sealed

SCHEME = "shelf:///"
RELEASE = 2
HELD = ("_rows", "_events", "_keys", "_terms", "_blobs", "_named", "_slots", "_commands")


copyreg.pickle(MappingProxyType, lambda one: (_sealed, (dict(one),)))


def _place(url: str) -> Path:
    return Path("/" + url.removeprefix(SCHEME).lstrip("/"))


class ShelfStore(MemoryStore):
    """The store in memory, written to its file after each change."""

    def __init__(self, file: Path, types: Iterable[RecordType], clock: Callable[[], datetime] | None) -> None:
        types = tuple(types)
        super().__init__(types, clock)
        self._file = file
        if not file.exists():
            self._write()
        release, held = pickle.loads(file.read_bytes())  # noqa: S301 - our own test's file
        if release != RELEASE:
            msg = (
                f"{file} is of release {release}, this program needs {RELEASE}; `itsmkit store upgrade` brings it there"
            )
            raise StoreOutdated(msg)
        vars(self).update(held)

    def commit(self, *units: Unit) -> tuple[Outcome, ...]:
        done = super().commit(*units)
        self._write()
        return done

    def lease(self, *args: Any, **kwargs: Any) -> Any:
        leases = super().lease(*args, **kwargs)
        self._write()
        return leases

    def settle(self, *settles: Settle) -> tuple[bool, ...]:
        done = super().settle(*settles)
        self._write()
        return done

    def _write(self) -> None:
        self._file.write_bytes(pickle.dumps((RELEASE, {name: vars(self)[name] for name in HELD})))


class ShelfKeeper:
    """Looks after the file of a shelf."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def check(self) -> Iterator[Finding]:
        yield Finding("file", self._file.exists(), str(self._file))
        if self._file.exists():
            release = self._read()[0]
            yield Finding("release", release == RELEASE, f"{release}, due {RELEASE}")

    def upgrade(self) -> Iterator[str]:
        release, held = self._read()
        if release != RELEASE:
            self._file.write_bytes(pickle.dumps((RELEASE, held)))
            yield f"brought to release {RELEASE}"

    def backup(self, target: Path) -> str:
        shutil.copyfile(self._file, target)
        return f"wrote {target}"

    def restore(self, source: Path) -> str:
        if self._file.exists():
            msg = f"{self._file} is there; move it away first"
            raise StoreError(msg)
        shutil.copyfile(source, self._file)
        return f"restored {self._file}"

    def _read(self) -> Any:
        return pickle.loads(self._file.read_bytes())  # noqa: S301 - our own test's file


class Shelf:
    """The plugin."""

    @hookimpl
    def itsmkit_open_store(self, url: str, types: tuple[RecordType, ...], clock: Any) -> Any:
        return ShelfStore(_place(url), types, clock) if url.startswith(SCHEME) else None

    @hookimpl
    def itsmkit_keep_store(self, url: str) -> Any:
        return ShelfKeeper(_place(url)) if url.startswith(SCHEME) else None


def plugin() -> Shelf:
    return Shelf()
