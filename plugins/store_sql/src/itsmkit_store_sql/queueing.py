"""Writers in turn: those of this process wait on a lock, those of several processes on a lock file, without polling."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from types import ModuleType

from itsmkit import StoreError

try:
    import fcntl as _fcntl
except ImportError:  # Windows: there SQLite's own waiting must do
    fcntl: ModuleType | None = None
else:
    fcntl = _fcntl


class Queue:
    """The turns on that lock file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = RLock()
        self._file: int | None = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Mine alone until left; the system ends it where a process dies."""
        with self._lock:
            if fcntl is None:
                yield
                return
            file = self._open()
            fcntl.flock(file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(file, fcntl.LOCK_UN)

    def _open(self) -> int:
        if self._file is None:
            try:
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
            except OSError as error:
                raise StoreError(
                    f"{self._path}: {error.strerror}: the database's folder must exist and be writable"
                ) from error
        return self._file

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._file is not None:
                os.close(self._file)
                self._file = None

    def pause(self) -> None:
        """Nobody writes until `resume`; the file is opened anew then, as a lock on it belongs to who opened it."""
        self._lock.acquire()
        self.close()

    def resume(self) -> None:
        """Go on."""
        self._lock.release()
