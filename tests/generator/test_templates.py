"""The templates: what they give for a small spec with one of each shape.

The golden client is committed beside its spec. After a change of a template that is meant, write it anew:
`python -m generator --spec tests/generator/golden/spec.yaml --package tests/generator/golden/client`.
"""

from __future__ import annotations

import asyncio
import datetime
import inspect
import pickle
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any, ClassVar, Literal, get_args, get_type_hints

import attrs
import pytest

from generator.client.generate import RUNTIME, TEMPLATES, difference, files
from generator.spec import load
from tests.generator.driver import GOLDEN_CLIENT, ROOT, SMALL_SPEC, generate, tree
from tests.generator.golden import client as golden
from tests.generator.golden.client import api, client, errors, models, tables, types
from tests.generator.golden.client.api import visits
from tests.generator.golden.client.api.visits import add_visits, get_visit

README = ROOT / "generator" / "README.md"
MODULES = {path.relative_to(GOLDEN_CLIENT).as_posix(): path for path in GOLDEN_CLIENT.rglob("*.py")}

SNAKE = {"kind": "snake"}
BIRD = {"kind": "bird:small", "wings": 2}
HERD = {"kind": "herd", "animals": [SNAKE, {"kind": "herd", "animals": []}]}
NOON = "2023-11-14T12:00:00.000Z"

LEAST: dict[str, Any] = {
    "at": NOON,
    "keeper": "Ada",
    "count": 3,
    "weight": 1.5,
    "fed": True,
    "mood": "calm",
    "animal": HERD,
    "place": {"name": "pond"},
    "note": [None, {"a": 1}],
}
EMPTY: dict[str, Any] = {
    "route": [],
    "words": [],
    "counts": [],
    "weights": [],
    "times": [],
    "moods": [],
    "animals": [],
    "places": [],
    "table": [],
    "rows": [],
    "textByName": {},
    "placeByName": {},
    "placesByName": {},
    "animalByName": {},
    "anyByName": {},
}
MOST: dict[str, Any] = {
    **LEAST,
    "deputy": "Bo",
    "limit": 0,
    "height": 0.0,
    "washed": False,
    "left": NOON,
    "moodBefore": "grumpy",
    "other": BIRD,
    "origin": {},
    "remark": 0,
    "route": ["a"],
    "words": ["b", ""],
    "counts": [1, 0],
    "weights": [1, 0.5],
    "times": [NOON],
    "moods": ["wild", "odd"],
    "animals": [SNAKE, {"kind": "ghost", "age": 400}],
    "places": [{}],
    "table": [["a"], []],
    "rows": [{"a": False}, {}],
    "textByName": {"a": "b"},
    "placeByName": {"a": {"name": "b"}},
    "placesByName": {"a": [{}], "b": []},
    "animalByName": {"a": BIRD},
    "anyByName": {"a": None},
    "type": "tour",
    "self": "me",
    "unknown": {"b": []},
}


def fault(data: Any) -> str:
    """What the error of decoding a visit says."""
    with pytest.raises(errors.DecodeError) as caught:
        models.Visit.from_dict(data)
    return str(caught.value)


# The client as a whole


def test_the_golden_client(tmp_path: Path) -> None:
    """The small spec gives the golden client, byte for byte; the module says how to write it anew."""
    fresh = tmp_path / "client"
    done = generate("--spec", SMALL_SPEC, "--package", fresh, PYTHONHASHSEED="1")
    assert done.returncode == 0, done.stderr
    assert difference(files(GOLDEN_CLIENT), files(fresh)) == ""
    assert tree(fresh) == tree(GOLDEN_CLIENT)


