"""Scenes of what comes in: each a short play with tickets of its own, told as it happens.

A scene yields the moment at which it goes on; between two of them the rest of the desk lives.
"""

import csv
from collections.abc import Iterator
from datetime import datetime

from attrs import evolve

from itsmkit.core.intake import keep, receipt_of
from itsmkit.core.model.message import Message, Report
from itsmkit.core.model.ticket import Contact
from itsmkit.core.reported import Kept
from itsmkit.demo.daily import absence_note, begin
from itsmkit.demo.letters import Alert, mail
from itsmkit.demo.matters import Matter
from itsmkit.demo.stage import Stage


def first_mail(stage: Stage) -> Iterator[datetime]:
    """A mail comes in; rules give it kind, category, priority and team before anybody looks at it (IM2.1-IM2.4)."""
    yield stage.day(2, "08:05")
    matter = stage.sayings.by_key["erp-slow"]
    letter = stage.letter("user", matter, stage.teller.word("title_erp"))
    number = stage.star("first_mail", stage.send(letter, matter))
    ticket = stage.ticket(number)
    stage.tell("mail_in", number=number, who=stage.name("user"), title=ticket.title)
    why = next(one.why for one in stage.events(number, step="IM2.1"))
    stage.tell("triaged", why=why.get("because", ""), kind=stage.teller.word(ticket.kind), category=ticket.category,
               priority=ticket.priority, team=stage.team(ticket.team))  # fmt: skip
    due = {one.target.name: one.due for one in ticket.clocks}
    stage.tell(
        "clocks", response=stage.teller.moment(due["response"]), resolution=stage.teller.moment(due["resolution"])
    )
    stage.work()
    stage.tell("receipt", to=stage.notices(number, "received")[0].to)
    stage.release(number)


def phone_call(stage: Stage) -> Iterator[datetime]:
    """A call, typed in and solved while the caller is on the line: first-line resolution, closed by their word."""
    yield stage.day(2, "09:40")
    number = stage.star("phone_call", stage.call("hr", stage.sayings.by_key["password"]))
    begin(stage, "agent", number)
    stage.tell(
        "call_in", number=number, who=stage.name("hr"), agent=stage.name("agent"), title=stage.ticket(number).title
    )
    yield stage.later(minutes=6)
    stage.do("agent", "resolve", number, solution=stage.sayings.by_key["password"].solution)
    stage.do("agent", "confirm", number, satisfied=True)
    stage.tell("call_done", number=number, agent=stage.name("agent"))
    stage.release(number)


def chinese_mail(stage: Stage) -> Iterator[datetime]:
    """A mail in GB18030 that calls itself gb2312, as many do: read right, answered in its sender's language."""
    yield stage.day(3, "07:30")
    person, matter = stage.cast.person("abroad"), stage.sayings.by_key["vpn"]
    title, text = "VPN 连不上，堃总在镕城出差", "您好：\n\nVPN 连接反复断开，在镕城酒店无法办公。\n\n谢谢"
    letter = evolve(stage.letter("abroad", matter), title=title, text=text)
    number = stage.star("chinese_mail", stage.send(letter, matter, gb=True))
    stage.work()
    answer = stage.notices(number, "received")[0].subject
    stage.tell("gb_in", number=number, who=person.name, title=stage.ticket(number).title)
    stage.tell("gb_answer", subject=answer)
    stage.release(number)


def duplicate(stage: Stage) -> Iterator[datetime]:
    """The mail server delivers one mail twice: one ticket."""
    yield stage.day(4, "08:20")
    matter = stage.sayings.by_key["mailbox"]
    letter = stage.letter("holiday", matter)
    number = stage.star("duplicate", stage.send(letter, matter))
    raw = b"Received: from relay.example by mx2.example; Wed, 4 Mar 2026 08:21:40 +0000\r\n" + mail(
        letter, stage.mailbox
    )
    second = stage.desk.receive(Message(raw, "email", stage.mailbox))
    stage.tell("duplicate", number=second.number, state=stage.teller.code(second.state))
    stage.release(number)


def absent_reader(stage: Stage) -> Iterator[datetime]:
    """Our receipt meets an absence note: it joins its ticket, and nothing is answered to a machine (RFC 3834)."""
    yield stage.day(4, "11:02")
    matter = stage.sayings.by_key["share"]
    number = stage.star("absent_reader", stage.send(stage.letter("legal", matter), matter))
    stage.work()
    before = stage.notices(number)
    yield stage.later(minutes=1)
    title, text = stage.teller.word("absence_title"), stage.teller.word("absence_text")
    receipt = stage.send(absence_note(stage, "legal", title, text, before[-1].message_id))
    stage.work()
    stage.tell("absent", number=number, who=stage.name("legal"), state=stage.teller.code(receipt.state),
               more=len(stage.notices(number)) - len(before))  # fmt: skip
    stage.release(number)


