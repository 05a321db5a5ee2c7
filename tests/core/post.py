"""A channel for mail that keeps what it is given."""

from itsmkit import Channel, Notice, Sent, hookimpl


class Post:
    """Takes all notices, as a mail server would."""

    def __init__(self) -> None:
        self.sent = list[Notice]()

    @hookimpl
    def itsmkit_channels(self) -> list[Channel]:
        return [Channel("email")]

    @hookimpl
    def itsmkit_deliver(self, notice: Notice) -> Sent:
        self.sent.append(notice)
        return Sent()
