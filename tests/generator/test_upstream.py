"""The command that compares the spec with the published SDK, on a small SDK that is made up."""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import zipfile
from pathlib import Path
from textwrap import indent

import pytest

from generator.preview.upstream import configure, deviations, fetch, run
from generator.preview.upstream.edits import Edit, edits
from generator.preview.upstream.facts import Facts
from generator.preview.upstream.openapi import facts_of
from generator.preview.upstream.sdk import read
from generator.preview.upstream.snippets import Snippets
from generator.preview.upstream.source import SourceError
from generator.spec import SpecError, load, problems
from tests.generator.driver import ROOT, generate
from tests.generator.made_up_sdk import (
    CLIENT,
    ERRORS,
    GENERAL_ERRORS,
    GENERAL_MODELS,
    MODELS,
    SPEC,
    VERSION,
    Change,
    folder,
    older_notation,
    sources,
    wheel,
)

FACTS = sorted(Path(__file__).with_name("facts").glob("*.json"))
SMALL_SPEC = load(SPEC)
REAL_SPEC = load(ROOT / "openapi" / "checkpoints.yaml")


def upstream(*arguments: str | Path) -> int:
    """Run the command in this process."""
    parser = argparse.ArgumentParser()
    configure(parser)
    return run(parser.parse_args([*map(str, arguments)]))


def facts_after(place: Path, *changes: Change) -> Facts:
    """The facts of the small SDK after some changes."""
    return read(folder(place, sources(*changes)), facts_of(SMALL_SPEC).errors)


def committed(path: Path) -> Facts:
    """The facts in a committed file."""
    return Facts.from_json(path.read_text(encoding="utf-8"))


def said(edit: Edit) -> str:
    """An edit on one line."""
    return " | ".join([f"{edit.subject}: {edit.message}", *map(str.strip, edit.snippet.splitlines())])


# Equal


