"""The documentation tells the truth: what it shows runs, its links lead somewhere, the reference is in step."""

import contextlib
import inspect
import io
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from attrs import frozen
from click.testing import CliRunner

from itsmkit import hookspecs

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted(one for one in ROOT.glob("docs/**/*.md") if "_build" not in one.parts)]
FENCE = re.compile(r"^(`{3,})([^\n`]*)\n(.*?)^\1[ ]*$", re.MULTILINE | re.DOTALL)
WRITTEN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""When the pages are run: numbers carry the year, and service levels look at the hour."""
HOOKS = [name for name in vars(hookspecs) if name.startswith("itsmkit_")]


@frozen
class Block:
    """A fenced block: what it is ("python", "{literalinclude} path" …), its options, its text, and its line."""

    kind: str
    options: dict[str, str]
    text: str
    line: int


def blocks(path: Path) -> Iterator[Block]:
    source = path.read_text("utf-8")
    for found in FENCE.finditer(source):
        lines = found[3].splitlines(keepends=True)
        options = {}
        while found[2].startswith("{") and lines and (option := re.match(r":(\w+):\s*(.*)", lines[0])):
            options[option[1]] = option[2]
            del lines[0]
        yield Block(found[2].strip(), options, "".join(lines), source.count("\n", 0, found.start()) + 1)


def runs(path: Path) -> bool:
    return any(one.kind in ("python", "console") for one in blocks(path))


@pytest.mark.parametrize("page", [one for one in PAGES if runs(one)], ids=lambda one: one.relative_to(ROOT).as_posix())
def test_what_a_page_shows_runs_as_shown(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with time_machine.travel(WRITTEN):
        follow(page, monkeypatch)


@pytest.mark.parametrize(
    "wrong",
    [
        "```python\n1 / 0\n```\n",
        "```python\nprint(1)\n```\n\n```text\n2\n```\n",
        "```console\n$ itsmkit queue open\n```\n",
        "```console\n$ itsmkit --version  # exit code 1\n```\n",
        "```console\n$ itsmkit --version\nitsmkit, version seven\n```\n",
        "```{code-block} toml\n:caption: add to nothing.toml\nx = 1\n```\n",
    ],
)
def test_a_page_that_does_not_run_as_shown_is_found(
    wrong: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.md").write_text(wrong, "utf-8")
    with pytest.raises((AssertionError, ZeroDivisionError)):
        follow(tmp_path / "page.md", monkeypatch)


def follow(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run its blocks from top to bottom in this folder; a block with a caption is a file of that name."""
    names: dict[str, Any] = {"__name__": page.stem}
    printed = ""
    for block in blocks(page):
        where = f"{page.parent.name}/{page.name}:{block.line}"
        if file := block.options.get("caption"):
            write(file, included(page, block), where)
        elif block.kind == "python":
            printed = execute(block, names, where)
        elif block.kind == "text" and printed:
            compare(block.text.splitlines(), printed, where)
            printed = ""
        elif block.kind == "console":
            for command, expected in commands(block.text):
                compare(expected, run(command, monkeypatch, where), f"{where}: {command}")


def included(page: Path, block: Block) -> str:
    if block.kind.startswith("{literalinclude}"):
        return (page.parent / block.kind.split()[1]).read_text("utf-8")
    return block.text


def write(caption: str, text: str, where: str) -> None:
    """ "add to FILE" adds at its end, "FILE, in [TABLE]" below that heading; any other is a new file."""
    name, _, table = caption.removeprefix("add to ").partition(", in ")
    target = Path(name)
    if caption != name:
        assert target.exists(), f"{where}: there is no {target} to change"
        old = target.read_text("utf-8")
        assert table in old, f"{where}: {target} has no {table}"
        text = old.replace(f"{table}\n", f"{table}\n{text}", 1) if table else f"{old}\n{text}"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, "utf-8")


def execute(block: Block, names: dict[str, Any], where: str) -> str:
    """The program, run; what it printed."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile("\n" * block.line + block.text, where, "exec"), names)  # noqa: S102 - our own page
    return out.getvalue()


def commands(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each command behind a `$`, and the lines shown under it."""
    for part in re.split(r"(?m)^\$ ", text)[1:]:
        command, *shown = part.replace("\\\n", " ").splitlines()
        yield command, shown


