"""What the pages share: tables of Markdown, and reading definitions out of source files without running them."""

import ast
import inspect
import re
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path

from attrs import frozen


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table of Markdown; cells are texts of one line."""
    lines = [_row(columns), _row(["---"] * len(columns)), *map(_row, rows)]
    return "\n".join(lines)


def _row(cells: Iterable[object]) -> str:
    return "| " + " | ".join(" ".join(str(cell).split()).replace("|", "\\|") for cell in cells) + " |"


def code(*words: object) -> str:
    """The words as code, with commas between; "" where there are none."""
    return ", ".join(f"`{word}`" for word in words if word != "")


def prose(docstring: str) -> str:
    """A docstring as Markdown: an indented example behind `::` or a blank line becomes a block of code."""
    text = inspect.cleandoc(docstring)
    return re.sub(r"(?m)^(.*)::\n\n((?:    .*\n|\n)*    .*)", _example, text)


def _example(found: re.Match[str]) -> str:
    return f"{found[1]}:\n\n```python\n{inspect.cleandoc(found[2])}\n```"


@frozen
class Definition:
    """A name of a module as its source defines it: how it is written, and what its docstring says."""

    name: str
    written: str
    docstring: str

    @property
    def promise(self) -> str:
        """The docstring's first line."""
        return self.docstring.split("\n", 1)[0]


def definitions(module: str) -> dict[str, Definition]:
    """The classes, functions and constants of a module, read from its source without running it."""
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise LookupError(f"there is no module {module}")
    body = ast.parse(Path(spec.origin).read_text("utf-8")).body
    return {
        one.name: one for node, behind in zip(body, [*body, None][1:], strict=True) for one in _defined(node, behind)
    }


def _defined(node: ast.stmt, behind: ast.stmt | None) -> Iterable[Definition]:
    match node:
        case ast.ClassDef():
            yield Definition(node.name, node.name, ast.get_docstring(node) or "")
        case ast.FunctionDef(returns=ast.expr() as answer):
            written = f"{node.name}({ast.unparse(node.args)}) -> {ast.unparse(answer)}"
            yield Definition(node.name, written, ast.get_docstring(node) or "")
        case (
            ast.Assign(targets=[ast.Name(name)], value=value)
            | ast.AnnAssign(target=ast.Name(name), value=ast.expr() as value)
        ):
            yield Definition(name, name, _said(behind) or _shown(value))
        case ast.Assign(targets=[ast.Tuple(names)], value=ast.Tuple(values)):
            for one, value in zip(names, values, strict=True):
                yield Definition(ast.unparse(one), ast.unparse(one), _shown(value))


def _said(node: ast.stmt | None) -> str:
    """The docstring of a constant: the text that stands behind it."""
    match node:
        case ast.Expr(value=ast.Constant(str(text))):
            return inspect.cleandoc(text)
    return ""


def _shown(value: ast.expr) -> str:
    """What a constant is, where no text says it."""
    match value:
        case ast.Call(func=called, args=[ast.Constant(first), *_]):
            return f"`{ast.unparse(called)}` of {first!r}"
        case ast.Call(func=called):
            return f"a `{ast.unparse(called)}`"
    return f"`{ast.unparse(value)}`"