@pytest.mark.parametrize("files", [sources(), older_notation()], ids=["newer", "older"])
def test_nothing_is_to_be_edited_when_both_say_the_same(
    files: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the newer and in the older notation, from a wheel and from a folder, equal is equal."""
    for path in wheel(tmp_path, files), folder(tmp_path / "unpacked", files):
        assert upstream("--wheel", path, "--spec", SPEC) == 0
        assert capsys.readouterr() == (f"{SPEC} says what foundry-platform-sdk 9.1.0 says (API document 2.10.0).\n", "")


def test_the_spec_says_what_the_facts_of_its_version_say() -> None:
    """Where the facts of the API document that the spec describes are committed, the spec says the same."""
    known = {facts.version: facts for facts in map(committed, FACTS)}
    if REAL_SPEC.version not in known:
        pytest.skip(f"no facts of {REAL_SPEC.version} are committed")
    assert edits(known[REAL_SPEC.version], REAL_SPEC) == []


# Different

NEW_VARIANT = """
class Frog(core.ModelBase):
    jump_height: int = pydantic.Field(alias=str("jumpHeight"), ge=0)
    pond_ids: list[core.UUID] = pydantic.Field(alias=str("pondIds"))
    nickname: str | None = None
    type: typing.Literal["frog"] = "frog"


class Fish(core.ModelBase):"""

FISH_BY_SORT = 'sort_: typing.Literal["fish"] = pydantic.Field("fish", alias=str("sort"))'

NEW_ERROR = """
class PondDryParameters(typing_extensions.TypedDict):
    level: typing_extensions.NotRequired[int]
    recordRid: checkpoints_models.RecordRid


@dataclass
class PondDry(errors.ConflictError):
    name: typing.Literal["PondDry"]
    parameters: PondDryParameters
    error_instance_id: str


__all__ = ["PondDry", """

NEW_OPERATION = '''
    def count_all(self, *, kind: checkpoints_models.Kind) -> int:
        """
        Required scopes: [api:records-read]
        """
        return self._api_client.call_api(
            core.RequestInfo(
                method="PUT",
                resource_path="/v2/records/count",
                query_params={"kind": kind},
                path_params={},
                body=checkpoints_models.SearchRequest(kinds=[kind]),
                response_type=checkpoints_models.SearchResponse,
                throwable_errors={"SearchDenied": checkpoints_errors.SearchDenied},
            ),
        )


class AsyncRecordClient:'''

DIFFERENCES: dict[str, tuple[list[Change], list[str]]] = {
    "version": (
        [(VERSION, '"2.10.0"', '"2.11.0"')],
        ['info: change version from "2.10.0" to "2.11.0"'],
    ),
    "new field": (
        [(MODELS, "    items: typing", "    note: typing.Optional[str] = None\n    place: str\n    items: typing")],
        [
            "Record: add the field note after userId | note: {type: string}",
            "Record: add the field place after userId, and to required | place: {type: string}",
        ],
    ),
    "removed field": (
        [(MODELS, "    kind: Kind\n", "")],
        ["Record: remove the field kind"],
    ),
    "renamed on the wire": (
        [(MODELS, '"canFly"', '"flies"')],
        [
            "Bird: add the field flies, and to required | flies: {type: boolean}",
            "Bird: remove the field canFly",
        ],
    ),
    "no longer required": (
        [(MODELS, "    kind: Kind\n", "    kind: typing.Optional[Kind] = None\n")],
        ["Record: take kind out of required"],
    ),
    "required now": (
        [(MODELS, "sorting: typing.Optional[Sorting] = None", "sorting: Sorting")],
        ["SearchRequest: add sorting to required"],
    ),
    "a list of a request that may be absent": (
        [(MODELS, "kinds: typing.List[Kind]", "kinds: typing.Optional[typing.List[Kind]] = None")],
        ["SearchRequest: take kinds out of required"],
    ),
    "type": (
        [(MODELS, "weight: typing.Optional[float]", "weight: typing.Optional[core.Long]")],
        [
            "Fish: change the type of weight from double to string | weight: {type: string}",
        ],
    ),
    "type of a list": (
        [(MODELS, "items: typing.List[Item]", "items: typing.Dict[str, Item]")],
        [
            "Record: change the type of items from list<Item> to map<string, Item> | "
            'items: {type: object, additionalProperties: {$ref: "#/components/schemas/Item"}}'
        ],
    ),
    "limit of a field": (
        [(MODELS, "kinds: typing.List[Kind]", "kinds: typing.List[Kind] = pydantic.Field(max_length=5)")],
        [
            "SearchRequest: change the type of kinds from list<Kind> to list<Kind>[..5] | "
            'kinds: {type: array, maxItems: 5, items: {$ref: "#/components/schemas/Kind"}}'
        ],
    ),
    "new value": (
        [(MODELS, '"EXPORT", ', '"LOGIN", "EXPORT", "GRANT", "ON", "null", ')],
        [
            "Kind: add the value LOGIN | - LOGIN",
            'Kind: add the values GRANT, ON, null after EXPORT | - GRANT | - "ON" | - "null"',
        ],
    ),
    "new value with a name": (
        [(MODELS, '"createdAt"]', '"createdAt", "recordRid"]')],
        [
            "Sorting: add the value recordRid after createdAt, to enum and to x-enum-varnames"
            " | - recordRid | - RECORD_RID"
        ],
    ),
    "removed value": (
        [(MODELS, ', "IMPORT"', "")],
        ["Kind: remove the value IMPORT"],
    ),
    "another order of values": (
        [(MODELS, '"EXPORT", "IMPORT"', '"IMPORT", "EXPORT"')],
        [],
    ),
    "new variant": (
        [
            (MODELS, "\nclass Fish(core.ModelBase):", NEW_VARIANT),
            (MODELS, '"Fish", "Bird"', '"Fish", "Frog", "Bird"'),
            (MODELS, '    "Fish",\n', '    "Fish",\n    "Frog",\n'),
        ],
        [
            "Item: add the variant frog after fish, to oneOf and to the mapping"
            ' | - $ref: "#/components/schemas/Frog" | frog: "#/components/schemas/Frog"',
            "Frog: add the schema after Fish | Frog: | description: TODO | type: object | required: [jumpHeight, type]"
            " | properties: | jumpHeight: {type: integer, minimum: 0}"
            " | pondIds: {type: array, items: {type: string}} | nickname: {type: string}"
            " | type: {type: string, const: frog}",
        ],
    ),
    "removed variant": (
        [
            (MODELS, '"Fish", "Bird"', '"Fish"'),
            (MODELS, '    "Bird",\n', ""),
        ],
        ["Item: remove the variant bird, from oneOf and from the mapping", "Bird: remove the schema"],
    ),
    "renamed variant": (
        [(MODELS, 'type: typing.Literal["fish"] = "fish"', 'type: typing.Literal["carp"] = "carp"')],
        [
            "Item: add the variant carp, to oneOf and to the mapping | "
            '- $ref: "#/components/schemas/Fish" | carp: "#/components/schemas/Fish"',
            "Item: remove the variant fish, from oneOf and from the mapping",
            "Fish: change the type of type from const fish to const carp | type: {type: string, const: carp}",
        ],
    ),
    "another schema of a variant": (
        [
            (MODELS, '"Fish", "Bird"', '"Trout", "Bird"'),
            (MODELS, "class Fish(", "class Trout("),
            (MODELS, '    "Fish",\n', '    "Trout",\n'),
        ],
        [
            "Trout: add the schema after PageSize | Trout: | description: TODO | type: object | "
            "required: [type] | properties: | weight: {type: number} | type: {type: string, const: fish}",
            "Item: change the schema of the variant fish from Fish to Trout | "
            '- $ref: "#/components/schemas/Trout" | fish: "#/components/schemas/Trout"',
            "Fish: remove the schema",
        ],
    ),
    "discriminator": (
        [
            (MODELS, 'discriminator="type"', 'discriminator="sort_"'),
            (MODELS, 'type: typing.Literal["fish"] = "fish"', FISH_BY_SORT),
            (MODELS, 'type: typing.Literal["bird"] = "bird"', FISH_BY_SORT.replace("fish", "bird")),
        ],
        [
            "Item: change the discriminator from type to sort",
            "Fish: add the field sort after weight, and to required | sort: {type: string, const: fish}",
            "Fish: remove the field type",
            "Bird: add the field sort after canFly, and to required | sort: {type: string, const: bird}",
            "Bird: remove the field type",
        ],
    ),
    "another kind of schema": (
        [(MODELS, 'typing.Literal["createdAt"]', "str")],
        [
            "Sorting: replace the enum by this scalar | Sorting: | description: TODO | type: string",
        ],
    ),
    "type of a scalar": (
        [(MODELS, "= core.RID", "= core.UUID")],
        [
            "RecordRid: change the type from string /^ri\\..+$/ to string | {type: string}",
        ],
    ),
    "type of what is shared": (
        [(GENERAL_MODELS, "= core.UUID", "= int")],
        [
            "UserId: change the type from string to integer | {type: integer}",
        ],
    ),
    "limit of what is shared": (
        [(GENERAL_MODELS, "= int", "= typing_extensions.Annotated[int, annotated_types.Interval(ge=1, lt=101)]")],
        [
            "PageSize: change the type from integer[1..] to integer[1..100] | "
            "{type: integer, minimum: 1, maximum: 100}",
            "InvalidPageSizeParameters: change the type of pageSize from integer to PageSize | "
            'pageSize: {$ref: "#/components/schemas/PageSize"}',
        ],
    ),
    "new scalar": (
        [
            (MODELS, "\n\nKind:", "\n\nPlace: typing_extensions.TypeAlias = str\n\n\nKind:"),
            (MODELS, "    kind: Kind\n", "    kind: Kind\n    place: Place\n"),
            (MODELS, '    "Record",\n', '    "Place",\n    "Record",\n'),
        ],
        [
            'Record: add the field place after kind, and to required | place: {$ref: "#/components/schemas/Place"}',
            "Place: add the schema after PageSize | Place: | description: TODO | type: string",
        ],
    ),
    "a model from another part": (
        [(MODELS, "    kind: Kind\n", "    kind: Kind\n    address: core_models.Address\n")],
        [
            "Record: add the field address after kind, and to required | "
            'address: {$ref: "#/components/schemas/Address"}',
            "Address: add the schema after PageSize | Address: | description: TODO | type: object | "
            "required: [city] | properties: | city: {type: string}",
        ],
    ),
    "new error": (
        [(ERRORS, "\n__all__ = [", NEW_ERROR)],
        [
            "PondDryBody: add the schemas of the error after DefaultInternalBody, and its variant to oneOf and to the "
            "mapping | "
            "PondDryBody: | description: TODO. Status 409. | allOf: | "
            '- $ref: "#/components/schemas/ErrorBase" | - type: object | required: [errorName] | '
            "properties: | errorName: {type: string, const: PondDry} | "
            'parameters: {$ref: "#/components/schemas/PondDryParameters"} | PondDryParameters: | '
            "description: TODO | type: object | properties: | level: {type: integer} | "
            'recordRid: {$ref: "#/components/schemas/RecordRid"}',
        ],
    ),
    "removed errors": (
        [
            (ERRORS, '"RecordNotFound", "SearchDenied"', '"SearchDenied"'),
            (GENERAL_ERRORS, '"FolderNotFound", "InvalidPageSize"', '"FolderNotFound"'),
        ],
        [
            "RecordNotFoundBody: remove the schemas of the error, and its variant from oneOf and from the mapping",
            "InvalidPageSizeBody: remove the schemas of the error, and its variant from oneOf and from the mapping",
        ],
    ),
    "status and parameters of errors": (
        [
            (ERRORS, "RecordNotFound(errors.NotFoundError)", "RecordNotFound(errors.BadRequestError)"),
            (ERRORS, "    recordRid: checkpoints_models.RecordRid\n", "    rid: checkpoints_models.RecordRid\n"),
            (GENERAL_ERRORS, "    pageSize: core_models.PageSize\n", "    pageSize: core_models.Address\n"),
        ],
        [
            'GET /v2/records/{recordRid}: add the response 400 | "400": {$ref: "#/components/responses/Error"}',
            "RecordNotFoundBody: let the description end with 'Status 400.'",
            'RecordNotFoundParameters: add the parameter rid | rid: {$ref: "#/components/schemas/RecordRid"}',
            "RecordNotFoundParameters: remove the parameter recordRid",
            "InvalidPageSizeParameters: change the type of pageSize from integer to any | pageSize: {}",
        ],
    ),
    "first parameters of an error": (
        [
            (
                ERRORS,
                '    __pydantic_config__ = {"extra": "allow"}\n\n\n@dataclass\nclass SearchD',
                "    why: str\n\n\n@dataclass\nclass SearchD",
            )
        ],
        [
            "SearchDeniedBody: describe the parameters | "
            'parameters: {$ref: "#/components/schemas/SearchDeniedParameters"} | SearchDeniedParameters: | '
            "description: TODO | type: object | properties: | why: {type: string}",
        ],
    ),
    "new operation": (
        [(CLIENT, "\nclass AsyncRecordClient:", NEW_OPERATION)],
        [
            "PUT /v2/records/count: add the operation | /v2/records/count: | put: | operationId: countAll | "
            "tags: [TODO] | summary: TODO | parameters: | "
            '- {name: kind, in: query, required: true, schema: {$ref: "#/components/schemas/Kind"}} | '
            "requestBody: | required: true | "
            'content: {application/json: {schema: {$ref: "#/components/schemas/SearchRequest"}}} | '
            'responses: | "200": | description: TODO | '
            'content: {application/json: {schema: {$ref: "#/components/schemas/SearchResponse"}}} | '
            '"403": {$ref: "#/components/responses/Error"} | default: {$ref: "#/components/responses/Error"}',
        ],
    ),
    "moved operation": (
        [(CLIENT, '"/v2/records/search"', '"/v2/records/find"')],
        [
            "POST /v2/records/find: add the operation | /v2/records/find: | post: | operationId: search | "
            "tags: [TODO] | summary: TODO | parameters: | "
            "- {name: preview, in: query, schema: {type: boolean}} | requestBody: | required: true | "
            'content: {application/json: {schema: {$ref: "#/components/schemas/SearchRequest"}}} | '
            'responses: | "200": | description: TODO | '
            'content: {application/json: {schema: {$ref: "#/components/schemas/SearchResponse"}}} | '
            '"403": {$ref: "#/components/responses/Error"} | default: {$ref: "#/components/responses/Error"}',
            "POST /v2/records/search: remove the operation",
        ],
    ),
    "operation": (
        [
            (CLIENT, "def get(", "def get_one("),
            (CLIENT, "[api:records-read]", "[api:records-read, api:admin]"),
            (CLIENT, "Optional[core_models.PreviewMode] = None", "Optional[str] = None"),
            (CLIENT, 'path_params={"recordRid": record_rid}', 'path_params={"rid": record_rid}'),
            (CLIENT, "response_type=checkpoints_models.Record,", "response_type=checkpoints_models.SearchResponse,"),
            (CLIENT, '"RecordNotFound": ', '"SearchDenied": checkpoints_errors.SearchDenied, "RecordNotFound": '),
        ],
        [
            "GET /v2/records/{recordRid}: change the scopes from api:records-read to api:admin, api:records-read",
            "GET /v2/records/{recordRid}: change operationId from get to getOne",
            "GET /v2/records/{recordRid}: add the parameter rid in the path | "
            '{name: rid, in: path, required: true, schema: {$ref: "#/components/schemas/RecordRid"}}',
            "GET /v2/records/{recordRid}: change the parameter preview in the query from optional<boolean> to "
            "optional<string> | "
            "{name: preview, in: query, schema: {type: string}}",
            "GET /v2/records/{recordRid}: remove the parameter recordRid in the path",
            "GET /v2/records/{recordRid}: change the response from Record to SearchResponse | "
            '{$ref: "#/components/schemas/SearchResponse"}',
            'GET /v2/records/{recordRid}: add the response 403 | "403": {$ref: "#/components/responses/Error"}',
        ],
    ),
    "limit of a batch": (
        [(CLIENT, "max_length=100", "max_length=500")],
        [
            "POST /v2/records/getBatch: change the request body from list<BatchElement>[1..100] to "
            "list<BatchElement>[1..500] | "
            '{type: array, minItems: 1, maxItems: 500, items: {$ref: "#/components/schemas/BatchElement"}}',
        ],
    ),
    "body that goes": (
        [(CLIENT, "body=body", "body=None")],
        [
            "POST /v2/records/getBatch: change the request body from list<BatchElement>[1..100] to nothing",
        ],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), DIFFERENCES.values(), ids=DIFFERENCES)
def test_each_difference_is_an_edit(changes: list[Change], expected: list[str], tmp_path: Path) -> None:
    """Each kind of difference gives exactly the edits that a person has to make, with YAML to paste."""
    found = edits(facts_after(tmp_path, *changes), SMALL_SPEC)
    assert [said(edit) for edit in found] == expected


def test_the_edits_are_grouped_and_point_into_the_spec(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The output names the two versions, and under each schema the lines of the spec with what to do there."""
    changes = [(VERSION, '"2.10.0"', '"2.9.0"'), (MODELS, '"EXPORT", ', '"EXPORT", "GRANT", ')]
    changes.append((MODELS, "    kind: Kind\n", "    kind: Kind\n    note: str\n"))
    assert upstream("--wheel", folder(tmp_path, sources(*changes)), "--spec", SPEC) == 1
    lines = SPEC.read_text(encoding="utf-8").splitlines()
    version, kind, export = (
        lines.index(text) + 1
        for text in ('  version: "2.10.0"', '        kind: {$ref: "#/components/schemas/Kind"}', "        - EXPORT")
    )
    assert capsys.readouterr().out == (
        f"{SPEC} describes API document 2.10.0, foundry-platform-sdk 9.1.0 describes 2.9.0.\n"
        "The SDK is the older: these edits lead back.\n"
        "\n"
        "info\n"
        f'  {SPEC}:{version}: change version from "2.10.0" to "2.9.0"\n'
        "\n"
        "Record\n"
        f"  {SPEC}:{kind}: add the field note after kind, and to required\n"
        "      note: {type: string}\n"
        "\n"
        "Kind\n"
        f"  {SPEC}:{export}: add the value GRANT after EXPORT\n"
        "      - GRANT\n"
        "\n"
        "3 edits.\n"
    )


def test_json_has_the_same_edits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--json` gives both versions and the edits, each with its line, its JSON pointer and its YAML."""
    sdk = folder(tmp_path, sources((MODELS, ', "IMPORT"', ""), (MODELS, '"EXPORT"', '"EXPORT", "GRANT"')))
    assert upstream("--wheel", sdk, "--spec", SPEC, "--json") == 1
    found = json.loads(capsys.readouterr().out)
    edited = found.pop("edits")
    sides = {"spec": str(SPEC), "spec_version": "2.10.0", "sdk": "foundry-platform-sdk 9.1.0", "sdk_version": "2.10.0"}
    assert found == sides
    lines = SPEC.read_text(encoding="utf-8").splitlines()
    assert [(each["pointer"], lines[each["line"] - 1].strip(), each["snippet"]) for each in edited] == [
        ("/components/schemas/Kind/enum/0", "- EXPORT", "- GRANT"),
        ("/components/schemas/Kind/enum/1", "- IMPORT", ""),
    ]


def test_a_spec_of_nothing_but_what_is_to_be_pasted_says_the_same(tmp_path: Path) -> None:
    """The YAML of every schema, error and operation says what it was made from, and is valid."""
    theirs = deviations.expected(committed(FACTS[-1]))
    write = Snippets(theirs.shared)
    bodies = {name: f"{name}Body" for name in theirs.errors}
    errors = Facts("", "", unions={"ErrorBody": {"discriminator": "errorName", "variants": bodies}})
    schemas = [write.schema(theirs, name) for name in theirs.schemas()] + [write.schema(errors, "ErrorBody")]
    schemas += [write.error(name, error) for name, error in theirs.errors.items()]
    operations = [write.operation(key, operation) for key, operation in theirs.operations.items()]
    text = SKELETON.format(
        version=theirs.version, paths=indent("\n".join(operations), "  "), schemas=indent("\n".join(schemas), "    ")
    )
    path = tmp_path / "pasted.yaml"
    path.write_text(text, encoding="utf-8")
    spec = load(path)
    assert [str(problem) for problem in problems(spec)] == []
    assert edits(theirs, spec) == []


SKELETON = """\
openapi: 3.1.0
info: {{title: Pasted, version: "{version}"}}
security:
  - oauth2: [api:checkpoints-read]
paths:
{paths}
components:
  securitySchemes:
    oauth2:
      type: oauth2
      flows: {{clientCredentials: {{tokenUrl: /token, scopes: {{"api:checkpoints-read": Read records.}}}}}}
  responses:
    Error:
      description: The request failed.
      content: {{application/json: {{schema: {{$ref: "#/components/schemas/ErrorBody"}}}}}}
  schemas:
    ErrorBase: {{type: object, properties: {{errorCode: {{type: string}}}}}}
{schemas}
"""

# On purpose


@pytest.mark.parametrize("place", [*deviations.LIMITS, *deviations.SIMPLER, *deviations.PLAIN_STRINGS])
def test_each_deviation_is_needed(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without one of the documented deviations, the spec would be reported where it differs on purpose."""
    for table in (deviations.LIMITS, deviations.SIMPLER):
        monkeypatch.delitem(table, place, raising=False)
    monkeypatch.setattr(deviations, "PLAIN_STRINGS", deviations.PLAIN_STRINGS - {place})
    facts = committed(FACTS[-1])
    schema, _, field = place.partition(".")
    reported = [edit for edit in edits(facts, REAL_SPEC) if edit.subject != "info"]
    assert any(edit.subject.startswith(schema) and field in edit.message for edit in reported)


# Notations

NOTATIONS = {
    "str | None": "optional<string>",
    "None | list[Kind]": "optional<list<Kind>>",
    "typing.Union[str, None]": "optional<string>",
    "typing.Union[str, int]": "union<string, integer>",
    "dict[str, typing.Any]": "map<string, any>",
    '"Kind"': "Kind",
    '"typing.List[Kind]"': "list<Kind>",
    'typing.Literal["a", "b"]': "enum<a, b>",
    "core.AwareDatetime": "AwareDatetime",
    "typing_extensions.Annotated[str, pydantic.StringConstraints(min_length=2, max_length=None)]": "string[2..]",
    "typing_extensions.Annotated[int, annotated_types.Gt(gt=0), annotated_types.Lt(lt=10)]": "integer[1..9]",
    "typing_extensions.Annotated[typing.Optional[str], pydantic.Field(pattern=r'^a$')]": "optional<string /^a$/>",
}


@pytest.mark.parametrize(("written", "kind"), NOTATIONS.items())
def test_a_type_is_read_in_each_way_to_write_it(written: str, kind: str, tmp_path: Path) -> None:
    """A type means the same in the notations of older and newer Pythons, with its limits."""
    facts = facts_after(tmp_path, (MODELS, "    kind: Kind\n", f"    kind: {written}\n"))
    assert facts.objects["Record"]["kind"] == kind


def test_a_model_has_the_fields_of_its_base(tmp_path: Path) -> None:
    """The fields of a base class are those of the class too."""
    facts = facts_after(tmp_path, (MODELS, "class Bird(core.ModelBase)", "class Bird(core_models.Address)"))
    assert facts.objects["Bird"] == {"city": "string", "canFly": "boolean", "type": "const bird"}


def test_facts_survive_their_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--facts` prints facts from which the same facts are read."""
    sdk = folder(tmp_path, sources())
    assert upstream("--wheel", sdk, "--spec", SPEC, "--facts") == 0
    assert Facts.from_json(capsys.readouterr().out) == facts_after(tmp_path)


# Theirs


@pytest.mark.parametrize("form", [[], ["--json"], ["--facts"]], ids=str)
def test_no_sentence_of_theirs_is_shown(form: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Descriptions of the SDK reach no output, not even with a schema that is new."""
    changes = [(MODELS, "\nclass Fish(core.ModelBase):", NEW_VARIANT), (MODELS, '"Fish", "Bird"', '"Frog", "Bird"')]
    upstream("--wheel", folder(tmp_path, sources(*changes)), "--spec", SPEC, *form)
    shown = capsys.readouterr().out
    assert "Frog" in shown
    assert "SENTENCE" not in shown


def test_nothing_of_the_package_is_executed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A package whose modules would fail, and leave a trace, when they are imported is read all the same."""
    trace = tmp_path / "trace"
    files = {name: f"{text}\nopen({str(trace)!r}, 'w')\nraise SystemExit\n" for name, text in sources().items()}
    assert upstream("--wheel", wheel(tmp_path, files), "--spec", SPEC) == 0
    assert "says what" in capsys.readouterr().out
    assert not trace.exists()


# Nothing to look at

UNREADABLE: dict[str, tuple[Change, str, str]] = {
    "syntax": ((MODELS, "class Fish", "class class"), "class class", "invalid syntax"),
    "type": ((MODELS, "    kind: Kind\n", "    kind: lambda: 1\n"), "lambda", "not a type: lambda: 1"),
    "foreign type": (
        (MODELS, "    kind: Kind\n", "    kind: pydantic.Json\n"),
        "pydantic.Json",
        "the type pydantic.Json is not known here: pydantic.Json",
    ),
    "quoted type": ((MODELS, "    kind: Kind\n", '    kind: "a b"\n'), "a b", "not a type: 'a b'"),
    "missing name": ((MODELS, "    kind: Kind\n", "    kind: Nowhere\n"), "", "Nowhere is not defined"),
    "limit": ((CLIENT, "max_length=100", "max_length=most()"), "most()", "max_length is not a number: most()"),
    "variant": (
        (MODELS, '    type: typing.Literal["fish"] = "fish"\n', ""),
        'typing.Union["Fish"',
        "not a variant with a constant type: 'Fish'",
    ),
    "argument": (
        (CLIENT, '{"preview": preview}', '{"preview": True}'),
        '{"preview": True}',
        "not an argument of the method: True",
    ),
    "dictionary": (
        (CLIENT, '{"preview": preview}', "{**self._query}"),
        "{**self._query}",
        "not a plain dictionary: {**self._query}",
    ),
    "error": (
        (ERRORS, "    parameters: RecordNotFoundParameters\n", ""),
        "",
        "RecordNotFound is not an error with parameters",
    ),
    "parameters": (
        (ERRORS, "    parameters: RecordNotFoundParameters\n", "    parameters: checkpoints_models.RecordRid\n"),
        "",
        "the parameters of RecordNotFound are not a class",
    ),
    "names": (
        (ERRORS, '["RecordNotFound", "SearchDenied"]', "sorted(names)"),
        "sorted(names)",
        "not a list of names: sorted(names)",
    ),
    "version": (
        (VERSION, "__openapi_document_version__", "_document"),
        "",
        "__openapi_document_version__ is not defined",
    ),
}


@pytest.mark.parametrize(("change", "place", "reason"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_named(change: Change, place: str, reason: str, tmp_path: Path) -> None:
    """A notation that means nothing to the reader is refused with its file, its line where it has one, and itself."""
    file = f"foundry_sdk/{change[0]}"
    text = sources(change)[file]
    line = f":{text.count(chr(10), 0, text.index(place)) + 1}" if place else ""
    with pytest.raises(SourceError) as error:
        facts_after(tmp_path, change)
    assert str(error.value) == f"{file}{line}: {reason}"


def test_an_error_of_a_new_kind_is_refused(tmp_path: Path) -> None:
    """An error whose status cannot be told is named."""
    with pytest.raises(
        SourceError, match=r"^foundry_sdk\.v2\.checkpoints\.errors: the status of RecordNotFound is not"
    ):
        facts_after(tmp_path, (ERRORS, "errors.NotFoundError", "errors.NewError"))


def test_a_package_that_goes_round_in_a_circle_is_refused(tmp_path: Path) -> None:
    """A class that is its own base ends the reader with an error, not with a crash."""
    with pytest.raises(SourceError, match="leads back to itself"):
        facts_after(tmp_path, (MODELS, "class Fish(core.ModelBase)", "class Fish(Fish)"))


def test_what_is_no_package_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is no wheel, a damaged wheel, a wheel of something else, and no file at all give one line each."""
    text, damaged, other = (tmp_path / name for name in ("text.whl", "damaged.whl", "other.whl"))
    text.write_text("no wheel")
    damaged.write_bytes(wheel(tmp_path, sources()).read_bytes().replace(b"__openapi", b"__OPENAPI", 1))
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("other/__init__.py", "")
    said = []
    for path in text, damaged, other, tmp_path / "none.whl":
        assert upstream("--wheel", path, "--spec", SPEC) == 2
        said.append(capsys.readouterr().err.replace(str(tmp_path), "").removeprefix("cannot compare: "))
    assert said == [
        "/text.whl is not a wheel\n",
        "foundry_sdk/_version.py: not a module of Python\n",
        "there is no module foundry_sdk._version\n",
        "/none.whl is not a wheel\n",
    ]


def test_a_spec_that_is_wrong_is_not_compared(tmp_path: Path) -> None:
    """A spec that the generator would refuse is refused here too."""
    spec = tmp_path / "spec.yaml"
    spec.write_text(
        SPEC.read_text(encoding="utf-8").replace("operationId: get\n", "description: Gets.\n"), encoding="utf-8"
    )
    with pytest.raises(SpecError, match="operationId"):
        upstream("--wheel", folder(tmp_path, sources()), "--spec", spec)


# From the package index


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that takes the place of the package index, with two versions of the small SDK."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "index"
    folder.mkdir()
    for name, value in ("CONFIG_FILE", os.devnull), ("NO_INDEX", "1"), ("FIND_LINKS", str(folder)):
        monkeypatch.setenv(f"PIP_{name}", value)
    wheel(folder, sources((MODELS, '"EXPORT", ', "")), "9.0.0")
    wheel(folder, sources(), "9.1.0")
    return folder


def test_the_newest_or_a_named_version_is_fetched(index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a version the newest is compared, with one that one; what the SDK depends on is not looked for."""
    assert upstream("--spec", SPEC) == 0
    assert upstream("9.0.0", "--spec", SPEC) == 1
    assert "remove the value EXPORT" in capsys.readouterr().out


def test_a_version_that_is_not_there_is_named(index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line says that there is no such version, and which is the newest."""
    assert upstream("9.2.0", "--spec", SPEC) == 2
    reason = "there is no 9.2.0 foundry-platform-sdk in the package index; the newest is 9.1.0"
    assert capsys.readouterr() == ("", f"cannot compare: {reason}\n")


def test_an_index_that_cannot_be_reached_is_named(
    index: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line says that the index gave nothing; so does one where there is no pip."""
    monkeypatch.setenv("PIP_FIND_LINKS", str(index / "nowhere"))
    assert upstream("--spec", SPEC) == 2
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(fetch, "ROOT", index)
    assert upstream("--spec", SPEC) == 2
    assert capsys.readouterr() == (
        "",
        "cannot compare: the package index cannot be reached, or has no foundry-platform-sdk\n"
        "cannot compare: there is no pip to fetch it with: run `make setup`\n",
    )


def test_the_command_line_passes_it_on(tmp_path: Path) -> None:
    """`python -m generator upstream` prints the edits, says what is left to write, and exits with their status."""
    changes = [(MODELS, "\nclass Fish(core.ModelBase):", NEW_VARIANT), (MODELS, '"Fish", "Bird"', '"Frog", "Bird"')]
    done = generate("upstream", "--wheel", folder(tmp_path, sources(*changes)), "--spec", SPEC)
    assert (done.returncode, done.stderr) == (1, "")
    assert "remove the variant fish" in done.stdout
    assert done.stdout.endswith("\n3 edits.\nWhere it says TODO, write words of your own.\n")
