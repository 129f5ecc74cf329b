"""The files of an export: formats, compression, rotation, and going back."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from foundry_checkpoints.errors import InvalidRequestError
from foundry_checkpoints.export import Compression, file_sink
from foundry_checkpoints.feed import OutputError, Sink, StateError
from foundry_checkpoints.models import Record
from foundry_checkpoints.ocsf import event
from tests.exported import OLDEST_FIRST, content, expected
from tests.samples import SAMPLES

NAMES = ["a.jsonl", "a.csv", "a.jsonl.gz", "a.csv.gz", "a.jsonl.zst", "a.parquet"]
LINES = NAMES[:-1]
PROMPT = [name for name in NAMES if not name.endswith(".zst")]
"""The files whose size is known after each record."""
FEW = OLDEST_FIRST[:30]

every_name = pytest.mark.parametrize("name", NAMES)
prompt_names = pytest.mark.parametrize("name", PROMPT)


def begun(sink: Sink) -> Sink:
    """Return a sink at its start, as a feed leaves it."""
    sink.open(None)
    sink.commit()
    return sink


def give(sink: Sink, records: Sequence[Record]) -> Any:
    """Write all records and commit, as a feed does it."""
    while records := records[sink.write(records) :]:
        sink.commit()
    return sink.commit()


def die(sink: Sink, folder: Path) -> None:
    """Leave the files as they are at this moment, as a killed process does."""
    files = {path: path.read_bytes() for path in folder.iterdir()}
    sink.close()
    for path in folder.iterdir():
        path.unlink()
    for path, data in files.items():
        path.write_bytes(data)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@every_name
def test_a_file_has_every_record(name: str, tmp_path: Path) -> None:
    """Each format holds all records, in order, with all their content."""
    sink = begun(file_sink(tmp_path / name))
    give(sink, OLDEST_FIRST)
    sink.close()
    assert content(tmp_path / name) == expected(name, OLDEST_FIRST)
    assert names(tmp_path) == [name]


@every_name
def test_a_file_grows(name: str, tmp_path: Path) -> None:
    """What is committed can be read, and stays when a later run adds to it."""
    position: Any = None
    for end in (1, 10, 30):
        sink = file_sink(tmp_path / name)
        sink.open(position)
        position = sink.commit() if position is None else position
        position = give(sink, FEW[position["records"] : end])
        assert content(tmp_path / name) == expected(name, FEW[:end])
        sink.close()
    assert position["records"] == 30


@every_name
def test_what_was_not_committed_is_forgotten(name: str, tmp_path: Path) -> None:
    """Opened at a position, a file holds what it held then, whatever a run that died did after it."""
    sink = begun(file_sink(tmp_path / name))
    position = give(sink, FEW[:10])
    give(sink, FEW[10:15])
    sink.write(FEW[15:20])
    die(sink, tmp_path)
    again = file_sink(tmp_path / name)
    again.open(position)
    assert content(tmp_path / name) == expected(name, FEW[:10])
    assert give(again, FEW[10:])["records"] == 30
    again.close()
    assert content(tmp_path / name) == expected(name, FEW)


@every_name
def test_a_run_that_died_at_once_is_forgotten(name: str, tmp_path: Path) -> None:
    """The same from the first position, when there was no file yet."""
    sink = begun(file_sink(tmp_path / name))
    position = {**sink.commit(), "mark": 0, "records": 0}
    give(sink, FEW[:10])
    die(sink, tmp_path)
    again = file_sink(tmp_path / name)
    again.open(position)
    give(again, FEW)
    again.close()
    assert content(tmp_path / name) == expected(name, FEW)


@every_name
def test_close_goes_back_to_the_last_commit(name: str, tmp_path: Path) -> None:
    """A run that fails leaves a file that can be read, without what was not committed."""
    sink = begun(file_sink(tmp_path / name))
    give(sink, FEW[:10])
    sink.write(FEW[10:])
    sink.close()
    assert content(tmp_path / name) == expected(name, FEW[:10])
    assert names(tmp_path) == [name]


@every_name
def test_no_records_make_an_empty_file(name: str, tmp_path: Path) -> None:
    """An export without records is a file that can be read."""
    sink = begun(file_sink(tmp_path / name))
    sink.commit()
    sink.close()
    assert content(tmp_path / name) == []


@pytest.mark.parametrize("name", LINES)
def test_the_same_records_make_the_same_bytes(name: str, tmp_path: Path) -> None:
    """Only the records and the commits determine the content of a file."""
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        give(begun(file_sink(tmp_path / folder / name)), FEW)
    assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


# Rotation


@prompt_names
def test_rotation_by_size(name: str, tmp_path: Path) -> None:
    """Files are numbered; one ends when it has reached the size, and they hold all records in order."""
    sink = begun(file_sink(tmp_path / name, rotation=1))
    position = give(sink, FEW[:3])
    sink.close()
    extension = name.removeprefix("a")
    assert names(tmp_path) == [f"a-00000{number}{extension}" for number in (1, 2, 3)]
    assert [content(tmp_path / file) for file in names(tmp_path)] == [expected(name, [one]) for one in FEW[:3]]
    again = file_sink(tmp_path / name, rotation=10**6)
    again.open(position)
    give(again, FEW[3:5])
    again.close()
    assert content(tmp_path / names(tmp_path)[-1]) == expected(name, FEW[2:5])


def test_the_size_that_ends_a_file(tmp_path: Path) -> None:
    """A file is as large as requested, or larger by less than one record."""
    give(begun(file_sink(tmp_path / "a.jsonl", rotation=10_000)), OLDEST_FIRST)
    sizes = [(tmp_path / name).stat().st_size for name in names(tmp_path)]
    longest = max(len(json.dumps(record.to_dict())) for record in OLDEST_FIRST)
    assert len(sizes) > 10
    assert all(10_000 <= size < 10_000 + longest for size in sizes[:-1])


def test_the_size_of_frames(tmp_path: Path) -> None:
    """The size of a zstd frame is known block by block, so a file ends some time after it reaches the size."""
    give(begun(file_sink(tmp_path / "a.jsonl.zst", rotation=10_000)), OLDEST_FIRST)
    files = [tmp_path / name for name in names(tmp_path)]
    assert len(files) > 2
    assert all(10_000 <= file.stat().st_size < 60_000 for file in files[:-1])
    assert [record for file in files for record in content(file)] == expected("a.jsonl", OLDEST_FIRST)


def of_day(number: int, time: str) -> Record:
    return Record.from_dict({**SAMPLES[number], "createdAt": time})


@every_name
def test_rotation_by_day(name: str, tmp_path: Path) -> None:
    """Each day of creation in UTC begins a file; a late record is in that of the day after."""
    records = [
        of_day(0, "2026-10-01T23:59:59.999Z"),
        of_day(1, "2026-10-02T00:00:00.000Z"),
        of_day(2, "2026-10-01T23:59:59.999Z"),
        of_day(3, "2026-10-05T01:00:00.000+02:00"),
    ]
    sink = begun(file_sink(tmp_path / name, rotation="day"))
    give(sink, records)
    sink.close()
    extension = name.removeprefix("a")
    days = [f"a-2026-10-0{day}{extension}" for day in (1, 2, 4)]
    assert names(tmp_path) == days
    assert [content(tmp_path / day) for day in days] == [
        expected(name, part) for part in (records[:1], records[1:3], records[3:])
    ]


def test_rotation_by_hour_into_folders(tmp_path: Path) -> None:
    """`{date}` in the path stands for the hour of creation in UTC, and missing folders are made."""
    records = [of_day(0, "2026-10-01T12:59:59.999Z"), of_day(1, "2026-10-01T13:00:00.000Z")]
    sink = begun(file_sink(tmp_path / "lake" / "{date}" / "a.jsonl", rotation="hour"))
    give(sink, records)
    sink.close()
    assert names(tmp_path / "lake") == ["2026-10-01T12", "2026-10-01T13"]
    for hour, record in zip(names(tmp_path / "lake"), records, strict=True):
        assert content(tmp_path / "lake" / hour / "a.jsonl") == expected("a.jsonl", [record])


@pytest.mark.parametrize("path", ["a.jsonl", "{date}/a.jsonl"])
def test_old_files_are_removed_when_one_begins(path: str, tmp_path: Path) -> None:
    """Only files of the export that are older than `keep` go; another file beside them stays."""
    (tmp_path / "a-notes.jsonl").write_text("mine", encoding="utf-8")
    times = [f"2026-10-{day:02}T12:00:00.000Z" for day in (1, 2, 3, 12)]
    sink = begun(file_sink(tmp_path / path, rotation="day", keep=timedelta(days=9)))
    give(sink, [of_day(number, time) for number, time in enumerate(times)])
    sink.close()
    files = sorted(str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*.jsonl"))
    days = ["2026-10-03", "2026-10-12"]
    assert files == sorted(["a-notes.jsonl", *(f"{d}/a.jsonl" if "{" in path else f"a-{d}.jsonl" for d in days)])


@pytest.mark.parametrize("options", [{"keep": timedelta(days=1)}, {"path": "{date}.jsonl"}])
def test_what_only_a_rotation_by_time_allows(options: Any, tmp_path: Path) -> None:
    """`keep` and `{date}` without one, and another period, are errors before anything is opened."""
    with pytest.raises(InvalidRequestError, match=r"'hour'"):
        file_sink(tmp_path / options.pop("path", "a.jsonl"), **options)


def test_events_of_ocsf(tmp_path: Path) -> None:
    """Each line is the event of a record, whatever the name of the file says of its lines."""
    give(begun(file_sink(tmp_path / "a.jsonl.gz", format="ocsf")), FEW)
    assert content(tmp_path / "a.jsonl.gz") == [json.loads(json.dumps(event(record))) for record in FEW]


def test_rotation_by_day_of_nothing(tmp_path: Path) -> None:
    """Without a record there is no day, and so no file."""
    sink = begun(file_sink(tmp_path / "a.csv", rotation="day"))
    position = sink.commit()
    sink.close()
    again = file_sink(tmp_path / "a.csv", rotation="day")
    again.open(position)
    assert names(tmp_path) == []
    assert give(again, FEW[:1])["records"] == 1


@prompt_names
def test_files_that_are_complete_may_be_moved(name: str, tmp_path: Path) -> None:
    """An export needs only its last file to resume."""
    sink = begun(file_sink(tmp_path / name, rotation=1))
    position = give(sink, FEW[:3])
    sink.close()
    for file in names(tmp_path)[:-1]:
        (tmp_path / file).unlink()
    again = file_sink(tmp_path / name, rotation=1)
    again.open(position)
    give(again, FEW[3:4])
    again.close()
    assert [content(tmp_path / file) for file in names(tmp_path)] == [expected(name, [one]) for one in FEW[2:4]]


# What is rejected


@prompt_names
def test_a_file_of_somebody_else_is_rejected(name: str, tmp_path: Path) -> None:
    """An export neither writes nor removes a file that its state does not know."""
    (tmp_path / name).write_text("precious")
    with pytest.raises(OutputError, match="move it away"):
        file_sink(tmp_path / name).open(None)
    extension = name.removeprefix("a")
    (tmp_path / f"a-000002{extension}").write_text("precious")
    sink = begun(file_sink(tmp_path / name, rotation=1))
    with closing(sink), pytest.raises(OutputError, match="a-000002"):
        give(sink, FEW[:2])
    assert (tmp_path / name).read_text() == (tmp_path / f"a-000002{extension}").read_text() == "precious"


@every_name
@pytest.mark.parametrize("loss", ["cut", "gone", "other"])
def test_a_file_that_lost_something_is_rejected(loss: str, name: str, tmp_path: Path) -> None:
    """An export does not resume with a file that holds less than was committed."""
    path = tmp_path / name
    sink = begun(file_sink(path))
    position = give(sink, FEW)
    shorter = begun(file_sink(tmp_path / f"b{path.name}"))
    give(shorter, FEW[:1])
    if loss == "cut":
        os.truncate(path, path.stat().st_size // 2)
    elif loss == "gone":
        path.unlink()
    else:
        (tmp_path / f"b{path.name}").replace(path)
    before = {file: (tmp_path / file).read_bytes() for file in names(tmp_path)}
    with pytest.raises(OutputError, match=path.name):
        file_sink(path).open(position)
    assert {file: (tmp_path / file).read_bytes() for file in names(tmp_path)} == before


@pytest.mark.parametrize(
    "other",
    [{"format": "csv"}, {"compression": "gzip"}, {"rotation": 100}, {"rotation": "day"}],
    ids=lambda options: "-".join(map(str, *options.items())),
)
def test_an_export_resumes_as_it_was_begun(other: dict[str, Any], tmp_path: Path) -> None:
    """Another format, compression, or kind of rotation is rejected."""
    position = give(begun(file_sink(tmp_path / "a", format="jsonl")), FEW)
    with pytest.raises(StateError, match="was begun as jsonl, no compression, no rotation"):
        file_sink(tmp_path / "a", **{"format": "jsonl", **other}).open(position)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a", {}),
        ("a.txt", {}),
        ("a.gz", {}),
        ("a.txt", {"format": "xml"}),
        ("a.csv", {"compression": "bzip2"}),
        ("a.csv.gz", {"compression": "zstd"}),
        ("a.parquet.gz", {}),
        ("a.csv", {"rotation": 0}),
        ("a.csv", {"rotation": "week"}),
        ("a.csv", {"rotation": True}),
    ],
)
def test_contradictory_options_are_rejected(name: str, options: dict[str, Any]) -> None:
    """Options that don't fit each other are rejected before anything is opened."""
    with pytest.raises(InvalidRequestError):
        file_sink(name, **options)


