"""One run of the command: which site, who is at the keyboard, in which language."""

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from itsmkit.core.model.organisation import Principal
    from itsmkit.core.model.party import Person
    from itsmkit.desk import Desk
    from itsmkit.i18n import Translate
    from itsmkit.settings import Settings


class Session:
    """What the global options said, and what follows from it once it is asked for.

    Plainly written, since `--help` loads this module: attrs would be a quarter of the time it takes.
    """

    def __init__(self, site: Path, as_: str = "", language: str = "") -> None:
        self.site, self.as_, self.language = site, as_, language

    @cached_property
    def settings(self) -> "Settings":
        """The site's settings; SettingsError where there are none."""
        from itsmkit.settings import load_settings

        return load_settings(self.site)

    @cached_property
    def desk(self) -> "Desk":
        """The site's desk, opened with the first question."""
        from itsmkit.desk import Desk

        return Desk.open(self.settings)

    def close(self) -> None:
        """Close the desk if it was opened."""
        if "desk" in self.__dict__:
            self.desk.close()

    @cached_property
    def by(self) -> "Principal":
        """Who is at the keyboard: the person with this login, or whom `--as` names for them."""
        from itsmkit.core.errors import NotAllowed, NotFound

        name = login()
        try:
            real = self.desk.principal(f"login:{name}")
        except NotFound:
            msg = (
                f"the login {name!r} belongs to nobody of this site; an administrator adds it to `logins` in "
                f"people.toml and runs `itsmkit site load`"
            )
            raise NotAllowed(msg) from None
        if not self.as_:
            return real
        try:
            return self.desk.impersonated(real, self.as_)
        except NotFound:
            msg = f"--as {self.as_}: nobody of that id, nor of that key (as mail:ann@example.org)"
            raise NotAllowed(msg) from None

    @property
    def person(self) -> "Person | None":
        """The record of the person at the keyboard, as they may see it themselves."""
        from itsmkit.core.model.party import Person

        found = self.desk.setup.store.get("person", self.by.person, self.by.scope)
        return found if isinstance(found, Person) else None

    @cached_property
    def t(self) -> "Translate":
        """Turns words into the reader's language: that of `--lang`, or else the site's."""
        from itsmkit.i18n import translator

        return translator(self.language or self.settings.site.language)

    @cached_property
    def zone(self) -> "ZoneInfo":
        """The site's time zone, in which people read times."""
        from zoneinfo import ZoneInfo

        return ZoneInfo(self.settings.site.zone)


def login() -> str:
    """The login that the operating system knows this process by; environment variables are not believed."""
    if os.name != "posix":
        return os.getlogin()
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
