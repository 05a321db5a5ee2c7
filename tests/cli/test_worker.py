import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Itsmkit


def test_once_takes_in_what_lies_there_and_tells_everybody(it: "Itsmkit", mails: Path) -> None:
    for path in mails.iterdir():
        path.rename(it.site / "inbox" / path.name)
    told = it("worker", "--once")
    assert "received 3" in told.stdout
    assert sorted(path.name for path in (it.site / "inbox" / "done").iterdir()) == ["0.txt", "1.txt", "2.txt"]
    letters = [path.read_text("utf-8", "replace") for path in (it.site / "outbox").glob("*.eml")]
    assert any("To: ursula@example.org" in one or "ursula@example.org" in one for one in letters)
    assert it.json("verify")["breaches"] == []
    assert it("worker", "--once").stdout == ""


def test_a_dry_run_looks_and_leaves_everything_where_it_is(it: "Itsmkit", mails: Path) -> None:
    (mails / "0.txt").rename(it.site / "inbox" / "0.txt")
    it("ticket", "report", "--title", "VPN down")
    before = it.stored()
    told = it("worker", "--dry-run")
    assert f"directory {it.site / 'inbox'}: 1" in told.stdout
    assert it.stored() == before
    assert (it.site / "inbox" / "0.txt").exists()


def test_a_source_that_is_gone_does_not_hold_up_the_rest(it: "Itsmkit", caplog: pytest.LogCaptureFixture) -> None:
    it("ticket", "report", "--title", "VPN down")
    (it.site / "inbox").rmdir()
    told = it("worker", "--once")
    assert "plugin intake_email, itsmkit_sources" in caplog.text
    assert "post " in told.stdout


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(it: "Itsmkit", sign: signal.Signals) -> None:
    it("ticket", "report", "--title", "VPN down")
    code = "from itsmkit.cli import main; main()"
    command = [sys.executable, "-u", "-c", code, "--site", str(it.site), "worker", "--interval", "60"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as worker:  # noqa: S603
        assert worker.stdout is not None
        first = worker.stdout.readline()
        worker.send_signal(sign)
        rest, errors = worker.communicate(timeout=30)
    assert "news" in first + rest
    assert (worker.returncode, errors) == (0, "")
    assert it.json("verify")["breaches"] == []
