"""Matching by text (IM2.7, INC-20): tickets whose title and text share rare terms with this one's, with a reason."""

from collections.abc import Sequence

from attrs import frozen

from itsmkit import Likeness, Look, Query, Status, Ticket, hookimpl, likeness, terms

SOLVED = (Status.RESOLVED, Status.CLOSED)


@frozen
class Settings:
    """From which likeness on a ticket is shown, how many at most of either sort, and how many terms are looked for."""

    least: float = 0.3
    most: int = 5
    terms: int = 30


class _Plugin:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @hookimpl
    def itsmkit_match(self, ticket: Ticket, look: Look) -> Sequence[Likeness]:
        """Tickets like this one, the most alike first: those that were solved, then those still at work."""
        mine = terms(f"{ticket.title}\n{ticket.text}")
        if not mine:
            return ()
        page = look.find(Query("ticket", like=mine[: self._settings.terms], descending=True), limit=200)
        others = [one for one in page.items if isinstance(one, Ticket) and one.id != ticket.id]
        solved = [_like(mine, one, one.solution) for one in others if one.status in SOLVED]
        # What is still at work offers no solution; it may be the same matter, to be linked to one master.
        at_work = [_like(mine, one) for one in others if one.status not in SOLVED]
        return [*self._most_alike(solved), *self._most_alike(at_work)]

    def _most_alike(self, found: Sequence[Likeness]) -> Sequence[Likeness]:
        alike = sorted((one for one in found if one.score >= self._settings.least), key=lambda one: -one.score)
        return alike[: self._settings.most]


def _like(mine: tuple[str, ...], other: Ticket, solution: str = "") -> Likeness:
    theirs = terms(f"{other.title}\n{other.text}")
    shared = [term for term in mine if term in set(theirs)]
    why = f"shares {', '.join(shared[:6])}"
    return Likeness("ticket", other.id, other.number, likeness(mine, theirs), why, solution)


def plugin(settings: Settings) -> object:
    """The plugin for those settings."""
    return _Plugin(settings)
