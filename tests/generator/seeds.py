"""Changes of the real spec, one at a time, each with what the differ has to say about it."""

from __future__ import annotations

from typing import Any, NamedTuple

from generator.paths import SPEC
from generator.preview.diff.changes import Level
from generator.spec import load
from tests.generator.edits import GONE, Edits


class Seed(NamedTuple):
    """Edits of the spec, and the one change that they are: its class, where, a part of its words, where it is used."""

    level: Level
    where: str
    text: str
    edits: Edits
    usage: str = ""


def breaking(where: str, text: str, edits: Edits, usage: str = "") -> Seed:
    return Seed(Level.BREAKING, where, text, edits, usage)


def additive(where: str, text: str, edits: Edits, usage: str = "") -> Seed:
    return Seed(Level.ADDITIVE, where, text, edits, usage)


def documentation(where: str, text: str, edits: Edits, usage: str = "") -> Seed:
    return Seed(Level.DOCUMENTATION, where, text, edits, usage)


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def variant(tag: str, **properties: Any) -> dict[str, Any]:
    """The schema of a variant whose fields are all required."""
    fields = {**properties, "type": {"type": "string", "const": tag}}
    return {"type": "object", "description": "New.", "required": list(fields), "properties": fields}


def swapped(name: str) -> dict[str, Any]:
    """The properties of a schema, in the opposite order."""
    properties = load(SPEC).document["components"]["schemas"][name]["properties"]
    return {each: properties[each] for each in reversed(properties)}


TEXT = {"type": "string"}
NUMBER = {"type": "integer"}
AN_ENUM = {"type": "string", "enum": ["A"], "description": "An option that the user chose."}

S = "/components/schemas"
RECORD = f"{S}/Record"
REQUEST = f"{S}/SearchRecordsRequest"
TYPES = f"{S}/CheckpointType"
FIELDS = f"{S}/SearchCheckpointRecordsEqualsFilterField"
TEXT_FILTER = f"{S}/SearchCheckpointRecordsTextSearchFilter"
ITEM = f"{S}/CheckpointedItem"
ERROR = f"{S}/ErrorBody"

SEARCH = "/paths/~1v2~1checkpoints~1records~1search"
BATCH = "/paths/~1v2~1checkpoints~1records~1getBatch/post"
GET = "/paths/~1v2~1checkpoints~1records~1{recordRid}"
ELEMENTS = f"{BATCH}/requestBody/content/application~1json/schema"
PREVIEW = "/components/parameters/Preview"
OAUTH = "/components/securitySchemes/oauth2"
FLOW = f"{OAUTH}/flows/clientCredentials"
OK = f"{GET}/get/responses/200"

ALL = "response of get, getBatch, search"
SENT = "request of search"
BOTH = "request of search; response of get, getBatch, search"
CALLED = "request of get, getBatch, search"