def test_the_golden_client_is_typed() -> None:
    """mypy finds nothing in the golden client, strict as for our own code."""
    command = [sys.executable, "-m", "mypy", "--strict", str(GOLDEN_CLIENT)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_override_has_its_line() -> None:
    """The README has a line for each template and each module of the runtime, and each test that it names exists."""
    line = re.compile(r"^\| `([a-z_./]+)` \|.*\| `([^|]*)` \|$", re.MULTILINE)
    lines = dict(line.findall(README.read_text(encoding="utf-8").partition("## Overrides")[2]))
    runtime = [path.relative_to(RUNTIME.parent).as_posix() for path in RUNTIME.rglob("*.py")]
    assert sorted(lines) == sorted([*(path.name for path in TEMPLATES.iterdir()), *runtime])
    assert [test for tests in lines.values() for test in tests.split("`, `") if test not in globals()] == []


def test_the_runtime_is_the_same_everywhere() -> None:
    """What a client gets from the runtime follows the banner unchanged."""
    for path in RUNTIME.rglob("*.py"):
        copied = (GOLDEN_CLIENT / path.relative_to(RUNTIME)).read_text(encoding="utf-8").splitlines(keepends=True)
        assert "".join(copied[2:]) == path.read_text(encoding="utf-8")


def test_internals_of_the_tool() -> None:
    """Only the macros ask for what newer versions of the tool may name differently."""
    internals = re.compile(
        r"in_double_quote_literal|as_unembedded_code|safe_for_docstring|get_untrusted_value|\.template\b"
    )
    found = {path.name for path in TEMPLATES.iterdir() if internals.search(path.read_text(encoding="utf-8"))}
    assert found == {"macros.jinja"}


# banner.jinja, and the small files


@pytest.mark.parametrize("name", sorted(MODULES))
def test_banner(name: str) -> None:
    """Each file says what it was made with, and the command that makes it again."""
    first, second = MODULES[name].read_text(encoding="utf-8").splitlines()[:2]
    assert first == "# Generated with openapi-python-client 0.29.1 from openapi/checkpoints.yaml by `make generate`."
    assert second == "# Do not edit: change the spec or generator/client, then run the command again."


def test_model_and_str_enum() -> None:
    """No model and no enum has a file of its own: besides the module of all of them there is none."""
    operations = {"api/__init__.py", "api/visits/__init__.py", "api/visits/add_visits.py", "api/visits/get_visit.py"}
    plain = {"__init__.py", "client.py", "errors.py", "table_types.py", "tables.py", "trace.py", "types.py"}
    assert MODULES.keys() == operations | plain | {"models/__init__.py"}


def test_package_init() -> None:
    """The package names the version of the API and, alone, the digest of the spec; it is typed and imports nothing."""
    spec = load(SMALL_SPEC)
    texts = {name: path.read_text(encoding="utf-8") for name, path in MODULES.items()}
    assert golden.__api_version__ == spec.version == "7"
    assert "import" not in texts["__init__.py"]
    assert [name for name, text in texts.items() if spec.digest in text] == ["__init__.py"]
    assert (GOLDEN_CLIENT / "py.typed").exists()


def test_tables() -> None:
    """The tables are in the package: what the spec and its extensions say, as data."""
    assert [column.name for column in tables.COLUMNS] == ["place", "animal_count", "animal_kinds", "wings", "keeper"]
    visit = models.Visit.from_dict(MOST)
    assert [column.path.read(visit) for column in tables.COLUMNS[:3]] == ["pond", visit.animals, ["snake", None]]
    assert tables.SAMPLES == {"Visit.keeper": ("Ada", "Bo")}


def test_api_init() -> None:
    """The package of the operations has the banner and a docstring, and imports nothing."""
    assert len(MODULES["api/__init__.py"].read_text(encoding="utf-8").splitlines()) == 3
    assert api.__doc__ == "The operations of the API, one package for each tag."


def test_endpoint_init() -> None:
    """The package of a tag names it."""
    assert visits.__doc__ == "The operations of the visits resource, one module each."


# models_init.py.jinja


def test_models_init_exports() -> None:
    """Models, enums, unions and their decoders are exported by name, sorted; maps have no class of their own."""
    expected = "Animal Bird Closed Escaped Herd Mood Place Pond Problem Snake UnknownVariant Visit Winged"
    assert models.__all__ == [*expected.split(), "animal_from_dict", "problem_from_dict"]


def test_models_init_order() -> None:
    """Required fields come first, each group in the order of the spec, and additional properties by name only."""
    fields: tuple[attrs.Attribute[Any], ...] = attrs.fields(models.Visit)
    *names, last = fields
    required = [field.name for field in names if field.default is attrs.NOTHING]
    optional = [field.name for field in names if field.default is not attrs.NOTHING]
    assert required == ["at", "keeper", "count", "weight", "fed", "mood", "animal", "place", "note", "route"]
    assert optional[:4] == ["deputy", "limit", "height", "washed"]
    assert [field.name for field in names] == required + optional
    assert (last.name, last.kw_only) == ("additional_properties", True)


def test_models_init_constants() -> None:
    """A discriminator is a constant of the class, also where `allOf` adds it, and no argument."""
    assert models.Snake() == models.Snake.from_dict(SNAKE)
    assert (models.Snake.kind, models.Bird.kind) == ("snake", "bird:small")
    assert list(inspect.signature(models.Bird).parameters) == ["wings", "additional_properties"]
    assert models.Bird(2).to_dict() == BIRD


def test_models_init_bases() -> None:
    """A model inherits the component in its `allOf`, unless its fields could not follow those of the component."""
    assert issubclass(models.Bird, models.Winged)
    bird = models.Bird.from_dict(BIRD | {"beak": 1})
    assert bird == models.Bird(2, additional_properties={"beak": 1})
    assert bird.to_dict() == BIRD | {"beak": 1}
    assert models.Pond.__mro__[1] is types.Model
    assert models.Pond(3, "pond").to_dict() == {"depth": 3, "name": "pond"}


def test_models_init_enums() -> None:
    """Members have the names and the order of the spec, not of the alphabet; unknown ones are kept."""
    assert [(mood.name, mood.value) for mood in models.Mood] == [
        ("WILD", "wild"),
        ("CALM", "calm"),
        ("VERY_CALM", "veryCalm"),
    ]
    assert not models.Visit.from_dict(MOST).moods[1].is_known


def test_models_init_unions() -> None:
    """A union is an alias of its variants, in the order of the spec, and decodes by the tag; it may hold itself."""
    assert get_args(models.Animal) == (models.Snake, models.Bird, models.Herd, models.UnknownVariant)
    herd = models.animal_from_dict(HERD)
    assert herd == models.Herd([models.Snake(), models.Herd([])])
    assert herd.to_dict() == HERD


def test_models_init_docstrings() -> None:
    """Descriptions become docstrings, wrapped, with backslashes and quotes as they stand in the spec."""
    assert (models.Visit.__doc__ or "").endswith('A \\d is no digit here, and """ no end of the text.')
    source = MODULES["models/__init__.py"].read_text(encoding="utf-8")
    assert '    """Who else was there. The text is long enough that it does not fit on one line of' in source
    assert all(len(line) <= 120 for line in source.splitlines())


def test_models_init_round_trips() -> None:
    """A property of every kind is decoded and encoded, required or not, with what the spec does not know."""
    assert models.Visit.from_dict(MOST).to_dict() == MOST
    assert models.Visit.from_dict(LEAST).to_dict() == LEAST | EMPTY
    assert pickle.loads(pickle.dumps(models.Visit.from_dict(MOST))) == models.Visit.from_dict(MOST)


def test_models_init_absent_and_null() -> None:
    """What is optional is None when it is absent or null, a list or map is empty, and required ones no exception."""
    optional = [name for name in MOST if name not in LEAST | EMPTY]
    null = models.Visit.from_dict(LEAST | dict.fromkeys([*optional, *EMPTY]))
    absent = models.Visit.from_dict(LEAST)
    assert attrs.evolve(null, additional_properties=types.NO_FIELDS) == absent
    assert null.to_dict() == LEAST | EMPTY | {"unknown": None}
    assert (absent.route, absent.any_by_name, absent.deputy, absent.remark) == ([], {}, None, None)


def test_models_init_missing() -> None:
    """Each required field that is absent is named."""
    for name in LEAST:
        assert fault({key: value for key, value in LEAST.items() if key != name}) == f"Visit.{name}: missing"


# macros.jinja


def test_macros_types() -> None:
    """Each property has the type of its schema; what is built in gets an underscore after its name."""
    hints = get_type_hints(models.Visit)
    assert {name: hints[name] for name in ("at", "left", "count", "limit")} == {
        "at": datetime.datetime,
        "left": datetime.datetime | None,
        "count": int,
        "limit": int | None,
    }
    assert (hints["weight"], hints["fed"], hints["type_"], hints["self_"]) == (float, bool, str | None, str | None)
    assert (hints["mood"], hints["mood_before"]) == (models.Mood, models.Mood | None)
    assert (hints["animal"], hints["other"]) == (models.Animal, models.Animal | None)
    assert (hints["place"], hints["origin"]) == (models.Place, models.Place | None)
    assert (hints["note"], hints["remark"]) == (Any, Any | None)
    assert (hints["counts"], hints["table"], hints["animals"]) == (list[int], list[list[str]], list[models.Animal])
    assert (hints["text_by_name"], hints["rows"]) == (dict[str, str], list[dict[str, bool]])
    assert (hints["place_by_name"], hints["places_by_name"]) == (dict[str, models.Place], dict[str, list[models.Place]])
    assert get_type_hints(models.Snake)["kind"] == ClassVar[Literal["snake"]]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("at", "today", "at: not a time"),
        ("left", 7, "left: unexpected number"),
        ("keeper", 7, "keeper: unexpected number"),
        ("deputy", ["Bo"], "deputy: unexpected array"),
        ("count", 1.5, "count: unexpected number"),
        ("count", True, "count: unexpected boolean"),
        ("limit", "7", "limit: unexpected string"),
        ("weight", "7", "weight: unexpected string"),
        ("weight", True, "weight: unexpected boolean"),
        ("height", {}, "height: unexpected object"),
        ("fed", 1, "fed: unexpected number"),
        ("washed", "no", "washed: unexpected string"),
        ("mood", None, "mood: unexpected null"),
        ("moodBefore", 7, "moodBefore: unexpected number"),
        ("animal", "snake", "animal: unexpected string"),
        ("animal", {}, "animal.kind: missing"),
        ("other", {"kind": 7}, "other.kind: unexpected number"),
        ("animal", {"kind": "herd", "animals": [SNAKE, {"kind": "bird:small"}]}, "animal.animals[1].wings: missing"),
        ("place", "", "place: unexpected string"),
        ("place", [], "place: unexpected array"),
        ("origin", {"name": 7}, "origin.name: unexpected number"),
        ("route", "ab", "route: unexpected string"),
        ("words", ["a", None], "words[1]: unexpected null"),
        ("counts", [1, "2"], "counts[1]: unexpected string"),
        ("counts", [True], "counts[0]: unexpected boolean"),
        ("weights", [1, 0.5, "2"], "weights[2]: unexpected string"),
        ("times", [NOON, 7], "times[1]: unexpected number"),
        ("moods", [["calm"]], "moods[0]: unexpected array"),
        ("animals", [SNAKE, 7], "animals[1]: unexpected number"),
        ("places", [{}, "pond"], "places[1]: unexpected string"),
        ("table", {}, "table: unexpected object"),
        ("table", [["a"], "bc"], "table[1]: unexpected string"),
        ("table", [{"a": "b"}], "table[0]: unexpected object"),
        ("table", [["a", 7]], "table[0][1]: unexpected number"),
        ("rows", [{}, []], "rows[1]: unexpected array"),
        ("rows", [{"a": 1}], "rows[0].*: unexpected number"),
        ("textByName", [], "textByName: unexpected array"),
        ("textByName", {"a": 7}, "textByName.*: unexpected number"),
        ("placeByName", {"a": {}, "b": 7}, "placeByName.*: unexpected number"),
        ("placesByName", {"a": [], "b": {}}, "placesByName.*: unexpected object"),
        ("placesByName", {"a": [{}, 7]}, "placesByName.*[1]: unexpected number"),
        ("animalByName", {"a": {"kind": None}}, "animalByName.*.kind: unexpected null"),
        ("anyByName", "a", "anyByName: unexpected string"),
    ],
)
def test_macros_checks(name: str, value: Any, message: str) -> None:
    """A value of a wrong type is refused with its path, in every kind of property, list and map."""
    assert fault(MOST | {name: value}) == f"Visit.{message}"


