"""The files for an export that runs unattended: each passes its own validator, and its command works as written."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from configparser import ConfigParser
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from ruamel.yaml import YAML

from foundry_checkpoints.emulator import Emulator, Fault
from tests.exported import OLDEST_FIRST
from tests.samples import SAMPLES

ROOT: Final = Path(__file__).parents[2]
FILES: Final = ROOT / "examples" / "unattended"
PAGE: Final = ROOT / "docs" / "how-to" / "run-unattended.md"
PROGRAM: Final = "/opt/foundry-checkpoints/bin/foundry-checkpoints"
COMMAND: Final = [sys.executable, "-m", "foundry_checkpoints.cli"]
MANIFESTS: Final = ["cronjob.yaml", "deployment.yaml", "volume.yaml"]
HANGS: Final = 60.0
"""Seconds after which a process hangs for sure."""


def needs(tool: str) -> pytest.MarkDecorator:
    """Skip a test where a validator isn't installed."""
    return pytest.mark.skipif(shutil.which(tool) is None, reason=f"{tool} isn't installed")


def checked(*arguments: str | Path, folder: Path = FILES) -> str:
    """Run a validator, and return what it says."""
    done = subprocess.run(arguments, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("file", [file for file in FILES.iterdir() if ".test." not in file.name], ids=lambda f: f.name)
def test_the_page_quotes_the_file(file: Path) -> None:
    """The page has each file whole, or links to it."""
    page = PAGE.read_text(encoding="utf-8")
    assert f"/examples/unattended/{file.name})" in page
    assert f"\n{file.read_text(encoding='utf-8')}```\n" in page or file.name == "volume.yaml"


# systemd


def unit() -> ConfigParser:
    """The unit of the export; lines that end in a backslash are joined."""
    parser = ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    text = (FILES / "foundry-checkpoints.service").read_text(encoding="utf-8")
    parser.read_string(re.sub(r"\\\n\s*", "", text))
    return parser


@needs("systemd-analyze")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    """There is nothing that it doesn't know, and nothing to warn about."""
    for file in FILES.glob("foundry-checkpoints*.*"):
        text = file.read_text(encoding="utf-8").replace(PROGRAM, sys.executable)
        (tmp_path / file.name).write_text(text, encoding="utf-8")
    assert checked("systemd-analyze", "verify", "--man=no", *sorted(tmp_path.iterdir())) == ""


@needs("systemd-tmpfiles")
def test_old_files_are_removed(tmp_path: Path) -> None:
    """The state and newer files stay."""
    folder = tmp_path / "var" / "lib" / "foundry-checkpoints"
    folder.mkdir(parents=True)
    old = time.time() - 401 * 86400
    for name in ("records-2025-01-01.jsonl", "records-2026-01-01.jsonl", "records.jsonl.state.json"):
        (folder / name).touch()
    for name in ("records-2025-01-01.jsonl", "records.jsonl.state.json"):
        os.utime(folder / name, (old, old))
    checked("systemd-tmpfiles", "--clean", f"--root={tmp_path}", FILES / "tmpfiles.conf")
    assert sorted(os.listdir(folder)) == ["records-2026-01-01.jsonl", "records.jsonl.state.json"]


@pytest.fixture
def service() -> Iterator[Emulator]:
    with Emulator(SAMPLES) as emulator:
        yield emulator


class Started:
    """The command of the unit, started as systemd does: specifiers resolved, credentials and notifications in place."""

    def __init__(self, folder: Path, service: Emulator) -> None:
        settings = unit()["Service"]
        self.folder = folder
        self.specifiers = {"%S": folder / "state", "%d": folder / "credentials", "%t": folder / "run"}
        (folder / "credentials").mkdir()
        self.token_file = folder / "credentials" / settings["LoadCredential"].partition(":")[0]
        self.write_token(service.token)
        for path in ("state", "run"):
            (folder / path / "foundry-checkpoints").mkdir(parents=True)
        self.notified = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notified.settimeout(HANGS)
        self.notified.bind(str(folder / "notify"))
        own = {"FOUNDRY_HOSTNAME": service.hostname, "NOTIFY_SOCKET": str(folder / "notify")}
        command = re.sub("%[Sdt]", lambda match: str(self.specifiers[match[0]]), settings["ExecStart"])
        program, *arguments = shlex.split(command)
        assert program == PROGRAM
        self.process = subprocess.Popen(
            [*COMMAND, *arguments, "--interval", "0.2"], env={**os.environ, **own}, stderr=subprocess.PIPE, text=True
        )

    def write_token(self, token: str) -> None:
        self.token_file.write_text(token, encoding="utf-8")
        self.token_file.chmod(0o400)

    def wait_for(self, start: str) -> str:
        """Read notifications until one starts with these words."""
        while True:
            text = self.notified.recv(4096).decode()
            if text.startswith(start):
                return text

    def end(self) -> tuple[int, list[str]]:
        _, err = self.process.communicate(timeout=HANGS)
        return self.process.returncode, err.splitlines()


@pytest.fixture
def started(tmp_path: Path, service: Emulator) -> Iterator[Started]:
    started = Started(tmp_path, service)
    yield started
    started.process.kill()
    started.process.communicate()
    started.notified.close()


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="systemd needs sockets of Unix")
def test_the_command_of_the_unit_exports(started: Started) -> None:
    """It says that it is ready and alive, writes files and metrics, and ends with status 0 after SIGTERM."""
    started.wait_for("READY=1")
    started.wait_for("WATCHDOG=1")
    started.wait_for(f"STATUS={len(OLDEST_FIRST)} records")
    metrics = (started.folder / "run" / "foundry-checkpoints" / "status.prom").read_text()
    assert f"foundry_checkpoints_records {len(OLDEST_FIRST)}\n" in metrics
    started.process.send_signal(signal.SIGTERM)
    assert started.end()[0] == 0
    files = sorted((started.folder / "state" / "foundry-checkpoints").glob("records-*.jsonl"))
    rids = [json.loads(line)["rid"] for file in files for line in file.read_text().splitlines()]
    assert rids == [record.rid for record in OLDEST_FIRST]


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="systemd needs sockets of Unix")
def test_an_expired_token_is_no_reason_to_restart(started: Started, service: Emulator) -> None:
    """The export ends with one line and a status that the unit doesn't restart on."""
    started.wait_for(f"STATUS={len(OLDEST_FIRST)} records")
    service.inject(Fault.error("Default:Unauthorized", times=None))
    status, lines = started.end()
    assert str(status) in unit()["Service"]["RestartPreventExitStatus"].split()
    assert [line for line in lines if " INFO " not in line] == [lines[-1]]
    assert "The token is wrong or expired" in lines[-1]


