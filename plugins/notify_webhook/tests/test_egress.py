"""The door to the network: nothing private is ever called, however it is spelled or whatever a name turns into."""

import socket
import time
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from itsmkit_notify_webhook.egress import Door, Refused, Unreachable, public, resolved, unwrapped

LOOPBACK = ("127.0.0.0/8",)
HEADERS = {"Content-Type": "application/json"}


def door(*addresses: str, allow: tuple[str, ...] = LOOPBACK, **more: Any) -> Door:
    """A door whose names all stand for those addresses."""
    return Door(allow, resolve=lambda _host, _port: list(addresses), **more)


def spellings(address: int) -> list[str]:
    """An IPv4 address in the ways that one resolver or another reads."""
    a, b, c, d = IPv4Address(address).packed
    v4 = f"{a}.{b}.{c}.{d}"
    low = f"{a:02x}{b:02x}:{c:02x}{d:02x}"
    return [
        v4, str(address), hex(address), f"0{address:o}", f"{a}.{(b << 16) + (c << 8) + d}", f"{a}.{b}.{(c << 8) + d}",
        f"0x{a:x}.0x{b:x}.0x{c:x}.0x{d:x}", f"0{a:o}.0{b:o}.0{c:o}.0{d:o}", f"{a:03d}.{b:03d}.{c:03d}.{d:03d}",
        f"::ffff:{v4}", f"::ffff:{low}", f"::{low}", f"64:ff9b::{v4}", f"64:ff9b::{low}", f"2002:{low}::1",
        f"0:0:0:0:0:ffff:{low}", f"64:ff9b:1::{v4}", f"::ffff:0:{v4}",
    ]  # fmt: skip


PRIVATE = (
    "127.0.0.1 127.255.1.9 10.0.0.1 172.16.5.4 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 192.0.2.1 "
    "198.18.0.1 224.0.0.1 255.255.255.255 240.0.0.1"
).split()


def numeric(host: str, port: int) -> list[str]:
    """The system's resolver, for spellings of numbers only: nobody outside is asked."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    return [str(one[4][0]) for one in found]


def means(spelled: str) -> str:
    try:
        return numeric(spelled, 443)[0]
    except OSError:
        return ""


# Some are read as octal and mean somebody public: not those.
NUMBERS = [
    text
    for one in PRIVATE
    for text in dict.fromkeys(spellings(int(IPv4Address(one))))
    if not (means(text) and public(means(text)))
]


def test_there_are_two_hundred_spellings() -> None:
    assert len(NUMBERS) == len(set(NUMBERS)) >= 200


def listening() -> tuple[socket.socket, int]:
    server = socket.create_server(("127.0.0.1", 0))
    return server, server.getsockname()[1]


@pytest.mark.parametrize("spelled", NUMBERS)
def test_no_spelling_of_a_private_address_is_called(spelled: str) -> None:
    """Whatever the system's resolver reads the text as, nobody private is connected to."""
    server, port = listening()
    with server:
        server.settimeout(0)
        host = f"[{spelled}]" if ":" in spelled else spelled
        with pytest.raises((Refused, Unreachable)):
            Door(resolve=numeric).post(f"https://{host}:{port}/", b"", HEADERS)
        with pytest.raises(BlockingIOError):
            server.accept()


OTHERS = ("::1", "::", "fe80::1", "fe80::1%lo", "fc00::1", "fd12:3456::1", "fec0::1", "ff02::1", "2001:db8::1",
          "100::1", "64:ff9b:1::1", "2001:0:7f00:1::", "::ffff:0:0")  # fmt: skip


@pytest.mark.parametrize("address", OTHERS)
def test_addresses_of_ipv6_that_are_nobody_s(address: str) -> None:
    assert not public(address)
    with pytest.raises(Refused, match="no public address"):
        door(address, allow=()).post("https://robot.example/", b"", HEADERS)


@pytest.mark.parametrize("address", ["1.1.1.1", "8.8.8.8", "2606:4700::1111", "::ffff:1.1.1.1", "2400:3200::1"])
def test_public_ones_are(address: str) -> None:
    assert public(address)


@settings(max_examples=300)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["::ffff:{}", "64:ff9b::{}", "::{}"]))
@example(int(IPv4Address("169.254.169.254")), "64:ff9b::{}")
def test_what_is_wrapped_is_judged_by_what_is_inside(number: int, wrapping: str) -> None:
    inner = IPv4Address(number)
    if number > 1:
        assert unwrapped(wrapping.format(inner)) == inner
        assert public(wrapping.format(inner)) == public(str(inner))


@settings(max_examples=300)
@given(st.integers(0, 2**128 - 1))
def test_every_address_has_a_verdict_and_no_public_one_is_private(number: int) -> None:
    address = IPv6Address(number)
    assert not (public(str(address)) and unwrapped(str(address)).is_private)


def test_one_private_address_among_public_ones_refuses_the_name() -> None:
    with pytest.raises(Refused, match=r"10\.0\.0\.1"):
        door("1.1.1.1", "10.0.0.1", allow=()).post("https://robot.example/", b"", HEADERS)


