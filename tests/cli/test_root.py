import os
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from itsmkit.cli.root import COMMANDS, cli

if TYPE_CHECKING:
    from tests.cli.conftest import Itsmkit

OWN_PLUGIN = """
import click
from itsmkit import hookimpl

@click.command("hello")
def hello():
    click.echo("hello from a plugin")

@click.command("fall")
def fall():
    raise ZeroDivisionError("on purpose")

@hookimpl
def itsmkit_commands():
    return [hello, fall]
"""


def run(*args: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    program = [sys.executable, "-c", "from itsmkit.cli import main; main()", *args]
    return subprocess.run(program, capture_output=True, text=True, env=environment, check=False)  # noqa: S603


def test_help_names_every_command_and_comes_quickly() -> None:
    run("--help")  # compiles what a fresh checkout hasn't compiled yet
    started = perf_counter()
    told = run("--help")
    took = perf_counter() - started
    assert told.returncode == 0
    assert all(f"  {name} " in told.stdout for name in COMMANDS)
    # The promise is 0.3 s on an idle machine; a machine that runs other tests gets twice that.
    assert took < 0.6, f"{took:.2f} s"


def test_help_loads_nothing_that_it_does_not_show() -> None:
    heavy = "attr cattrs pluggy sqlalchemy rich jinja2 zoneinfo itsmkit.desk itsmkit.core.verbs"
    code = f"import sys, itsmkit.cli.root; print([one for one in {heavy.split()!r} if one in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert told.stdout.strip() == "[]"


@pytest.mark.parametrize("name", [*COMMANDS])
def test_every_command_has_help_and_cuts_none_of_it(name: str) -> None:
    told = CliRunner(env={"COLUMNS": "80"}).invoke(cli, [name, "--help"])
    assert told.exit_code == 0, told.output
    assert told.output.startswith("Usage: itsmkit")
    assert "..." not in told.output.partition("\n")[2]


def test_an_unknown_command_is_a_usage_error(looking: "Itsmkit") -> None:
    assert "'frobnicate'" in looking.error("frobnicate", code=2)
    assert "--nonsense" in looking.error("queue", "--nonsense", code=2)


def test_outside_a_site_the_error_says_how_to_make_one(tmp_path: Path) -> None:
    told = run("--site", str(tmp_path), "queue", "open")
    assert told.returncode == 1
    assert told.stderr.startswith("error: there is no ")
    assert f"itsmkit init {tmp_path}" in told.stderr
    assert told.stderr.count("\n") == 1


def test_a_traceback_comes_with_debug_only(tmp_path: Path) -> None:
    told = run("--site", str(tmp_path), "--debug", "queue", "open")
    assert told.returncode == 1
    assert "Traceback" in told.stderr
    assert told.stderr.splitlines()[-1].startswith("error: ")


def test_the_site_may_come_from_the_environment(busy: Path) -> None:
    told = CliRunner().invoke(cli, ["queue", "open", "--format", "csv"], env={"ITSMKIT_SITE": str(busy)})
    assert "T26-000001" in told.stdout


def test_commands_of_plugins_are_attached(it: "Itsmkit") -> None:
    (it.site / "own.py").write_text(OWN_PLUGIN)
    settings = it.site / "itsmkit.toml"
    settings.write_text(settings.read_text().replace('# local = ["my_escalation.py"]', 'local = ["own.py"]'))
    assert it("hello").stdout == "hello from a plugin\n"
    assert "hello, fall" in it("plugins").stdout
    told = run("--site", str(it.site), "fall")
    assert told.returncode == 1
    assert told.stderr == "error: unexpected ZeroDivisionError: on purpose (`itsmkit --debug …` shows where)\n"
    assert "Traceback" in run("--site", str(it.site), "--debug", "fall").stderr


def test_a_broken_settings_file_is_one_line(it: "Itsmkit") -> None:
    (it.site / "itsmkit.toml").write_text('[site]\nnam = "x"\n')
    assert "unknown key 'nam'" in it.error("queue", "open")
