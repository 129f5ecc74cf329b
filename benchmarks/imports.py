"""What an import costs, and how much code was generated."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median

from . import stock
from .report import Table, Target

_STATEMENTS = {
    "httpx": "import httpx",
    "httpx, first client made": "import httpx; httpx.Client()",
    "foundry_checkpoints": "import foundry_checkpoints",
    "foundry_checkpoints, first client made": (
        "from foundry_checkpoints import CheckpointsClient; CheckpointsClient('example.com', auth='token')"
    ),
    "foundry_checkpoints.models": "import foundry_checkpoints.models",
    "foundry_sdk": "from foundry_sdk import FoundryClient, UserTokenAuth",
    "foundry_sdk, checkpoints client made": (
        "from foundry_sdk import FoundryClient, UserTokenAuth; "
        "FoundryClient(auth=UserTokenAuth('token'), hostname='example.com').checkpoints.Record"
    ),
    "stock_client.models": "import stock_client.models",
}


def run(quick: bool) -> Iterator[Table]:
    with stock.generated() as folder:
        yield _import_times(folder, 5 if quick else 25)
        yield _sizes(
            {"stock": folder / stock.NAME, "ours": stock.ROOT / "generated_client" / "foundry_checkpoints_api"}
        )


def _import_times(stock_folder: Path, rounds: int) -> Table:
    environment = _environment(stock_folder)
    samples: dict[str, list[float]] = {name: [] for name in _STATEMENTS}
    for turn in range(rounds + 1):
        for name, statement in _STATEMENTS.items():
            spent = _time(statement, environment)
            if turn > 0:  # the first writes the bytecode
                samples[name].append(spent)
    reference = median(samples["httpx"])
    table = Table("Import", {"": "", "ms, least": ".1f", "ms, median": ".1f", "ms above httpx": ".1f"})
    for name, times in samples.items():
        table.rows.append((name, min(times) * 1e3, median(times) * 1e3, (median(times) - reference) * 1e3))
    table.notes.append(
        f"{rounds} new processes for each, taking turns, bytecode compiled. The last column: of medians."
    )
    ours, theirs = (median(samples[f"{name}, first client made"]) for name in ("foundry_checkpoints", "httpx"))
    table.targets = [Target("import and first client, ms above those of httpx", 45.0, (ours - theirs) * 1e3, True)]
    return table


def _environment(stock_folder: Path) -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    paths = [str(stock_folder), os.environ.get("PYTHONPATH", "")]
    return {**environment, "PYTHONPATH": os.pathsep.join(filter(None, paths))}


def _time(statement: str, environment: Mapping[str, str]) -> float:
    code = f"from time import perf_counter; start = perf_counter(); {statement}; print(perf_counter() - start)"
    command = [sys.executable, "-c", code]
    return float(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)


def _sizes(packages: Mapping[str, Path]) -> Table:
    table = Table("Generated code", {"": "", "files": "d", "lines": ",d"})
    for name, package in packages.items():
        sources = list(package.rglob("*.py"))
        lines = sum(source.read_text(encoding="utf-8").count("\n") for source in sources)
        table.rows.append((name, len(sources), lines))
        if name == "ours":
            table.targets = [Target("generated lines", 5499, lines, is_most=True)]
    return table
