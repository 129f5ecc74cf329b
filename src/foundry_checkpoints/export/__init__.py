"""Sinks that write files: JSON lines, CSV and Parquet, compressed and rotated, with each record exactly once.

    RecordFeed(client, None, "records.jsonl.gz.state.json").run(file_sink("records.jsonl.gz"))

docs/reference/flat-schema.md describes the formats.
"""

from ._files import Compression, Rotation
from ._sinks import FileFormat, file_sink

__all__ = ["Compression", "FileFormat", "Rotation", "file_sink"]