MODELS = [
    breaking("Record.projectRid", "is gone", {f"{RECORD}/properties/projectRid": GONE}, ALL),
    additive("Record.title", "new optional field, str", {f"{RECORD}/properties/title": TEXT}, ALL),
    additive("Record.title", "required", {f"{RECORD}/properties/title": TEXT, f"{RECORD}/required/-": "title"}, ALL),
    breaking("Record.justification", "becomes optional", {f"{RECORD}/required/5": GONE}, ALL),
    additive("Record.projectRid", "becomes required", {f"{RECORD}/required/-": "projectRid"}, ALL),
    documentation("Record.checkpointedItems", "required", {f"{RECORD}/required/-": "checkpointedItems"}, ALL),
    breaking("Record.projectRid", "from str to int", {f"{RECORD}/properties/projectRid": NUMBER}, ALL),
    breaking("Record.createdAt", "from datetime to str", {f"{RECORD}/properties/createdAt": TEXT}, ALL),
    breaking("Record.scope", "from Scope to str", {f"{RECORD}/properties/scope": TEXT}, ALL),
    breaking("Record.scope", "from Scope to RedactionType", {f"{RECORD}/properties/scope": ref("RedactionType")}, ALL),
    breaking("Record.checkpointedItems", "to list[str]", {f"{RECORD}/properties/checkpointedItems/items": TEXT}, ALL),
    documentation("Record.projectRid", "ProjectRid becomes RID", {f"{RECORD}/properties/projectRid": ref("RID")}, ALL),
    documentation("ActingUser", "fields change places", {f"{S}/ActingUser/properties": swapped("ActingUser")}, ALL),
    breaking(
        "SearchRecordsRequest", "put new fields last", {f"{REQUEST}/properties": swapped("SearchRecordsRequest")}, SENT
    ),
    breaking(
        "GetRecordsBatchResponse.data",
        "from dict[str, Record] to dict[str, Any]",
        {f"{S}/GetRecordsBatchResponse/properties/data/additionalProperties": True},
        "response of getBatch",
    ),
    documentation("Record", "further fields", {f"{RECORD}/additionalProperties": False}, ALL),
    additive("Record", "deprecated", {f"{RECORD}/deprecated": True}, ALL),
    breaking("SearchRecordsRequest.pageSize", "is gone", {f"{REQUEST}/properties/pageSize": GONE}, SENT),
    additive("SearchRecordsRequest.more", "new optional field", {f"{REQUEST}/properties/more": NUMBER}, SENT),
    breaking(
        "SearchRecordsRequest.more",
        "new required field",
        {f"{REQUEST}/properties/more": NUMBER, f"{REQUEST}/required/-": "more"},
        SENT,
    ),
    breaking("SearchRecordsRequest.pageToken", "becomes required", {f"{REQUEST}/required/-": "pageToken"}, SENT),
    additive("SearchRecordsRequest.where", "becomes optional", {f"{REQUEST}/required": []}, SENT),
    breaking("SearchRecordsRequest", "further fields", {f"{REQUEST}/additionalProperties": False}, SENT),
    breaking("ErrorBase.errorDescription", "is gone", {f"{S}/ErrorBase/properties/errorDescription": GONE}, ALL),
    additive("ErrorBase.more", "new optional field", {f"{S}/ErrorBase/properties/more": TEXT}, ALL),
    breaking("ErrorBase.errorCode", "becomes optional", {f"{S}/ErrorBase/required/0": GONE}, ALL),
    breaking(
        "InvalidPageTokenBody.parameters",
        "from InvalidPageTokenParameters to dict[str, Any]",
        {f"{S}/InvalidPageTokenBody/allOf/1/properties/parameters": {"type": "object", "additionalProperties": True}},
        ALL,
    ),
    breaking("DropdownSelection", "a model to an enum", {f"{S}/DropdownSelection": AN_ENUM}, ALL),
    additive("Spare", "new, a model", {f"{S}/Spare": variant("spare")}),
    documentation("SpareRid", "a new name for a type", {f"{S}/SpareRid": TEXT}),
]

ENUMS = [
    breaking("CheckpointType.CONTOUR_CREATE", "member is gone", {f"{TYPES}/enum/0": GONE}, ALL),
    additive("CheckpointType.FOO_EXPORT", "new member", {f"{TYPES}/enum/-": "FOO_EXPORT"}, ALL),
    documentation("Scope", "change places", {f"{S}/Scope/enum": ["RESOURCE_SCOPED", "USER_SCOPED"]}, ALL),
    breaking("SortDirection.DESC", "member is gone", {f"{S}/SortDirection/enum/1": GONE}, SENT),
    additive("SortDirection.NONE", "new member", {f"{S}/SortDirection/enum/-": "NONE"}, SENT),
    breaking(f"{FIELDS[20:]}.recordRid", "is named `RID`", {f"{FIELDS}/x-enum-varnames/0": "RID"}, SENT),
    additive(
        f"{FIELDS[20:]}.madeUpRid",
        "new member",
        {f"{FIELDS}/enum/-": "madeUpRid", f"{FIELDS}/x-enum-varnames/-": "MADE_UP_RID"},
        SENT,
    ),
]

