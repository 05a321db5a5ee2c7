"""The line to the server is cut in the midst of what is said; what became of a commit is found out by its name."""

import os
import socket
import threading
from contextlib import suppress
from random import Random
from urllib.parse import urlsplit, urlunsplit

from bench.proof.checks import Findings, proven
from bench.proof.processes import forked
from bench.proof.sites import Shifted, Site, opened
from bench.proof.work import Ledger, persevere

LEAST, MOST = 2_000, 60_000
"""A line lives for so many bytes, either way: long enough to greet, too short for long."""


class Cutting:
    """Stands between a client and a server, and cuts each line after some bytes; tells of each cut through a pipe."""

    def __init__(self, to: tuple[str, int], seed: int) -> None:
        self._to, self._random = to, Random(seed)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]

    def serve(self, tell: int) -> None:
        """Carry bytes to and fro for ever."""
        while True:
            near, _ = self._listening.accept()
            far = socket.create_connection(self._to)
            for one in (near, far):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            cut = self._random.randrange(2)
            for way, (source, sink) in enumerate(((near, far), (far, near))):
                left = int(LEAST * (MOST / LEAST) ** self._random.random()) if way == cut else -1
                threading.Thread(target=_carry, args=(source, sink, left, tell), daemon=True).start()


def _carry(source: socket.socket, sink: socket.socket, left: int, tell: int) -> None:
    """Carry so many bytes one way, all where that is less than 0, then hang up on both sides."""
    with suppress(OSError):
        while left and (got := source.recv(1 << 16)):
            sink.sendall(got if left < 0 else got[:left])
            left = left if left < 0 else max(0, left - len(got))
            if left == 0:
                os.write(tell, b"cut\n")
    for one in (source, sink):
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


def cuts(site: Site, count: int, seed: int) -> Findings:
    """So many cut lines under a desk at work."""
    random = Random(seed)
    parts = urlsplit(site.url)
    line = Cutting((parts.hostname or "127.0.0.1", parts.port or 0), random.getrandbits(32))
    proxy = forked(line.serve)
    ledger = Ledger(random.getrandbits(32))
    url = urlunsplit(parts._replace(netloc=parts.netloc.replace(f":{parts.port}", f":{line.port}")))
    if site.kind == "mongo":
        # Else the driver would ask the set where it is, and go there by itself.
        url = urlunsplit(urlsplit(url)._replace(query="directConnection=true"))
    child = forked(lambda acks: persevere(ledger, lambda: opened(site, clock=Shifted(), seed=1, url=url), acks))
    while len(proxy.lines) < count and child.listen(0.02):
        proxy.listen(0.001)
    for one in (child, proxy):
        one.kill()
    for told in child.ended():
        ledger.note(told)
    found = proven(site, ledger)
    found.counts["cuts"] = len(proxy.ended())
    return found
