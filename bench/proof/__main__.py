"""Run proofs: `python -m bench.proof [--long] [--store sqlite,postgres,mongo] [--seed N] [--kills N …] [subject …]`."""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from bench.proof import report
from bench.proof.checks import Findings
from bench.proof.disk import full_disk
from bench.proof.kills import kills
from bench.proof.races import races
from bench.proof.servers import server_kills
from bench.proof.sites import KINDS, Site, sites
from bench.proof.wire import cuts

SHORT = {"kills": 200, "servers": 3, "races": 8, "commands": 50, "wire": 30, "disk": 3}
"""How much of each is enough for every day."""
LONG = {"kills": 10_000, "servers": 500, "races": 64, "commands": 500, "wire": 5_000, "disk": 50}
TITLES = {
    "kills": "Clients killed",
    "servers": "Servers killed",
    "races": "Writers racing",
    "wire": "Lines cut",
    "disk": "Disk full",
}
"""The subjects, and what they are called."""


def main(arguments: list[str]) -> int:
    """Run what is asked for, write the report; 1 where anything was lost, doubled or torn."""
    given = _arguments(arguments)
    subjects, kinds = given.subjects or TITLES, given.store.split(",")
    numbers = {name: getattr(given, name) or (LONG if given.long else SHORT)[name] for name in SHORT}
    sections = []
    with tempfile.TemporaryDirectory(prefix="itsmkit-proof-") as folder, sites(kinds, Path(folder)) as makers:
        for kind, make in makers.items():
            server = report.server_version(kind, make().url)
            for subject in subjects:
                begun = time.monotonic()
                found = _proof(subject, kind, make, numbers, given.seed)
                if found:
                    seconds = time.monotonic() - begun
                    sections.append(report.Section(TITLES[subject], kind, given.seed, seconds, server, found))
                    print(sections[-1].text, flush=True)
                    report.write(given.report, sections)
    return int(any(one.found.wrong for one in sections))


def _arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.proof", description=__doc__)
    parser.add_argument(
        "subjects", nargs="*", metavar="subject", help=f"which of {', '.join(TITLES)}; all where none is named"
    )
    parser.add_argument("--long", action="store_true", help="hours instead of a minute")
    parser.add_argument("--store", default=",".join(KINDS), help="which stores, with commas between")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000, help="what chance follows from")
    parser.add_argument("--report", type=Path, default=report.HERE, help="the file that is written")
    for name, short in SHORT.items():
        parser.add_argument(f"--{name}", type=int, help=f"{short}, or with --long {LONG[name]}")
    given = parser.parse_args(arguments)
    if unknown := {*given.subjects} - {*TITLES} or {*given.store.split(",")} - {*KINDS}:
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    return given


def _proof(subject: str, kind: str, make: Callable[[], Site], numbers: Mapping[str, int], seed: int) -> Findings | None:
    """What a subject finds on one store; None where it has nothing to say of it."""
    count = numbers[subject]
    if subject == "kills":
        return kills(make, count, seed)
    if subject == "races":
        return races(make(), count, numbers["commands"], seed)
    if subject == "disk":
        return full_disk(make().folder, count, seed) if kind == "sqlite" else None
    if kind == "sqlite":
        return None  # it has neither server nor line
    return server_kills(kind, make().folder, count, seed) if subject == "servers" else cuts(make(), count, seed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
