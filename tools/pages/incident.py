"""The incident process: its table of steps, and the same as a diagram."""

from pathlib import Path

from pages.text import code, table

from itsmkit.cli.process import mermaid
from itsmkit.core.incident import INCIDENT
from itsmkit.core.model.process import Step

FILE = "incident.md"
INTRO = """# The incident process

The table that the engine walks, as shipped. A step is answered by its rule, a pure function; else by the hook it asks;
else it stands on the list of the people who have the duty. `itsmkit process show incident` prints the table in force on
a site, which a plugin may have replaced. A step marked *later* is not taken while a report comes in, but by a worker or
as soon as somebody works on the ticket."""
DIAGRAM = """## The same as a diagram

For a renderer of Mermaid, as `itsmkit process show incident --format mermaid` prints it. What answers itself is
round."""


def page(_root: Path) -> str:
    """The page of the incident process."""
    columns = ("step", "what", "answered by", "duty", "leads to", "status", "writes", "source")
    rows = [
        (
            f"**{one.id}**",
            "<br>".join((one.title, *(f"{kind}: {way.title}" for kind, way in one.by_kind.items()))),
            answerer(one),
            code(one.duty),
            leads(one),
            one.status,
            code(*one.writes),
            one.source,
        )
        for one in INCIDENT.steps.values()
    ]
    diagram = "\n".join(mermaid(INCIDENT, str))
    return "\n\n".join([INTRO, table(columns, rows), DIAGRAM, f"```text\n{diagram}\n```"])


def answerer(step: Step) -> str:
    """Who answers the step, in the order in which they are asked."""
    said = [f"rule `{step.rule}`"] if step.rule else []
    said += [f"[`{step.asks}`](hooks.md#{step.asks})"] if step.asks else []
    said += [f"“{step.otherwise}”" if step.otherwise else "a person"]
    then = f"; then [`{step.then}`](hooks.md#{step.then})" if step.then else ""
    holds = f", once no {' or '.join(step.holds)} is open".replace("_", " ") if step.holds else ""
    return ", else ".join(said) + then + holds + (" (*later*)" if step.later else "")


def leads(step: Step) -> str:
    """Each outcome and where it leads."""
    ways: dict[str, list[str]] = {}
    for outcome, to in step.to.items():
        ways.setdefault(to, []).append(outcome)
    return "; ".join(f"{', '.join(outcomes)} → {to or 'the end'}" for to, outcomes in ways.items())