def test_macros_numbers() -> None:
    """A number may be written without a fraction, an integer may not be written with one."""
    assert models.Visit.from_dict(LEAST | {"weight": 2}).weight == 2


# runtime


def test_types() -> None:
    """Unknown values and variants, times and additional properties are the same for every client."""
    visit = models.Visit.from_dict(MOST)
    assert isinstance(visit, types.Model)
    assert visit.mood_before == types.Values(models.Mood)["grumpy"] == "grumpy"
    assert visit.animals[1] == types.UnknownVariant("ghost", {"kind": "ghost", "age": 400})
    assert visit.at == types.parse_time("2023-11-14T13:00+01:00")
    assert types.format_time(visit.at) == NOON
    assert visit.additional_properties == {"unknown": {"b": []}}
    assert models.Visit.from_dict(LEAST).additional_properties is types.NO_FIELDS


def test_types_unknown() -> None:
    """Within `observed` each unknown thing is reported as often as it comes; `located` has the path of the first."""
    ghosts = {"a": {"kind": "ghost"}, "b": {"kind": "herd", "animals": [{"kind": "ghost"}]}}
    data = LEAST | {"mood": "odd", "moods": ["calm", "odd"], "places": [{"depth": 2}], "animalByName": ghosts}
    met: list[types.Unknown] = []
    with types.observed(met.append):
        models.Visit.from_dict(data)
    models.Visit.from_dict(data)
    odd, ghost = types.Unknown("value", "Mood", "odd"), types.Unknown("variant", "Animal", "ghost")
    depth = types.Unknown("field", "Place", "depth")
    assert Counter(met) == {odd: 2, ghost: 2, depth: 1}
    paths = {odd: "Visit.mood", ghost: "Visit.animalByName.*.kind", depth: "Visit.places[0].depth"}
    assert types.located(models.Visit.from_dict, data) == paths


