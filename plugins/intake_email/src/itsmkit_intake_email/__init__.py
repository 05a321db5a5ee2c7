"""Reads e-mails into an itsmkit desk."""

from collections.abc import Iterable
from pathlib import Path

from attrs import frozen

from itsmkit import Message, Report, Source, hookimpl


@frozen
class Settings:
    """What a site may say about its mail.

    `directory` is polled for mail files and stands for the mailbox named `mailbox`. `own_lists` are List-Ids of
    mailing lists that hand mail on to the desk: mail through them still comes from people.
    """

    directory: Path | None = None
    mailbox: str = "inbox"
    own_lists: tuple[str, ...] = ()


@frozen
class IntakeEmail:
    """The hooks of this plugin, for one desk."""

    settings: Settings

    @hookimpl
    def itsmkit_intake(self, message: Message) -> Report | None:
        """Read an Internet message, recognised by its content."""
        from itsmkit_intake_email.read import read_mail
        from itsmkit_intake_email.sender import OwnLists

        return read_mail(message, OwnLists(self.settings.own_lists))

    @hookimpl
    def itsmkit_sources(self) -> Iterable[Source]:
        """The directory of the settings, if there is one."""
        from itsmkit_intake_email.directory import Directory

        if self.settings.directory is None:
            return ()
        place = Directory(Path(self.settings.directory), self.settings.mailbox)
        return (Source(f"directory {place.path}", poll=place.poll, taken=place.taken),)


def plugin(settings: Settings) -> IntakeEmail:
    """The plugin as set up for one desk."""
    return IntakeEmail(settings)
