"""Templates to text. A template may show, test and compare the facts of its notice; it can reach nothing else."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from attrs import frozen
from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound, nodes, pass_context
from jinja2.environment import Environment
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from itsmkit import Notice, heading, label, one_line, paragraphs
from itsmkit_notify_email.settings import Settings

SHIPPED = Path(__file__).parent / "templates"
MOST_OUT = 64 * 1024
"""Bytes of UTF-8 that a rendered mail may have."""
MOST_TEXT, MOST_SUBJECT = 8_000, 150
"""Characters of one fact, and of a subject; more is cut."""

ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.If, nodes.CondExpr,
    nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Filter, nodes.Test,
)  # fmt: skip
"""The parts of the language that a template may use: no call, attribute, loop, assignment or arithmetic.

So work and size are bounded by the template's own length; the sandbox alone bounds neither.
"""
FAULTS = (
    TemplateError, ValueError, TypeError, AttributeError, LookupError, ArithmeticError, OSError, RecursionError,
)  # fmt: skip
"""What a template can fail with, its filters on facts of another sort among it."""
_PLAIN_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


@frozen
class Text:
    """Subject and body of a mail; `fault` says why the template gave way to plain text, "" where it didn't."""

    subject: str
    body: str
    fault: str = ""


class Renderer:
    """Renders notices with the site's templates, or where it has none of that name, the shipped ones."""

    def __init__(self, settings: Settings) -> None:
        self._default = settings.language
        self._environment = _environment(settings)

    def text(self, notice: Notice) -> Text:
        """The mail for a notice in its recipient's language. Never fails on content: the fall-back is plain text."""
        try:
            return self._rendered(notice)
        except FAULTS as fault:
            why = one_line(f"{type(fault).__name__}: {fault}", 200)
            return _plain(notice, f"template {one_line(notice.template, 64)!r} failed: {why}")

    def _rendered(self, notice: Notice) -> Text:
        known = _known(notice)
        tongues = dict.fromkeys((notice.language.lower()[:2], self._default, "en"))
        names = [f"{tongue}/{notice.template}.txt" for tongue in tongues if _PLAIN_NAME.fullmatch(tongue)]
        if not _PLAIN_NAME.fullmatch(notice.template):
            raise TemplateNotFound(notice.template)
        template = self._environment.select_template(names)
        known["language"] = str(template.name).partition("/")[0]
        first, _, rest = _bounded(template.generate(known)).lstrip().partition("\n")
        return Text(one_line(first, MOST_SUBJECT), rest.strip("\n") + "\n")


def _environment(settings: Settings) -> Environment:
    folders = [*([settings.templates] if settings.templates else []), SHIPPED]
    environment = ImmutableSandboxedEnvironment(
        loader=_Checked(folders), undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.clear()
    environment.filters = {
        "label": _label,
        "moment": _moment(ZoneInfo(settings.zone)),
        "quoted": _quoted,
        "listed": _listed,
    }
    environment.tests = {"defined": environment.tests["defined"]}
    return environment


class _Checked(FileSystemLoader):
    """Loads only templates that keep to the allowed parts of the language."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        source, path, fresh = super().get_source(environment, template)
        for node in _all(environment.parse(source)):
            if not isinstance(node, ALLOWED):
                raise SecurityError(f"line {node.lineno}: a mail template can't use {type(node).__name__}")
        return source, path, fresh


def _all(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _all(child)


def _bounded(pieces: Iterator[str]) -> str:
    taken: list[str] = []
    room = MOST_OUT
    for piece in pieces:
        room -= len(piece.encode())
        if room < 0:
            raise SecurityError(f"the mail would be longer than {MOST_OUT} bytes")
        taken.append(piece)
    return "".join(taken)


def _known(notice: Notice) -> dict[str, Any]:
    """The facts as the template sees them: plain values only, texts cleaned and cut."""
    facts = {"number": notice.number, **notice.args}
    plain = {name: value for name, value in facts.items() if value is None or isinstance(value, str | int | float)}
    known = {name: paragraphs(value, MOST_TEXT) if isinstance(value, str) else value for name, value in plain.items()}
    return {**known, "items": facts["items"]} if isinstance(facts.get("items"), list) else known


def _plain(notice: Notice, fault: str) -> Text:
    title, event = (one_line(str(notice.args.get(name, "")), MOST_SUBJECT) for name in ("title", "event"))
    return Text(title or notice.number, f"{notice.number}\n{title}\n{event or one_line(notice.template, 64)}\n", fault)


@pass_context
def _label(context: Context, code: str) -> str:
    return label(code, context["language"])


def _moment(zone: ZoneInfo) -> Callable[[str], str]:
    def moment(at: str) -> str:
        return f"{datetime.fromisoformat(at).astimezone(zone):%Y-%m-%d %H:%M} ({zone.key})"

    return moment


@pass_context
def _listed(context: Context, items: list[dict[str, str]]) -> str:
    """What a digest collected: a line each, with the ticket's number."""
    told = ((one["number"], heading(one["rule"], context["language"]), one["title"]) for one in items)
    mark = "：" if context["language"] == "zh" else ": "
    return "\n".join(f"- {number}  {what}{mark}{one_line(title, MOST_SUBJECT)}" for number, what, title in told)


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.strip().split("\n"))
