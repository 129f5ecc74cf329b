"""The configuration for SIEMs: each file parses, names fields that a record has, and is quoted on its page."""

from __future__ import annotations

import json
import re
from configparser import RawConfigParser
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.samples import SAMPLES

ROOT = Path(__file__).parents[2]
FILES = ROOT / "examples" / "siem"
PAGE = (ROOT / "docs" / "how-to" / "siem.md").read_text(encoding="utf-8")


def has(path: str) -> bool:
    """Return whether some record has a field at this path of JSON names."""

    def found(value: Any, names: list[str]) -> bool:
        return not names or (isinstance(value, dict) and names[0] in value and found(value[names[0]], names[1:]))

    return any(found(record, path.split(".")) for record in SAMPLES)


@pytest.mark.parametrize("file", sorted(FILES.iterdir()), ids=lambda file: file.name)
def test_the_page_links_to_each_file_and_quotes_the_short_ones(file: Path) -> None:
    """What a reader copies from the page is what is tested here."""
    assert f"/examples/siem/{file.name})" in PAGE
    assert file.suffix != ".conf" or f"\n{file.read_text(encoding='utf-8')}```\n" in PAGE


def test_splunk_finds_the_time_of_a_line() -> None:
    """The prefix stands before `createdAt` of an exported line, and the format reads what follows."""
    conf = RawConfigParser(strict=True, delimiters=("=",))
    conf.optionxform = str  # type: ignore[assignment, method-assign]
    conf.read(FILES / "props.conf")
    stanza = conf["foundry:checkpoints"]
    line = json.dumps(SAMPLES[0], separators=(",", ":"))
    text = line.split(stanza["TIME_PREFIX"], 1)[1].partition('"')[0]
    time_format = stanza["TIME_FORMAT"].replace("%3N", "%f").replace("%Z", "Z")
    assert datetime.strptime(text, time_format).isoformat() == text.removesuffix("Z").ljust(26, "0")
    assert len(text) <= int(stanza["MAX_TIMESTAMP_LOOKAHEAD"])


def test_elastic_maps_fields_that_records_have() -> None:
    """Each field that the pipeline copies occurs in records, and the id of a document is the RID."""
    pipeline = json.loads((FILES / "ingest-pipeline.json").read_text(encoding="utf-8"))
    copied = re.findall(r'"foundry\.checkpoint\.([\w.]+)"', json.dumps(pipeline))
    assert copied
    assert [path for path in copied if not has(path)] == []
    filebeat = YAML(typ="safe").load((FILES / "filebeat.yml").read_text(encoding="utf-8"))
    parser = filebeat["filebeat.inputs"][0]["parsers"][0]["ndjson"]
    assert (parser["target"], parser["document_id"]) == ("foundry.checkpoint", "rid")
    assert has(parser["document_id"])
    template = json.loads((FILES / "index-template.json").read_text(encoding="utf-8"))
    assert filebeat["output.elasticsearch"]["index"] in template["index_patterns"][0]


def test_sentinel_projects_fields_that_records_have() -> None:
    """Each field that the query takes from a line occurs in records."""
    rule = json.loads((FILES / "data-collection-rule.json").read_text(encoding="utf-8"))
    query = rule["resources"][0]["properties"]["dataFlows"][0]["transformKql"]
    taken = re.findall(r"Record\.([\w.]+)", query)
    assert taken
    assert [path for path in taken if not has(path)] == []
