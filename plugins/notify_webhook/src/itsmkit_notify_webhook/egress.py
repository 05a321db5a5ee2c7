"""The one door to the network: https to a public address that was looked up once, without redirects, and with an end.

A name is resolved once, every address that it stands for must be allowed, and the connection goes to one of those very
addresses: a name that answers differently the second time (DNS rebinding) gains nothing.
"""

import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import Path
from queue import Empty, Queue
from threading import Event, Thread, Timer
from time import monotonic
from typing import Any
from urllib.parse import SplitResult, urlsplit

from attrs import Factory, field, frozen

SECONDS = 10.0
MOST_BYTES = 1024 * 1024
IPAddress = IPv4Address | IPv6Address
Resolve = Callable[[str, int], list[str]]

_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")
_UNICAST = IPv6Network("2000::/3")
"""All that IANA has given out for the public; what else looks global is local by some RFC or other."""


class Refused(Exception):
    """The call was not made: it could have gone where nothing of ours may go."""


class Unreachable(Exception):
    """The call was made, but no whole answer came back in time."""


@frozen
class Answer:
    """What the other side said."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@frozen
class Door:
    """Where calls may go beside public addresses, whom to trust, how to look up names, and how long a call may take."""

    allow: tuple[str, ...] = ()
    ca_file: Path | None = None
    resolve: Resolve = field(default=Factory(lambda: resolved))
    seconds: float = SECONDS

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """The answer to one POST; Refused or Unreachable say why there is none."""
        parts = _parts(url)
        ends = monotonic() + self.seconds
        port = parts.port or (443 if parts.scheme == "https" else 80)
        host = str(parts.hostname)
        addresses = self._checked(parts, _in_time(lambda: self.resolve(host, port), self.seconds))
        fault: Exception | None = None
        for address in addresses:
            left = ends - monotonic()
            if left <= 0:
                break
            connection = _Connection(host, port, address, left, self._trust(parts))
            try:
                return _answer(connection, parts, body, headers, left)
            except _NotConnected as failed:
                fault = failed.__cause__ if isinstance(failed.__cause__, Exception) else failed
            except (OSError, HTTPException, ValueError) as failed:
                raise Unreachable(f"{host} gave no answer: {type(failed).__name__}: {failed}") from failed
        raise Unreachable(f"{host} can't be reached: {type(fault).__name__}: {fault}") from fault

    def _checked(self, parts: SplitResult, addresses: list[str]) -> list[str]:
        if not addresses:
            raise Unreachable(f"{parts.hostname} has no address")
        inside = [one for one in addresses if self._allows(one)]
        outside = [one for one in addresses if not self._allows(one)]
        if hidden := [one for one in outside if not public(one)]:
            raise Refused(
                f"{parts.hostname} is {hidden[0]}, which is no public address; "
                "list its network under `allow` where that is meant"
            )
        if parts.scheme != "https" and len(inside) < len(addresses):
            raise Refused(f"{parts.hostname} would be called without encryption; give an https address")
        return addresses

    def _allows(self, address: str) -> bool:
        found = unwrapped(address)
        return any(found in ip_network(one) for one in self.allow)

    def _trust(self, parts: SplitResult) -> ssl.SSLContext | None:
        return ssl.create_default_context(cafile=self.ca_file) if parts.scheme == "https" else None


def _parts(url: str) -> SplitResult:
    """The URL, if it is one that could be called; its own text is never shown: it holds the robot's key."""
    if any(ord(one) <= ord(" ") or ord(one) > ord("~") for one in url):
        raise Refused("the address holds characters that no address has")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as fault:
        raise Refused("the address is none; write it as: https://host/path") from fault
    if parts.scheme not in ("https", "http") or not parts.hostname or port == 0:
        raise Refused("the address is none; write it as: https://host/path")
    if parts.username is not None or parts.password is not None:
        raise Refused("the address names a user; give it without")
    return parts


def unwrapped(text: str) -> IPAddress:
    """The address that is really called: IPv4 inside IPv6 (mapped, compatible, NAT64, 6to4, Teredo) is taken out."""
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped:
        return address.ipv4_mapped
    if address.sixtofour:
        return address.sixtofour
    if address.teredo:
        return address.teredo[1]
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def public(text: str) -> bool:
    """Whether everybody's packets may go to that address."""
    address = unwrapped(text)
    if isinstance(address, IPv6Address) and address not in _UNICAST:
        return False
    return address.is_global and not address.is_multicast


def resolved(host: str, port: int) -> list[str]:
    """The addresses that the system's resolver gives, in its order; spellings of numbers are read as it reads them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def _in_time(look_up: Callable[[], list[str]], seconds: float) -> list[str]:
    """The answer of a look-up that can't be given a time of its own; a thread that never ends is left behind."""
    answers: Queue[list[str] | Exception] = Queue()

    def run() -> None:
        try:
            answers.put(look_up())
        except (OSError, UnicodeError) as fault:
            answers.put(fault)

    Thread(target=run, daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except Empty:
        raise Unreachable("its name could not be looked up in time") from None
    if isinstance(answer, Exception):
        raise Unreachable(f"its name can't be looked up: {answer}") from answer
    return answer


class _NotConnected(Exception):
    """Not even a connection: the next address may do."""


class _Connection(HTTPConnection):
    """A connection to one address under the name it was asked for: SNI, certificate and Host are the name's."""

    def __init__(self, host: str, port: int, address: str, seconds: float, trust: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=seconds)
        self._address, self._trust = address, trust
        self.default_port = 443 if trust else 80

    def connect(self) -> None:
        """Connect to the address that was checked, whatever the name may stand for by now."""
        try:
            self.sock = socket.create_connection((self._address, self.port), self.timeout)
            if self._trust is not None:
                self.sock = self._trust.wrap_socket(self.sock, server_hostname=self.host)
        except OSError as fault:
            raise _NotConnected from fault


def _answer(
    connection: _Connection, parts: SplitResult, body: bytes, headers: Mapping[str, str], seconds: float
) -> Answer:
    """One call, cut off at its end: a server that sends a byte every second has its whole time bounded."""
    over = Event()

    def cut() -> None:
        over.set()
        held: Any = connection.sock
        if held is not None:
            with suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)

    end = Timer(seconds, cut)
    end.daemon = True
    end.start()
    try:
        path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
        connection.request("POST", path, body, dict(headers))
        response: HTTPResponse = connection.getresponse()
        said = response.read(MOST_BYTES + 1)
        if over.is_set():  # what was cut off looks like an end
            raise TimeoutError("timed out")
        if len(said) > MOST_BYTES:
            raise ValueError(f"more than {MOST_BYTES} bytes")
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, said)
    finally:
        end.cancel()
        connection.close()