def test_types_very_many_unknown_fields() -> None:
    """Of one object, 1,000 unknown fields are reported, then how many more there are, and all are kept."""
    many = {f"field{number}": number for number in range(1_500)}
    met: list[types.Unknown] = []
    with types.observed(met.append):
        place = models.Place.from_dict({"name": "pond", **many})
    assert [unknown.value for unknown in met[:-1]] == list(many)[:1_000]
    assert met[-1] == types.Unknown("field", "Place", "", unreported=500)
    assert place.additional_properties == many
    assert len(types.located(models.Place.from_dict, many)) == 1_001


def test_types_unknown_before_a_fault() -> None:
    """What is unknown counts once, and has its path, also where the rest does not decode."""
    data = LEAST | {"mood": "odd", "animals": 7}
    met: list[types.Unknown] = []
    with types.observed(met.append), pytest.raises(errors.DecodeError, match=r"^Visit\.animals: unexpected number$"):
        models.Visit.from_dict(data)
    assert met == [types.Unknown("value", "Mood", "odd")]
    assert types.located(models.Visit.from_dict, data) == {met[0]: "Visit.mood"}


def test_errors() -> None:
    """Errors show the path or the status, and come back from pickle."""
    decode_error = errors.DecodeError("Visit.at", "missing")
    status_error = errors.UnexpectedStatus(404, b"secret", models.Closed())
    for error, text in [(decode_error, "Visit.at: missing"), (status_error, "status 404")]:
        again = pickle.loads(pickle.dumps(error))
        assert str(again) == str(error) == text
        assert vars(again) == vars(error)


