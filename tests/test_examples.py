"""The examples work as they are written down."""

import io
import json
import runpy
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from itsmkit import Desk
from itsmkit.cli.root import cli
from itsmkit.site_files import read

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
PLUGIN = EXAMPLES / "escalation_plugin"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    result = CliRunner().invoke(cli, ["init", str(tmp_path / "desk"), "--zone", "UTC"])
    assert result.exit_code == 0, result.output
    return tmp_path / "desk"


def test_the_plain_program_answers_three_calls(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(EXAMPLES / "embedding" / "plain.py"))["main"](site)
    *tickets, last = capsys.readouterr().out.splitlines()
    assert [one.split()[1] for one in tickets] == ["closed"] * 3
    assert [one.split()[0][-6:] for one in tickets] == ["000001", "000002", "000003"]
    assert last == "breaches: 0"


class Browser:
    """Asks the WSGI application as a server would, for a user whom the server has authenticated."""

    def __init__(self, desk: Desk) -> None:
        self.app = runpy.run_path(str(EXAMPLES / "embedding" / "wsgi.py"))["app"](desk)

    def ask(self, user: str, path: str, body: str = "") -> tuple[str, Any]:
        from wsgiref.validate import validator

        said: list[str] = []
        environ: dict[str, Any] = {}
        from wsgiref.util import setup_testing_defaults

        setup_testing_defaults(environ)
        raw = body.encode()
        environ |= {"REQUEST_METHOD": "POST" if body else "GET", "PATH_INFO": path, "REMOTE_USER": user,
                    "CONTENT_LENGTH": str(len(raw)), "wsgi.input": io.BytesIO(raw), "QUERY_STRING": ""}  # fmt: skip
        answer = validator(self.app)(
            environ, lambda status, _headers, _exc=None: said.append(status) or (lambda _: None)
        )
        try:
            return said[0][:3], json.loads(b"".join(answer))
        finally:
            answer.close()


@pytest.fixture
def browser(site: Path) -> Iterator[Browser]:
    with Desk.open(site) as desk:
        yield Browser(desk)


def test_the_web_application_reports_and_shows_a_ticket(browser: Browser) -> None:
    status, told = browser.ask("ursula@example.org", "/tickets", '{"title": "No sound"}')
    assert status == "201"
    status, shown = browser.ask("ursula@example.org", f"/tickets/{told['number']}")
    assert (status, shown["title"]) == ("200", "No sound")


@pytest.mark.requirement("USR-01", "nothing of others")
def test_the_web_application_shows_nobody_the_ticket_of_another(browser: Browser) -> None:
    number = browser.ask("ursula@example.org", "/tickets", '{"title": "No sound"}')[1]["number"]
    hidden = browser.ask("carol@example.org", f"/tickets/{number}")
    absent = browser.ask("carol@example.org", "/tickets/T26-999999")
    assert hidden[0] == absent[0] == "404"
    assert hidden[1]["error"].replace(number, "N") == absent[1]["error"].replace("T26-999999", "N")


@pytest.mark.parametrize("body", ["[]", "{", '{"name": "no title"}', '"text"'])
def test_the_web_application_refuses_what_is_no_report(browser: Browser, body: str) -> None:
    assert browser.ask("ursula@example.org", "/tickets", body)[0] == "400"


def test_the_web_application_knows_no_strangers(browser: Browser) -> None:
    assert browser.ask("nobody@example.org", "/tickets", '{"title": "No sound"}')[0] == "404"


def test_the_sample_site_opens(tmp_path: Path) -> None:
    site = tmp_path / "site"
    shutil.copytree(EXAMPLES / "site", site)
    (site / "secret.key").write_text("a long text\n")
    with Desk.open(site) as desk:
        loaded = list(desk.load(read(site), by=desk.service("test")))
        assert {one.sort for one in loaded} == {"new"}
        assert desk.principal("login:operator").duties
    with Desk.open(site) as desk:
        assert desk.troubles == ()


@pytest.mark.requirement("SLA-03", "a site's own plugin decides whom a late answer reaches")
def test_the_tutorial_s_plugin_keeps_its_own_tests() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", PLUGIN, "-c", "/dev/null"]
    done = subprocess.run(command, cwd=PLUGIN, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout
    assert "3 passed" in done.stdout


@pytest.mark.requirement("ORG-01", "a site can write a third model without touching the core")
def test_a_model_of_one_s_own_keeps_its_own_tests() -> None:
    folder = EXAMPLES / "own_model"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", folder, "-c", "/dev/null"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout
    assert "3 passed" in done.stdout
    assert len((folder / "model_sun.py").read_text("utf-8").splitlines()) <= 60


def test_the_tutorial_s_plugin_has_at_most_twenty_lines() -> None:
    assert len((PLUGIN / "vip_escalation.py").read_text("utf-8").splitlines()) <= 20


def test_the_tutorial_s_plugin_installed_takes_part_in_every_desk(
    tmp_path: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Laid out as an installer does it: the module, and beside it the entry points of its pyproject.toml."""
    project = tomllib.loads((PLUGIN / "pyproject.toml").read_text("utf-8"))["project"]
    place = tmp_path / "packages"
    info = place / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    points = [f"{name} = {value}" for name, value in project["entry-points"]["itsmkit"].items()]
    (info / "entry_points.txt").write_text("\n".join(["[itsmkit]", *points]))
    (place / "vip_escalation.py").write_bytes((PLUGIN / "vip_escalation.py").read_bytes())
    monkeypatch.syspath_prepend(str(place))
    assert "vip_escalation" in {one.name for one in entry_points(group="itsmkit")}
    with Desk.open(site) as desk:
        found = {one.name: one for one in desk.plugins}
    assert found["vip_escalation"].hooks == ("itsmkit_escalate",)
    assert found["vip_escalation"].origin == "itsmkit-vip-escalation 0.1.0"
