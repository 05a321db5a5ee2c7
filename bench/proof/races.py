"""Many writers on a few tickets: what each was told is held against the histories, ticket by ticket."""

import json
import os
import time
from collections.abc import Iterator
from random import Random

from attrs import asdict, evolve, frozen

from bench.proof.checks import Findings, proven
from bench.proof.processes import forked
from bench.proof.sites import Shifted, Site, opened
from itsmkit import Desk, ItsmError, Refused, StoreError, Ticket
from itsmkit.testing import moved_on, reported

TICKETS = 50
STEPS = ("IM2.", "IM3.", "IM4.")
"""Where a step is taken by those who see versions."""


@frozen
class Told:
    """What one command came to: "done", or the name of the refusal; when it was asked and when answered."""

    number: str
    command: str
    expect: int | None
    result: str
    begun: float
    ended: float


def races(site: Site, writers: int, commands: int, seed: int) -> Findings:
    """So many writers with so many commands each, all at once."""
    with opened(site, clock=Shifted(), seed=0) as desk:
        numbers = [reported(desk, f"Matter {one}").number for one in range(TICKETS)]
    children = [
        forked(
            lambda acks, one=one: _write(site, numbers, [f"{seed} {one} {turn}" for turn in range(commands)], one, acks)
        )
        for one in range(1, writers + 1)
    ]
    lines = [line for child in children for line in child.ended()]
    told = [Told(**json.loads(line)) for line in lines]
    found = proven(site)
    if len(told) != writers * commands:
        found.lost.append(f"{writers * commands - len(told)} answers")
    with opened(site, clock=Shifted(), seed=writers + 1) as desk:
        for number in numbers:
            found.doubled += _wrong(desk, number, [one for one in told if one.number == number])
    found.counts["writers"] = writers
    for one in told:
        found.counts[f"commands {one.result}"] += 1
    return found


def _write(site: Site, numbers: list[str], commands: list[str], writer: int, acks: int) -> None:
    with opened(site, clock=Shifted(), seed=writer) as desk:
        for command in commands:
            told = _commanded(desk, command, numbers, Random(command))
            os.write(acks, json.dumps(asdict(told)).encode() + b"\n")


def _commanded(desk: Desk, command: str, numbers: list[str], random: Random) -> Told:
    """One command: a comment, a comment on what was read, or the step that everybody wants to do."""
    number, sort, begun = random.choice(numbers), random.random(), time.monotonic()
    ticket = desk.ticket(number, desk.principal("bob"))
    asked = Told(number, command, ticket.version if sort < 0.4 else None, "done", begun, 0.0)
    while True:
        try:
            _do(desk, ticket, asked, steps=sort > 0.7)
        except StoreError:  # too many at once: asked again under the same name
            continue
        except Refused as refusal:
            asked = evolve(asked, result=type(refusal).__name__)
        except ItsmError as error:
            asked = evolve(asked, result=f"failed: {error}")
        return evolve(asked, ended=time.monotonic())


def _do(desk: Desk, ticket: Ticket, asked: Told, *, steps: bool) -> None:
    if steps and ticket.step.startswith(STEPS) and ticket.step != "IM2.7":
        moved_on(desk, ticket, command=asked.command)
    else:
        bob = desk.principal("bob")
        desk.do("comment", asked.number, bob, command=asked.command, expect=asked.expect, text=asked.command)


def _wrong(desk: Desk, number: str, told: list[Told]) -> Iterator[str]:
    """Whatever of one ticket doesn't go together with one order of all that was done to it."""
    seqs: dict[str, list[int]] = {}
    for event in desk.history(number, desk.service("proof")):
        if event.cause:
            seqs.setdefault(event.cause, []).append(event.seq)
    done = [one for one in told if one.result == "done"]
    for one in told:
        at = seqs.get(one.command, [])
        if one.result != "done" and at:
            yield f"{number}: {one.command} was told {one.result} and left events {at}"
        elif one.result == "done" and at != list(range(at[0], at[0] + len(at)) if at else [0]):
            yield f"{number}: {one.command} was done and left events {at}"
        elif one.result == "done" and one.expect is not None and at[0] != one.expect + 1:
            yield f"{number}: {one.command} expected version {one.expect} and came to be event {at[0]}"
    # In the order of the events nobody may have been answered before one in front of him had asked.
    ordered = sorted((one for one in done if one.command in seqs), key=lambda one: seqs[one.command][0], reverse=True)
    soonest = float("inf")
    for one in ordered:
        if soonest < one.begun:
            yield f"{number}: {one.command} was asked when a later event was acknowledged already"
        soonest = min(soonest, one.ended)