def test_client() -> None:
    """A client is a sender of both kinds, has a timeout and hides its token; a request cannot be changed."""
    sync: client.Sender = client.Client("https://zoo/api", "hunter2")
    asynchronous: client.AsyncSender = client.Client("https://zoo/api", "hunter2")
    assert repr(sync) == repr(asynchronous) == "Client(base_url='https://zoo/api', timeout=30.0)"
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        client.Request("GET", "/", {}).path = "/other"  # type: ignore[misc]


# endpoint_module.py.jinja


def test_endpoint_module_requests() -> None:
    """A path parameter is one quoted segment, a query parameter that is not set is left out, a body is encoded."""
    assert get_visit.build_request("a/b ?") == client.Request("GET", "/enclosures/a%2Fb%20%3F/visits", {})
    query = get_visit.build_request("a", page_size=0, type_="").params
    assert query == {"pageSize": 0, "type": ""}
    body = [models.Visit.from_dict(MOST)]
    assert add_visits.build_request(body=body) == client.Request("POST", "/visits", {}, [MOST])


def test_endpoint_module_answers() -> None:
    """A success is the model of the 2xx response, an error that of the others."""
    assert get_visit.decode_success(MOST) == models.Visit.from_dict(MOST)
    assert get_visit.decode_error({"name": "Closed"}) == models.Closed()
    with pytest.raises(errors.DecodeError, match=r"^Problem\.name: missing$"):
        add_visits.decode_error({})


def test_endpoint_module_calls() -> None:
    """Sync and async take any sender and the same arguments, and send the same request."""

    class Recorder:
        def send(self, request: client.Request, decode: Any, decode_error: Any, /) -> Any:
            return request

        async def send_async(self, request: client.Request, decode: Any, decode_error: Any, /) -> Any:
            return request

    recorder = Recorder()
    sync, asynchronous = (list(inspect.signature(call).parameters) for call in (get_visit.sync, get_visit.asyncio))
    assert sync == asynchronous
    assert get_visit.sync(recorder, "a", page_size=7) == get_visit.build_request("a", page_size=7)
    coroutine = get_visit.asyncio(recorder, "a", page_size=7)
    assert asyncio.run(coroutine) == get_visit.build_request("a", page_size=7)


def test_endpoint_module_docstrings() -> None:
    """A call says what the operation does and which errors it raises."""
    text = inspect.getdoc(get_visit.sync) or ""
    assert text.startswith("Returns the last visit to an enclosure, with all that was seen there")
    assert '\n\nThe path may need "quoting".\n\nRaises `UnexpectedStatus`' in text
    assert get_visit.__doc__ == "Get a visit"