def run(command: str, monkeypatch: pytest.MonkeyPatch, where: str) -> str:
    """A command of the page, run in this process; everything it wrote."""
    words = shlex.split(command, comments=True)
    if words[0] == "cd":
        monkeypatch.chdir(words[1])
        return ""
    assert words[0] == "itsmkit", f"{where}: only itsmkit and cd are run here"
    from itsmkit.cli.root import cli

    result = CliRunner(env={"COLUMNS": "160"}).invoke(cli, words[1:], prog_name="itsmkit")
    fails = "# exit code" in command
    assert bool(result.exit_code) == fails, f"{where}: {command}\n{result.output}"
    return result.output


def compare(expected: list[str], output: str, where: str) -> None:
    """The lines shown come in that order in the output; "…" stands for anything, also for further lines."""
    lines = iter(" ".join(line.split()) for line in output.splitlines())
    for line in (" ".join(one.split()) for one in expected if one.strip("… ")):
        pattern = re.compile(".*".join(re.escape(part) for part in line.split("…")))
        assert any(pattern.fullmatch(one) for one in lines), f"{where}: no line like {line!r} in\n{output}"


def anchors(path: Path) -> set[str]:
    headings = re.findall(r"(?m)^#+ (.+)$", FENCE.sub("", path.read_text("utf-8")))
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda one: one.relative_to(ROOT).as_posix())
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", page.read_text("utf-8"))):
        if target.startswith(("https:", "mailto:")):
            continue
        name, _, anchor = target.partition("#")
        path = (page.parent / name).resolve() if name else page
        assert path.exists(), f"{target} leads nowhere"
        assert not anchor or anchor in anchors(path), f"{target}: no such heading"


def test_the_reference_is_in_step_with_the_code() -> None:
    done = subprocess.run(  # noqa: S603
        [sys.executable, ROOT / "tools" / "reference.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_check_finds_a_page_out_of_step(tmp_path: Path) -> None:
    def tool(what: str) -> int:
        command = [sys.executable, ROOT / "tools" / "reference.py", what, "--into", tmp_path]
        return subprocess.run(command, capture_output=True, check=False).returncode  # noqa: S603

    assert tool("--write") == 0
    assert tool("--check") == 0
    with (tmp_path / "docs" / "reference" / "hooks.md").open("a") as page:
        page.write("stale\n")
    assert tool("--check") == 1


@pytest.mark.parametrize("name", HOOKS)
def test_every_hook_is_documented_with_its_exact_arguments(name: str) -> None:
    reference = (ROOT / "docs" / "reference" / "hooks.md").read_text("utf-8")
    part = reference.partition(f"## {name}\n")[2].partition("\n## ")[0]
    shown = re.search(rf"{name}\((.*)\) ->", part)
    assert shown, f"{name} has no signature on the page"
    parameters = inspect.signature(getattr(hookspecs, name)).parameters
    assert re.findall(r"(?:^|, )(\w+):", shown[1]) == list(parameters)
    assert "Example" in part


@pytest.mark.parametrize("name", HOOKS)
def test_every_hook_has_a_behaviour_test_that_names_it(name: str) -> None:
    tests = [*ROOT.glob("tests/**/test_*.py"), *ROOT.glob("plugins/*/tests/**/test_*.py")]
    assert any(f"def test_{name}" in one.read_text("utf-8") for one in tests), f"no test is named test_{name}_…"


def dependencies() -> set[str]:
    """What the distributions of this repository need of others, by name."""
    found: set[str] = set()
    for file in (ROOT / "pyproject.toml", *ROOT.glob("plugins/*/pyproject.toml")):
        project = tomllib.loads(file.read_text("utf-8"))["project"]
        extras = project.get("optional-dependencies", {}).values()
        for one in [*project["dependencies"], *(name for extra in extras for name in extra)]:
            found.add(re.split(r"[^\w-]", one, maxsplit=1)[0].lower())
    return {one for one in found if not one.startswith("itsmkit")}


@pytest.mark.parametrize("name", sorted(dependencies()))
def test_every_dependency_has_its_reason(name: str) -> None:
    page = (ROOT / "docs" / "explanation" / "dependencies.md").read_text("utf-8").lower()
    assert re.search(rf"(?:\| |\*\*){re.escape(name)}\b", page)


@pytest.mark.parametrize("page", PAGES, ids=lambda one: one.relative_to(ROOT).as_posix())
def test_every_chapter_names_its_pages(page: Path) -> None:
    chapter = page.parent / "README.md"
    if page.name != "README.md" and page.parent.parent.name == "docs":
        assert f"({page.name})" in chapter.read_text("utf-8"), f"{chapter} doesn't lead to {page.name}"
