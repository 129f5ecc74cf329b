"""The flat schema of release 0.1.0, for its exports: their positions do not contain the columns."""

from __future__ import annotations

from typing import Final

from ..flat import FlatSchema

FIRST_SCHEMA: Final = FlatSchema(
    1,
    {
        "rid": "text",
        "created_at": "time",
        "type": "text",
        "scope": "text",
        "acting_user_id": "text",
        "acting_user_name": "text",
        "acting_user_redaction": "text",
        "acting_user_organization_rid": "text",
        "delegate_user_id": "text",
        "config_rid": "text",
        "project_rid": "text",
        "organization_rid": "text",
        "namespace_rid": "text",
        "interaction_rid": "text",
        "approvals_task_id": "text",
        "approvals_subtask_ids": "texts",
        "justification_type": "text",
        "justification_title": "text",
        "justification_prompt": "text",
        "justification_description": "text",
        "justification_response": "text",
        "justification_selected_options": "texts",
        "justification_additional_responses": "texts",
        "justification_reauthentication_id": "text",
        "item_count": "count",
        "item_types": "texts",
        "item_ids": "texts",
        "item_names": "texts",
        "item_paths": "texts",
        "items": "json",
        "additional_fields": "json",
    },
)
