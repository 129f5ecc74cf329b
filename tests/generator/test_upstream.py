"""The command that compares the spec with the published SDK, on a small SDK that is made up."""

from __future__ import annotations

import argparse
import difflib
import importlib.util
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

from generator.preview.upstream import configure, expected, fetch, run
from generator.preview.upstream.edits import edited
from generator.preview.upstream.sdk import read
from generator.preview.upstream.sheet import written
from generator.preview.upstream.source import SourceError
from generator.spec import SpecError, load, parse, problems
from generator.spec.model import Model
from tests.generator.driver import ROOT, generate
from tests.generator.edits import GONE, Edits
from tests.generator.edits import edited as edited_document
from tests.generator.history import FACTS, committed
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

SMALL = SPEC.read_text(encoding="utf-8")
REAL = ROOT / "openapi" / "checkpoints.yaml"
GENERAL = Model(load(SPEC).document).errors


def upstream(*arguments: str | Path) -> int:
    """Run the command in this process."""
    parser = argparse.ArgumentParser()
    configure(parser)
    return run(parser.parse_args([*map(str, arguments)]))


def sdk_after(place: Path, *changes: Change) -> Any:
    """The small SDK after some changes, as a spec."""
    return read(folder(place, sources(*changes)), GENERAL)


def differing(old: str, new: str) -> str:
    """The lines that two texts don't share, blank ones aside."""
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=0)
    return "".join(f"{line}\n" for line in lines if line[1:].strip() and not line.startswith(("---", "+++", "@@")))


# Equal


