"""`PROOF.md`: one section for each subject and store, written by the run that it tells of and never by hand."""

import sqlite3
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from attrs import frozen

from bench.proof.checks import Findings

HERE = Path(__file__).with_name("PROOF.md")
HEAD = """# Proof

Written by `python -m bench.proof`, each section by the run that it tells of; never by hand.
"""
DRIVERS = {"postgres": ("psycopg", "SQLAlchemy"), "mongo": ("pymongo",), "sqlite": ("SQLAlchemy",)}


@frozen
class Section:
    """What one subject came to on one store."""

    subject: str
    kind: str
    seed: int
    seconds: float
    server: str
    found: Findings

    @property
    def title(self) -> str:
        """Its heading."""
        return f"{self.subject}: {self.kind}"

    @property
    def text(self) -> str:
        """Its lines."""
        found = self.found
        verdict = f"{len(found.lost)} lost, {len(found.doubled)} doubled, {len(found.torn)} torn"
        drivers = ", ".join(f"{name} {version(name)}" for name in DRIVERS[self.kind])
        facts = {
            "verdict": f"**{verdict}**",
            **{name: f"{count:,}" for name, count in sorted(found.counts.items())},
            "seed": self.seed,
            "seconds": f"{self.seconds:.0f}",
            "date": f"{datetime.now(UTC):%Y-%m-%d}",
            "versions": f"Python {sys.version.split()[0]}, {self.server}, {drivers}, itsmkit {version('itsmkit')}",
        }
        rows = "\n".join(f"| {name} | {value} |" for name, value in facts.items())
        wrong = "".join(f"\n- {one}" for one in found.wrong[:50])
        return f"## {self.title}\n\n| | |\n|---|---|\n{rows}\n{wrong}"


def write(path: Path, sections: list[Section]) -> None:
    """Put the sections in the place of those of the same heading; the others stay."""
    kept: dict[str, str] = {}
    if path.exists():
        for text in path.read_text("utf-8").split("\n## ")[1:]:
            kept[text.partition("\n")[0]] = f"## {text.strip()}"
    kept |= {one.title: one.text.strip() for one in sections}
    path.write_text("\n\n".join([HEAD.strip(), *(kept[title] for title in sorted(kept))]) + "\n", "utf-8")


def server_version(kind: str, url: str) -> str:
    """The database and its version, as it says itself."""
    if kind == "sqlite":
        return f"SQLite {sqlite3.sqlite_version}"
    if kind == "postgres":
        import psycopg

        with psycopg.connect(url) as connection:
            return f"PostgreSQL {connection.info.parameter_status('server_version')}"
    from pymongo import MongoClient

    with MongoClient[dict[str, object]](url) as client:
        return f"MongoDB {client.server_info()['version']}"
