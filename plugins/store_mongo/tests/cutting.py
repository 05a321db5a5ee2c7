"""A wire that can be cut: what a client sends gets through, what the server answers is lost from a moment on."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self


class Wire:
    """Listens on a port of its own and passes everything on to a server's.

    `cut_at(word, times)`: so many requests with that word in them still reach the server, and their answers don't
    come back: the connection breaks. `down()`: nothing gets through any more.
    """

    def __init__(self, port: int) -> None:
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._word, self._times, self._then_down = b"", 0, False
        self._down = False
        self._open: list[socket.socket] = []
        self.cuts = 0
        self._in_thread(self._accept)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.down()
        self._listener.close()

    def cut_at(self, word: bytes, times: int = 1, *, then_down: bool = False) -> None:
        """Lose the answers of the next requests with that word in them; perhaps all that comes after, too."""
        self._word, self._times, self._then_down = word, times, then_down

    def down(self) -> None:
        """Cut everything."""
        self._down = True
        for one in self._open:
            _end(one)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if self._down:
                    _end(client)
                    continue
                server = socket.create_connection(("127.0.0.1", self._to))
                self._open += [client, server]
                lost = threading.Event()
                self._in_thread(lambda a=client, b=server, lost=lost: self._pass(a, b, lost, asks=True))
                self._in_thread(lambda a=server, b=client, lost=lost: self._pass(a, b, lost, asks=False))

    def _pass(self, source: socket.socket, target: socket.socket, lost: threading.Event, *, asks: bool) -> None:
        with suppress(OSError):
            while data := source.recv(1 << 16):
                if asks and self._times and self._word in data:
                    self._times -= 1
                    self.cuts += 1
                    lost.set()
                if not asks and lost.is_set():
                    self._down = self._down or self._then_down  # the server has answered: it did as it was asked
                    break
                target.sendall(data)
        _end(source)
        _end(target)

    def _in_thread(self, work: Callable[[], None]) -> None:
        threading.Thread(target=work, daemon=True).start()


def _end(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