def test_a_name_is_looked_up_once_and_that_very_address_called(start: Any) -> None:
    """DNS rebinding: the second answer would lead elsewhere, but there is no second question."""
    robot = start()
    asked: list[str] = []

    def rebinding(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.9.9.9"]

    answer = Door(LOOPBACK, resolve=rebinding).post(robot.url("rebind.example"), b"{}", HEADERS)
    assert (answer.status, asked) == (200, ["rebind.example"])
    (told,) = robot.told
    assert told.headers["host"] == f"rebind.example:{robot.port}"
    assert (told.path, told.body) == ("/hook?key=k", b"{}")


def test_the_next_address_is_tried_where_one_is_deaf(start: Any) -> None:
    robot = start()
    assert door("127.0.0.9", "127.0.0.1").post(robot.url("two.example"), b"", HEADERS).status == 200


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_an_answer_and_not_followed(start: Any, status: int) -> None:
    elsewhere = start()
    robot = start()
    robot.status, robot.headers = status, {"Location": elsewhere.url()}
    assert door("127.0.0.1").post(robot.url(), b"", HEADERS).status == status
    assert elsewhere.told == []


def test_http_needs_a_network_that_is_allowed(start: Any) -> None:
    robot = start()
    with pytest.raises(Refused, match="without encryption"):
        door("93.184.216.34").post("http://public.example/", b"", HEADERS)
    with pytest.raises(Refused, match="no public address"):
        door("127.0.0.1", allow=("10.0.0.0/8",)).post(robot.url(), b"", HEADERS)
    assert robot.told == []


def test_an_encrypted_way_has_the_name_s_certificate(start: Any, certificate: tuple[str, str]) -> None:
    robot = start(certificate=certificate)
    trusting = {"ca_file": Path(certificate[0])}
    assert door("127.0.0.1", **trusting).post(robot.url("robot.example"), b"", HEADERS).status == 200
    for host, more in (("other.example", trusting), ("robot.example", {})):
        with pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
            door("127.0.0.1", **more).post(robot.url(host), b"", HEADERS)
    assert len(robot.told) == 1


@pytest.mark.parametrize(
    "url",
    [
        "", "robot", "ftp://robot.example/", "file:///etc/passwd", "https://", "https:///x", "gopher://robot.example/",
        "https://user@robot.example/", "https://user:pass@robot.example/", "https://robot.example:99999/",
        "https://robot.example:0/", "https://[::1/", "https://rob ot.example/", "https://robot.example/\r\nX: y",
        "https://robot.example/\x00", "https://röbot.example/", "javascript:alert(1)", "//robot.example/",
    ],
)  # fmt: skip
def test_an_address_that_is_none_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(Refused) as caught:
        door("1.1.1.1").post(url, b"", HEADERS)
    assert len(url) < len("https://host/path") or url not in str(caught.value)


def test_an_answer_has_an_end_in_size(start: Any) -> None:
    robot = start()
    robot.body = b"x" * (1024 * 1024 + 1)
    with pytest.raises(Unreachable, match="more than 1048576 bytes"):
        door("127.0.0.1").post(robot.url(), b"", HEADERS)


def test_an_answer_has_an_end_in_time_even_if_it_comes_byte_by_byte(start: Any) -> None:
    def drip(handler: Any) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        for _ in range(200):
            handler.wfile.write(b"x")
            time.sleep(0.05)

    robot = start()
    robot.instead = drip
    began = time.monotonic()
    with pytest.raises(Unreachable, match="gave no answer"):
        door("127.0.0.1", seconds=0.4).post(robot.url(), b"", HEADERS)
    assert time.monotonic() - began < 5


def test_a_resolver_that_hangs_is_left_behind() -> None:
    def hang(_host: str, _port: int) -> list[str]:
        time.sleep(2)
        return ["1.1.1.1"]

    with pytest.raises(Unreachable, match="in time"):
        Door(resolve=hang, seconds=0.1).post("https://slow.example/", b"", HEADERS)


@pytest.mark.parametrize("fault", [OSError("no such name"), UnicodeError("label too long")])
def test_a_name_that_stands_for_nothing(fault: Exception) -> None:
    def fail(_host: str, _port: int) -> list[str]:
        raise fault

    with pytest.raises(Unreachable, match="looked up"):
        Door(resolve=fail).post("https://none.example/", b"", HEADERS)
    with pytest.raises(Unreachable, match="no address"):
        door().post("https://none.example/", b"", HEADERS)


def test_nobody_listening() -> None:
    server, port = listening()
    server.close()
    with pytest.raises(Unreachable, match="ConnectionRefusedError"):
        door("127.0.0.1").post(f"http://a.example:{port}/", b"", HEADERS)


def test_a_server_that_hangs_up(start: Any) -> None:
    robot = start()
    robot.instead = lambda handler: handler.connection.close()
    with pytest.raises(Unreachable):
        door("127.0.0.1").post(robot.url(), b"", HEADERS)


def test_the_system_s_resolver_reads_numbers_as_connect_would() -> None:
    assert resolved("2130706433", 80) == ["127.0.0.1"]
    assert resolved("0x7f.1", 80) == ["127.0.0.1"]
