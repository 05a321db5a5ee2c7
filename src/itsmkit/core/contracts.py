"""Which contract covers a ticket, and why: what is a vendor's goes to the vendor straight away (INC-13, INC-24)."""

from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from itsmkit.core.errors import BadInput
from itsmkit.core.model.party import Contract, Site
from itsmkit.core.model.ticket import Ticket

PRODUCTS = (("cis", "ci"), ("services", "service"), ("categories", "category"))
"""What a contract names, and the ticket's field that it is held against: the more specific first."""


def checked(contract: Contract) -> Contract:
    """The contract; BadInput where it can't cover anything."""
    where = f"contract {contract.id}"
    if not any(getattr(contract, names) for names, _ in PRODUCTS):
        msg = f"{where} covers nothing; name its {', '.join(names for names, _ in PRODUCTS)}"
        raise BadInput(msg)
    since, until = (_day(contract, name) for name in ("since", "until"))
    if since and until and since > until:
        msg = f"{where} ends before it begins: since {since}, until {until}"
        raise BadInput(msg)
    return contract


def _day(contract: Contract, name: str) -> date | None:
    written = getattr(contract, name)
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        msg = f"contract {contract.id}: {name} is {written!r}, where a date such as 2026-12-31 is due"
        raise BadInput(msg) from None


def runs(contract: Contract, at: datetime, zone: str) -> bool:
    """Whether the moment lies on one of the contract's days, in the site's zone."""
    day = at.astimezone(ZoneInfo(zone)).date().isoformat()
    return (not contract.since or contract.since <= day) and (not contract.until or day <= contract.until)


def covering(site: Site, ticket: Ticket) -> Iterator[tuple[Contract, str]]:
    """The contracts that cover the ticket, the most specific first, each with what of the ticket it names.

    One that names the customer goes before one for all; then the item before the service before the category.
    """
    found = []
    for one in site.contracts:
        rank = next((at for at, (names, name) in enumerate(PRODUCTS) if _names(one, names, ticket, name)), None)
        served = not one.customers or ticket.customer in one.customers
        if rank is not None and served and runs(one, ticket.opened, site.zone):
            name = PRODUCTS[rank][1]
            why = f"contract {one.id} covers {name} {getattr(ticket, name)}"
            found.append(
                ((not one.customers, rank, one.id), one, f"{why} of {ticket.customer}" if one.customers else why)
            )
    return ((one, why) for _, one, why in sorted(found, key=lambda each: each[0]))


def _names(contract: Contract, names: str, ticket: Ticket, name: str) -> bool:
    value = getattr(ticket, name)
    return bool(value) and value in getattr(contract, names)
