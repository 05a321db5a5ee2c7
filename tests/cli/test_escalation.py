"""Looking ahead, being looked after: `escalation`, `audit`, `health`, and a worker that hangs."""

import http.server
import subprocess
import sys
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Itsmkit


def test_the_plan_of_a_ticket(it: "Itsmkit") -> None:
    it("ticket", "report", "--title", "ERP down", "--impact", "1", "--urgency", "1")
    planned = it.json("escalation", "plan", "T26-000001")
    assert [(one["clock"], one["level"], one["to"], one["reaches"]) for one in planned] == [
        ("response", "100%", "manager", ["role:incident_manager"]),
        ("resolution", "50%", "manager", ["role:incident_manager"]),
        ("resolution", "75%", "next_line", ["team:applications"]),
        ("resolution", "100%", "department", ["role:department_manager"]),
    ]
    shown = it("escalation", "plan", "T26-000001").stdout
    assert "role:department_manager" in shown
    it("ticket", "wait", "T26-000001", "--reason", "customer")
    assert "at rest" in it("escalation", "plan", "T26-000001").stdout
    chinese = it("--lang", "zh", "escalation", "plan", "T26-000001").stdout
    assert "暂停" in chinese


def test_a_ticket_with_nothing_to_come_says_so(it: "Itsmkit") -> None:
    it("ticket", "report", "--title", "ERP down")
    it("ticket", "take", "T26-000001")
    it("ticket", "resolve", "T26-000001", "--solution", "restarted", "--backup")
    assert it("escalation", "plan", "T26-000001").stdout == "Nothing is to come.\n"
    assert "no ticket" in it.error("escalation", "plan", "T26-000099")


def test_the_shipped_chains_have_no_flaws(blank: Path, chinese: Path) -> None:
    from tests.cli.conftest import Itsmkit

    for folder in (blank, chinese):
        assert Itsmkit(folder)("escalation", "check").exit_code == 0
        assert Itsmkit(folder)("doctor").exit_code == 0


def test_flaws_are_found_with_exit_code_1_and_told_by_doctor(it: "Itsmkit") -> None:
    chains = it.site / "escalation.toml"
    chains.write_text(chains.read_text().replace('{ at = "75%", to = "manager" }', '{ at = "75%", to = "rota:night" }'))
    (found,) = it.json("escalation", "check", code=1)
    assert found == {"part": "chain close", "detail": "75% to rota:night: there is no rota night"}
    assert "there is no rota night" in it("escalation", "check", code=1).stdout
    assert "there is no rota night" in it("doctor", code=3).stdout


def test_a_roster_is_loaded_and_found_wanting(it: "Itsmkit") -> None:
    (it.site / "rotas.toml").write_text('[night]\nname = "Night"\nweek = ["mon-sun 18:00-08:00 in turn anna zoe"]\n')
    assert {"type": "rota", "id": "night", "sort": "new"}.items() <= next(
        one for one in it.json("site", "load") if one["type"] == "rota"
    ).items()
    assert it.json("escalation", "check", code=1) == [{"part": "rota night", "detail": "nobody active has the id zoe"}]


def test_a_chain_that_can_t_be_stops_the_start(it: "Itsmkit") -> None:
    (it.site / "escalation.toml").write_text('steep = [{ at = "noon", to = "manager" }]\n')
    assert "chain steep, step 1: at 'noon' is no moment of a clock; write it as \"75%\"" in it.error("queue", "open")