@pytest.mark.parametrize(
    ("name", "options", "like"),
    [
        ("a.ndjson", {}, "a.jsonl"),
        ("a", {"format": "csv"}, "a.csv"),
        ("a.txt", {"format": "jsonl", "compression": "gzip"}, "a.jsonl.gz"),
        ("a.jsonl", {"compression": "zstd"}, "a.jsonl.zst"),
        ("a.data", {"format": "parquet", "compression": "gzip"}, "a.parquet"),
    ],
)
def test_options_for_what_a_name_does_not_tell(name: str, options: dict[str, Any], like: str, tmp_path: Path) -> None:
    """Format and compression can be given; the file still has the name that was given."""
    sink = begun(file_sink(tmp_path / name, **options))
    give(sink, FEW)
    sink.close()
    (tmp_path / name).rename(tmp_path / like)
    assert content(tmp_path / like) == expected(like, FEW)


# What can go wrong


@every_name
def test_a_full_disk_is_reported(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is an error that names the file; what was committed stays."""
    sink = begun(file_sink(tmp_path / name))
    position = give(sink, FEW[:10])

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    sink.write(FEW[10:])
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(OutputError, match=f"{name}: No space left on device; make room") as caught:
            sink.commit()
        sink.close()
    assert caught.value.is_full
    again = file_sink(tmp_path / name)
    again.open(position)
    again.close()
    assert content(tmp_path / name) == expected(name, FEW[:10])


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """A file that can't be created is an error that names it, and not a full disk."""
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"a\.csv") as caught:
        begun(file_sink(tmp_path / "file" / "a.csv"))
    assert not caught.value.is_full


