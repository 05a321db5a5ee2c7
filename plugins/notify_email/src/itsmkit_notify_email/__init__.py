"""Sends the e-mails of an itsmkit desk: who is told what, the site's rules say; `itsmkit_deliver` writes and sends it.

Jinja2 and the mail modules are loaded with the first mail, so that naming this plugin costs a command nothing.
"""

from functools import cached_property
from typing import TYPE_CHECKING

from attrs import frozen

from itsmkit import Channel, Notice, Sent, hookimpl
from itsmkit_notify_email.address import mailbox
from itsmkit_notify_email.settings import Settings

if TYPE_CHECKING:
    from itsmkit_notify_email.render import Renderer

__all__ = ["NotifyEmail", "Settings", "plugin"]

CHANNEL = "email"


def plugin(settings: Settings) -> object:
    """The plugin for a desk with these settings."""
    return NotifyEmail(settings)


@frozen(slots=False)
class NotifyEmail:
    """The hooks, bound to the settings of one desk."""

    settings: Settings

    @cached_property
    def _renderer(self) -> "Renderer":
        from itsmkit_notify_email.render import Renderer

        return Renderer(self.settings)

    @hookimpl
    def itsmkit_channels(self) -> list[Channel]:
        """The one channel "email": machines use it, and it must not write to itself."""
        sender = mailbox(self.settings.sender)
        own = (*((sender.address,) if sender else ()), *self.settings.own)
        return [Channel(CHANNEL, budgeted=True, own=own)]

    @hookimpl
    def itsmkit_deliver(self, notice: Notice) -> Sent | None:
        """Render an e-mail and hand it over; None for other channels. NotDelivered says why it could not be."""
        if notice.channel != CHANNEL:
            return None
        from itsmkit_notify_email.message import letter
        from itsmkit_notify_email.transport import hand_over

        text = self._renderer.text(notice)
        reply = hand_over(letter(notice, text, self.settings), self.settings)
        return Sent(reply, warning=f"plain text was sent, since {text.fault}" if text.fault else "")
