"""A real robot on loopback: answers as it is told to, keeps what it was sent, over http or https."""

import shutil
import ssl
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from attrs import define, field


@define
class Told:
    """One call as it arrived."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@define
class Robot:
    """The server's side: what it answers, and all that it was told."""

    status: int = 200
    body: bytes = b'{"errcode":0,"code":0}'
    headers: dict[str, str] = field(factory=dict)
    told: list[Told] = field(factory=list)
    instead: Callable[[BaseHTTPRequestHandler], None] | None = None
    port: int = 0
    scheme: str = "http"

    def url(self, host: str = "127.0.0.1", path: str = "/hook?key=k") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"


def _handler(robot: Robot) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            robot.told.append(Told(self.path, {name.lower(): one for name, one in self.headers.items()}, body))
            if robot.instead:
                robot.instead(self)
                return
            self.send_response(robot.status)
            for name, one in robot.headers.items():
                self.send_header(name, one)
            self.send_header("Content-Length", str(len(robot.body)))
            self.end_headers()
            self.wfile.write(robot.body)

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: Any) -> None:
        """A caller that hangs up is what some tests are about."""


Start = Callable[..., Robot]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a robot's server, encrypted with that certificate and key where they are given."""
    with ExitStack() as running:

        def started(robot: Robot | None = None, certificate: tuple[str, str] | None = None) -> Robot:
            robot = robot or Robot()
            server = _Server(("127.0.0.1", 0), _handler(robot))
            server.daemon_threads = True
            if certificate:
                context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
                context.load_cert_chain(*certificate)
                server.socket = context.wrap_socket(server.socket, server_side=True)
                robot.scheme = "https"
            robot.port = server.server_address[1]
            thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
            thread.start()
            running.callback(server.server_close)
            running.callback(server.shutdown)
            return robot

        yield started


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A certificate for robot.example, signed by itself, and its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl on this machine to make a certificate with")
    folder = tmp_path_factory.mktemp("certificate")
    paths = str(folder / "certificate.pem"), str(folder / "key.pem")
    command = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    about = ["-subj", "/CN=robot", "-addext", "subjectAltName=DNS:robot.example", "-out", paths[0], "-keyout", paths[1]]
    subprocess.run([*command, *about], check=True, capture_output=True)  # noqa: S603 - openssl's own arguments
    return paths
