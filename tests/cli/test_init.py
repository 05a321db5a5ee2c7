import stat
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import pytest
from click.testing import CliRunner

from itsmkit.cli.root import cli
from itsmkit.core.policy import Rules
from itsmkit.desk import Desk
from itsmkit.settings import OrganisationSettings, PluginSettings, SiteSettings, StoreSettings, load_settings

if TYPE_CHECKING:
    from tests.cli.conftest import Itsmkit


def test_the_site_is_accepted_by_the_settings_and_every_plugin(blank: Path, chinese: Path) -> None:
    for folder in (blank, chinese):
        with Desk.open(folder) as desk:
            assert desk.troubles == ()
            assert {team.line for team in desk.setup.site.teams} == {1, 2, 3}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_setting_is_written_down_with_a_comment(language: str, blank: Path, chinese: Path) -> None:
    text = ({"en": blank, "zh": chinese}[language] / "itsmkit.toml").read_text("utf-8")
    kinds = (SiteSettings, StoreSettings, OrganisationSettings, PluginSettings, Rules)
    for name in (one.name for kind in kinds for one in attrs.fields(kind)):
        ways = (f"{name} = ", f"# {name} = ", f"[[rules.{name}]]", f"# [[rules.{name}]]")
        assert any(line.startswith(ways) for line in text.splitlines())
    lines = text.splitlines()
    assert all(lines[at - 1].startswith("#") or lines[at - 1] for at, line in enumerate(lines) if " = " in line)


@pytest.mark.requirement("INC-18", "shipped category tree and shipped service tree")
def test_the_shipped_trees_are_those_of_the_sources(blank: Path) -> None:
    categories = load_settings(blank).rules.categories
    assert categories == ("server hardware", "application system", "terminal device", "information security")
    services = tomllib.loads((blank / "services.toml").read_text("utf-8"))
    roots = {one["name"] for one in services.values() if "parent" not in one}
    assert roots == {"Business systems", "IT facilities", "Network"}


def test_the_shipped_rules_name_services_and_categories_that_exist(blank: Path, chinese: Path) -> None:
    for folder in (blank, chinese):
        rules = load_settings(folder).rules
        services = tomllib.loads((folder / "services.toml").read_text("utf-8"))
        teams = tomllib.loads((folder / "teams.toml").read_text("utf-8"))
        assert {one.category for one in rules.classify} <= set(rules.categories)
        assert {one.service for one in rules.classify} <= {*services, ""}
        assert {one for team in teams.values() for one in team.get("categories", ())} <= set(rules.categories)
        assert {one for team in teams.values() for one in team.get("services", ())} <= set(services)


def test_the_caller_is_the_administrator(it: "Itsmkit") -> None:
    assert it("site", "load").stdout.startswith("new 0, changed 0, same ")


def test_the_secret_is_fresh_and_its_owners_alone(blank: Path, chinese: Path) -> None:
    assert stat.S_IMODE((blank / "secret.key").stat().st_mode) == 0o600
    assert (blank / "secret.key").read_text() != (chinese / "secret.key").read_text()
    assert len((blank / "secret.key").read_text().strip()) == 64


def test_a_folder_that_holds_something_is_refused_and_left_alone(it: "Itsmkit") -> None:
    before = {path: path.read_bytes() for path in it.site.rglob("*") if path.is_file()}
    for _ in range(2):
        assert "is not empty" in it.error("init", str(it.site))
    assert {path: path.read_bytes() for path in it.site.rglob("*") if path.is_file()} == before


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["init", str(tmp_path), "--name", 'The "best" desk'])
    assert result.exit_code == 0, result.output
    assert load_settings(tmp_path).site.name == 'The "best" desk'
    assert not [one for one in tmp_path.iterdir() if one.name.startswith(".")]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--model", "flat"), "no organisation model 'flat'; installed: tiered, vendor"),
        (("--zone", "Mars"), "time zone 'Mars'"),
    ],
)
def test_what_can_not_be_made_leaves_nothing(tmp_path: Path, options: tuple[str, ...], reason: str) -> None:
    result = CliRunner().invoke(cli, ["init", str(tmp_path / "new"), *options])
    assert result.exit_code == 1
    assert reason in result.stderr
    assert not (tmp_path / "new").exists()


def test_a_dry_run_names_the_files_and_writes_none(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["init", str(tmp_path / "new"), "--dry-run"])
    assert result.exit_code == 0
    assert str(tmp_path / "new" / "itsmkit.toml") in result.stdout.splitlines()
    assert not (tmp_path / "new").exists()
