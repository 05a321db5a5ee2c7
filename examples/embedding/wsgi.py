"""A desk behind a web server: report a matter, look it up again. Needs nothing beside itsmkit.

One `Desk` serves all threads of a process. Start it beside a site: `python wsgi.py SITE`, then

    POST /tickets    {"title": "No sound"}
    GET /tickets/T26-000001

Who is calling is the server's to find out: it puts the caller's mail address into REMOTE_USER.
"""

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from wsgiref.simple_server import make_server

from itsmkit import BadInput, Contact, Desk, NotFound, Report

MOST = 100_000
Start = Callable[[str, list[tuple[str, str]]], object]


def app(desk: Desk) -> Callable[[dict[str, Any], Start], Iterable[bytes]]:
    """The WSGI application of a desk."""

    def serve(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        try:
            status, answer = respond(desk, environ)
        except NotFound as fault:
            status, answer = "404 Not Found", {"error": str(fault)}
        except (BadInput, KeyError, ValueError) as fault:
            status, answer = "400 Bad Request", {"error": str(fault)}
        start(status, [("Content-Type", "application/json")])
        return [json.dumps(answer).encode()]

    return serve


def respond(desk: Desk, environ: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """One request answered: the status line and what is said."""
    caller = desk.principal(f"mail:{environ['REMOTE_USER']}")
    match environ["REQUEST_METHOD"], environ["PATH_INFO"].split("/"):
        case "POST", ["", "tickets"]:
            title = read_title(environ["wsgi.input"].read(min(int(environ["CONTENT_LENGTH"]), MOST)))
            contact = Contact(mail=environ["REMOTE_USER"])
            receipt = desk.report(Report(title, channel="web", contact=contact), by=caller)
            return "201 Created", {"number": receipt.number}
        case "GET", ["", "tickets", number]:
            ticket = desk.ticket(number, by=caller)
            return "200 OK", {"number": ticket.number, "status": ticket.status, "title": ticket.title}
    return "404 Not Found", {"error": "there are /tickets and /tickets/NUMBER"}


def read_title(body: bytes) -> str:
    """The title in a request's body; ValueError where it holds none."""
    match json.loads(body):
        case {"title": str(title)}:
            return title
    raise ValueError('send {"title": "what it is about"}')


def main(site: Path) -> None:
    """Serve the desk on port 8000 of this machine."""
    with Desk.open(site) as desk, make_server("127.0.0.1", 8000, app(desk)) as server:
        server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
