"""A command for each verb, made from the one list: its parameters, their help and kinds are those of the verb."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args, get_type_hints

import attrs
import click

from itsmkit.cli import rows, show
from itsmkit.cli.options import Moment, Prose, dry_run_option, form_option
from itsmkit.cli.session import Session
from itsmkit.core.verb import Verb
from itsmkit.core.verbs import VERBS
from itsmkit.i18n import Translate, label, translator


def group_of(
    type_: str,
    begins: Mapping[str, str] = MappingProxyType({}),
    beginnings: Mapping[str, Verb] = MappingProxyType({}),
) -> type[click.Group]:
    """A group whose commands are the verbs for records of that type, beside those of its own.

    `begins` are verbs of a ticket that such a record begins with, by the names that they have here, `beginnings` those
    that it begins with by itself.
    """
    tickets = {name: ("ticket", VERBS["ticket"][verb]) for name, verb in begins.items()}
    known = {**tickets, **{name: (type_, verb) for name, verb in VERBS[type_].items()}}

    class Verbs(click.Group):
        def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click lays it down
            return [*self.commands, *beginnings, *known]

        def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
            if own := self.commands.get(cmd_name):
                return own
            if beginning := beginnings.get(cmd_name):
                return beginning_of(beginning, ctx)
            found = known.get(cmd_name)
            return command_of(*found, ctx) if found else None

    return Verbs


def beginning_of(verb: Verb, ctx: click.Context) -> click.Command:
    """The command that begins a record."""
    t = _translator(ctx)

    @click.pass_obj
    def run(session: Session, /, command: str, dry_run: bool, form: str, **params: Any) -> None:
        given = {name: value for name, value in params.items() if value is not None}
        begun(session, verb.name, command=command, dry_run=dry_run, form=form, **given)

    help_ = f"{t(verb.title)}.\n\nDuty: {_duties(verb)}."
    made = click.command(verb.name, help=help_, short_help=t(verb.title))(run)
    made = form_option("table", "json")(dry_run_option(made))
    made.params = [*(_option(verb, one, t) for one in attrs.fields(verb.params)), *_COMMAND, *made.params]
    return made


def begun(session: Session, what: str, /, *, command: str, dry_run: bool, form: str, **given: Any) -> None:
    """Begin a record and print it in a line."""
    record = session.desk.begin(what, session.by, command=command, dry_run=dry_run, **given)
    if form == "json":
        show.print_json({**show.plain(record), "dry_run": dry_run})
        return
    to = f"→ {rows.step_title(session, record)}"
    click.echo("  ".join((record.number, to, label(session.t, record.status))))
    if dry_run:
        show.note(session.t("dry run: nothing was stored"))


def command_of(type_: str, verb: Verb, ctx: click.Context) -> click.Command:
    """The command that does the verb to a record of that type."""
    t = _translator(ctx)

    @click.pass_obj
    def run(session: Session, /, record: str, expect: int | None, command: str, dry_run: bool, form: str,
            **params: Any) -> None:  # fmt: skip
        rows.check_type(session, type_, record)
        done = session.desk.do(
            verb.name,
            record,
            session.by,
            expect=expect,
            command=command,
            dry_run=dry_run,
            **{name: value for name, value in _read(params).items() if value is not None},
        )
        if form == "json":
            show.print_json({**show.plain(done), "dry_run": dry_run})
            return
        where = " ".join(getattr(done, one, "") for one in ("team", "assignee")).strip()
        to = f"→ {rows.step_title(session, done)}"
        words = (done.number, session.t(verb.title), to, label(session.t, done.status), where)
        click.echo("  ".join(filter(None, words)))
        if dry_run:
            show.note(session.t("dry run: nothing was stored"))

    made = click.command(verb.name, help=_help(verb, t), short_help=t(verb.title))(run)
    made = form_option("table", "json")(dry_run_option(made))
    made.params = [
        click.Argument(["record"], metavar="NUMBER"),
        *(_option(verb, one, t) for one in attrs.fields(verb.params)),
        click.Option(["--expect"], type=int, metavar="VERSION", help="Refuse where it changed since."),
        *_COMMAND,
        *made.params,
    ]
    return made


def _translator(ctx: click.Context) -> Translate:
    session = ctx.find_object(Session)
    return translator(session.language) if session else str


def _help(verb: Verb, t: Translate) -> str:
    where = ", ".join(verb.steps or verb.statuses)
    return f"{t(verb.title)}.\n\nFits {where}. Duty: {_duties(verb)}."


def _duties(verb: Verb) -> str:
    return " or ".join(sorted(verb.duties))


_COMMAND = (
    click.Option(["--command"], default="", metavar="ID", help="Doing it again under this id changes nothing."),
)


def _option(verb: Verb, one: Any, t: Translate) -> click.Option:
    """The option of a parameter, of its kind."""
    hint = get_type_hints(verb.params)[one.name]
    kinds = get_args(hint) or (hint,)
    flag = "--" + one.name.replace("_", "-")
    required = one.default is attrs.NOTHING
    help_ = t(one.metadata["help"])
    if bool in kinds:
        asked = required or type(None) in kinds
        names = f"{flag}/--not-{flag[2:]}" if asked else flag
        default = None if required else one.default
        return click.Option([names, one.name], is_flag=True, default=default, required=required, help=help_)
    kind: Any = str
    if datetime in kinds:
        kind = Moment()
    elif bytes in kinds:
        kind = click.Path(exists=True, dir_okay=False, path_type=Path)
    elif int in kinds:
        kind = int
    elif one.metadata.get("multiline"):
        kind, help_ = Prose(), f'{help_}; "-" reads standard input'
    if one.name == "name" and bytes in get_type_hints(verb.params).values():
        required, help_ = False, f"{help_}; without it as on disk"
    if one.default in (None, "", attrs.NOTHING):
        return click.Option([flag, one.name], type=kind, required=required, help=help_)
    return click.Option([flag, one.name], type=kind, default=one.default, show_default=True, help=help_)


def _read(params: dict[str, Any]) -> dict[str, Any]:
    """The parameters with files read in; a file without a name of its own is called as it is on disk."""
    files = {name: value for name, value in params.items() if isinstance(value, Path)}
    for name, path in files.items():
        params = {**params, name: path.read_bytes()}
        if "name" in params and not params["name"]:
            params["name"] = path.name
    return params
