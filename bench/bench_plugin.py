"""What one more plugin costs that answers every hook of an intake with nothing, on SQLite.

python -m bench.bench_plugin [reports a round] [rounds]
"""

import sys
from typing import Any

from bench.desks import calls, desk, paired, parts, scratch
from itsmkit import Desk, Message, hookimpl


class Idle:
    """Has no opinion on anything."""

    @hookimpl
    def itsmkit_intake(self, message: Message) -> None: ...
    @hookimpl
    def itsmkit_lookup(self, what: str, key: str) -> None: ...
    @hookimpl
    def itsmkit_classify(self, ticket: Any, look: Any) -> None: ...
    @hookimpl
    def itsmkit_prioritise(self, record: Any, look: Any) -> None: ...
    @hookimpl
    def itsmkit_agreements(self, record: Any, look: Any) -> None: ...
    @hookimpl
    def itsmkit_assign(self, ticket: Any, look: Any) -> None: ...
    @hookimpl
    def itsmkit_match(self, ticket: Any, look: Any) -> None: ...
    @hookimpl
    def itsmkit_escalate(self, record: Any, clock: Any, look: Any) -> None: ...


def main(count: int, rounds: int) -> None:
    messages = iter(parts(calls(2 * count * (rounds + 1)), count))
    with (
        scratch() as folder,
        desk(f"sqlite:///{folder / 'plain.db'}") as plain,
        desk(f"sqlite:///{folder / 'more.db'}", plugins={"idle": Idle()}) as more,
    ):
        for one in (plain, more):
            received(one, next(messages))
        without, with_idle = paired(
            rounds, lambda: received(plain, next(messages)), lambda: received(more, next(messages))
        )
    print(
        f"without: {without:,.0f}/s; with one more idle plugin: {with_idle:,.0f}/s; cost {without / with_idle - 1:.1%}"
    )


def received(one: Desk, messages: list[Message]) -> int:
    for message in messages:
        one.receive(message)
    return len(messages)


if __name__ == "__main__":
    arguments = [int(one) for one in sys.argv[1:]]
    main(*(arguments + [150, 15][len(arguments) :]))
