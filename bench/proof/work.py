"""What a desk does all day, as numbered tasks that may be begun again; and what was acknowledged of them."""

import json
import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from random import Random

from attrs import define, field

from itsmkit import Desk, ItsmError, Message, StoreError
from itsmkit.testing import moved_on

BATCH = 2
PATIENCE = 5
"""So many failures in a row, and the desk is opened anew."""


@define
class Ledger:
    """What came back to somebody outside, and so must be true for ever: by task, with the numbers it was told."""

    seed: int
    mails: dict[str, str] = field(factory=dict)
    commands: dict[str, str] = field(factory=dict)
    numbers: list[str] = field(factory=list)
    done: int = 0

    def note(self, line: bytes) -> None:
        """Take down an acknowledgement."""
        told = json.loads(line)
        if told["task"] < self.done:
            return
        self.done = told["task"] + 1
        self.mails.update(told["mails"])
        self.commands.update(told["commands"])
        self.numbers += [one for one in told["mails"].values() if one]

    def work(self, desk: Desk, acks: int, tasks: int) -> None:
        """Do so many tasks from the first one not acknowledged on, and tell of each when it is done."""
        for task in range(self.done, self.done + tasks):
            line = self.task(desk, task)
            os.write(acks, line)
            self.note(line)

    def task(self, desk: Desk, task: int) -> bytes:
        """Do one task, perhaps not for the first time; its acknowledgement."""
        random = Random(f"{self.seed} {task}")
        mails: dict[str, str] = {}
        commands: dict[str, str] = {}
        if task % 4 == 3:
            desk.tick()
        elif task % 4 == 1 and self.numbers:
            number = random.choice(self.numbers[-20:])
            commands[f"task {self.seed} {task}"] = number
            desk.do("comment", number, desk.principal("bob"), command=f"task {self.seed} {task}", text=f"word {task}")
        elif task % 4 == 2 and self.numbers:
            number = random.choice(self.numbers[-5:])
            moved_on(desk, desk.ticket(number, desk.principal("bob")))
        else:
            mails |= self._taken_in(desk, [f"{self.seed}.{task}.{part}" for part in range(random.choice((1, BATCH)))])
        return json.dumps({"task": task, "mails": mails, "commands": commands}).encode() + b"\n"

    def _taken_in(self, desk: Desk, names: list[str]) -> dict[str, str]:
        """The mails with the numbers of their tickets; the last one came before as well."""
        mails = [mail(name) for name in names]
        repeated = [mail(max(self.mails))] if self.mails else []
        receipts = desk.receive_many([*mails, *repeated])
        for receipt in receipts[len(mails) :]:
            assert receipt.state == "duplicate", receipt
        return dict(zip(names, (one.number for one in receipts), strict=False))


def persevere(ledger: Ledger, desk: Callable[[], AbstractContextManager[Desk]], acks: int) -> None:
    """Work for ever: what failed is tried again under the same name, on the same desk first, then on a new one."""
    while True:
        with suppress(ItsmError), desk() as opened:
            failed = 0
            while failed < PATIENCE:
                try:
                    ledger.work(opened, acks, 1)
                    failed = 0
                except StoreError:
                    failed += 1
                    time.sleep(0.01)


def mail(name: str) -> Message:
    """A mail that differs from all others in each word: looking for its like is not what is proven."""
    head = f"From: Ann User <ann@example.org>\r\nTo: help@desk.example.org\r\nSubject: {name}\r\n"
    body = f"{name * 3}.\r\n"
    return Message(f"{head}Message-ID: <{name}@proof.example.org>\r\n\r\n{body}".encode(), "email", "help")


def settled(desk: Desk) -> int:
    """Let a worker come as often as there is something to do; how much that was."""
    total = 0
    while done := desk.tick().total:
        total += done
    return total
