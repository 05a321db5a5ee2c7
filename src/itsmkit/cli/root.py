"""The root of the command: the list of commands, loaded when they are called, and how errors are told."""

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, NoReturn

import click

from itsmkit.cli.session import Session

COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "init": "Make a new site: settings, people, teams, services, calendars, store.",
        "demo": "Live a month of a service desk in a scratch site.",
        "receive": "Take in messages and alerts from files.",
        "ticket": "Report, list, show tickets, and every verb of the process.",
        "work-order": "On-site dispatches: list, show, and every verb of theirs.",
        "referral": "What is with vendors and others: list, show, and every verb of theirs.",
        "vendor": "Vendors and what they are under contract for.",
        "task": "Tasks for other teams: list, show, and every verb of theirs.",
        "remote-session": "Remote sessions: list, show, and every verb of theirs.",
        "change": "Change requests: list, show, and what change management decided.",
        "ci-notice": "What the configuration manager is told: list, show, take over.",
        "catalogue": "The service catalogue: what may be asked for, and how it is fulfilled.",
        "commitment": "What is promised: list, show, promise, keep, cancel.",
        "announcement": "What is announced: list, show, draft, publish, withdraw.",
        "register": "Improvements, exceptions, non-compliance, resources, reviews.",
        "rule": "Business rules: publish, list, read, who has read them.",
        "queue": "Work lists: what is open, mine, unaccepted, overdue …",
        "worker": "Poll sources, run clocks, send notifications.",
        "report": "The figures of a month.",
        "escalation": "What is to come on a ticket, and what in the chains can't work.",
        "audit": "Prove that everything due has run, and ping a heartbeat.",
        "health": "Is it working right now? Exit code 3 where it isn't; also for Prometheus.",
        "explain": "Why a ticket got its priority, team and outcome.",
        "subscription": "What you are told, by which channel, how often.",
        "process": "Show a process as it is laid down.",
        "calendar": "Business hours: show them, their days off, and whether they count right.",
        "agreement": "Service levels: which hold for what, and whether they can be met.",
        "site": "Load people, teams, services, vendors and the catalogue from the site's files.",
        "access": "Who may do what and why; deputies, a broken glass.",
        "plugins": "The plugins, the order they are asked in, their faults.",
        "person": "Who is known; erase somebody's data.",
        "inbox": "Messages kept and not finished: list, replay, drop.",
        "outbox": "Notices waiting, failed, dead: list, retry, drop.",
        "lanes": "Work that was parked: list, put back.",
        "retention": "Erase what is kept no longer.",
        "store": "Check, upgrade, copy, back up, restore the store.",
        "doctor": "Is everything in order? Exit code 3 where it isn't.",
        "verify": "Prove that nothing was lost or changed.",
    }
)
"""Every command with its line of help; the module of the same name in this package holds it as `command`."""
DEGRADED = 3


class Failed(click.ClickException):
    """An error that ends the command with one line and exit code 1."""


class Root(click.Group):
    """Loads a command's module when it is called, so that `--help` is quick; further ones come from plugins."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click lays it down
        """The commands in the order a new desk needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name; plugins are asked only where it is none of ours."""
        if cmd_name in COMMANDS:
            return _uncut(import_module(f"itsmkit.cli.{cmd_name.replace('-', '_')}").command)
        from itsmkit.cli.plugins import commands

        return commands(ctx.params["site"]).get(cmd_name)

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002  # click lays it down
        formatter: click.HelpFormatter,
    ) -> None:
        """Our commands; those of plugins are named by `itsmkit plugins`, since to list them is to load them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an error raised on purpose becomes one line, with `--debug` a traceback first."""
        from itsmkit.core.errors import ItsmError

        try:
            return super().invoke(ctx)
        except (ItsmError, OSError) as fault:
            if isinstance(fault, BrokenPipeError):
                raise
            if ctx.params.get("debug"):
                _traceback(type(fault), fault, fault.__traceback__)
            raise Failed(_line(fault)) from fault

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: FBT002  # click lays it down
        **extra: Any,
    ) -> Any:
        """As click's, but an error is one line on stderr: exit code 1, or 2 where the command was misused."""
        try:
            code = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
            if not standalone_mode:
                return code
        except click.exceptions.NoArgsIsHelpError as fault:
            click.echo(fault.format_message())
            sys.exit(2)
        except click.UsageError as fault:
            where = fault.ctx.command_path if fault.ctx else "itsmkit"
            _end(f"{fault.format_message()} (`{where} --help` tells more)", fault.exit_code)
        except click.ClickException as fault:
            _end(fault.format_message(), fault.exit_code)
        except click.Abort:
            _end("stopped", 130)
        sys.exit(code if isinstance(code, int) else 0)


def _uncut(command: click.Command) -> click.Command:
    """The command, whose own are told in a list by their whole first sentence, where click would cut it."""
    for one in getattr(command, "commands", {}).values():
        if not one.short_help and one.help:
            told = " ".join(one.help.split("\n\n")[0].split())
            one.short_help = told.partition(". ")[0].rstrip(".")
    return command


def _end(line: str, code: int) -> NoReturn:
    click.echo(f"error: {' '.join(line.split())}", err=True)
    sys.exit(code)


def _line(fault: BaseException) -> str:
    if isinstance(fault, OSError) and fault.strerror:
        return f"{fault.filename}: {fault.strerror}" if fault.filename else fault.strerror
    return str(fault) or type(fault).__name__


def _traceback(kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
    sys.__excepthook__(kind, fault, trace)


def _bug(kind: type[BaseException], fault: BaseException, _trace: TracebackType | None) -> None:
    """How Python tells of an error that nobody expected: one line, and the way to the rest."""
    words = " ".join(str(fault).split())
    click.echo(f"error: unexpected {kind.__name__}: {words} (`itsmkit --debug …` shows where)", err=True)


@click.group("itsmkit", cls=Root, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--site",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    envvar="ITSMKIT_SITE",
    show_envvar=True,
    help="The site's folder; this one without it.",
)
@click.option("--as", "as_", metavar="PERSON", default=None, envvar="ITSMKIT_AS", show_envvar=True,
              help="Act as somebody else; needs the duty impersonate and is journalled.")  # fmt: skip
@click.option("--lang", type=click.Choice(["en", "zh"]), envvar="ITSMKIT_LANG", show_envvar=True,
              help="The language of tables; the site's without it.")  # fmt: skip
@click.option("--debug", is_flag=True, help="Show a traceback with errors.")
@click.version_option(package_name="itsmkit")
@click.pass_context
def cli(ctx: click.Context, site: Path, as_: str | None, lang: str | None, debug: bool) -> None:
    """An IT service desk: tickets along a laid-down process, clocks, escalations, notifications."""
    if debug:
        sys.excepthook = sys.__excepthook__
    if as_ is not None and not as_.strip():
        msg = "--as is empty; name a person, or leave it out"
        raise click.UsageError(msg)
    session = Session(site, as_ or "", lang or "")
    ctx.obj = session
    ctx.call_on_close(session.close)


def main(args: Sequence[str] | None = None) -> NoReturn:
    """Run the command and end the program."""
    sys.excepthook = _bug
    cli.main(args=args, prog_name="itsmkit")
    raise SystemExit(0)
