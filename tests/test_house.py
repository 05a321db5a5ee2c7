"""Rules of the house that no linter knows."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 450
BROAD = {"Exception", "BaseException"}
MAY_CATCH_ALL = {"src/itsmkit/core/plugins.py", "src/itsmkit/opening.py"}
# Put together, so that this file doesn't break the rules it checks.
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:" + "ro" + "ot|wo" + "rk|ho" + r"me)(?![\w-])")
PACKAGE_HOST = re.compile(r"(?:py" + r"pi\.|python" + r"hosted\.|/sim" + r"ple/?(?:\s|$))", re.IGNORECASE)
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK|WI" + r"P)\b|NotImplemented" + r"Error")
MOCKING = {"unittest.mock", "mock", "pytest_mock"}


def files() -> list[Path]:
    """Every file of the tree that git keeps or would keep."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()  # noqa: S603
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


FILES = files() if (ROOT / ".git").exists() else []
PYTHON = [one for one in FILES if one.suffix == ".py"]
pytestmark = pytest.mark.skipif(not FILES, reason="a checkout of git tells which files belong to the tree")


def texts() -> Iterator[tuple[str, str]]:
    """Each text file by its place in the tree; files of bytes are passed over."""
    for path in FILES:
        try:
            yield path.relative_to(ROOT).as_posix(), path.read_text("utf-8")
        except UnicodeDecodeError:
            continue


def found(pattern: re.Pattern[str], folder: str = "") -> list[str]:
    return [
        f"{name}:{number}: {line.strip()}"
        for name, text in texts()
        if name.startswith(folder)
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


@cache
def trees() -> tuple[tuple[str, ast.Module], ...]:
    return tuple((path.relative_to(ROOT).as_posix(), ast.parse(path.read_text("utf-8"))) for path in PYTHON)


def test_no_file_names_a_path_of_some_machine() -> None:
    assert found(MACHINE_PATH) == []


def test_no_file_names_a_package_host() -> None:
    assert found(PACKAGE_HOST) == []


def test_nothing_is_left_unfinished() -> None:
    """What a contract leaves open is given by those who subclass it."""
    contracts = ("src/itsmkit/testing/promises/base.py", "src/itsmkit/testing/promises/plugins.py")
    assert [one for one in found(UNFINISHED) if not one.startswith(contracts)] == []


def test_no_stand_ins_for_our_own_code() -> None:
    imported = [
        f"{name}: {module}"
        for name, tree in trees()
        for node in ast.walk(tree)
        for module in _imports(node)
        if module in MOCKING or module.startswith("unittest.mock")
    ]
    assert imported == []


def _imports(node: ast.AST) -> list[str]:
    match node:
        case ast.Import(names=names):
            return [one.name for one in names]
        case ast.ImportFrom(module=str(module), names=names):
            return [module, *(f"{module}.{one.name}" for one in names)]
    return []


IMPORTED_AS = {"python-dateutil": "dateutil", "mail-parser-reply": "mailparser_reply"}
DATA_ONLY = {"tzdata"}


@pytest.mark.parametrize(
    "folder", [Path(), *(one.parent.relative_to(ROOT) for one in ROOT.glob("plugins/*/pyproject.toml"))], ids=str
)
def test_every_dependency_is_used_by_the_distribution_that_asks_for_it(folder: Path) -> None:
    project = tomllib.loads((ROOT / folder / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = {re.split(r"[^\w-]", one, maxsplit=1)[0] for one in project["dependencies"]} - DATA_ONLY
    source = (folder / "src").as_posix()
    imported = {
        module.partition(".")[0]
        for name, tree in trees()
        if name.startswith(f"{source}/")
        for node in ast.walk(tree)
        for module in _imports(node)
    }
    assert {one for one in wanted if IMPORTED_AS.get(one, one.replace("-", "_")) not in imported} == set()


def test_only_the_caller_of_plugins_catches_everything() -> None:
    """What a plugin raises can't be foreseen; everywhere else an error is expected by its name, or passed on."""
    broad = [
        f"{name}:{node.lineno}"
        for name, tree in trees()
        if name.startswith(("src/", "plugins/")) and "/tests/" not in name and name not in MAY_CATCH_ALL
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and _catches_all(node) and not _passes_on(node)
    ]
    assert broad == []


def _catches_all(handler: ast.ExceptHandler) -> bool:
    caught = handler.type
    kinds = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(one is None or (isinstance(one, ast.Name) and one.id in BROAD) for one in kinds)


def _passes_on(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


@pytest.mark.parametrize("folder", ["src", "plugins", "tools", "examples"])
def test_no_file_of_the_program_is_longer_than_it_should_be(folder: str) -> None:
    long = {
        name: lines
        for name, text in texts()
        if name.startswith(f"{folder}/") and name.endswith(".py") and "/tests/" not in name
        if (lines := text.count("\n")) > LONGEST
    }
    # The list of hooks is one thing to be read from top to bottom, its length is that of the docstrings.
    long.pop("src/itsmkit/hookspecs.py", None)
    assert long == {}


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (MACHINE_PATH, 'open("/' + 'home/ann/desk.db")'),
        (MACHINE_PATH, "see /" + "work/notes.md"),
        (MACHINE_PATH, "HOME=/" + "root"),
        (PACKAGE_HOST, "index = https://py" + "pi.org/"),
        (UNFINISHED, "# TO" + "DO: later"),
        (UNFINISHED, "raise NotImplemented" + "Error"),
    ],
)
def test_the_rules_find_what_they_are_for(pattern: re.Pattern[str], line: str) -> None:
    assert pattern.search(line)


@pytest.mark.parametrize("line", ["Lane.WORK/NEWS", "for work/rest", "https://example.org/home", "TODOS = 3", "todo"])
def test_the_rules_leave_ordinary_lines_alone(line: str) -> None:
    assert not any(one.search(line) for one in (MACHINE_PATH, PACKAGE_HOST, UNFINISHED))
