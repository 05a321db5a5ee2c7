"""The template gives a plugin that works: rendered, loaded by a site's settings, and its own tests pass."""

import os
import runpy
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from itsmkit import Desk

ROOT = Path(__file__).resolve().parent.parent
TOOL = ROOT / "tools" / "new_plugin.py"


@pytest.fixture
def rendered(tmp_path: Path) -> Path:
    folder = tmp_path / "classify_rooms"
    runpy.run_path(str(TOOL))["render"]("classify_rooms", folder, "Rooms and their matters")
    return folder


def test_every_file_is_rendered_and_no_mark_is_left(rendered: Path) -> None:
    files = {
        one.relative_to(rendered).as_posix(): one.read_text("utf-8") for one in rendered.rglob("*") if one.is_file()
    }
    assert set(files) == {
        "README.md",
        "pyproject.toml",
        "src/itsmkit_classify_rooms/__init__.py",
        "src/itsmkit_classify_rooms/py.typed",
        "tests/test_plugin.py",
    }
    assert not [name for name, text in files.items() if "$" in text]


def test_its_distribution_is_named_by_the_one_rule(rendered: Path) -> None:
    project = tomllib.loads((rendered / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["name"] == "itsmkit-classify-rooms"
    assert project["entry-points"]["itsmkit"] == {"classify_rooms": "itsmkit_classify_rooms:plugin"}


def test_its_own_tests_pass(rendered: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", rendered, rendered]
    environment = {**os.environ, "PYTHONPATH": str(rendered / "src")}
    done = subprocess.run(  # noqa: S603
        command, cwd=rendered, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_linter_of_this_house_finds_nothing_in_it(rendered: Path) -> None:
    module = rendered / "src" / "itsmkit_classify_rooms" / "__init__.py"
    ruff = [sys.executable, "-m", "ruff", "check", "--config", ROOT / "pyproject.toml", module]
    done = subprocess.run(ruff, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout


def test_a_site_uses_it_with_settings(rendered: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    source = rendered / "src" / "itsmkit_classify_rooms" / "__init__.py"
    (site / "classify_rooms.py").write_bytes(source.read_bytes())
    (site / "itsmkit.toml").write_text(
        '[store]\nurl = "memory:"\n'
        '[plugins]\nlocal = ["classify_rooms.py"]\norder = ["classify_rooms"]\n'
        '[plugin.classify_rooms]\nwords = ["room"]\ncategory = "building"\n'
    )
    with Desk.open(site) as desk:
        assert desk.plugins[0].name == "classify_rooms"
        assert desk.plugins[0].hooks == ("itsmkit_classify",)


@pytest.mark.parametrize("arguments", [["No Name", "new"], ["fine", "there"]])
def test_a_bad_name_or_a_folder_in_use_is_refused(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    command = [sys.executable, TOOL, *arguments]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 2
    assert not (tmp_path / "new").exists()
    assert list((tmp_path / "there").iterdir()) == []
