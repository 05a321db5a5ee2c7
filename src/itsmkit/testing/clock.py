"""A clock that stands still until it is moved."""

from datetime import UTC, datetime, timedelta

from itsmkit.core.model.record import instant

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class MovedClock:
    """Gives the moment it was set to, aware and in UTC; call it as one calls `datetime.now`."""

    def __init__(self, at: datetime = MONDAY) -> None:
        self._at = instant(at)

    def __call__(self) -> datetime:
        """The moment it stands at."""
        return self._at

    def at(self, moment: datetime) -> datetime:
        """Set it, forwards or backwards; ValueError for a moment without a time zone."""
        self._at = instant(moment)
        return self._at

    def advance(self, seconds: float = 0, *, minutes: float = 0, hours: float = 0, days: float = 0) -> datetime:
        """Move it on (back, where negative) and give the new moment."""
        return self.at(self._at + timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds))
