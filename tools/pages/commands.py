"""The command `itsmkit`: every command with its arguments and options, read from the tree that runs."""

import inspect
from collections.abc import Iterator
from pathlib import Path

import attrs
import click
from pages.text import code, table

from itsmkit.cli.root import cli
from itsmkit.core.verbs import VERBS

FILE = "commands.md"
INTRO = """# Commands

`itsmkit COMMAND --help` says the same on the spot. Exit code 0: done. 1: refused or failed, with one line that says
why. 2: the command line itself is wrong. 3: `doctor` found something amiss; `verify` ends with
1 then. Plugins may add commands; `itsmkit plugins` names them."""
VERBS_TEXT = """Every [verb](verbs.md) is a command: `itsmkit ticket VERB NUMBER`. Its parameters are options of the
same name, with `-` for `_`; a *yes or no* is a flag; a moment is written `2026-11-23T14:30`; a text may be `-` for
standard input. All verbs take these as well:"""


def page(_root: Path) -> str:
    """The page of commands."""
    root = click.Context(cli, info_name="itsmkit", obj=None)
    parts = [INTRO, "## itsmkit", "Options of all commands stand before the command's name:", _options(cli, root)]
    for name in cli.list_commands(root):
        command = cli.get_command(root, name)
        if command is not None:
            parts += described(command, click.Context(command, root, name))
    return "\n\n".join(part for part in parts if part)


def described(command: click.Command, context: click.Context) -> Iterator[str]:
    """The command's section, and those of the commands inside it; verbs are described once for all."""
    usage = " ".join(command.collect_usage_pieces(context))
    yield f"{'#' * (1 + context.command_path.count(' '))} {context.command_path}"
    yield inspect.cleandoc(command.help or "")
    if not isinstance(command, click.Group):
        yield f"```text\n{context.command_path} {usage}\n```"
        yield _options(command, context)
        return
    yield _options(command, context)
    verbs = VERBS.get(context.command_path.split()[-1].replace("-", "_"), {})
    for name in command.list_commands(context):
        inner = command.get_command(context, name)
        if inner is not None and name not in verbs:
            yield from described(inner, click.Context(inner, context, name))
    for name, one in list(verbs.items())[:1]:
        verb = command.get_command(context, name)
        if verb is not None:
            yield f"### {context.command_path} VERB"
            yield VERBS_TEXT.replace("itsmkit ticket", context.command_path)
            own = frozenset(param.name for param in attrs.fields(one.params))
            yield _options(verb, click.Context(verb, context, name), leave_out=own)


def _options(command: click.Command, context: click.Context, leave_out: frozenset[str] = frozenset()) -> str:
    rows = []
    for one in command.get_params(context):
        if isinstance(one, click.Option) and "--help" not in one.opts and one.name not in leave_out:
            told = one.get_help_record(context)
            rows.append((code(told[0]), told[1].strip()) if told else ())
    return table(("option", "meaning"), filter(None, rows)) if rows else ""
