"""Which test shows which requirement, by the marks that tests carry."""

import ast
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen
from pages.text import table

FILE = "requirements.md"
LIST = Path(__file__).with_name("requirements.txt")
INTRO = """# Requirements and their tests

Each requirement with the tests that show it. A test says so with `@pytest.mark.requirement("INC-23", "the clause it
shows")`; this page is collected from those marks. A requirement without tests is not claimed to work."""


@frozen
class Shown:
    """A test's mark: the requirement, the clause, and which test it is."""

    id: str
    clause: str
    test: str


def page(root: Path) -> str:
    """The page of requirements; LookupError for a mark with an id that isn't on the list."""
    known = dict(ids())
    marks = sorted(marked(root), key=lambda one: (one.clause, one.test))
    if strange := sorted({one.id for one in marks} - set(known)):
        raise LookupError(f"tests name requirements that are not in {LIST.name}: {', '.join(strange)}")
    by_id = {id_: [one for one in marks if one.id == id_] for id_ in known}
    shown = sum(bool(found) for found in by_id.values())
    rows = [(f"**{id_}**", known[id_], "<br>".join(map(_told, found)) or "–") for id_, found in by_id.items()]
    return "\n\n".join([INTRO, f"{shown} of {len(known)} are shown by at least one test.",
                        table(("id", "about", "shown by"), rows)])  # fmt: skip


def ids() -> Iterator[tuple[str, str]]:
    """The requirements, each with a few words of what it is about."""
    for line in LIST.read_text("utf-8").splitlines():
        id_, _, about = line.partition(" ")
        yield id_, about.strip()


def marked(root: Path) -> Iterator[Shown]:
    """Every mark of every test file, read without running it."""
    for folder in (root / "tests", *sorted(root.glob("plugins/*/tests"))):
        for path in sorted(folder.rglob("test_*.py")):
            yield from _marks(ast.parse(path.read_text("utf-8")), path.relative_to(root).as_posix())


def _marks(tree: ast.Module, where: str) -> Iterator[Shown]:
    named = dict(_constants(tree))
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            continue
        for mark in node.decorator_list:
            match mark:
                case ast.Call(func=ast.Attribute(attr="requirement"), args=[id_, *more]):
                    clause = ast.literal_eval(more[0]) if more else ""
                    told = named.get(id_.id, id_.id) if isinstance(id_, ast.Name) else ast.literal_eval(id_)
                    yield Shown(told, clause, f"{where}::{node.name}")


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """The texts that the module names at its top: a file whose tests show one requirement names its id once."""
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(name)], value=ast.Constant(str(text))):
                yield name, text
            case ast.Assign(targets=[ast.Tuple(names)], value=ast.Tuple(values)):
                for one, value in zip(names, values, strict=False):
                    if isinstance(one, ast.Name) and isinstance(value, ast.Constant):
                        yield one.id, str(value.value)


def _told(one: Shown) -> str:
    return f"{one.clause}: `{one.test}`" if one.clause else f"`{one.test}`"