def not_readable(stage: Stage) -> Iterator[datetime]:
    """A message that nobody can read becomes a ticket all the same, with the raw message kept."""
    yield stage.day(5, "10:15")
    raw = b"\x89\x00broken\xff\xfe" + bytes(range(128, 256)) * 3
    receipt = stage.desk.receive(Message(raw, "email", stage.mailbox, name="scan_0043.dat"))
    number = stage.star("not_readable", stage.noted(receipt, Matter("scan", (), (), "", kind="inquiry")))
    stage.tell("unreadable_in", number=number, state=stage.teller.code(receipt.state), size=len(raw))
    yield stage.later(minutes=18)
    begin(stage, "agent2", number)
    stage.do("agent2", "resolve", number, solution=stage.sayings.noted("read", stage.random), backup=True)
    stage.do("agent2", "confirm", number)
    stage.tell("unreadable_done", number=number, agent=stage.name("agent2"))
    stage.release(number)


def complaint(stage: Stage) -> Iterator[datetime]:
    """A complaint stops at IM2.2 until line 1 verified it; then the incident manager is told."""
    yield stage.day(9, "13:10")
    matter = Matter("complaint", (), (), stage.teller.word("complaint_done"), kind="complaint")
    letter = evolve(stage.letter("finance", stage.sayings.matters[0]), title=stage.teller.word("complaint_title"),
                    text=stage.teller.word("complaint_text"))  # fmt: skip
    number = stage.star("complaint", stage.send(letter, matter))
    ticket = stage.ticket(number)
    stage.tell("complaint_in", number=number, who=stage.name("finance"), title=ticket.title)
    yield stage.later(minutes=25)
    stage.do("agent", "step", number, step="IM2.2", outcome="yes")
    stage.work()
    stage.tell(
        "complaint_told", number=number, agent=stage.name("agent"), to=stage.named(stage.notices(number, "complaint"))
    )
    stage.release(number)


def rows_of_a_file(stage: Stage) -> Iterator[datetime]:
    """A file of rows, a request a row, taken in at one go: two durable commits for all of them."""
    yield stage.day(11, "14:00")
    matter = stage.sayings.by_key["software"]
    app = stage.sayings.slots["app"][0]
    path = stage.folder / "rollout.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("employee", "title", "text"))
        for at, user in enumerate(stage.cast.users[:20]):
            title = stage.teller.word("row_title", app=app, asset=f"HW-{4100 + at}")
            writer.writerow((user.employee, title, stage.teller.word("row_text", app=app)))
    with path.open(encoding="utf-8", newline="") as file:
        reports = [
            Report(row["title"], row["text"], contact=Contact(employee=row["employee"]), channel="file",
                   kind=matter.kind, category=stage.category(matter))
            for row in csv.DictReader(file)
        ]  # fmt: skip
    receipts = stage.rows(reports, path.name, "agent", matter)
    stage.numbers["rows"] = receipts[0].number
    opened = sum(one.state == "opened" for one in receipts)
    first, last = receipts[0].number, receipts[-1].number
    stage.tell("rows", file=path.name, n=len(receipts), opened=opened, first=first, last=last)


def flapping(stage: Stage) -> Iterator[datetime]:
    """An alert that fires again and again is one ticket; its recovery is noted on it (INC-06)."""
    yield stage.day(12, "06:40")
    begun = stage.now
    signal = stage.sayings.signals[1]
    alert = Alert("Flapping", "edge-01", "warning", stage.teller.word("flapping_summary"), begun)
    number = stage.star("flapping", stage.alert(alert, signal.matter))
    for _ in range(6):
        yield stage.later(minutes=11)
        stage.alert(evolve(alert, since=stage.now))
    yield stage.later(minutes=20)
    stage.alert(evolve(alert, until=stage.now))
    ticket = stage.ticket(number)
    stage.tell("flapping", number=number, n=ticket.repeats + 1, title=ticket.title)
    stage.release(number)


def killed_receiver(stage: Stage) -> Iterator[datetime]:
    """A receiver dies between its two commits: the message is durable, its lease lapses, a worker finishes (SLA-06)."""
    yield stage.day(19, "09:58")
    matter = stage.sayings.by_key["printer"]
    letter = stage.letter("works", matter)
    kept = keep(stage.desk.setup, [Message(mail(letter, stage.mailbox), "email", stage.mailbox)])[0]
    if not isinstance(kept, Kept):
        raise TypeError(kept)
    stage.tell("killed", state=stage.teller.code(receipt_of(stage.desk.setup, kept.received.id).state))
    yield stage.later(minutes=2)
    stage.work()
    number = stage.star("killed_receiver", stage.noted(receipt_of(stage.desk.setup, kept.received.id), matter))
    stage.tell("killed_done", number=number, title=stage.ticket(number).title)
    stage.release(number)


def stranger(stage: Stage) -> Iterator[datetime]:
    """Somebody unknown writes: taken in, answered, and may see nothing else."""
    yield stage.day(18, "10:30")
    matter = stage.sayings.by_key["how-video"]
    known = stage.cast.person("user")
    letter = stage.letter("user", matter)
    unknown = evolve(letter, sender=evolve(known, id="stranger", name="J. Doe", mails=("j.doe@elsewhere.example",)))
    number = stage.star("stranger", stage.send(unknown, matter))
    ticket = stage.ticket(number)
    stage.tell(
        "stranger",
        number=number,
        mail=ticket.contact.mail,
        step=stage.teller.code(stage.events(number, step="IM1.1")[0].outcome),
    )
    stage.release(number)
