"""A process in which Airflow runs what a task would, with a mail server, webhook and monitor to reach from there."""

from __future__ import annotations

import contextlib
import email.policy
import gzip
import json
import os
import queue
import re
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from rasad.settings import ROOT

DESK, HOOK = "desk@example.org", "rasad_webhook"
SECRET = "T0SECRET"

# Runs code out of lines of [environment, code], and answers each with [status, what it said]: Airflow is imported once.
SERVE = """
import contextlib, io, json, logging, os, sys, traceback
import rasad_airflow.defaults
for line in sys.stdin:
    env, code = json.loads(line)
    before, said, status = dict(os.environ), io.StringIO(), 0
    os.environ.update(env)
    logging.getLogger().handlers = [logging.StreamHandler(said)]
    with contextlib.redirect_stdout(said):
        try:
            exec(code, {})
        except Exception:
            traceback.print_exc(file=said)
            status = 1
    os.environ.clear()
    os.environ.update(before)
    print("answer " + json.dumps([status, said.getvalue()]), flush=True)
"""


class Mails:
    """What a mail server got."""

    def __init__(self, port):
        self.port = port
        self.got = []

    async def handle_DATA(self, server, session, envelope):
        self.got.append((envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=email.policy.default)))
        return "250 OK"


@dataclass
class Hook:
    """A webhook that answers with these statuses in turn, then with 200; `hold`: it answers nobody until it is set."""

    statuses: list[int] = field(default_factory=list)
    got: list[tuple[str, dict, bytes]] = field(default_factory=list)
    hold: threading.Event | None = None
    asked: queue.Queue = field(default_factory=queue.Queue)


@pytest.fixture
def hook():
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.got.append((self.path, dict(self.headers), body))
            hook.asked.put(1)
            if hook.hold is not None:
                hook.hold.wait(60)
            self.send_response(hook.statuses.pop(0) if hook.statuses else 200)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    hook.port = server.server_address[1]
    yield hook
    if hook.hold is not None:
        hook.hold.set()
    server.shutdown()
    server.server_close()


class Monitor:
    """Receives StatsD datagrams and OTLP over HTTP."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.points: list[tuple[str, dict[str, str], object, int]] = []  # name, attributes, value, temporality
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", 0))
        self.statsd = self._udp.getsockname()[1]
        monitor = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                if self.path == "/v1/metrics":
                    monitor.read(ExportMetricsServiceRequest.FromString(body))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.otlp = self._http.server_address[1]
        threading.Thread(target=self._http.serve_forever, daemon=True).start()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while data := self._udp.recv(65536):
                self.lines += data.decode().split("\n")

    def read(self, request: ExportMetricsServiceRequest) -> None:
        for resource in request.resource_metrics:
            for scope in resource.scope_metrics:
                for metric in scope.metrics:
                    kind = metric.WhichOneof("data")
                    found = getattr(metric, kind)
                    for point in found.data_points:
                        tags = {pair.key: pair.value.string_value for pair in point.attributes}
                        value = point.count if "histogram" in kind else point.as_double or point.as_int
                        self.points.append((metric.name, tags, value, getattr(found, "aggregation_temporality", 0)))

    def counted(self, name: str) -> Counter[str]:
        """What plain StatsD counted under a name, by the part of it that comes behind."""
        counts: Counter[str] = Counter()
        for line in self.lines:
            if found := re.fullmatch(rf"airflow\.{re.escape(name)}\.?([a-z_]*):([0-9.]+)\|c", line):
                counts[found[1]] += int(found[2])
        return counts

    def close(self) -> None:
        self._udp.close()
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def monitor() -> Iterator[Monitor]:
    made = Monitor()
    yield made
    made.close()


@pytest.fixture
def mails(free_port):
    mails = Mails(free_port())
    anybody = {"authenticator": lambda *_: AuthResult(success=True), "auth_require_tls": False}
    controller = Controller(mails, hostname="127.0.0.1", port=mails.port, **anybody)
    controller.start()
    yield mails
    controller.stop()


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    """A function that starts Python with this code and environment."""
    home = str(tmp_path_factory.mktemp("airflow"))
    ours = {k: v for k, v in os.environ.items() if not k.startswith(("AIRFLOW", "RASAD_"))} | {
        "AIRFLOW_HOME": home, "PYTHONPATH": str(ROOT / "plugins"), "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "RASAD_VAR": home, "NO_PROXY": "127.0.0.1",
    }  # fmt: skip

    def start(code, **env):
        return subprocess.Popen(
            [sys.executable, "-c", code], env=ours | env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            encoding="utf-8",
        )  # fmt: skip

    return start


@pytest.fixture(scope="module")
def airflow(start):
    process = start(SERVE)
    yield process
    process.stdin.close()
    process.wait(60)


@pytest.fixture
def house(warehouse, hook, mails):
    """The environment of a task: the warehouse, and the connections to both servers."""
    smtp = {
        "disable_ssl": True,
        "disable_tls": True,
        "from_email": "rasad@example.org",
        "retry_limit": 0,
        "timeout": 10,
    }
    address = f"http://127.0.0.1:{hook.port}/services/{SECRET}"
    return {
        "RASAD_WAREHOUSE": warehouse, "AIRFLOW_CONN_WAREHOUSE": warehouse, "RASAD_OPERATORS": DESK,
        "AIRFLOW_CONN_RASAD_SMTP": json.dumps(
            {"conn_type": "smtp", "host": "127.0.0.1", "port": mails.port, "extra": smtp}),
        "AIRFLOW_CONN_RASAD_WEBHOOK": json.dumps({"conn_type": "http", "host": address, "password": "t0ken"}),
    }  # fmt: skip


@pytest.fixture
def run(airflow, house):
    """Run code as a task would; returns 0 or 1, and what it said."""

    def run(code, without=(), **more):
        env = {name: value for name, value in (house | more).items() if name not in without}
        airflow.stdin.write(json.dumps([env, code]) + "\n")
        airflow.stdin.flush()
        answers = (line.removeprefix("answer ") for line in airflow.stdout if line.startswith("answer "))
        return json.loads(next(answers))

    return run
