"""Real gateways and proxies on loopback, each a process of its own with a configuration of a few lines."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

_LONGEST_START: Final = 10.0
_SBIN: Final = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])


def free_ports(number: int) -> list[int]:
    """Return ports that nobody listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def program(name: str) -> str:
    """Return the path of a program; skip the test if it isn't installed."""
    path = shutil.which(name, path=_SBIN)
    if path is None:
        pytest.skip(f"{name} isn't installed: `make test-peers` installs it where apt-get is available")
    return path


class Peer:
    """A process that listens on some ports, from `start` to `stop`. It leads a process group of its own."""

    def __init__(self, command: Sequence[str], ports: Sequence[int], folder: Path) -> None:
        self.ports = ports
        self.folder = folder
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def hostname(self) -> str:
        """The address of its first port."""
        return f"http://127.0.0.1:{self.ports[0]}"

    def start(self) -> None:
        """Start the process, and return once it listens."""
        with (self.folder / "output").open("ab") as output:
            self._process = subprocess.Popen(self._command, stdout=output, stderr=output, start_new_session=True)
        end = time.monotonic() + _LONGEST_START
        while not all(_listens(port) for port in self.ports):
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{self._command[0]} doesn't listen:\n{(self.folder / 'output').read_text()}")
            time.sleep(0.01)

    def reload(self, number: signal.Signals) -> None:
        """Ask the process to read its configuration again."""
        assert self._process is not None
        self._process.send_signal(number)

    def kill(self) -> None:
        """End the process and its workers at once."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(10)

    def stop(self) -> None:
        """End the process, if it still runs."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()

    def __enter__(self) -> Peer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


_NGINX: Final = """
user root;
worker_processes 2;
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
    log_format peer '$server_port $status';
    access_log {folder}/access.log peer;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    upstream emulator {{ server 127.0.0.1:{upstream}; keepalive 64; }}
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_next_upstream off;
    server_tokens off;
    {http}
    {servers}
}}
"""


def nginx(folder: Path, upstream: str, *servers: str, http: str = "") -> Peer:
    """Return an nginx with a server for each text, which goes behind `listen ADDRESS` and needs its semicolons."""
    path, ports = program("nginx"), free_ports(len(servers))
    blocks = [
        f"server {{ listen 127.0.0.1:{port} {text} location / {{ proxy_pass http://emulator; }} }}"
        for port, text in zip(ports, servers, strict=True)
    ]
    settings = {"folder": folder, "upstream": upstream.rpartition(":")[2], "http": http, "servers": "\n".join(blocks)}
    (folder / "nginx.conf").write_text(_NGINX.format(**settings))
    command = [path, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")]
    return Peer(command, ports, folder)


def statuses(peer: Peer) -> dict[int, Counter[int]]:
    """Return how often a stopped nginx answered with each status, by port."""
    counts = {port: Counter[int]() for port in peer.ports}
    for line in (peer.folder / "access.log").read_text().splitlines():
        port, status = map(int, line.split())
        counts[port][status] += 1
    return counts


_HAPROXY: Final = """
global
    maxconn 1000
defaults
    mode http
    timeout connect 2s
    timeout client 20s
    timeout server 20s
    {defaults}
frontend gateway
    bind 127.0.0.1:{port} {bind}
    {frontend}
    default_backend emulator
backend emulator
    server emulator 127.0.0.1:{upstream}
"""


def haproxy(folder: Path, upstream: str, *, defaults: str = "", bind: str = "", frontend: str = "") -> Peer:
    """Return an HAProxy with a master process, which `SIGUSR2` reloads."""
    path, (port,) = program("haproxy"), free_ports(1)
    settings = {"upstream": upstream.rpartition(":")[2], "defaults": defaults, "bind": bind, "frontend": frontend}
    (folder / "haproxy.cfg").write_text(_HAPROXY.format(port=port, **settings))
    return Peer([path, "-W", "-db", "-f", str(folder / "haproxy.cfg")], [port], folder)


def tinyproxy(folder: Path, *, user: str | None = None) -> Peer:
    """Return a tinyproxy; `user` is a name and a password, with a space between."""
    path, (port,) = program("tinyproxy"), free_ports(1)
    lines = [f"Port {port}", "Listen 127.0.0.1", "Allow 127.0.0.1", "Timeout 60", "LogLevel Connect"]
    lines += [f'LogFile "{folder / "log"}"', f'PidFile "{folder / "pid"}"', "DisableViaHeader Yes"]
    lines += [] if user is None else [f"BasicAuth {user}"]
    (folder / "tinyproxy.conf").write_text("\n".join(lines) + "\n")
    return Peer([path, "-d", "-c", str(folder / "tinyproxy.conf")], [port], folder)


def proxied(peer: Peer) -> int:
    """Return how many requests reached a tinyproxy, rejected ones included."""
    return (peer.folder / "log").read_text().count("Request (file descriptor")
