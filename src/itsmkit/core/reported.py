"""What becomes of a message: not readable, set aside, joined to a known matter, or a new ticket; nothing is stored."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any

from attrs import evolve, frozen

from itsmkit.core.access import words_to_requester
from itsmkit.core.catalogue import requested
from itsmkit.core.changes import child_change, ticket_change, with_children
from itsmkit.core.mailid import verified_hops, verified_number
from itsmkit.core.model.event import INTERNAL, PUBLIC, Draft
from itsmkit.core.model.message import Attached, Message, Receipt, Received, Report
from itsmkit.core.model.party import PERSON, Person
from itsmkit.core.model.pause import CUSTOMER
from itsmkit.core.model.query import Scope
from itsmkit.core.model.record import Blob, revised
from itsmkit.core.model.referral import Referral
from itsmkit.core.model.ticket import SHELVES, Attachment, Contact, Ticket
from itsmkit.core.model.unit import LAPSES, Change, Lease, Settle, Unit
from itsmkit.core.plugins import Heard, a
from itsmkit.core.process import standing
from itsmkit.core.sealing import sealed
from itsmkit.core.setup import Setup
from itsmkit.core.sides import side_of, spoken
from itsmkit.core.text import clean
from itsmkit.core.triage import walk_on

TITLE = 200


@frozen
class Kept:
    """A message after its first commit, with the lease of its receiver."""

    received: Received
    message: Message
    lease: Lease


@frozen
class Plan:
    """The second commit of a message, and the receipt it earns."""

    unit: Unit
    receipt: Receipt


def planned(setup: Setup, kept: Kept) -> Plan:
    """Decide what becomes of a message: everything of the second commit, nothing of it stored."""
    now = setup.world.now()
    given_up = kept.lease.lapses >= LAPSES - 1  # its receivers died over it: people must look at it
    heard = (
        Heard()
        if given_up
        else setup.plugins.first("itsmkit_intake", a(Report, _sound, texts=False), message=kept.message)
    )
    report = _returned(setup, _storable(heard.answer)) if heard.answer else None
    if report is None:
        return _opened(setup, kept, _storable(unreadable(kept.message)), heard, now, state="unreadable")
    known = _known_matter(setup, report)
    if report.references or setup.site.vendors:
        person = identified(setup, report.contact)
        side = side_of(setup, report, person, known)
        about = setup.store.get("ticket", side.parent, Scope.system("intake")) if side else None
        if side is not None and isinstance(about, Ticket):
            return _joined_side(setup, kept, report, side, about, heard=heard, now=now, person=person)
    if known is not None and known.is_open:
        return _joined(setup, kept, report, known, heard=heard, now=now)
    if report.ignored:
        return _ended(setup, kept, "set_aside", now, because=report.ignored)
    if report.fingerprint and not report.firing:
        return _ended(setup, kept, "set_aside", now, because="a recovery of nothing that is open")
    return _opened(setup, kept, report, heard, now, follows=known)


def _returned(setup: Setup, report: Report) -> Report:
    """The report, marked as automatic where the desk wrote it itself: nobody is at the other end."""
    own = {one.lower() for channel in setup.channels.values() for one in channel.own}
    ours = verified_number(report.message_id, setup.secret, setup.site.domain) is not None
    return evolve(report, automatic=True) if ours or report.contact.mail.lower() in own else report


def _hops(setup: Setup, report: Report) -> dict[str, int]:
    """How often mails of ours came back to lead to this one; nothing where none did."""
    hops = verified_hops(report.loop, setup.secret) if report.loop else None
    return {} if hops is None else {"hops": hops + 1}


def _sound(report: Report) -> str:
    return "" if report.title.strip() or report.text.strip() or report.attachments else "an empty report"


def _reader(heard: Heard) -> str:
    return f"plugin:{heard.by}" if heard.by else "core"


def _storable(report: Report) -> Report:
    """The report with texts that every store can keep."""
    texts = {**vars(report), **vars(report.contact)}.values()
    names = [f"{one.name}{one.media}" for one in report.attachments]
    whole = "".join([*names, *(text for text in texts if type(text) is str)])
    if clean(whole) == whole:
        return report
    contact: Any = {name: clean(text) for name, text in vars(report.contact).items()}
    mended: Any = {name: clean(text) for name, text in vars(report).items() if isinstance(text, str)}
    files = tuple(evolve(one, name=clean(one.name), media=clean(one.media)) for one in report.attachments)
    return evolve(report, **mended, contact=Contact(**contact), attachments=files)


def unreadable(message: Message) -> Report:
    """The report of a message that nobody can read: a ticket "not readable" with the message as it came."""
    name = message.name or "message"
    text = f"No plugin can read this message ({len(message.raw)} bytes, channel {message.channel or 'unknown'})."
    return Report(f"not readable: {name}", text, attachments=(Attached(name, "application/octet-stream", message.raw),))


def _known_matter(setup: Setup, report: Report) -> Ticket | None:
    """The ticket that the report is about: by alert fingerprint, or by a message id that only we can have made."""
    keys = [f"alert:{report.fingerprint}"] if report.fingerprint else []
    for reference in report.references:
        number = verified_number(reference, setup.secret, setup.site.domain)
        if number:
            keys.append(f"number:{number}")
    for key in dict.fromkeys(keys):
        found = setup.store.get("ticket", key, Scope.system("intake"))
        if isinstance(found, Ticket):
            return found
    return None


def identified(setup: Setup, contact: Contact) -> Person | None:
    """The person that a contact belongs to, by its unique keys; an address is a key, not a proof (INC-02)."""
    keys = (
        contact.person,
        contact.mail and f"mail:{contact.mail.lower()}",
        contact.employee and f"employee:{contact.employee}",
        contact.phone and f"phone:{contact.phone}",
    )
    for key in filter(None, keys):
        found = setup.store.get("person", key, Scope.system("intake"))
        if isinstance(found, Person) and found.active:
            return found
    return None


def _opened(
    setup: Setup,
    kept: Kept,
    report: Report,
    heard: Heard,
    now: datetime,
    *,
    state: str = "opened",
    follows: Ticket | None = None,
) -> Plan:
    """A new matter: the ticket, walked as far as rules and plugins carry it (INC-01 to INC-04)."""
    person = identified(setup, report.contact)
    extra: tuple[Change, ...] = ()
    lookups: tuple[Draft, ...] = ()
    if person is None and setup.plugins.has("itsmkit_lookup"):
        person, extra, lookups = _looked_up(setup, report.contact, now)
    files, blobs = _files(report)
    ticket = _ticket(setup, kept, report, person=person, files=files, now=now)
    if follows is not None:
        ticket = revised(ticket, links=(follows.number,))
    first = Draft(
        "opened",
        kept.message.by or _reader(heard),
        args={"channel": ticket.channel, "received": kept.received.id, "automatic": report.automatic,
              "detected": report.detected, "follows": follows.number if follows else "", **_hops(setup, report)},
        why={"asked": dict(heard.asked)},
        personal={"title": ticket.title, "text": ticket.text, "contact": report.contact.mail or report.contact.phone},
        audience=PUBLIC,
    )  # fmt: skip
    walked, steps = walk_on(setup, ticket, now, later=False)
    drafts = (first, *heard.notes(), *lookups, *steps)
    change = ticket_change(setup, None, walked, drafts, now, cause=kept.received.id)
    changes = (*extra, *with_children(setup, change, now))
    return _ended(setup, kept, state, now, changes=changes, blobs=blobs, ticket=walked)


def _files(report: Report) -> tuple[tuple[Attachment, ...], tuple[Blob, ...]]:
    """What came with the report: as the ticket names it, and as bytes for the store."""
    blobs = tuple(Blob(sha256(one.data).hexdigest(), one.data) for one in report.attachments)
    named = zip(report.attachments, blobs, strict=True)
    return tuple(Attachment(one.name, one.media, len(one.data), blob.digest) for one, blob in named), blobs


def _ticket(
    setup: Setup, kept: Kept, report: Report, *, person: Person | None, files: tuple[Attachment, ...], now: datetime
) -> Ticket:
    text = f"{report.text}\n\n{report.quoted}" if report.quoted else report.text
    item = setup.site.item(report.item)
    title = " ".join(report.title.split()) or next(iter(text.split("\n", 1)), "")
    local = now.astimezone(setup.zone)
    ticket = Ticket(
        id=setup.world.new_id(),
        number=setup.numbers.take("T", local.year),
        opened=now,
        opened_month=f"{local:%Y-%m}",
        channel=report.channel or kept.message.channel or "unknown",
        step=setup.processes["incident"].start,
        kind=report.kind if report.kind in setup.policy.rules.kinds else "",
        title=title[:TITLE],
        text=text,
        contact=report.contact,
        requester=person.id if person else "",
        customer=person.customer if person else report.contact.company,
        department=person.department if person else report.contact.department,
        language=(person.language if person else "") or report.language,
        detected=report.detected,
        service=report.service if setup.site.service(report.service) else "",
        category=report.category,
        ci=report.ci,
        place=report.place,
        happened=report.happened,
        expected=report.expected,
        reason=report.reason,
        symptom=report.symptom,
        configuration=report.configuration,
        stated=report.stated,
        impact=max(report.impact, 0),
        urgency=max(report.urgency, 0),
        on_site=report.on_site,
        remote=(report.channel or kept.message.channel) in setup.policy.rules.remote_channels,
        owner=report.recorder if kept.message.by == f"person:{report.recorder}" else "",
        message_id=report.message_id,
        hops=_hops(setup, report).get("hops", 0),
        fingerprint=report.fingerprint,
        firing=bool(report.fingerprint) and report.firing,
        attachments=files,
        policy=setup.policy.digest,
    )
    if item is None or not item.procedure:
        return ticket
    asked = revised(ticket, **requested(item, setup.policy, now))
    team = setup.site.team(asked.procedure[0].team)
    return revised(asked, team=team.id, line=team.line, vendor=team.vendor) if team else asked


def _looked_up(
    setup: Setup, contact: Contact, now: datetime
) -> tuple[Person | None, tuple[Change, ...], tuple[Draft, ...]]:
    """A person from outside: becomes a record of ours in the same unit."""
    key = f"mail:{contact.mail.lower()}" if contact.mail else contact.employee and f"employee:{contact.employee}"
    if not key:
        return None, (), ()
    heard = setup.plugins.first("itsmkit_lookup", a(Person, _storable_id), what="person", key=key)
    found: Person | None = heard.answer
    if found is None:
        return None, (), heard.notes("IM1.1")
    known = _held(setup, found)
    if known is not None:
        return known if known.active else None, (), heard.notes("IM1.1")
    person = revised(found, version=0, head="", reach=(f"person:{found.id}",))
    draft = Draft("registered", f"plugin:{heard.by}", personal={"name": person.name, "key": key})
    return person, (sealed(setup.world, None, person, (draft,), now),), heard.notes("IM1.1")


def _storable_id(found: Person) -> str:
    return "" if found.id and ":" not in found.id else "a person's id is a text without colon"


def _held(setup: Setup, found: Person) -> Person | None:
    """The person of ours that has the found one's id or one of its unique keys."""
    for key in (found.id, *PERSON.keys(found)):
        known = setup.store.get("person", key, Scope.system("intake"))
        if isinstance(known, Person):
            return known
    return None


