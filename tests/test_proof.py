"""The proofs of `bench/proof` in short: nothing lost, doubled or torn on any store, whatever dies."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from attrs import evolve
from bench.proof.checks import proven as proven_of
from bench.proof.sites import APART, Shifted, new_site, opened
from bench.proof.work import Ledger
from tools.servers import databases
from tools.servers.databases import Databases

from itsmkit import Scope, Unit
from itsmkit.testing import change

SHARE = float(os.environ.get("ITSMKIT_PROOF_SHARE", "1"))
"""How much of the everyday proofs is done here."""
EVERYDAY = {"kills": 200, "races": 8, "commands": 15, "wire": 10, "servers": 2, "disk": 3}

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


def test_what_is_lost_or_doubled_is_told(tmp_path: Path) -> None:
    """The proofs can fail: what was acknowledged and is not there, and what is there and was never sent."""
    site = new_site("sqlite", f"sqlite:///{tmp_path / 'desk.db'}", tmp_path)
    ledger = Ledger(1)
    with opened(site, clock=Shifted(), seed=1) as desk, Path(os.devnull).open("wb") as nobody:
        ledger.work(desk, nobody.fileno(), 8)
    assert proven_of(site, ledger).wrong == []
    number = ledger.numbers[0]
    liar = evolve(ledger, mails={**ledger.mails, "1.99.0": number}, commands={**ledger.commands, "never": number})
    next(site.mails.glob("*.eml")).unlink()
    found = proven_of(site, liar)
    assert [found.lost, found.doubled, found.torn] == [
        ["mail 1.99.0", f"command never on {number}", f"1 mails of {found.counts['sent']} sent"],
        [],
        [],
    ]
    with opened(site, clock=Shifted(APART), seed=3) as desk:
        store = desk.setup.store
        twin = evolve(store.get("ticket", f"number:{number}", Scope.system("test")), id="f" * 32, number="T26-999999")
        store.commit(Unit((change(twin),)))
    assert proven_of(site, ledger).doubled == ["ticket T26-999999 belongs to 0 mails"]
