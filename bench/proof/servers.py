"""The server is killed under a desk at work and started again; the desk goes on by itself."""

import time
from pathlib import Path
from random import Random

from tools.servers.mongo import Mongo
from tools.servers.postgres import Postgres
from tools.servers.running import NoServer, Server

from bench.proof.checks import Findings, proven
from bench.proof.processes import Broke, Forked, forked
from bench.proof.sites import Shifted, Site, new_site, opened
from bench.proof.work import Ledger, persevere

PATIENCE = 60.0


def server_kills(kind: str, folder: Path, count: int, seed: int) -> Findings:
    """So many crashes of the server of one store."""
    server: Server = Postgres() if kind == "postgres" else Mongo()
    server.start()
    try:
        return _killed(server, new_site(kind, server.url("proof"), folder), count, Random(seed))
    finally:
        server.stop()


def _killed(server: Server, site: Site, count: int, random: Random) -> Findings:
    ledger = Ledger(random.getrandbits(32))
    child = forked(lambda acks: persevere(ledger, lambda: opened(site, clock=Shifted(), seed=1), acks))
    slowest = 0.0
    for _ in range(count):
        _next(child, len(child.lines))
        child.listen(random.uniform(0, 0.2))
        server.kill()
        _start(server)
        back, told = time.monotonic(), len(child.lines)
        _next(child, told)
        slowest = max(slowest, time.monotonic() - back)
    child.kill()
    for line in child.ended():
        ledger.note(line)
    found = proven(site, ledger)
    found.counts["kills"] = count
    found.counts["ms until work went on, at most"] = round(slowest * 1000)
    return found


def _next(child: Forked, told: int) -> None:
    """Wait for the next acknowledgement."""
    end = time.monotonic() + PATIENCE
    while len(child.lines) <= told:
        if not child.listen(0.01) or time.monotonic() > end:
            child.kill()
            msg = f"no work was done for {PATIENCE:.0f} s after a crash of the server"
            raise Broke(msg)


def _start(server: Server) -> None:
    """Start it, once what the dead one left running has seen that it is dead."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            server.start()
        except NoServer:
            if time.monotonic() > end:
                raise
        else:
            return
