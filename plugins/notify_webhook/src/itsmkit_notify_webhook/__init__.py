"""Tells chat robots (WeCom, DingTalk, Feishu, Slack) and web services what a desk has to say.

Each robot is a channel of its own, so that rules name it and one that fails doesn't hold up the others. Modules of the
network are loaded with the first notice, so that naming this plugin costs a command nothing.
"""

from collections.abc import Callable
from time import time

from attrs import field, frozen

from itsmkit import Channel, Notice, Sent, hookimpl
from itsmkit_notify_webhook.settings import Robot, Settings

__all__ = ["NotifyWebhook", "Robot", "Settings", "plugin"]


def plugin(settings: Settings) -> object:
    """The plugin for a desk with these settings."""
    return NotifyWebhook(settings)


@frozen
class NotifyWebhook:
    """The hooks, bound to the settings of one desk; `clock` gives the seconds that signatures carry."""

    settings: Settings
    clock: Callable[[], float] = field(default=time)

    @hookimpl
    def itsmkit_channels(self) -> list[Channel]:
        """A channel for each robot: a group chat, but for a "json" robot that knows persons."""
        return [Channel(name, group=not robot.persons) for name, robot in self.settings.robots.items()]

    @hookimpl
    def itsmkit_deliver(self, notice: Notice) -> Sent | None:
        """Post a notice to its robot; None for other channels. NotDelivered says why it could not be."""
        robot = self.settings.robots.get(notice.channel)
        if robot is None:
            return None
        from itsmkit_notify_webhook.delivery import deliver

        return deliver(notice, robot, self.settings, self.clock())
