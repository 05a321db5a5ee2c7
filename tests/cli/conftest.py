"""Sites for the tests of the command: made once, copied for each test that changes something."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from click.testing import CliRunner, Result

from itsmkit.cli.root import cli
from itsmkit.core.people import everything
from itsmkit.desk import Desk

MAIL = b"""From: Ursula Frei <ursula@example.org>
To: servicedesk@example.org
Subject: Printer jammed
Message-ID: <%d@example.org>

It is jammed.
"""


@frozen
class Itsmkit:
    """The command as a person in a site's folder would use it."""

    site: Path
    columns: int = 120

    def __call__(self, *args: str, code: int = 0, stdin: str | bytes | None = None) -> Result:
        runner = CliRunner(env={"COLUMNS": str(self.columns), "ITSMKIT_AS": "", "ITSMKIT_LANG": None})
        result = runner.invoke(cli, ["--site", str(self.site), *args], input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result

    def json(self, *args: str, code: int = 0) -> Any:
        return json.loads(self(*args, "--format", "json", code=code).stdout)

    def error(self, *args: str, code: int = 1) -> str:
        """The one line that a refused command leaves on stderr, and nothing else."""
        result = self(*args, code=code)
        assert result.stdout == ""
        assert result.stderr.count("\n") == 1
        assert result.stderr.startswith("error: ")
        return result.stderr

    def stored(self) -> list[tuple[str, str, int, str]]:
        """Every record with its version and the digest of its last event."""
        with Desk.open(self.site) as desk:
            store = desk.setup.store
            return [(one.name, kept.id, kept.version, kept.head) for one in desk.types
                    for kept in everything(store, one.name)]  # fmt: skip


def _made(folder: Path, *options: str) -> Path:
    result = CliRunner().invoke(cli, ["init", str(folder), "--zone", "Europe/Berlin", *options])
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site as `init` leaves it; not to be changed."""
    return _made(tmp_path_factory.mktemp("cli") / "blank")


@pytest.fixture(scope="session")
def chinese(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same in Chinese, with a ticket in it; not to be changed."""
    folder = _made(tmp_path_factory.mktemp("cli") / "zh", "--lang", "zh")
    Itsmkit(folder)("ticket", "report", "--title", "三楼打印机卡纸，无法打印", "--mail", "zhouyan@example.org")
    Itsmkit(folder)("ticket", "report", "--title", "VPN down", "--impact", "1", "--urgency", "1")
    return folder


@pytest.fixture(scope="session")
def busy(tmp_path_factory: pytest.TempPathFactory, blank: Path) -> Path:
    """A site with tickets, one of them with line 2 and accepted; not to be changed."""
    folder = tmp_path_factory.mktemp("cli") / "busy"
    shutil.copytree(blank, folder)
    it = Itsmkit(folder)
    it("ticket", "report", "--title", "The printer is jammed", "--mail", "ursula@example.org")
    it("ticket", "report", "--title", "VPN down for everybody", "--impact", "1", "--urgency", "1")
    it("ticket", "report", "--title", "Something quite unheard of")
    it("worker", "--once")
    it("--as", "anna", "ticket", "pass-on", "T26-000001", "--text", "restarted it")
    it("--as", "ben", "ticket", "accept", "T26-000001")
    return folder


@pytest.fixture
def it(tmp_path: Path, blank: Path) -> Itsmkit:
    """The command in a fresh site."""
    return Itsmkit(Path(shutil.copytree(blank, tmp_path / "site")))


@pytest.fixture
def at_work(tmp_path: Path, busy: Path) -> Itsmkit:
    """The command in a site with tickets."""
    return Itsmkit(Path(shutil.copytree(busy, tmp_path / "site")))


@pytest.fixture(scope="session")
def looking(busy: Path) -> Itsmkit:
    """The command in a site with tickets, for looking only."""
    return Itsmkit(busy)


@pytest.fixture
def mails(tmp_path: Path) -> Path:
    """A folder with three mails, equal but for their Message-IDs."""
    folder = tmp_path / "mails"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.txt").write_bytes(MAIL % number)
    return folder
