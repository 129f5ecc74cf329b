"""The generated package as a whole: its files and its names."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import get_args

import pytest

import foundry_checkpoints_api
from foundry_checkpoints_api import models
from foundry_checkpoints_api.types import Model, OpenEnum
from generator.spec import load
from generator.spec.model import Model as Operations
from tests.generated.components import ENUMS, OBJECTS, UNIONS, model, snake
from tests.strategies import name_of, schemas

PACKAGE = Path(foundry_checkpoints_api.__file__).parent
SPEC = load(Path(__file__).parents[2] / "openapi" / "checkpoints.yaml")
MODULES = {path.relative_to(PACKAGE).as_posix(): path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")}

each_module = pytest.mark.parametrize("name", sorted(MODULES))


@each_module
def test_nothing_is_imported_inside_a_function(name: str) -> None:
    """Imports stand at the top, so that none runs in a decode or an encode; but dateutil, which few times need."""
    tree = ast.parse(MODULES[name])
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    inner = [node for function in functions for node in ast.walk(function)]
    imports = {ast.unparse(node) for node in inner if isinstance(node, ast.Import | ast.ImportFrom)}
    assert imports <= {"from dateutil.parser import isoparse"}


@each_module
def test_every_public_name_has_a_docstring(name: str) -> None:
    """Modules, classes and functions that users see say what they are for."""
    tree = ast.parse(MODULES[name])
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    public = [node for node in tree.body if isinstance(node, kinds) and not node.name.startswith("_")]
    assert ast.get_docstring(tree)
    assert [node.name for node in public if not ast.get_docstring(node)] == []


def test_the_modules() -> None:
    """One module holds every model, and one holds each operation; the package is typed."""
    found = Operations(SPEC.document).operations.values()
    folders = {f"api/{snake(each.node['tags'][0])}/" for each in found}
    operations = {f"api/{snake(each.node['tags'][0])}/{snake(each.name)}.py" for each in found}
    packages = {f"{name}__init__.py" for name in ("", "api/", "models/", *folders)}
    plain = ("client", "errors", "table_types", "tables", "trace", "types")
    assert set(MODULES) == operations | packages | {f"{name}.py" for name in plain}
    assert (PACKAGE / "py.typed").read_bytes() == b""


def test_every_component_has_its_name() -> None:
    """Models, enums and unions are exported under their names in the spec, sorted, and nothing beside them."""
    decoders = [f"{snake(union)}_from_dict" for union in UNIONS]
    assert models.__all__ == sorted([*OBJECTS, *ENUMS, *UNIONS, *decoders, "UnknownVariant"])
    assert all(hasattr(models, name) for name in models.__all__)


def test_nothing_public_is_left_out() -> None:
    """Each class that the module of the models defines is exported."""
    defined = [name for name, value in vars(models).items() if getattr(value, "__module__", "") == models.__name__]
    assert [name for name in defined if not name.startswith("_") and name not in models.__all__] == []


def test_models_and_enums_share_their_bases() -> None:
    """Each model is a `Model` and each enum an `OpenEnum`."""
    assert all(issubclass(getattr(models, name), Model) for name in OBJECTS)
    assert all(issubclass(getattr(models, name), OpenEnum) for name in ENUMS)


@pytest.mark.parametrize("union", UNIONS)
def test_a_union_holds_its_variants(union: str) -> None:
    """The alias of a union names the variants of the spec in its order, and the unknown one last."""
    expected = [model(name_of(variant)) for variant in schemas()[union]["oneOf"]]
    assert get_args(getattr(models, union)) == (*expected, models.UnknownVariant)


def test_the_version_of_the_api() -> None:
    """The package says which version of the API document it was made for."""
    assert foundry_checkpoints_api.__api_version__ == SPEC.version


def test_a_model_says_what_its_schema_says() -> None:
    """The docstring of a model is the description of its schema."""
    for name in OBJECTS:
        assert str(model(name).__doc__).split() == schemas()[name]["description"].split()