def _joined(setup: Setup, kept: Kept, report: Report, known: Ticket, *, heard: Heard, now: datetime) -> Plan:
    """More about a known matter: the ticket is updated, not doubled (INC-04, INC-06)."""
    by = kept.message.by or _reader(heard)
    args = {"received": kept.received.id, "channel": report.channel, "automatic": report.automatic,
            **_hops(setup, report)}  # fmt: skip
    if report.fingerprint:
        code = "repeated" if report.firing else "recovered"
        after = revised(known, firing=report.firing, repeats=known.repeats + report.firing)
        draft = Draft(code, by, args={**args, "repeats": after.repeats})
    else:
        person = identified(setup, report.contact)
        own = person is not None and person.id == known.requester
        after = known
        if own and not report.automatic:
            waits = tuple(one for one in known.waits if one.owner != CUSTOMER)
            changes = {"waits": waits, "answered": True, "heard": now}
            after = standing(setup.processes[known.process], known, known.step, changes)
        personal = {"text": report.text, "from": report.contact.mail}
        audience = words_to_requester(known, None) if own else INTERNAL
        draft = Draft("joined", by, args={**args, "requester": own}, personal=personal, audience=audience)
    files, blobs = _files(report)
    shelf = SHELVES[draft.audience]
    after = revised(after, **{shelf: (*getattr(known, shelf), *files)}) if files else after
    drafts = (draft, *heard.notes())
    change = ticket_change(setup, known, after, drafts, now, cause=kept.received.id)
    return _ended(setup, kept, "joined", now, changes=(change,), blobs=blobs, ticket=known)