WIDGET = {
    f"{ITEM}/oneOf/-": ref("CheckpointedWidget"),
    f"{ITEM}/discriminator/mapping/checkpointedWidget": ref("CheckpointedWidget")["$ref"],
    f"{S}/CheckpointedWidget": variant("checkpointedWidget", widgetRid=ref("RID")),
}

UNIONS = [
    additive("CheckpointedItem.CheckpointedWidget", "new variant, `type` `checkpointedWidget`", WIDGET, ALL),
    breaking(
        "CheckpointedItem.CheckpointedIssue",
        "variant is gone",
        {
            f"{ITEM}/oneOf/0": GONE,
            f"{ITEM}/discriminator/mapping/checkpointedIssue": GONE,
            f"{S}/CheckpointedIssue": GONE,
        },
        ALL,
    ),
    breaking(
        "CheckpointedItem.CheckpointedActionType",
        "has the `type` `actionType`, and no longer",
        {
            f"{ITEM}/discriminator/mapping/checkpointedActionType": GONE,
            f"{ITEM}/discriminator/mapping/actionType": ref("CheckpointedActionType")["$ref"],
            f"{S}/CheckpointedActionType/properties/type/const": "actionType",
        },
        ALL,
    ),
    additive(
        "ErrorBody.TooManyBody",
        "new variant, `errorName` `TooMany`",
        {
            f"{ERROR}/oneOf/-": ref("TooManyBody"),
            f"{ERROR}/discriminator/mapping/TooMany": ref("TooManyBody")["$ref"],
            f"{S}/TooManyBody": {
                "description": "New.",
                "allOf": [
                    ref("ErrorBase"),
                    {
                        "type": "object",
                        "required": ["errorName"],
                        "properties": {"errorName": {"type": "string", "const": "TooMany"}},
                    },
                ],
            },
        },
        ALL,
    ),
]

LIMITS = [
    breaking("PageSize", "minimum changes from 1 to 5", {f"{S}/PageSize/minimum": 5}, SENT),
    additive("PageSize", "minimum changes from 1 to none", {f"{S}/PageSize/minimum": GONE}, SENT),
    breaking("PageSize", "maximum changes from none to 50", {f"{S}/PageSize/maximum": 50}, SENT),
    breaking("getBatch.body", "maxItems changes from 100 to 50", {f"{ELEMENTS}/maxItems": 50}, "request of getBatch"),
    additive("getBatch.body", "maxItems changes from 100 to 200", {f"{ELEMENTS}/maxItems": 200}, "request of getBatch"),
    additive("getBatch.body", "minItems changes from 1 to 0", {f"{ELEMENTS}/minItems": 0}, "request of getBatch"),
    breaking(f"{TEXT_FILTER[20:]}.query", "maxLength", {f"{TEXT_FILTER}/properties/query/maxLength": 9}, SENT),
    breaking("RID", "pattern changes", {f"{S}/RID/pattern": "^ri"}, BOTH),
    additive("RID", "pattern changes", {f"{S}/RID/pattern": GONE}, BOTH),
    documentation("ProjectRid", "pattern changes", {f"{S}/ProjectRid/pattern": "^ri"}, ALL),
    breaking("PageSize", "from int to float", {f"{S}/PageSize/type": "number"}, SENT),
    breaking("RecordCreatedAt", "from datetime to str", {f"{S}/RecordCreatedAt/format": GONE}, ALL),
    breaking("RID", "format changes from none to uri", {f"{S}/RID/format": "uri"}, BOTH),
]

