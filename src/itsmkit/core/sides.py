"""Mails that belong into a side thread: by a token of ours, or by a vendor's own number for the matter."""

import re
from collections.abc import Iterator

from itsmkit.core.access import may
from itsmkit.core.changes import children
from itsmkit.core.errors import NotFound
from itsmkit.core.mailid import verified_number
from itsmkit.core.model.event import INTERNAL, PUBLIC
from itsmkit.core.model.message import Report
from itsmkit.core.model.party import Person
from itsmkit.core.model.query import Scope
from itsmkit.core.model.referral import REFERRAL, Referral, reference_key
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.setup import Setup
from itsmkit.core.verbs.places import LINE
from itsmkit.core.who import principal

WORDS = re.compile(r"[\w#/.+-]{3,64}")
MOST_WORDS = 200
"""So many words of a mail that may be a vendor's number are looked up."""
_INTAKE = Scope.system("intake")


def side_of(setup: Setup, report: Report, person: Person | None, known: Ticket | None) -> Referral | None:
    """The side thread that a mail belongs into, None where it is none's.

    It answers a mail of the thread's own; or it comes from a vendor, and answers a mail about a ticket that is with
    the vendor, or carries the vendor's number of one.
    """
    for reference in report.references:
        number = verified_number(reference, setup.secret, setup.site.domain) or ""
        found = setup.store.get("referral", f"number:{number}", _INTAKE) if number.startswith(REFERRAL.prefix) else None
        if isinstance(found, Referral) and not found.erased:
            return found
    vendor = vendor_of(setup, report, person)
    if not vendor or (known is not None and person is not None and known.requester == person.id):
        return None
    return _with(setup, vendor, known) or _referred(setup, vendor, f"{report.title}\n{report.text}")


def vendor_of(setup: Setup, report: Report, person: Person | None) -> str:
    """The vendor whose staff wrote, or whose mailbox: by its address, which is a key and no proof."""
    if person is not None:
        return person.vendor
    sender = report.contact.mail.lower()
    return next((one.id for one in setup.site.vendors if sender and one.mail.lower() == sender), "")


def _with(setup: Setup, vendor: str, known: Ticket | None) -> Referral | None:
    found = children(setup, known, Referral.type) if known else ()
    theirs = [one for one in found if isinstance(one, Referral) and one.vendor == vendor]
    return max(theirs, key=lambda one: (one.is_open, one.number), default=None)


def _referred(setup: Setup, vendor: str, text: str) -> Referral | None:
    for word in _numbers(text):
        found = setup.store.get("referral", reference_key(vendor, word), _INTAKE)
        if isinstance(found, Referral):
            return found
    return None


def _numbers(text: str) -> Iterator[str]:
    """The words that may be a vendor's number: each has a digit; signs around it are tried without as well."""
    found: dict[str, None] = {}
    for word in WORDS.findall(text):
        for one in (word, word.strip("#/.+-"), word.rstrip(".")):
            if any(letter.isdigit() for letter in one):
                found.setdefault(one)
        if len(found) > MOST_WORDS:
            return iter(found)
    return iter(found)


def spoken(setup: Setup, side: Referral, person: Person | None) -> tuple[str, str]:
    """Which side a mail into the thread is from, and for whose ears it is.

    Of those whom the site knows only the house's own who see the thread speak to the party; what somebody else wrote
    stays with the house.
    """
    if person is None or person.id == side.person or (side.vendor and person.vendor == side.vendor):
        return "party", PUBLIC
    if side.team and side.team in person.teams:
        return "party", PUBLIC
    try:
        by = principal(setup, person.id)
    except NotFound:
        return "other", INTERNAL
    return ("house", PUBLIC) if may(by, LINE) and by.scope.sees(side.reach) else ("other", INTERNAL)
