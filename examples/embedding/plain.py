"""A program of your own that holds a desk: reports come in from several threads, an agent answers them.

Start it beside a site that `itsmkit init` has made: `python plain.py SITE`.
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from itsmkit import Contact, Desk, Principal, Receipt, Report


def call(desk: Desk, by: Principal, mail: str, title: str) -> Receipt:
    """Take a call in; when this returns it is durable."""
    report = Report(title, channel="phone", contact=Contact(mail=mail), kind="incident", category="terminal device")
    return desk.report(report, by=by)


def solve(desk: Desk, by: Principal, number: str, solution: str) -> str:
    """Work on a ticket from first to last; the status it has then."""
    desk.do("take", number, by=by)
    desk.do("resolve", number, by=by, solution=solution)
    return desk.do("confirm", number, by=by, satisfied=True).status


def main(site: Path) -> None:
    """Three calls at once, answered one after the other."""
    with Desk.open(site) as desk, ThreadPoolExecutor(3) as pool:
        hotline, anna = desk.service("hotline"), desk.principal("mail:anna@example.org")
        callers = [(f"user{one}@example.org", f"Screen {one} stays dark") for one in range(3)]
        receipts = list(pool.map(lambda one: call(desk, hotline, *one), callers))
        for receipt in sorted(receipts, key=lambda one: one.number):
            print(receipt.number, solve(desk, anna, receipt.number, "Plugged the cable in."))
        desk.tick()
        print("breaches:", len(desk.verify().breaches))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
