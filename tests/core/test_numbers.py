"""Human numbers: unique, never reused, also where processes part."""

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import os, sys
from itsmkit import Desk, Report, Settings
from itsmkit.settings import StoreSettings

with Desk.open(Settings(store=StoreSettings(sys.argv[1]))) as desk:
    me = desk.service("test")
    numbers = [desk.report(Report(f"before {n}"), me).number for n in range(5)]
    child = os.fork()
    numbers += [desk.report(Report(f"after {n} in {child}"), me).number for n in range(20)]
    print(*numbers[5 if child == 0 else 0:], flush=True)
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    print(len(desk.verify().breaches), flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
def test_a_child_process_takes_numbers_of_its_own(tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", PROGRAM, f"sqlite:///{tmp_path / 'desk.db'}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    *numbers, breaches = done.stdout.split()
    assert len(numbers) == len(set(numbers)) == 45
    assert all(number.startswith("T") for number in numbers)
    assert breaches == "0"