def test_parquet_is_there_when_it_is_complete(tmp_path: Path) -> None:
    """A file that is being written has another name; a damaged file is rejected."""
    path = tmp_path / "a.parquet"
    sink = begun(file_sink(path))
    sink.write(FEW)
    assert names(tmp_path) == ["a.parquet.part"]
    position = give(sink, [])
    assert names(tmp_path) == ["a.parquet"]
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(OutputError, match="is damaged"):
        file_sink(path).open(position)


def test_parquet_has_row_groups(tmp_path: Path) -> None:
    """Rows are written in groups, also those of small additions; the codec is the requested one."""
    codecs: tuple[Compression, ...] = ("zstd", "gzip")
    for codec in codecs:
        path = tmp_path / f"{codec}.parquet"
        sink = begun(file_sink(path, compression=codec, row_group=4))
        for some in (FEW[:1], FEW[1:2], FEW[2:10]):
            give(sink, some)
        sink.close()
        metadata = pq.read_metadata(path)
        assert [metadata.row_group(number).num_rows for number in range(metadata.num_row_groups)] == [6, 4]
        assert metadata.row_group(0).column(0).compression == codec.upper()
        assert content(path) == expected(path.name, FEW[:10])


def test_surrogates_and_large_numbers(tmp_path: Path) -> None:
    """Values that JSON can hold and other formats can't are still written."""
    record = Record.from_dict({**SAMPLES[0], "later": ["\ud800", 2**70], "configRid": "\udfff"})
    for name in NAMES:
        sink = begun(file_sink(tmp_path / name))
        give(sink, [record, FEW[0]])
        sink.close()
        assert len(content(tmp_path / name)) == 2
    assert content(tmp_path / "a.jsonl")[0] == record.to_dict()


def test_lines_are_compact_json(tmp_path: Path) -> None:
    """A line is what Python's own encoder writes, whether orjson is there or not."""
    later = Record.from_dict({**SAMPLES[0], "later": [0.5, "\u2028é", -0.0, True]})
    give(begun(file_sink(tmp_path / "a.jsonl")), [later])
    line = json.dumps(later.to_dict(), ensure_ascii=False, separators=(",", ":"))
    assert (tmp_path / "a.jsonl").read_text(encoding="utf-8") == f"{line}\n"


def test_parquet_holds_times(tmp_path: Path) -> None:
    """Parquet holds real times, in UTC."""
    sink = begun(file_sink(tmp_path / "a.parquet"))
    give(sink, FEW[:1])
    sink.close()
    (time,) = pq.read_table(tmp_path / "a.parquet").column("created_at").to_pylist()
    assert isinstance(time, datetime)
    assert (time, time.utcoffset()) == (FEW[0].created_at, UTC.utcoffset(None))
