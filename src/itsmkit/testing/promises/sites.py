"""What follows from the promises taken together: a whole site moves between stores, and a person's data can go."""

from collections.abc import Iterator
from contextlib import contextmanager

from itsmkit.core.copying import copy
from itsmkit.core.memory import MemoryStore
from itsmkit.core.model.event import Event
from itsmkit.core.model.message import Attached, Message, Report
from itsmkit.core.model.notice import Notice, NoticeDraft, Sent
from itsmkit.core.model.party import Person
from itsmkit.core.model.query import Query
from itsmkit.core.model.ticket import Contact, Ticket
from itsmkit.core.store import Store
from itsmkit.core.text import terms
from itsmkit.core.verify import verify
from itsmkit.desk import Desk
from itsmkit.hookspecs import hookimpl
from itsmkit.shipped import TYPES
from itsmkit.testing.desks import PEOPLE, SERVICES, TEAMS, desk
from itsmkit.testing.driving import brought_to, reported
from itsmkit.testing.promises.base import ALL, Promises

CANARY = "quillfeather"
"""A word that nothing of ours contains."""


class Loose:
    """A plugin that says everything everywhere: reports, notices and deliveries full of the reporter's words."""

    @hookimpl
    def itsmkit_intake(self, message: Message) -> Report | None:
        """A mail of Quentin's, with a file."""
        if message.channel != "email":
            return None
        contact = Contact(name=f"Q. {CANARY}", mail=f"{CANARY}@example.org", phone=f"+{CANARY}")
        file = Attached(f"{CANARY}.txt", "text/plain", f"a file of {CANARY}".encode())
        return Report(
            f"{CANARY} is locked out",
            message.raw.decode(),
            contact=contact,
            place=f"desk of {CANARY}",
            symptom=CANARY,
            configuration=CANARY,
            reason=CANARY,
            message_id=f"<1@{CANARY}>",
            attachments=(file,),
        )

    @hookimpl
    def itsmkit_notify(self, event: Event, record: Ticket) -> list[NoticeDraft]:
        """Reporter and desk are told what was written, by a channel that works and by one that doesn't."""
        if event.code not in ("opened", "comment"):
            return []
        args = {"said": f"{record.title}: {record.text}"}
        channels, recipients = ("loud", "mute"), ("requester", "role:desk")
        return [NoticeDraft(channel, to, channel, "t", args) for channel in channels for to in recipients]

    @hookimpl
    def itsmkit_deliver(self, notice: Notice) -> Sent | None:
        """The loud channel answers with the address."""
        return Sent(f"queued for {notice.address}") if notice.channel == "loud" else None


class SitePromises(Promises):
    """A desk works on the store; then it is moved, or somebody asks to be forgotten."""

    @contextmanager
    def site(self) -> Iterator[tuple[Store, Desk]]:
        """A desk on an empty store with Quentin's ticket, closed, and others' tickets."""
        self.folder /= "site"
        self.folder.mkdir()
        store = self.open(TYPES, self.clock)
        quentin = Person(id="quentin", name=f"Quentin {CANARY}", mails=(f"{CANARY}@example.org",), logins=(CANARY,))
        try:
            made = desk(self.clock, {"loose": Loose()}, store=store, records=(*TEAMS, *SERVICES, *PEOPLE, quentin))
            made.receive(Message(f"Dear desk, {CANARY} again".encode(), "email", name=f"{CANARY}.eml"))
            reported(made, "a matter of somebody else's")
            yield store, made
        finally:
            store.close()

    def _closed(self, made: Desk) -> str:
        """Quentin's ticket brought to its end, with words of all kinds on the way."""
        (ticket,) = made.find(Query("ticket", like=terms(CANARY)), made.principal("bob")).items
        assert isinstance(ticket, Ticket)
        number = ticket.number
        bob, quentin = made.principal("bob"), made.principal("quentin")
        made.do("comment", number, quentin, text=f"{CANARY} was here")
        made.do("comment", number, bob, text=f"dear {CANARY}", public=True)
        made.do("attach", number, bob, name=f"{CANARY}.png", data=f"shot of {CANARY}".encode())
        made.do("wait", number, bob, reason="customer", text=f"{CANARY} is away")
        made.do("resume", number, bob)
        brought_to(made, "IM5.2", made.ticket(number, bob))
        made.do("confirm", number, quentin)
        made.tick()
        return number

    def test_nothing_of_a_person_who_was_erased_is_left_in_anything_the_store_keeps(self) -> None:
        with self.site() as (store, made):
            number = self._closed(made)
            before = made.ticket(number, made.principal("bob"))
            assert CANARY.encode() in self.contents(store).lower()
            root = made.principal("root")
            list(made.operator(root).erase("quentin", "asked for it in a letter"))
            assert CANARY.encode() not in self.contents(store).lower()
            assert made.verify().breaches == ()
            after = made.ticket(number, made.principal("bob"))
            kept = (
                "number",
                "opened",
                "closed",
                "status",
                "kind",
                "category",
                "priority",
                "requester",
                "clocks",
                "team",
            )
            assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]
            assert list(made.operator(root).erase("quentin", "asked again")) == []

    def test_a_site_moves_into_the_store_and_back_and_loses_nothing(self) -> None:
        with self.site() as (store, made):
            self._closed(made)
            self.clock.advance(minutes=10)
            first, back = (MemoryStore(TYPES, self.clock) for _ in range(2))
            copy(store, first, TYPES, self.clock())
            self.folder /= "moved"
            self.folder.mkdir()
            moved = self.open(TYPES, self.clock)
            try:
                copy(first, moved, TYPES, self.clock())
                assert verify(moved, TYPES).breaches == ()
                copy(moved, back, TYPES, self.clock())
            finally:
                moved.close()
            for type_ in TYPES:
                query = Query(type_.name)
                assert back.find(query, ALL, limit=1000) == store.find(query, ALL, limit=1000)
            assert made.verify().balance == verify(back, TYPES).balance
