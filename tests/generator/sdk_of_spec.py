"""An SDK that says what a spec says, in the notation of the real one."""

from __future__ import annotations

import re
from typing import Any

from generator.spec.model import Model, Operation, component
from tests.generator.made_up_sdk import sources as made_up

Json = Any

_CORE = ("RID", "UUID")
_GENERAL = ("PageSize", "PageToken", "UserId")
_PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
_BASES = {400: "BadRequestError", 403: "PermissionDeniedError", 404: "NotFoundError", 409: "ConflictError"}
_HEAD = """\
from __future__ import annotations

import typing
from dataclasses import dataclass

import annotated_types
import pydantic
import typing_extensions

from foundry_sdk import _core as core
from foundry_sdk import _errors as errors
from foundry_sdk.v2.checkpoints import errors as checkpoints_errors
from foundry_sdk.v2.checkpoints import models as checkpoints_models
from foundry_sdk.v2.core import models as core_models

"""


def sources(document: Json) -> dict[str, str]:
    """The files of an SDK made from a spec."""
    model = Model(document)
    version = document["info"]["version"]
    base = {name: text for name, text in made_up().items() if "/_core/__init__" in name or "/model_base" in name}
    pattern = document["components"]["schemas"]["RID"]["pattern"]
    utils = made_up()["foundry_sdk/_core/utils.py"].replace(r"^ri\..+$", pattern)
    return {
        **base,
        "foundry_sdk/_core/utils.py": utils,
        "foundry_sdk/_version.py": f'__version__ = "9.9.0"\n\n__openapi_document_version__ = "{version}"\n',
        "foundry_sdk/v2/checkpoints/models.py": _HEAD + _models(model),
        "foundry_sdk/v2/checkpoints/errors.py": _HEAD + _errors(model),
        "foundry_sdk/v2/checkpoints/record.py": _HEAD + _client(model),
        "foundry_sdk/v2/core/models.py": "UserId = str\nPageSize = int\nPageToken = str\nPreviewMode = bool\n",
        "foundry_sdk/v2/core/errors.py": "__all__ = []\n",
    }


def _models(model: Model) -> str:
    of_errors = {name for name in model.schemas if re.search(r"^Error(Body|Base)$|(Body|Parameters)$", name)}
    names = [name for name in model.schemas if name not in (*of_errors, *_CORE, *_GENERAL)]
    return "\n\n".join([*(_definition(model, name) for name in names), f"__all__ = {sorted(names)!r}\n"])


def _definition(model: Model, name: str) -> str:
    schema = model.schemas[name]
    match schema.kind:
        case "object":
            fields = [f"    {_field(key, each.schema, each.required)}" for key, each in schema.fields.items()]
            return "\n".join([f"class {name}(core.ModelBase):", '    """SENTENCE of theirs."""', *fields])
        case "enum":
            kind = f"typing.Literal{list(schema.members)!r}"
        case "union":
            union = f"typing.Union{list(schema.variants.values())!r}"
            kind = f'typing_extensions.Annotated[{union}, pydantic.Field(discriminator="{schema.tag}")]'
        case _:
            kind = _type(schema.node)
    return f"{name}: typing_extensions.TypeAlias = {kind}"


def _field(name: str, schema: Json, required: bool) -> str:
    kind = _type(schema)
    default = "" if required else ", default=None"
    python = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    return (
        f'{python}: {kind if required else f"typing.Optional[{kind}]"} = pydantic.Field(alias=str("{name}"){default})'
    )


def _type(schema: Json, part: str = "") -> str:
    name = component(schema)
    if name:
        return f"core.{name}" if name in _CORE else f"core_models.{name}" if name in _GENERAL else part + name
    match schema:
        case {"const": value}:
            return f'typing.Literal["{value}"]'
        case {"type": "array", "items": items}:
            return f"typing.List[{_type(items, part)}]"
        case {"type": "object"}:
            values = schema.get("additionalProperties")
            return f"typing.Dict[str, {_type(values, part) if isinstance(values, dict) else 'typing.Any'}]"
        case {"type": "string", "format": "date-time"}:
            return "core.AwareDatetime"
        case {"pattern": _}:
            return "core.RID"
    return _PLAIN[schema["type"]] if "type" in schema else "typing.Any"


def _errors(model: Model) -> str:
    parts, names = [], [name for name in model.errors if ":" not in name]
    for name in names:
        error = model.errors[name]
        fields = [f"    {key}: {_type(each.schema, 'checkpoints_models.')}" for key, each in error.parameters.items()]
        parts.append("\n".join([f"class {name}Parameters(typing_extensions.TypedDict):", *(fields or ["    pass"])]))
        parts.append(f"@dataclass\nclass {name}(errors.{_BASES[error.status]}):\n    parameters: {name}Parameters")
    return "\n\n".join([*parts, f"__all__ = {names!r}\n"])


def _client(model: Model) -> str:
    return "class RecordClient:\n" + "\n".join(_method(model, each) for each in model.operations.values())


def _method(model: Model, operation: Operation) -> str:
    places: dict[str, list[str]] = {"path": [], "query": []}
    arguments = []
    for (place, name), parameter in operation.parameters.items():
        kind = _type(parameter.node["schema"], "checkpoints_models.")
        arguments.append(f"{name}: {kind if parameter.node.get('required') else f'typing.Optional[{kind}]'}")
        places[place].append(f'"{name}": {name}')
    body, schema = "None", model.content(operation.body)
    if schema:
        body, kind = "body", _type(schema, "checkpoints_models.")
        size = f"min_length={schema.get('minItems')}, max_length={schema.get('maxItems')}"
        kind = f"typing_extensions.Annotated[{kind}, annotated_types.Len({size})]" if "maxItems" in schema else kind
        arguments.insert(0, f"body: {kind}")
    (success,) = operation.successes.values()
    thrown = [
        f'"{name}": checkpoints_errors.{name}'
        for name, error in model.errors.items()
        if ":" not in name and str(error.status) in operation.failures
    ]
    python = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", operation.name).lower()
    return f"""
    def {python}(self, {", ".join(arguments)}):
        return self._api_client.call_api(core.RequestInfo(
            method="{operation.method}",
            resource_path="{operation.path}",
            query_params={{{", ".join(places["query"])}}},
            path_params={{{", ".join(places["path"])}}},
            body={body},
            response_type={_type(model.content(success), "checkpoints_models.")},
            throwable_errors={{{", ".join(thrown)}}},
        ))
"""
