"""The disk fills up under a desk at work: an error in words, nothing half done, and with more room it goes on."""

import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from bench.proof.checks import Findings, proven
from bench.proof.processes import forked
from bench.proof.sites import APART, Shifted, Site, new_site, opened
from bench.proof.work import Ledger
from itsmkit import StoreError

ROOM = 1024 * 1024
"""So much more is given each time."""
ENOUGH = 10_000


@contextmanager
def _disk(folder: Path) -> Iterator[bool]:
    """Make the folder a disk of its own, where we may; else a limit on the size of files takes its place."""
    folder.mkdir(parents=True)
    mounted = os.geteuid() == 0 and shutil.which("mount") is not None
    mounted = mounted and _run("mount", "-t", "tmpfs", "-o", "size=64m,mode=700", "tmpfs", folder)
    try:
        yield mounted
    finally:
        if mounted:
            _run("umount", folder)


def _run(*command: object) -> bool:
    return subprocess.run([str(one) for one in command], capture_output=True, check=False).returncode == 0  # noqa: S603


def full_disk(folder: Path, count: int, seed: int) -> Findings:
    """So many times the disk under an SQLite file is full."""
    with _disk(folder / "disk") as mounted:
        database = folder / "disk" / "desk.db"
        site = new_site("sqlite", f"sqlite:///{database}", folder)
        ledger, full = Ledger(Random(seed).getrandbits(32)), 0
        for life in range(1, count + 1):
            used = sum(file.stat().st_size for file in database.parent.iterdir())
            most = used + ROOM if mounted else max(file.stat().st_size for file in database.parent.iterdir()) + ROOM
            if mounted:
                _run("mount", "-o", f"remount,size={most}", folder / "disk")
            child = forked(lambda acks, life=life, most=most: _fill(site, ledger, life, 0 if mounted else most, acks))
            for line in child.ended():
                if line == b"full":
                    full += 1
                else:
                    ledger.note(line)
        if mounted:
            _run("mount", "-o", "remount,size=512m", folder / "disk")
        found = proven(site, ledger, lives=count + 1)
    found.counts["times full"] = full
    found.counts["of these on a disk of its own"] = full if mounted else 0
    if full < count:
        found.lost.append(f"the disk was full {full} times of {count}")
    return found


def _fill(site: Site, ledger: Ledger, life: int, limit: int, acks: int) -> None:
    """Work until the store says that it can't; a limit of 0 is none."""
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        with opened(site, clock=Shifted(life * APART), seed=life) as desk:
            ledger.work(desk, acks, ENOUGH)
    except StoreError:
        os.write(acks, b"full\n")
