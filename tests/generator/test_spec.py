"""The spec is valid, and a fault in a spec is reported where it is."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from generator import spec
from generator.spec.model import Model

CHECKPOINTS = Path(__file__).parents[2] / "openapi" / "checkpoints.yaml"

SMALL = """\
openapi: 3.1.0
info: {title: Animals, version: "7"}
paths:
  /animals/{name}:
    get:
      operationId: getAnimal
      tags: [Animals]
      summary: Get an animal
      parameters:
        - name: name
          in: path
          required: true
          schema: {type: string, pattern: "^[a-z]+$"}
          example: tom
        - $ref: "#/components/parameters/Asleep"
      responses:
        "200":
          description: The animal.
          content:
            application/json:
              schema: {$ref: "#/components/schemas/Visit"}
              examples:
                inline: {value: {animal: {kind: dog, age: 7}}}
                shared: {$ref: "#/components/examples/Tom"}
        default: {$ref: "#/components/responses/Problem"}
components:
  responses:
    Problem:
      description: It failed.
      content:
        application/json:
          schema: {$ref: "#/components/schemas/Problem"}
  parameters:
    Asleep:
      name: asleep
      in: query
      schema: {type: boolean}
  examples:
    Tom:
      value:
        animal:
          kind: cat
          born: "2023-11-14T09:30:00.000Z"
          friends:
            - kind: dog
              age: 3
  schemas:
    Visit:
      type: object
      required: [animal]
      properties:
        animal: {$ref: "#/components/schemas/Animal"}
    Animal:
      oneOf:
        - $ref: "#/components/schemas/Cat"
        - $ref: "#/components/schemas/Dog"
      discriminator:
        propertyName: kind
        mapping:
          cat: "#/components/schemas/Cat"
          dog: "#/components/schemas/Dog"
    Cat:
      type: object
      required: [kind]
      properties:
        kind: {type: string, const: cat}
        born: {type: string, format: date-time}
        mood: {$ref: "#/components/schemas/Mood"}
        friends:
          type: array
          items: {$ref: "#/components/schemas/Animal"}
    Dog:
      allOf:
        - $ref: "#/components/schemas/Aged"
        - type: object
          required: [kind]
          properties:
            kind: {type: string, const: dog}
    Aged:
      type: object
      required: [age]
      properties:
        age: {type: integer}
    Mood:
      type: string
      enum: [calm, wild]
      x-enum-varnames: [CALM, WILD]
      examples: [calm]
    Problem:
      oneOf:
        - $ref: "#/components/schemas/Lost"
        - $ref: "#/components/schemas/Hidden"
      discriminator:
        propertyName: name
        mapping:
          Lost: "#/components/schemas/Lost"
          Hidden: "#/components/schemas/Hidden"
    Lost:
      type: object
      required: [name]
      properties:
        name: {type: string, const: Lost}
    Hidden:
      type: object
      required: [name]
      properties:
        name: {type: string, const: Hidden}
