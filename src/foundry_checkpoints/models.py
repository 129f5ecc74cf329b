"""The models, unions and enums of the API, under their names in the spec.

`Model.from_dict(data)` and `model.to_dict()` decode and encode; `from_dict` raises `DecodeError`.
"""

from foundry_checkpoints_api import models as _generated
from foundry_checkpoints_api.errors import DecodeError
from foundry_checkpoints_api.models import *  # noqa: F403 - the generated `__all__` is the list

__all__ = ["DecodeError"]
__all__ += _generated.__all__