# Kubernetes


def manifest(name: str) -> Any:
    return YAML(typ="safe").load((FILES / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", MANIFESTS)
def test_kubernetes_accepts_the_manifest(name: str) -> None:
    """It matches the strict JSON schema of its kind (1.37, from the package kubernetes-validate, without its texts)."""
    schemas = json.loads((ROOT / "tests" / "data" / "kubernetes" / "schemas-1.37.json").read_text(encoding="utf-8"))
    content = manifest(name)
    Draft202012Validator({**schemas, "$ref": f"#/$defs/{content['kind']}"}).validate(content)


def pods() -> list[Any]:
    return [
        manifest("deployment.yaml")["spec"]["template"],
        manifest("cronjob.yaml")["spec"]["jobTemplate"]["spec"]["template"],
    ]


@pytest.mark.parametrize("pod", pods(), ids=["deployment", "cronjob"])
def test_a_pod_fits_together(pod: Any) -> None:
    """Each mount has a volume, and the claim is the one of volume.yaml."""
    volumes = {volume["name"]: volume for volume in pod["spec"]["volumes"]}
    (container,) = pod["spec"]["containers"]
    assert {mount["name"] for mount in container["volumeMounts"]} == set(volumes)
    assert volumes["data"]["persistentVolumeClaim"]["claimName"] == manifest("volume.yaml")["metadata"]["name"]


def run_once(arguments: Sequence[str], folder: Path, service: Emulator) -> int:
    """Run the command of a pod with its mounts in a folder, until it has caught up."""
    mounts = {"/data/": folder / "data", "/credentials/": folder / "credentials", "/tmp/": folder / "tmp"}
    for path in mounts.values():
        path.mkdir(exist_ok=True)
    (folder / "credentials" / "token").write_text(service.token, encoding="utf-8")
    (folder / "credentials" / "token").chmod(0o440)
    resolved = [re.sub(r"/(data|credentials|tmp)/", lambda m: f"{mounts[m[0]]}/", one) for one in arguments]
    once = [one for one in resolved if one != "--follow"]
    return subprocess.run(
        [*COMMAND, *once], env={**os.environ, "FOUNDRY_HOSTNAME": service.hostname}, timeout=HANGS, check=False
    ).returncode


@pytest.mark.slow
@pytest.mark.parametrize("pod", pods(), ids=["deployment", "cronjob"])
def test_the_command_of_a_pod_exports(pod: Any, tmp_path: Path, service: Emulator) -> None:
    """It writes every record, and the file that the probe looks at."""
    (container,) = pod["spec"]["containers"]
    assert run_once(container["args"], tmp_path, service) == 0
    files = (tmp_path / "data").glob("records-*.jsonl")
    assert sum(file.read_text().count("\n") for file in files) == len(OLDEST_FIRST)
    if "livenessProbe" in container:
        *shell, script = container["livenessProbe"]["exec"]["command"]
        checked(*shell, script.replace("/tmp", str(tmp_path / "tmp")))
        (tmp_path / "tmp" / "status.json").unlink()
        assert subprocess.run([*shell, script.replace("/tmp", str(tmp_path / "tmp"))], check=False).returncode != 0


# logrotate and Prometheus


@needs("logrotate")
def test_logrotate_accepts_its_file() -> None:
    """It finds one log and no error."""
    said = checked("logrotate", "--debug", "--state", os.devnull, "logrotate.conf")
    assert "Handling 1 logs" in said
    assert "error" not in said


@needs("promtool")
def test_prometheus_accepts_the_rules_and_they_fire() -> None:
    """Each rule fires in its test, and none where all is well."""
    checked("promtool", "check", "rules", "alerts.yaml")
    assert "SUCCESS" in checked("promtool", "test", "rules", "alerts.test.yaml")


@pytest.mark.slow
def test_each_metric_of_the_rules_exists(tmp_path: Path, service: Emulator) -> None:
    """The export writes every metric of its own that a rule names."""
    arguments = ["export", "/data/a.jsonl", "--token-file=/credentials/token", "--status-file=/tmp/status.prom"]
    assert run_once(arguments, tmp_path, service) == 0
    written = re.findall(r"^foundry_checkpoints_\w+", (tmp_path / "tmp" / "status.prom").read_text(), re.MULTILINE)
    page = PAGE.read_text(encoding="utf-8")
    assert set(re.findall(r"foundry_checkpoints_\w+", page)) == set(written)
