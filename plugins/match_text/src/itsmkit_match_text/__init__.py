"""Matching by text (IM2.7): records whose title and text share rare terms with the ticket's, with a reason."""

from collections.abc import Sequence

from attrs import frozen

from itsmkit import Likeness, Look, Op, Query, Status, Test, Ticket, hookimpl, likeness, terms


@frozen
class Settings:
    """From which likeness on a record is shown, how many at most, and how many terms are looked for."""

    least: float = 0.3
    most: int = 5
    terms: int = 30


class _Plugin:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @hookimpl
    def itsmkit_match(self, ticket: Ticket, look: Look) -> Sequence[Likeness]:
        """Resolved and closed tickets like this one, the most alike first."""
        mine = terms(f"{ticket.title}\n{ticket.text}")
        if not mine:
            return ()
        solved = (Test("status", Op.ANY_OF, (str(Status.RESOLVED), str(Status.CLOSED))),)
        page = look.find(Query("ticket", solved, like=mine[: self._settings.terms], descending=True), limit=200)
        found = [_like(mine, one) for one in page.items if isinstance(one, Ticket) and one.id != ticket.id]
        alike = sorted((one for one in found if one.score >= self._settings.least), key=lambda one: -one.score)
        return alike[: self._settings.most]


def _like(mine: tuple[str, ...], other: Ticket) -> Likeness:
    theirs = terms(f"{other.title}\n{other.text}")
    shared = [term for term in mine if term in set(theirs)]
    return Likeness(
        "ticket", other.id, other.number, likeness(mine, theirs), f"shares {', '.join(shared[:6])}", other.solution
    )


def plugin(settings: Settings) -> object:
    """The plugin for those settings."""
    return _Plugin(settings)