@pytest.mark.parametrize("files", [sources(), older_notation()], ids=["newer", "older"])
def test_nothing_is_edited_when_both_say_the_same(
    files: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the newer and in the older notation, from a wheel and from a folder, equal is equal."""
    for path in wheel(tmp_path, files), folder(tmp_path / "unpacked", files):
        assert upstream("--wheel", path, "--spec", SPEC) == 0
        assert capsys.readouterr() == (f"{SPEC} says what foundry-platform-sdk 9.1.0 says (API document 2.10.0).\n", "")


def test_the_spec_says_what_the_facts_of_its_version_say() -> None:
    """Where the facts of the API document that the spec describes are committed, the spec says the same."""
    known = {facts["info"]["version"]: facts for facts in map(committed, FACTS)}
    version = load(REAL).version
    if version not in known:
        pytest.skip(f"no facts of {version} are committed")
    text = REAL.read_text(encoding="utf-8")
    assert edited(text, REAL, known[version]) == (text, [])


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
DIFFERENCES: dict[str, tuple[list[Change], str]] = {
    "version": (
        [(VERSION, '"2.10.0"', '"2.11.0"')],
        """\
-  version: "2.10.0"
+  version: "2.11.0"
""",
    ),
    "new field": (
        [(MODELS, "    items: typing", "    note: typing.Optional[str] = None\n    place: str\n    items: typing")],
        """\
-      required: [recordRid, kind, createdAt]
+      required: [recordRid, kind, createdAt, place]
+        note: {type: string}
+        place: {type: string}
""",
    ),
    "removed field": (
        [(MODELS, "    kind: Kind\n", "")],
        """\
-      required: [recordRid, kind, createdAt]
+      required: [recordRid, createdAt]
-        kind: {$ref: "#/components/schemas/Kind"}
""",
    ),
    "renamed on the wire": (
        [(MODELS, '"canFly"', '"flies"')],
        """\
-      required: [canFly, type]
-      properties:
-        canFly: {type: boolean}
+      required: [flies, type]
+      properties:
+        flies: {type: boolean}
""",
    ),
    "required now": (
        [(MODELS, "sorting: typing.Optional[Sorting] = None", "sorting: Sorting")],
        """\
-      required: [kinds]
+      required: [kinds, sorting]
""",
    ),
    "a list of a request that may be absent": (
        [(MODELS, "kinds: typing.List[Kind]", "kinds: typing.Optional[typing.List[Kind]] = None")],
        """\
-      required: [kinds]
""",
    ),
    "type of a list": (
        [(MODELS, "items: typing.List[Item]", "items: typing.Dict[str, Item]")],
        """\
-          type: array
-          items: {$ref: "#/components/schemas/Item"}
+          type: object
+          additionalProperties: {$ref: "#/components/schemas/Item"}
""",
    ),
    "new value": (
        [(MODELS, '"EXPORT", ', '"LOGIN", "EXPORT", "GRANT", "ON", "null", ')],
        """\
+        - LOGIN
+        - GRANT
+        - "ON"
+        - "null"
+        - IMPORT
+      x-enum-varnames:
+        - LOGIN
+        - EXPORT
+        - GRANT
+        - "ON"
+        - "NULL"
""",
    ),
    "new value with a name": (
        [(MODELS, '"createdAt"]', '"createdAt", "recordRid"]')],
        """\
+        - recordRid
+        - RECORD_RID
""",
    ),
    "removed value": (
        [(MODELS, ', "IMPORT"', "")],
        """\
-        - IMPORT
""",
    ),
    "another order of values": ([(MODELS, '"EXPORT", "IMPORT"', '"IMPORT", "EXPORT"')], ""),
    "new variant": (
        [
            (MODELS, "\nclass Fish(core.ModelBase):", NEW_VARIANT),
            (MODELS, '"Fish", "Bird"', '"Fish", "Frog", "Bird"'),
            (MODELS, '    "Fish",\n', '    "Fish",\n    "Frog",\n'),
        ],
        """\
+        - $ref: "#/components/schemas/Frog"
+          frog: "#/components/schemas/Frog"
+    Frog:
+      description: TODO
+      type: object
+      required: [jumpHeight, type]
+      properties:
+        jumpHeight: {type: integer, minimum: 0}
+        pondIds: {type: array, items: {type: string}}
+        nickname: {type: string}
+        type: {type: string, const: frog}
""",
    ),
    "removed variant": (
        [
            (MODELS, '"Fish", "Bird"', '"Fish"'),
            (MODELS, '    "Bird",\n', ""),
        ],
        """\
-        - $ref: "#/components/schemas/Bird"
-          bird: "#/components/schemas/Bird"
-    Bird:
-      description: A bird.
-      type: object
-      required: [canFly, type]
-      properties:
-        canFly: {type: boolean}
-        type: {type: string, const: bird}
""",
    ),
    "renamed variant": (
        [(MODELS, 'type: typing.Literal["fish"] = "fish"', 'type: typing.Literal["carp"] = "carp"')],
        """\
-          fish: "#/components/schemas/Fish"
+          carp: "#/components/schemas/Fish"
-        type: {type: string, const: fish}
+        type: {type: string, const: carp}
""",
    ),
    "another schema of a variant": (
        [
            (MODELS, '"Fish", "Bird"', '"Trout", "Bird"'),
            (MODELS, "class Fish(", "class Trout("),
            (MODELS, '    "Fish",\n', '    "Trout",\n'),
        ],
        """\
-        - $ref: "#/components/schemas/Fish"
+        - $ref: "#/components/schemas/Trout"
-          fish: "#/components/schemas/Fish"
+          fish: "#/components/schemas/Trout"
-    Fish:
-      description: A fish.
+    Trout:
+      description: TODO
""",
    ),
    "discriminator": (
        [
            (MODELS, 'discriminator="type"', 'discriminator="sort_"'),
            (MODELS, 'type: typing.Literal["fish"] = "fish"', FISH_BY_SORT),
            (MODELS, 'type: typing.Literal["bird"] = "bird"', FISH_BY_SORT.replace("fish", "bird")),
        ],
        """\
-        propertyName: type
+        propertyName: sort
-      required: [type]
+      required: [sort]
-        type: {type: string, const: fish}
+        sort: {type: string, const: fish}
-      required: [canFly, type]
+      required: [canFly, sort]
-        type: {type: string, const: bird}
+        sort: {type: string, const: bird}
""",
    ),
    "another kind of schema": (
        [(MODELS, 'typing.Literal["createdAt"]', "str")],
        """\
-      description: What records are sorted by.
-      type: string
-      enum:
-        - createdAt
-      x-enum-varnames:
-        - CREATED_AT
+      description: TODO
+      type: string
""",
    ),
    "type of a scalar": (
        [(MODELS, "= core.RID", "= core.UUID")],
        """\
-      pattern: '^ri\\..+$'
""",
    ),
    "type of what is shared": (
        [(GENERAL_MODELS, "= core.UUID", "= int")],
        """\
-      type: string
+      type: integer
""",
    ),
    "limit of what is shared": (
        [(GENERAL_MODELS, "= int", "= typing_extensions.Annotated[int, annotated_types.Interval(ge=1, lt=101)]")],
        """\
+      maximum: 100
-        pageSize: {type: integer}
+        pageSize: {$ref: "#/components/schemas/PageSize"}
""",
    ),
    "new scalar": (
        [
            (MODELS, "\n\nKind:", "\n\nPlace: typing_extensions.TypeAlias = str\n\n\nKind:"),
            (MODELS, "    kind: Kind\n", "    kind: Kind\n    place: Place\n"),
            (MODELS, '    "Record",\n', '    "Place",\n    "Record",\n'),
        ],
        """\
-      required: [recordRid, kind, createdAt]
+      required: [recordRid, kind, place, createdAt]
+        place: {$ref: "#/components/schemas/Place"}
+    Place:
+      description: TODO
+      type: string
""",
    ),
    "a model from another part": (
        [(MODELS, "    kind: Kind\n", "    kind: Kind\n    address: core_models.Address\n")],
        """\
-      required: [recordRid, kind, createdAt]
+      required: [recordRid, kind, address, createdAt]
+        address: {$ref: "#/components/schemas/Address"}
+    Address:
+      description: TODO
+      type: object
+      required: [city]
+      properties:
+        city: {type: string}
""",
    ),
    "new error": (
        [(ERRORS, "\n__all__ = [", NEW_ERROR)],
        """\
+        - $ref: "#/components/schemas/PondDryBody"
+          PondDry: "#/components/schemas/PondDryBody"
+    PondDryBody:
+      description: TODO. Status 409.
+      allOf:
+        - $ref: "#/components/schemas/ErrorBase"
+        - type: object
+          required: [errorName]
+          properties:
+            errorName: {type: string, const: PondDry}
+            parameters: {$ref: "#/components/schemas/PondDryParameters"}
+    PondDryParameters:
+      description: TODO
+      type: object
+      properties:
+        level: {type: integer}
+        recordRid: {$ref: "#/components/schemas/RecordRid"}
""",
    ),
    "removed errors": (
        [
            (ERRORS, '"RecordNotFound", "SearchDenied"', '"SearchDenied"'),
            (GENERAL_ERRORS, '"FolderNotFound", "InvalidPageSize"', '"FolderNotFound"'),
        ],
        """\
-        - $ref: "#/components/schemas/RecordNotFoundBody"
-        - $ref: "#/components/schemas/InvalidPageSizeBody"
-          RecordNotFound: "#/components/schemas/RecordNotFoundBody"
-          InvalidPageSize: "#/components/schemas/InvalidPageSizeBody"
-    RecordNotFoundBody:
-      description: No record has this rid. Status 404.
-      allOf:
-        - $ref: "#/components/schemas/ErrorBase"
-        - type: object
-          required: [errorName]
-          properties:
-            errorName: {type: string, const: RecordNotFound}
-            parameters: {$ref: "#/components/schemas/RecordNotFoundParameters"}
-    RecordNotFoundParameters:
-      description: The rid.
-      type: object
-      properties:
-        recordRid: {$ref: "#/components/schemas/RecordRid"}
-    InvalidPageSizeBody:
-      description: The page size is too small. Status 400.
-      allOf:
-        - $ref: "#/components/schemas/ErrorBase"
-        - type: object
-          required: [errorName]
-          properties:
-            errorName: {type: string, const: InvalidPageSize}
-            parameters: {$ref: "#/components/schemas/InvalidPageSizeParameters"}
-    InvalidPageSizeParameters:
-      description: The page size.
-      type: object
-      properties:
-        pageSize: {type: integer}
""",
    ),
    "status and parameters of errors": (
        [
            (ERRORS, "RecordNotFound(errors.NotFoundError)", "RecordNotFound(errors.BadRequestError)"),
            (ERRORS, "    recordRid: checkpoints_models.RecordRid\n", "    rid: checkpoints_models.RecordRid\n"),
            (GENERAL_ERRORS, "    pageSize: core_models.PageSize\n", "    pageSize: core_models.Address\n"),
        ],
        """\
+        "400": {$ref: "#/components/responses/BadRequest"}
+    BadRequest:
+      description: TODO
+      content:
+        application/json:
+          schema: {$ref: "#/components/schemas/ErrorBody"}
+          examples:
+            recordNotFound:
+              value:
+                errorCode: INVALID_ARGUMENT
+                errorName: RecordNotFound
+                errorInstanceId: "00000000-0000-4000-8000-000000000000"
-      description: No record has this rid. Status 404.
+      description: No record has this rid. Status 400.
-        recordRid: {$ref: "#/components/schemas/RecordRid"}
+        rid: {$ref: "#/components/schemas/RecordRid"}
-        pageSize: {type: integer}
+        pageSize: {}
""",
    ),
    "first parameters of an error": (
        [
            (
                ERRORS,
                '    __pydantic_config__ = {"extra": "allow"}\n\n\n@dataclass\nclass SearchD',
                "    why: str\n\n\n@dataclass\nclass SearchD",
            )
        ],
        """\
-            parameters: {type: object, additionalProperties: true}
+            parameters: {$ref: "#/components/schemas/SearchDeniedParameters"}
+    SearchDeniedParameters:
+      description: TODO
+      type: object
+      properties:
+        why: {type: string}
""",
    ),
    "new operation": (
        [(CLIENT, "\nclass AsyncRecordClient:", NEW_OPERATION)],
        """\
+  /v2/records/count:
+    put:
+      operationId: countAll
+      tags: [Records]
+      summary: TODO
+      parameters:
+        - {name: kind, in: query, required: true, schema: {$ref: "#/components/schemas/Kind"}}
+      requestBody:
+        required: true
+        content:
+          application/json:
+            schema: {$ref: "#/components/schemas/SearchRequest"}
+      responses:
+        "200":
+          description: TODO
+          content:
+            application/json:
+              schema: {$ref: "#/components/schemas/SearchResponse"}
+        "403": {$ref: "#/components/responses/PermissionDenied"}
+        default: {$ref: "#/components/responses/Error"}
+    PermissionDenied:
+      description: TODO
+      content:
+        application/json:
+          schema: {$ref: "#/components/schemas/ErrorBody"}
+          examples:
+            searchDenied:
+              value:
+                errorCode: PERMISSION_DENIED
+                errorName: SearchDenied
+                errorInstanceId: "00000000-0000-4000-8000-000000000000"
""",
    ),
    "moved operation": (
        [(CLIENT, '"/v2/records/search"', '"/v2/records/find"')],
        """\
-  /v2/records/search:
+  /v2/records/find:
-      summary: Search records
+      summary: TODO
-        content: {application/json: {schema: {$ref: "#/components/schemas/SearchRequest"}}}
+        content:
+          application/json:
+            schema: {$ref: "#/components/schemas/SearchRequest"}
-          description: The records.
-          content: {application/json: {schema: {$ref: "#/components/schemas/SearchResponse"}}}
-        "403": {$ref: "#/components/responses/Error"}
+          description: TODO
+          content:
+            application/json:
+              schema: {$ref: "#/components/schemas/SearchResponse"}
+        "403": {$ref: "#/components/responses/PermissionDenied"}
+    PermissionDenied:
+      description: TODO
+      content:
+        application/json:
+          schema: {$ref: "#/components/schemas/ErrorBody"}
+          examples:
+            searchDenied:
+              value:
+                errorCode: PERMISSION_DENIED
+                errorName: SearchDenied
+                errorInstanceId: "00000000-0000-4000-8000-000000000000"
""",
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
        """\
-      operationId: get
+      operationId: getOne
-        - {name: recordRid, in: path, required: true, schema: {$ref: "#/components/schemas/RecordRid"}}
-        - {name: preview, in: query, schema: {type: boolean}}
+        - {name: preview, in: query, schema: {type: string}}
+        - {name: rid, in: path, required: true, schema: {$ref: "#/components/schemas/RecordRid"}}
-          content: {application/json: {schema: {$ref: "#/components/schemas/Record"}}}
+          content:
+            application/json:
+              schema: {$ref: "#/components/schemas/SearchResponse"}
+        "403": {$ref: "#/components/responses/PermissionDenied"}
+    PermissionDenied:
+      description: TODO
+      content:
+        application/json:
+          schema: {$ref: "#/components/schemas/ErrorBody"}
+          examples:
+            searchDenied:
+              value:
+                errorCode: PERMISSION_DENIED
+                errorName: SearchDenied
+                errorInstanceId: "00000000-0000-4000-8000-000000000000"
""",
    ),
    "limit of a batch": (
        [(CLIENT, "max_length=100", "max_length=500")],
        """\
-              maxItems: 100
+              maxItems: 500
""",
    ),
    "body that goes": (
        [(CLIENT, "body=body", "body=None")],
        """\
-      requestBody:
-        required: true
-        content:
-          application/json:
-            schema:
-              type: array
-              minItems: 1
-              maxItems: 100
-              items: {$ref: "#/components/schemas/BatchElement"}
""",
    ),
}


@pytest.mark.parametrize(("changes", "lines"), DIFFERENCES.values(), ids=DIFFERENCES)
def test_each_difference_is_edited(changes: list[Change], lines: str, tmp_path: Path) -> None:
    """Each kind of difference changes exactly these lines of the spec, and then nothing is left to edit."""
    sdk = sdk_after(tmp_path, *changes)
    text, _ = edited(SMALL, SPEC, sdk)
    assert differing(SMALL, text) == lines
    assert edited(text, SPEC, sdk)[0] == text
    assert "\n\n\n" not in text


def test_what_cannot_be_edited_is_named(tmp_path: Path) -> None:
    """Scopes, and schemas that are composed with allOf, are left to a person, by pointer."""
    composed = "allOf:\n        - type: object\n          properties:\n            weight: {type: number}"
    text = SMALL.replace("      properties:\n        weight: {type: number}", f"      {composed}\n      properties:")
    sdk = sdk_after(tmp_path, (CLIENT, "[api:records-read]", "[api:admin]"), (MODELS, "float", "str"))
    assert edited(text, SPEC, sdk) == (
        text,
        [
            "/components/schemas/Fish: the schema is composed with allOf",
            "/paths/~1v2~1records~1{recordRid}/get/security: the scopes are api:admin, and no longer api:records-read",
        ],
    )


def test_a_new_field_of_a_request_comes_last(tmp_path: Path) -> None:
    """Callers may pass the fields of a request by position: a new one goes behind the others, whatever the SDK does."""
    sdk = sdk_after(
        tmp_path, (MODELS, "    kinds: typing", "    first: typing.Optional[str] = None\n    kinds: typing")
    )
    text, _ = edited(SMALL, SPEC, sdk)
    assert (
        list(parse(text.encode(), SPEC).document["components"]["schemas"]["SearchRequest"]["properties"])[-1] == "first"
    )


# The same SDK as one that needs more of the example below.
STRICTER = [
    (MODELS, "    kind: Kind\n", "    kind: Kind\n    place: str\n    rank: int\n    seen: core.AwareDatetime\n"),
    (MODELS, '"EXPORT", ', ""),
    (MODELS, "typing.Optional[float]", "typing.Optional[bool]"),
]
EXAMPLE = """          content:
            application/json:
              schema: {$ref: "#/components/schemas/Record"}
              example:
                recordRid: ri.1
                kind: EXPORT
                createdAt: "2026-01-01T00:00:00Z"
                items:
                  - {type: fish, weight: 3}
                  - type: whale
"""
MENDED = """-                kind: EXPORT
+                kind: IMPORT
-                  - {type: fish, weight: 3}
-                  - type: whale
+                  - {type: fish, weight: true}
+                  - type: fish
+                place: TODO
+                rank: 1
+                seen: "2023-11-14T09:30:00.000Z"
"""


def test_examples_are_mended(tmp_path: Path) -> None:
    """What an example lacks is filled in, and what is no longer allowed in it is replaced."""
    text = SMALL.replace(
        '          content: {application/json: {schema: {$ref: "#/components/schemas/Record"}}}\n', EXAMPLE
    )
    after, _ = edited(text, SPEC, sdk_after(tmp_path, *STRICTER))
    assert problems(parse(after.encode(), SPEC)) == []
    of_example = [line for line in differing(text, after).splitlines(keepends=True) if line[1:].startswith(" " * 16)]
    assert "".join(of_example) == MENDED


# The writer

GET, SEARCH = "/paths/~1v2~1records~1{recordRid}/get", "/paths/~1v2~1records~1search/post"
DOCUMENTS: dict[str, Edits] = {
    "words": {f"{GET}/summary": "Get one", "/components/schemas/Fish/description": "A fish: `wet`, and\ncold."},
    "a key in front": {"/components/schemas/Fish": {"title": "Fish", "type": "object"}},
    "an element of another kind": {f"{SEARCH}/parameters/0": {"$ref": "#/components/parameters/Preview"}},
    "another order": {"/components/schemas/Kind/enum": ["IMPORT", "NEW", "EXPORT"]},
    "an element twice": {f"{GET}/tags": ["Records", "Records"], "/components/schemas/Kind/enum": ["IMPORT"] * 3},
    "nothing left": {"/components/schemas/Fish/properties": {}, f"{GET}/parameters": []},
    "a key with slashes": {"/paths/~1v2~1records~1search": GONE, "/paths/~1v2~1a~1b": {"get": {"operationId": "b"}}},
    "brackets": {f"{SEARCH}/parameters/0/schema/type": "integer", f"{GET}/parameters/-": {"name": "a", "in": "query"}},
}


@pytest.mark.parametrize("edits", DOCUMENTS.values(), ids=DOCUMENTS)
def test_the_text_of_another_document_is_written(edits: Edits) -> None:
    """Whatever changes in the document, the text that is written says just that."""
    document = edited_document(load(SPEC).document, edits)
    assert parse(written(SMALL, SPEC, document).encode(), SPEC).document == document


# The command


def test_the_edits_are_shown_or_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command prints the edits as a diff; with --apply it makes them, and then it has nothing to say."""
    spec = tmp_path / "spec.yaml"
    spec.write_text(SMALL, encoding="utf-8")
    sdk = folder(tmp_path, sources((VERSION, '"2.10.0"', '"2.9.0"'), (MODELS, '"EXPORT", ', '"EXPORT", "GRANT", ')))
    assert upstream("--wheel", sdk, "--spec", spec) == 1
    shown = capsys.readouterr().out
    assert shown.startswith(
        f"{spec} describes API document 2.10.0, foundry-platform-sdk 9.1.0 describes 2.9.0.\n"
        "The SDK is older than the spec: these edits lead back.\n"
        f"--- {spec}\n+++ {spec}\n"
    )
    assert "\n+        - GRANT\n" in shown
    assert shown.endswith("\nRun with --apply to make these edits.\n")
    assert spec.read_text(encoding="utf-8") == SMALL
    assert upstream("--wheel", sdk, "--spec", spec, "--apply") == 0
    assert capsys.readouterr().out == shown.replace("Run with --apply to make these edits.", f"Edited {spec}.")
    assert upstream("--wheel", sdk, "--spec", spec) == 0
    assert "says what" in capsys.readouterr().out


def test_what_is_left_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What the command can't edit is listed, and the exit status says so, with --apply too."""
    sdk = folder(tmp_path, sources((CLIENT, "[api:records-read]", "[api:admin]")))
    assert upstream("--wheel", sdk, "--spec", SPEC, "--apply") == 1
    assert "Left to you:\n" in capsys.readouterr().out


def test_json_has_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--json` gives both versions, the lines of the diff, and what is left."""
    sdk = folder(tmp_path, sources((MODELS, ', "IMPORT"', "")))
    assert upstream("--wheel", sdk, "--spec", SPEC, "--json") == 1
    found = json.loads(capsys.readouterr().out)
    assert "-        - IMPORT" in found.pop("diff")
    sides = {"spec": str(SPEC), "spec_version": "2.10.0", "sdk": "foundry-platform-sdk 9.1.0", "sdk_version": "2.10.0"}
    assert found == {**sides, "left": []}


def test_a_spec_in_another_layout_is_rejected(tmp_path: Path) -> None:
    """A file that a round trip would change is rejected with the first line that would change, and stays."""
    spec = tmp_path / "spec.yaml"
    spec.write_text(SMALL.replace("  title: Zoo", "  title:  Zoo"), encoding="utf-8")
    with pytest.raises(SpecError, match=r"spec\.yaml:4: a round trip .*: '  title:  Zoo'"):
        upstream("--wheel", folder(tmp_path, sources()), "--spec", spec, "--apply")


# On purpose


@pytest.mark.parametrize("place", [*expected.LIMITS, *expected.SIMPLER, *expected.PLAIN_STRINGS])
def test_each_deviation_is_needed(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without one of the documented deviations, the spec would be edited where it differs on purpose."""
    for table in (expected.LIMITS, expected.SIMPLER):
        monkeypatch.delitem(table, place, raising=False)
    monkeypatch.setattr(expected, "PLAIN_STRINGS", expected.PLAIN_STRINGS - {place})
    text = REAL.read_text(encoding="utf-8")
    changed = differing(text, edited(text, REAL, committed("1.1871"))[0])
    assert changed.replace('-  version: "', "").replace('+  version: "', "")


# Notations

NOTATIONS: dict[str, tuple[dict[str, Any], bool]] = {
    "str | None": ({"type": "string"}, False),
    "None | list[Kind]": ({"type": "array", "items": {"$ref": "#/components/schemas/Kind"}}, False),
    "typing.Union[str, None]": ({"type": "string"}, False),
    "typing.Union[str, int]": ({"description": "TODO str | int"}, True),
    "dict[str, typing.Any]": ({"type": "object", "additionalProperties": True}, True),
    '"Kind"': ({"$ref": "#/components/schemas/Kind"}, True),
    '"typing.List[Kind]"': ({"type": "array", "items": {"$ref": "#/components/schemas/Kind"}}, True),
    'typing.Literal["a", "b"]': ({"description": "TODO one of a, b", "type": "string"}, True),
    "core.AwareDatetime": ({"$ref": "#/components/schemas/AwareDatetime"}, True),
    "typing_extensions.Annotated[str, pydantic.StringConstraints(min_length=2, max_length=None)]": (
        {"type": "string", "minLength": 2},
        True,
    ),
    "typing_extensions.Annotated[int, annotated_types.Gt(gt=0), annotated_types.Lt(lt=10)]": (
        {"type": "integer", "minimum": 1, "maximum": 9},
        True,
    ),
    "typing_extensions.Annotated[typing.Optional[str], pydantic.Field(pattern=r'^a$')]": (
        {"type": "string", "pattern": "^a$"},
        False,
    ),
}


@pytest.mark.parametrize(("written", "kind"), NOTATIONS.items())
def test_a_type_is_read_in_each_way_to_write_it(written: str, kind: tuple[Any, bool], tmp_path: Path) -> None:
    """A type means the same in the notations of older and newer Pythons, with its limits."""
    sdk = sdk_after(tmp_path, (MODELS, "    kind: Kind\n", f"    kind: {written}\n"))
    record = sdk["components"]["schemas"]["Record"]
    assert (record["properties"]["kind"], "kind" in record["required"]) == kind


def test_a_model_has_the_fields_of_its_base(tmp_path: Path) -> None:
    """The fields of a base class are those of the class too."""
    sdk = sdk_after(tmp_path, (MODELS, "class Bird(core.ModelBase)", "class Bird(core_models.Address)"))
    assert list(sdk["components"]["schemas"]["Bird"]["properties"]) == ["city", "canFly", "type"]


def test_facts_are_a_spec(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--facts` prints what the SDK says."""
    sdk = folder(tmp_path, sources())
    assert upstream("--wheel", sdk, "--spec", SPEC, "--facts") == 0
    assert json.loads(capsys.readouterr().out) == sdk_after(tmp_path)


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
        sdk_after(tmp_path, change)
    assert str(error.value) == f"{file}{line}: {reason}"


def test_an_error_of_a_new_kind_is_refused(tmp_path: Path) -> None:
    """An error whose status cannot be told is named."""
    with pytest.raises(
        SourceError, match=r"^foundry_sdk\.v2\.checkpoints\.errors: the status of RecordNotFound is not"
    ):
        sdk_after(tmp_path, (ERRORS, "errors.NotFoundError", "errors.NewError"))


def test_a_package_that_goes_round_in_a_circle_is_refused(tmp_path: Path) -> None:
    """A class that is its own base ends the reader with an error, not with a crash."""
    with pytest.raises(SourceError, match="leads back to itself"):
        sdk_after(tmp_path, (MODELS, "class Fish(core.ModelBase)", "class Fish(Fish)"))


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
        said.append(capsys.readouterr().err.replace(str(tmp_path), "").removeprefix("can't compare: "))
    assert said == [
        "/text.whl is not a wheel\n",
        "foundry_sdk/_version.py: not a module of Python\n",
        "the package has no module foundry_sdk._version\n",
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
    assert "\n-        - EXPORT\n" in capsys.readouterr().out


def test_a_version_that_is_not_there_is_named(index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line says that there is no such version, and which is the newest."""
    assert upstream("9.2.0", "--spec", SPEC) == 2
    reason = "foundry-platform-sdk 9.2.0 doesn't exist in the package index; the newest is 9.1.0"
    assert capsys.readouterr() == ("", f"can't compare: {reason}\n")


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
        "can't compare: the package index can't be reached, or doesn't have foundry-platform-sdk\n"
        "can't compare: no Python here has pip: run `make setup`\n",
    )


def test_the_command_line_passes_it_on(tmp_path: Path) -> None:
    """`python -m generator upstream` prints the edits, and exits with their status."""
    changes = [(MODELS, "\nclass Fish(core.ModelBase):", NEW_VARIANT), (MODELS, '"Fish", "Bird"', '"Frog", "Bird"')]
    done = generate("upstream", "--wheel", folder(tmp_path, sources(*changes)), "--spec", SPEC)
    assert (done.returncode, done.stderr) == (1, "")
    assert "\n+    Frog:\n" in done.stdout
    assert done.stdout.endswith("\nRun with --apply to make these edits.\n")
