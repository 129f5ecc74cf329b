"""What you can import, under which names, and at which cost."""

from __future__ import annotations

import importlib
import inspect
import os
import re
import subprocess
import sys
from types import ModuleType

import pytest

import foundry_checkpoints
import foundry_checkpoints_api
from foundry_checkpoints import auth, errors, export, feed, filters, flat, models, progress

PUBLIC = [foundry_checkpoints, auth, errors, export, feed, filters, flat, models, progress]
CONTRACT = {
    *("AsyncCheckpointsClient", "CheckpointsClient", "F", "RetryPolicy", "TokenAuth", "ClientCredentialsAuth"),
    *("AsyncRecordPager", "AsyncRecords", "RecordBatch", "RecordPage", "RecordPager", "Records"),
    *("Drift", "DriftEntry", "Filter", "SearchProgress", "SortDirection", "Where", "progress_bar"),
    *("errors", "models", "__version__", "__api_version__"),
}

every_module = pytest.mark.parametrize("module", PUBLIC, ids=[module.__name__ for module in PUBLIC])


def loaded_by(code: str) -> set[str]:
    """Return the modules that a fresh interpreter has after some code."""
    script = f"{code}\nimport sys\nprint(*sys.modules)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "module", [foundry_checkpoints, auth, errors, export, feed, filters], ids=lambda module: module.__name__
)
def test_all_is_sorted_and_without_repetition(module: ModuleType) -> None:
    """`__all__` is a list of contents: of the package its own names, then the errors. That of `models` is generated."""
    own = len(module.__all__) - (len(errors.__all__) if module is foundry_checkpoints else 0)
    assert module.__all__[:own] == sorted(set(module.__all__[:own]))
    assert len(set(module.__all__)) == len(module.__all__)


@every_module
def test_every_name_of_all_can_be_imported(module: ModuleType) -> None:
    """A name in `__all__` exists, as an attribute and for `import *`."""
    imported: dict[str, object] = {}
    exec(f"from {module.__name__} import *", imported)
    assert {name: getattr(module, name) for name in module.__all__}.items() <= imported.items()


def test_the_package_exports_the_contract_and_every_error() -> None:
    """The package has the documented names and all errors, and nothing else: no caller needs a private module."""
    assert set(foundry_checkpoints.__all__) == CONTRACT | set(errors.__all__)


def test_every_error_class_is_exported() -> None:
    """No class of the tree is left out of `errors.__all__`."""
    classes = {name for name, value in vars(errors).items() if inspect.isclass(value) and issubclass(value, Exception)}
    assert classes == set(errors.__all__)


def test_the_tree_in_the_docstring_is_the_tree_of_the_classes() -> None:
    """Each class is in the drawing once, below its base."""
    drawn: dict[str, str] = {}
    path: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        if match := re.match(r"([│├└─ ]*)(\w*(?:Error|Denied|NotFound))\b", line):
            depth = len(match[1]) // 4
            path[depth:] = [match[2]]
            assert match[2] not in drawn
            drawn[match[2]] = path[depth - 1] if depth else "Exception"
    assert drawn == {name: getattr(errors, name).__bases__[0].__name__ for name in errors.__all__}


def test_the_statuses_in_the_docstring_are_those_of_the_classes() -> None:
    """A status beside a class in the drawing is one that leads to this class."""
    noted = re.findall(r"(\w+Error) (\d)(\d\d|xx)", errors.__doc__ or "")
    for name, hundreds, rest in noted:
        status = int(hundreds + rest.replace("xx", "99"))
        assert errors.api_error_class(status, None, empty=False) is getattr(errors, name)
    assert len(noted) == 11


def test_every_error_is_a_checkpoints_error() -> None:
    """One `except CheckpointsError` catches all; two are also the built-in error that their name suggests."""
    for name in errors.__all__:
        assert issubclass(getattr(errors, name), errors.CheckpointsError)
    assert issubclass(errors.InvalidRequestError, ValueError)
    assert issubclass(errors.RequestTimeoutError, TimeoutError)


def test_models_has_every_generated_name_under_its_own() -> None:
    """`models` is the generated package under the names of the spec, and `DecodeError`."""
    generated = importlib.import_module("foundry_checkpoints_api.models")
    assert set(models.__all__) == {*generated.__all__, "DecodeError"}
    assert models.Record is generated.Record


@pytest.mark.slow
def test_filters_and_errors_load_neither_httpx_nor_the_models() -> None:
    """Building an expression is light: it loads nothing that only sending, decoding, or an extra needs."""
    loaded = loaded_by("from foundry_checkpoints import F, errors\nrepr(~F.justification_response.contains('ticket'))")
    assert "foundry_checkpoints.filters" in loaded
    heavy = {"attr", "attrs", "dateutil", "httpx", "orjson", "starlette", "uvicorn", "anyio"}
    assert not loaded & {*heavy, "foundry_checkpoints_api.models", "foundry_checkpoints.models"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "code",
    ["import foundry_checkpoints; foundry_checkpoints.models.Record", "from foundry_checkpoints import models"],
    ids=["attribute", "import"],
)
def test_models_load_when_they_are_needed(code: str) -> None:
    """`models` exists as an attribute and for an import, though the package alone doesn't load it."""
    assert "foundry_checkpoints_api.models" in loaded_by(code)


def test_an_unknown_name_is_an_attribute_error() -> None:
    """The lazy imports hide no typo."""
    assert foundry_checkpoints.models is models
    with pytest.raises(AttributeError, match=r"foundry_checkpoints.*modelz"):
        _ = foundry_checkpoints.modelz


def test_versions() -> None:
    """The version is a number of three parts; the API version is that of the generated client."""
    assert re.fullmatch(r"\d+\.\d+\.\d+", foundry_checkpoints.__version__)
    assert foundry_checkpoints.__api_version__ == foundry_checkpoints_api.__api_version__