OPERATIONS = [
    breaking("get", "operation is gone", {GET: GONE}),
    additive(
        "delete",
        "new operation, DELETE",
        {
            f"{GET}/delete": {
                "operationId": "delete",
                "tags": ["Records"],
                "summary": "Delete",
                "parameters": [{"$ref": "#/components/parameters/RecordRid"}],
                "responses": {"200": {"description": "It.", "content": {}}},
            }
        },
    ),
    breaking("find", "is named find, and no longer search", {f"{SEARCH}/post/operationId": "find"}),
    breaking("get", "the tag", {f"{GET}/get/tags": ["Checkpoints"]}),
    additive("get", "deprecated", {f"{GET}/get/deprecated": True}),
    breaking("preview", "becomes required", {f"{PREVIEW}/required": True}, CALLED),
    breaking("preview", "from bool to str", {f"{PREVIEW}/schema/type": "string"}, CALLED),
    breaking("preview", "`style` changes", {f"{PREVIEW}/style": "pipeDelimited"}, CALLED),
    breaking("preview", "parameter is gone", {f"{GET}/get/parameters/1": GONE}, "request of get"),
    additive(
        "get.more",
        "new optional parameter",
        {f"{GET}/get/parameters/-": {"name": "more", "in": "query", "schema": TEXT}},
        "request of get",
    ),
    breaking(
        "get.more",
        "new required parameter",
        {f"{GET}/get/parameters/-": {"name": "more", "in": "query", "required": True, "schema": TEXT}},
        "request of get",
    ),
    additive("search.body", "becomes optional", {f"{SEARCH}/post/requestBody/required": False}, SENT),
    breaking("search.body", "body is gone", {f"{SEARCH}/post/requestBody": GONE}, SENT),
    breaking("getBatch.body", "to list[Record]", {f"{ELEMENTS}/items": ref("Record")}, "request of getBatch"),
    additive("get.418", "new response", {f"{GET}/get/responses/418": {"$ref": "#/components/responses/Error"}}),
    breaking("get.404", "response is gone", {f"{GET}/get/responses/404": GONE}),
    breaking(
        "get.200",
        "from Record to ActingUser",
        {f"{OK}/content/application~1json/schema": ref("ActingUser")},
        "response of get",
    ),
    breaking(
        "get.200.application/json", "media type is gone", {f"{OK}/content/application~1json": GONE}, "response of get"
    ),
    documentation("get.200", "headers", {f"{OK}/headers": {"X-Trace": {"schema": TEXT}}}, "response of get"),
]

AROUND = [
    breaking("security.bearerToken", "no longer enough", {"/security/0": GONE}, ""),
    breaking("security.oauth2", "no longer enough", {"/security/1/oauth2/-": "api:more"}),
    additive("security.oauth2", "enough from now on", {"/security/1/oauth2": []}),
    breaking("oauth2.clientCredentials", "flow is gone", {FLOW: GONE}),
    additive("oauth2.clientCredentials.api:more", "new scope", {f"{FLOW}/scopes/api:more": "More."}),
    breaking("oauth2.clientCredentials", "`tokenUrl` changes", {f"{FLOW}/tokenUrl": "/elsewhere"}),
    breaking("servers.https://{hostname}/api", "server is gone", {"/servers": []}),
    additive("servers.https://example.org", "new server", {"/servers/-": {"url": "https://example.org"}}),
    documentation(
        "servers.https://{hostname}/api", "variables", {"/servers/0/variables/hostname/default": "example.org"}
    ),
    documentation("", "the API document is `2`", {"/info/version": "2"}),
]

DOCUMENTATION = [
    documentation("info", "`title` changes", {"/info/title": "Other"}),
    documentation("Record", "`description` changes", {f"{RECORD}/description": "Other."}),
    documentation(
        "ResponseJustification.response",
        "description",
        {f"{S}/ResponseJustification/properties/response/description": "Other."},
    ),
    documentation("search", "`summary` changes", {f"{SEARCH}/post/summary": "Other."}),
    documentation("examples", "`SearchRequest` changes", {"/components/examples/SearchRequest/summary": "Other."}),
    documentation("Preview", "`example` changes", {f"{PREVIEW}/example": False}),
    documentation("get.200", "`description` changes", {f"{OK}/description": "Other."}),
    documentation(
        "oauth2.clientCredentials.api:checkpoints-read",
        "`description` changes",
        {f"{FLOW}/scopes/api:checkpoints-read": "Other."},
    ),
]

SEEDS = MODELS + ENUMS + UNIONS + LIMITS + OPERATIONS + AROUND + DOCUMENTATION
