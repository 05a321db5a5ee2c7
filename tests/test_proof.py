"""The proofs of `bench/proof` in short: nothing lost, doubled or torn on any store, whatever dies."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tools.servers import databases
from tools.servers.databases import Databases

SHARE = float(os.environ.get("ITSMKIT_PROOF_SHARE", "1"))
"""How much of the everyday proofs is done here."""
EVERYDAY = {"kills": 200, "races": 8, "commands": 25, "wire": 20, "servers": 2, "disk": 3}

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks")


def proven(store: str, tmp_path: Path, *subjects: str, **servers: str) -> str:
    """The report of a run, in a process of its own: it forks, which one with threads had better not."""
    report = tmp_path / "PROOF.md"
    numbers = [f"--{name}={max(1, int(SHARE * most))}" for name, most in EVERYDAY.items()]
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "bench.proof", *subjects, "--store", store, "--report", report, *numbers],
        cwd=Path(__file__).parent.parent,
        env={**os.environ, **servers},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return report.read_text("utf-8")


@pytest.mark.requirement("SLA-06", "nothing due is lost when a worker dies")
def test_nothing_is_lost_on_sqlite(tmp_path: Path) -> None:
    assert proven("sqlite", tmp_path).count("0 lost, 0 doubled, 0 torn") == 3


@pytest.mark.requirement("SLA-06", "nothing due is lost when a worker dies")
def test_nothing_is_lost_on_postgres(tmp_path: Path, postgres: Databases) -> None:
    text = proven("postgres", tmp_path, **{databases.POSTGRES: postgres()})
    assert text.count("0 lost, 0 doubled, 0 torn") == 4


@pytest.mark.requirement("SLA-06", "nothing due is lost when a worker dies")
def test_nothing_is_lost_on_mongo(tmp_path: Path, mongo: Databases) -> None:
    text = proven("mongo", tmp_path, **{databases.MONGO: mongo()})
    assert text.count("0 lost, 0 doubled, 0 torn") == 4
