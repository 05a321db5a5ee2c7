"""Days off from an iCalendar file (RFC 5545): whole-day events, recurring ones too, and days worked in their place."""

from pathlib import Path

from attrs import frozen

from itsmkit import CalendarError, DaysOff, hookimpl

KIND = "ical"
MOST_BYTES = 5_000_000


@frozen
class Settings:
    """An event with one of the words `working` in its summary or categories is a working day in place of another."""

    working: tuple[str, ...] = ("workday", "working day", "补班", "(班)", "（班）")


class _Plugin:
    def __init__(self, settings: Settings) -> None:
        self._working = tuple(word.casefold() for word in settings.working if word.strip())

    @hookimpl
    def itsmkit_days_off(self, source: str, years: tuple[int, ...], folder: Path | None) -> DaysOff | None:
        """The days of "ical:FILE", with a path that is relative to the site's folder."""
        kind, _, name = source.partition(":")
        if kind != KIND:
            return None
        from itsmkit_calendar_ical.reading import days_off

        try:
            return days_off(_read((folder or Path()) / name), years, self._working)
        except CalendarError as error:
            raise CalendarError(f"{name}: {error}") from error


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise CalendarError(f"can't be read: {getattr(error, 'strerror', None) or error}") from error
    if len(raw) > MOST_BYTES:
        raise CalendarError(f"larger than {MOST_BYTES // 1_000_000} MB; take out what are no days off")
    return raw


def plugin(settings: Settings) -> object:
    """The plugin for those settings."""
    return _Plugin(settings)