def test_an_auditor_that_goes_on_says_so(it: "Itsmkit") -> None:
    code = "from itsmkit.cli import main; main()"
    command = [sys.executable, "-u", "-c", code, "--site", str(it.site), "audit", "--interval", "60"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as auditor:  # noqa: S603
        assert auditor.stderr is not None
        assert auditor.stderr.readline() == "Looks every 60 s, and tells what is amiss; Ctrl-C ends it.\n"
        auditor.terminate()
        assert auditor.communicate(timeout=30) == ("", "")
    assert auditor.returncode == 0


def test_the_auditor_writes_a_file_only_when_all_is_well(it: "Itsmkit", tmp_path: Path) -> None:
    it("ticket", "report", "--title", "ERP down")
    it("worker", "--once")
    alive = tmp_path / "alive"
    it("audit", "--once", "--ping", str(alive))
    assert alive.read_text().startswith("20")
    alive.unlink()
    import sqlite3

    with sqlite3.connect(it.site / "desk.db") as store:
        store.execute("DELETE FROM lanes WHERE lane = 'due'")
    store.close()
    told = it("audit", "--once", "--ping", str(alive), code=3).stdout
    assert "T26-000001: it is due at" in told
    assert not alive.exists()
    assert "no worker will come" in it("health", code=3).stdout
    assert "itsmkit_up 0\n" in it("health", "--format", "prometheus", code=3).stdout


def test_the_auditor_calls_a_url(it: "Itsmkit") -> None:
    calls: list[str] = []

    class Heartbeat(http.server.BaseHTTPRequestHandler):
        """Notes what it is asked for."""

        def do_GET(self) -> None:
            calls.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Heartbeat) as server:
        listening = Thread(target=server.handle_request)
        listening.start()
        it("audit", "--once", "--ping", f"http://127.0.0.1:{server.server_port}/alive")
        listening.join(10)
        url = f"http://127.0.0.1:{server.server_port}/alive"
    assert calls == ["/alive"]
    assert url in it("audit", "--once", "--ping", url).stderr, "nobody listens any more: told, and no reason to fail"
    assert "--ping ftp://x/y" in it.error("audit", "--once", "--ping", "ftp://x/y")


@pytest.mark.parametrize("ping", ["http://[", "http://[::1/alive", "ftp://["])
def test_an_address_that_is_none_is_refused_in_one_line(it: "Itsmkit", ping: str) -> None:
    assert f"--ping {ping}: a URL of http or https, or a file" in it.error("audit", "--once", "--ping", ping)


@pytest.mark.parametrize("ping", ["http://127.0.0.1:1/a b", "{site}/no such folder/alive", "{site}"])
def test_a_heartbeat_that_can_t_be_given_is_told_and_no_reason_to_fail(it: "Itsmkit", ping: str) -> None:
    ping = ping.format(site=it.site)
    assert f"error: {ping}: " in it("audit", "--once", "--ping", ping).stderr


def test_health_of_a_desk_at_work(it: "Itsmkit") -> None:
    it("ticket", "report", "--title", "ERP down")
    it("worker", "--once")
    rows = it.json("health")
    assert {one["state"] for one in rows} == {"ok"}
    assert "itsmkit_up 1\n" in it("health", "--format", "prometheus").stdout


HANGS = """
from itsmkit import hookimpl

@hookimpl
def itsmkit_escalate(record):
    print("hanging", flush=True)
    while True:
        pass
"""


@pytest.mark.requirement("SLA-06", "a worker that hangs ends itself, and another does its work")
def test_a_worker_that_hangs_in_a_plugin_ends_itself_and_another_does_its_work(it: "Itsmkit") -> None:
    (it.site / "hangs.py").write_text(HANGS)
    settings = it.site / "itsmkit.toml"
    plain = settings.read_text()
    settings.write_text(plain.replace('# local = ["my_escalation.py"]', 'local = ["hangs.py"]'))
    chains = it.site / "escalation.toml"
    chains.write_text(
        chains.read_text().replace('{ at = "50%", to = "manager" }', '{ at = "start + 1s", to = "manager" }')
    )
    it("ticket", "report", "--title", "ERP down", "--impact", "1", "--urgency", "1")
    code = "from itsmkit.cli import main; main()"
    command = [sys.executable, "-u", "-c", code, "--site", str(it.site), "worker", "--hold", "2", "--interval", "0.5"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    assert ended.returncode == 75
    assert "hanging" in ended.stdout
    assert ended.stderr.endswith("this worker ends, others go on with it\n")
    settings.write_text(plain)
    it("worker", "--once")
    assert [one["code"] for one in it.json("ticket", "show", "T26-000001")["events"]].count("escalated") == 1