def _joined_side(
    setup: Setup,
    kept: Kept,
    report: Report,
    side: Referral,
    ticket: Ticket,
    *,
    heard: Heard,
    now: datetime,
    person: Person | None,
) -> Plan:
    """A word in a side thread: the ticket says that there is one, and not what it says."""
    by = kept.message.by or _reader(heard)
    whose, audience = spoken(setup, side, person)
    files, blobs = _files(report)
    args = {"received": kept.received.id, "channel": report.channel, "automatic": report.automatic, "from": whose,
            "files": len(files), **_hops(setup, report)}  # fmt: skip
    said = Draft("joined", by, side.step, args=args, personal={"text": report.text, "from": report.contact.mail},
                 audience=audience)  # fmt: skip
    told = Draft("referral", by, ticket.step, "joined", {"referral": side.number, "from": whose})
    after = revised(side, files=(*side.files, *files)) if audience == PUBLIC else side
    kept_in = ticket if audience == PUBLIC else revised(ticket, internal_files=(*ticket.internal_files, *files))
    changes = (
        child_change(setup, side, after, (said, *heard.notes()), now, parent=ticket, cause=kept.received.id),
        ticket_change(setup, ticket, kept_in, (told,), now, cause=kept.received.id),
    )
    return _ended(setup, kept, "joined", now, changes=changes, blobs=blobs, ticket=ticket)


def _ended(
    setup: Setup,
    kept: Kept,
    state: str,
    now: datetime,
    *,
    changes: Iterable[Change] = (),
    blobs: tuple[Blob, ...] = (),
    ticket: Ticket | None = None,
    because: str = "",
) -> Plan:
    """The unit that ends a message's lease with what became of it."""
    id_, number = (ticket.id, ticket.number) if ticket else ("", "")
    after = revised(kept.received, state=state, ticket=id_)
    args, why = {"ticket": number} if number else {}, {"because": because} if because else {}
    change = sealed(setup.world, kept.received, after, (Draft(state, "core", args=args, why=why),), now)
    unit = Unit((change, *changes), settles=(Settle(kept.lease),), blobs=blobs)
    return Plan(unit, Receipt(state, kept.received.id, id_, number))