"""

GET = "/paths/~1animals~1{name}/get"
OK = f"{GET}/responses/200"
JSON = f"{OK}/content/application~1json"
TOM = "/components/examples/Tom/value/animal"
ASLEEP = "/components/parameters/Asleep/schema"
ANIMAL = "/components/schemas/Animal"
TAGS = f"{ANIMAL}/discriminator"
CAT = "/components/schemas/Cat"
FELT = f"{CAT}/properties/mood"
DOG = "/components/schemas/Dog"
AGED = "/components/schemas/Aged"
MOOD = "/components/schemas/Mood"

# What the small spec says and what to say instead; how the line starts, the pointer, a part of the message.
Fault = tuple[str, str, str, str, str]

NOT_OPENAPI: list[Fault] = [
    ("3.1.0", "3.0.3", "openapi:", "/openapi", "'3.0.3' does not match"),
    (', version: "7"', "", "info:", "/info", "'version' is a required property"),
    ("operationId", "operation", "get:", GET, "'operation' was unexpected"),
    ("description: The animal.", "", '"200":', OK, "'description' is a required property"),
    ("^[a-z]+$", "^[a-z+$", "schema:", f"{GET}/parameters/0/schema/pattern", "is not a 'regex'"),
    ("array", "list", "type:", f"{CAT}/properties/friends/type", "'list' is not one of"),
    ("{type: integer}", "3", "age:", f"{AGED}/properties/age", "3 is not of type 'object'"),
    ("schemas/Mood", "schemas/Moon", "mood:", f"{FELT}/$ref", "Moon does not exist"),
    ('"#/components/schemas/M', '"a#/components/schemas/M', "mood:", f"{FELT}/$ref", "not exist in this"),
    ("s/Asleep", "s/Awake", "- $ref:", f"{GET}/parameters/1/$ref", "Awake does not exist"),
    ("s/Tom", "s/Tim", "shared:", f"{JSON}/examples/shared/$ref", "Tim does not exist"),
]

MOOD_OF_CAT = '{$ref: "#/components/schemas/Mood"}'

AGAINST_THE_RULES: list[Fault] = [
    ("operationId: getAnimal", "", "get:", GET, "has no operationId"),
    ("tags: [Animals]", "tags: []", "get:", GET, "exactly one tag"),
    ("tags: [Animals]", "tags: [Animals, Pets]", "get:", GET, "exactly one tag"),
    ("/animals/{name}", "/animals", "get:", "/paths/~1animals/get", "Path parameter 'name'"),
    ("{type: integer}", "{type: integer, title: Age}", "age:", f"{AGED}/properties/age/title", "rename"),
    ("{type: integer}", "{type: integer, default: 0}", "age:", f"{AGED}/properties/age/default", "invent"),
    ("{type: boolean}", "{type: boolean, nullable: true}", "schema:", f"{ASLEEP}/nullable", "no nullable"),
    ("  Aged:", "  Aged:\n      patternProperties: {}", "pattern", f"{AGED}/patternProperties", "ignores"),
    ('Mood"}', 'Mood", description: How}', "mood:", FELT, "beside a $ref"),
    (MOOD_OF_CAT, "{type: string, enum: [YES]}", "mood:", FELT, "needs a name under"),
    ("[CALM, WILD]", "[CALM]", "Mood:", MOOD, "a name for each member"),
    ('dog: "#/components/schemas/Dog"', "", "discriminator:", TAGS, "the same schemas as oneOf"),
    (
        "discriminator:\n        propertyName: kind",
        "x-discriminator:\n        propertyName: kind",
        "Animal:",
        ANIMAL,
        "needs a discriminator",
    ),
    ("required: [kind]\n      prop", "prop", "Cat:", CAT, "must require kind with the const of its mapping"),
    ("- type: object\n          required: [kind]", "- type: object", "Dog:", DOG, "must require kind"),
    ("const: dog", "pattern: dog", "Dog:", DOG, "the const of its mapping, dog"),
]

BOOL = "in: query\n      schema: {type: boolean}"
KNOWN = "{type: boolean}"
JSON_VISIT = """{$ref: "#/components/schemas/Visit"}
              examples:
                inline: {value: {animal: {kind: dog, age: 7}}}
                shared: {$ref: "#/components/examples/Tom"}"""
SECOND = '"201": {description: It., content: {application/json: {schema: {$ref: "#/components/schemas/Visit"}}}}'
OTHER = '"404": {description: It., content: {application/json: {schema: {$ref: "#/components/schemas/Animal"}}}}'
FAILED = 'default: {$ref: "#/components/responses/Problem"}'

UNKNOWN_SHAPES: list[Fault] = [
    ("summary: Get an animal", "", "get:", GET, "has no summary"),
    (MOOD_OF_CAT, "{type: string, format: date}", "mood:", FELT, "support the format date"),
    (MOOD_OF_CAT, "{type: string, format: uuid}", "mood:", FELT, "support the format uuid"),
    (MOOD_OF_CAT, "{type: [integer, 'null']}", "mood:", FELT, "support a list of types"),
    (MOOD_OF_CAT, "{anyOf: [{type: integer}]}", "mood:", f"{FELT}/anyOf", "support anyOf"),
    (
        MOOD_OF_CAT,
        "{type: array, prefixItems: [{type: string}]}",
        "mood:",
        f"{FELT}/prefixItems",
        "support prefixItems",
    ),
    (KNOWN, "{type: string, format: date-time}", "- $ref:", f"{GET}/parameters/1", "as query parameters"),
    (KNOWN, '{$ref: "#/components/schemas/Mood"}', "- $ref:", f"{GET}/parameters/1", "as query parameters"),
    (KNOWN, "{type: array, items: {type: string}}", "- $ref:", f"{GET}/parameters/1", "as query parameters"),
    (BOOL, BOOL.replace("query", "header"), "- $ref:", f"{GET}/parameters/1", "support a parameter in a header"),
    (
        '{type: string, pattern: "^[a-z]+$"}\n          example: tom',
        "{type: integer}",
        "- name: name",
        f"{GET}/parameters/0",
        "as path parameters",
    ),
    ("name: asleep", "name: body", "- $ref:", f"{GET}/parameters/1", "needs the name body itself"),
    (JSON_VISIT, '{$ref: "#/components/schemas/Animal"}', '"200":', OK, "must be a JSON object with properties"),
    (JSON_VISIT, "{type: array, items: {type: string}}", '"200":', OK, "must be a JSON object with properties"),
    ('"200":', f'{SECOND}\n        "200":', "get:", GET, "exactly one success"),
    (FAILED, "", "get:", GET, "must have an error response"),
    (FAILED, '"404": {description: None.}', '"404":', f"{GET}/responses/404", "must be a union"),
    (FAILED, f"{FAILED}\n        {OTHER}", '"404":', f"{GET}/responses/404", "must have the same schema"),
    (MOOD_OF_CAT, '{$ref: "#/components/schemas/Lost"}', "mood:", FELT, "used outside its union"),
    (MOOD_OF_CAT, "{type: string, const: x}", "mood:", FELT, "a const only as the discriminator"),
    ("[calm, wild]", "[calm, wild, 3]", "Mood:", MOOD, "an enum must consist of strings"),
    ("type: string\n      enum", "enum", "Mood:", MOOD, "an enum must consist of strings"),
    ("[CALM, WILD]", "[CALM, calm]", "Mood:", MOOD, "members of the enum have the same name"),
    (
        "  Aged:",
        "  cat_: {type: string}\n    Aged:",
        "cat_:",
        "/components/schemas/cat_",
        "cat_ and Cat have the same name",
    ),
    ("  Aged:", "  Values: {type: string}\n    Aged:", "Values:", "/components/schemas/Values", "needs the name"),
    (
        "  Aged:",
        "  CatFields: {type: string}\n    Aged:",
        "CatFields:",
        "/components/schemas/CatFields",
        "needs the name CatFields itself",
    ),
    ("born: {", "toDict: {", "toDict:", f"{CAT}/properties/toDict", "needs the name toDict itself"),
]

BAD_EXAMPLES: list[Fault] = [
    ("example: tom", "example: Tom", "example:", f"{GET}/parameters/0/example", "'Tom' does not match"),
    ("age: 7", "age: old", "inline:", f"{JSON}/examples/inline/value/animal/age", "'old' is not of type 'integer'"),
    ("2023-11-14T09:30:00.000Z", "2023-11-14", "born:", f"{TOM}/born", "'2023-11-14' is not a 'date-time'"),
    ("age: 3", "", "- kind: dog", f"{TOM}/friends/0", "'age' is a required property"),
    ("- kind: dog", "- kind: cow", "- kind: cow", f"{TOM}/friends/0", "no variant has the kind 'cow'"),
    ("examples: [calm]", "examples: [calm, sad]", "examples:", f"{MOOD}/examples/1", "'sad' is not one of"),
]

NO_DOCUMENT = [
    ("", 1, "not a mapping"),
    ("- a\n", 1, "not a mapping"),
    ("a: 1\nb: [1\n", 3, "expected ',' or ']'"),
    ("a: 1\nb: 2\na: 3\n", 3, 'duplicate key "a"'),
    ("a: 1\nb: !x 2\n", 2, "2 is not a JSON value"),
    ("a: 1\nb: \x07\n", 1, "special characters are not allowed"),
    ("a:\n  b: 2023-11-14\n", 2, "2023-11-14 is not a JSON value; quote it"),
    ("a:\n  200: b\n", 2, "the key 200 is not a string; quote it"),
]


def write(folder: Path, text: str) -> Path:
    path = folder / "small.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def breaking(folder: Path, *changes: tuple[str, str]) -> Path:
    text = SMALL
    for right, wrong in changes:
        assert text.count(right) == 1
        text = text.replace(right, wrong)
    return write(folder, text)


def with_twin(folder: Path, name: str) -> Path:
    """The small spec with a second operation of the same tag."""
    ok = '{description: It., content: {application/json: {schema: {$ref: "#/components/schemas/Visit"}}}}'
    responses = f'{{"200": {ok}, default: {{$ref: "#/components/responses/Problem"}}}}'
    twin = f"operationId: {name}, tags: [Animals], summary: It, responses: {responses}"
    return breaking(folder, ("components:\n  responses", f"  /animal:\n    get: {{{twin}}}\ncomponents:\n  responses"))


def test_the_spec_is_valid() -> None:
    """The spec of the API has no problems, its examples included."""
    assert spec.problems(spec.load(CHECKPOINTS)) == []


def test_the_spec_describes_every_schema() -> None:
    """No component of the spec goes without a description."""
    schemas = spec.load(CHECKPOINTS).document["components"]["schemas"]
    assert [name for name, schema in schemas.items() if not schema.get("description")] == []


def test_each_error_response_has_an_example_of_its_status() -> None:
    """A mock server that answers with an example gives an error that goes with the status."""
    document = spec.load(CHECKPOINTS).document
    model = Model(document)
    for operation in model.operations.values():
        for status, response in operation.failures.items():
            (example,) = model.resolved(response)["content"]["application/json"]["examples"].values()
            name = model.resolved(example)["value"]["errorName"]
            assert status in ("default", str(model.errors[name].status))


def test_the_small_spec_is_valid(tmp_path: Path) -> None:
    """The spec that the other tests break has no problems before that."""
    assert spec.problems(spec.load(write(tmp_path, SMALL))) == []


def test_version_and_digest(tmp_path: Path) -> None:
    """A spec knows the version that it states and the digest of its bytes."""
    small = spec.load(write(tmp_path, SMALL))
    assert (small.version, small.digest) == ("7", hashlib.sha256(SMALL.encode()).hexdigest()[:12])


@pytest.mark.parametrize(
    "fault",
    NOT_OPENAPI + AGAINST_THE_RULES + UNKNOWN_SHAPES + BAD_EXAMPLES,
    ids=lambda fault: f"{fault[0]} > {fault[1]}",
)
def test_a_fault_is_reported_where_it_is(tmp_path: Path, fault: Fault) -> None:
    """A fault is one problem, with the file, line and pointer of what is wrong or lacks something."""
    right, wrong, line, pointer, message = fault
    path = breaking(tmp_path, (right, wrong))
    (problem,) = spec.problems(spec.load(path))
    assert path.read_text(encoding="utf-8").splitlines()[problem.line - 1].strip().startswith(line)
    assert (problem.path, problem.pointer) == (path, pointer)
    assert message in problem.message


def test_every_fault_is_reported_in_the_order_of_lines(tmp_path: Path) -> None:
    """Faults of different kinds come together, sorted by line."""
    path = breaking(tmp_path, ("[CALM, WILD]", "[CALM]"), ("age: 7", "age: old"), ("[Animals]", "[]"))
    found = [problem.pointer for problem in spec.problems(spec.load(path))]
    assert found == [GET, f"{JSON}/examples/inline/value/animal/age", MOOD]


def test_a_document_that_is_not_openapi_is_looked_at_no_further(tmp_path: Path) -> None:
    """A breach of OpenAPI hides the rules and the examples, which make no sense without it."""
    path = breaking(tmp_path, ("3.1.0", "3.0.3"), ("age: 7", "age: old"))
    assert [problem.pointer for problem in spec.problems(spec.load(path))] == ["/openapi"]


def test_a_const_that_is_not_in_the_mapping(tmp_path: Path) -> None:
    """A variant whose const is not the tag that leads to it is reported, beside the examples that suffer."""
    path = breaking(tmp_path, ("const: dog", "const: wolf"))
    found = {problem.pointer: problem.message for problem in spec.problems(spec.load(path))}
    assert "must require kind with the const of its mapping, dog" in found[DOG]
    assert "'wolf' was expected" in found[f"{TOM}/friends/0/kind"]


def test_what_an_example_holds_is_no_schema(tmp_path: Path) -> None:
    """An example may hold what would be a fault elsewhere."""
    path = breaking(tmp_path, ("age: 7", "age: 7, schema: 3"), ("kind: cat\n", "kind: cat\n          title: T\n"))
    assert spec.problems(spec.load(path)) == []


def test_an_operation_id_that_is_used_twice(tmp_path: Path) -> None:
    """The second operation of that name is the one reported."""
    (problem,) = spec.problems(spec.load(with_twin(tmp_path, "getAnimal")))
    assert problem.pointer == "/paths/~1animal/get"
    assert "'getAnimal'" in problem.message


def test_operation_ids_that_are_one_in_python(tmp_path: Path) -> None:
    """Two operations of a tag whose modules would have one name are refused with both names."""
    (problem,) = spec.problems(spec.load(with_twin(tmp_path, "get_animal")))
    assert problem.pointer == "/paths/~1animal/get"
    assert problem.message == "get_animal and getAnimal have the same name in Python"


def test_a_union_of_one_variant(tmp_path: Path) -> None:
    """A union of one is refused, since the generator would put its variant in its place."""
    cat = '"#/components/schemas/Cat"'
    alone = f"oneOf: [{{$ref: {cat}}}], discriminator: {{propertyName: kind, mapping: {{cat: {cat}}}}}"
    path = breaking(tmp_path, ("    Mood:\n", f"    Alone: {{{alone}}}\n    Mood:\n"))
    (problem,) = spec.problems(spec.load(path))
    assert problem.pointer == "/components/schemas/Alone"
    assert "one variant" in problem.message


@pytest.mark.parametrize(("text", "line", "message"), NO_DOCUMENT)
def test_a_file_without_a_document(tmp_path: Path, text: str, line: int, message: str) -> None:
    """A file that is no YAML, or holds what JSON cannot, is refused with its line."""
    path = write(tmp_path, text)
    with pytest.raises(spec.SpecError) as caught:
        spec.load(path)
    (problem,) = caught.value.problems
    assert (problem.path, problem.line) == (path, line)
    assert message in problem.message


def test_a_missing_file(tmp_path: Path) -> None:
    """A file that cannot be read is refused by its name."""
    path = tmp_path / "none.yaml"
    with pytest.raises(spec.SpecError, match=r"none\.yaml:1: No such file"):
        spec.load(path)


def test_how_a_problem_reads() -> None:
    """A problem reads as file, line, pointer and message, less the pointer when it is about the file."""
    assert str(spec.Problem(Path("a.yaml"), 3, "/info", "is wrong")) == "a.yaml:3: /info: is wrong"
    assert str(spec.Problem(Path("a.yaml"), 1, "", "is wrong")) == "a.yaml:1: is wrong"
