"""Writes and sends the e-mails of an itsmkit desk: `itsmkit_notify` says who is told what, `itsmkit_deliver` sends it.

Jinja2 and the mail modules are loaded with the first mail, so that naming this plugin costs a command nothing.
"""

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from attrs import frozen

from itsmkit import Event, Notice, NoticeDraft, Record, Sent, Ticket, hookimpl
from itsmkit_notify_email.rules import CHANNEL, RULES, drafts
from itsmkit_notify_email.settings import Settings

if TYPE_CHECKING:
    from itsmkit_notify_email.render import Renderer

__all__ = ["RULES", "NotifyEmail", "Settings", "plugin"]


def plugin(settings: Settings) -> object:
    """The plugin for a desk with these settings."""
    return NotifyEmail(settings)


@frozen
class NotifyEmail:
    """The hooks, bound to the settings of one desk."""

    settings: Settings

    @cached_property
    def _renderer(self) -> "Renderer":
        from itsmkit_notify_email.render import Renderer

        return Renderer(self.settings)

    @hookimpl
    def itsmkit_notify(self, event: Event, record: Record) -> Iterable[NoticeDraft]:
        """Whom the rules want told of an event of a ticket; nobody for other records."""
        if not isinstance(record, Ticket):
            return ()
        return tuple(drafts([rule for rule in RULES if rule.name not in self.settings.off], event, record))

    @hookimpl
    def itsmkit_deliver(self, notice: Notice) -> Sent | None:
        """Render an e-mail and hand it over; None for other channels. NotDelivered says why it could not be."""
        if notice.channel != CHANNEL:
            return None
        from itsmkit_notify_email.message import letter
        from itsmkit_notify_email.transport import hand_over

        text = self._renderer.text(notice)
        reply = hand_over(letter(notice, text, self.settings), self.settings)
        return Sent(f"{reply}; plain text, since {text.fault}" if text.fault else reply)
