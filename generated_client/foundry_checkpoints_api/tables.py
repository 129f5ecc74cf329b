# Generated with openapi-python-client 0.29.1 from openapi/checkpoints.yaml by `make generate`.
# Do not edit: change the spec or generator/client, then run the command again.
"""The items, columns, filters, and samples of the spec, as data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Generic, TypeVar

from .table_types import Column, Field, FilterField, ItemName, Path, Scalar, Union

Eq = TypeVar("Eq")
Time = TypeVar("Time")
Text = TypeVar("Text")


class FilterFields(Generic[Eq, Time, Text]):
    """The types of the fields that a search can compare, for a class that has an attribute for each."""

    record_rid: Eq
    config_rid: Eq
    checkpoint_type: Eq
    acting_user_id: Eq
    delegate_user_id: Eq
    organization_rid: Eq
    namespace_rid: Eq
    interaction_rid: Eq
    checkpointed_item_type: Eq
    created_at: Time
    justification_response: Text
    justification_selected_option: Text
    justification_additional_response: Text


ITEM_IDS: Final[Mapping[str, Path]] = {
    "checkpointedIssue": Path(("issueRid",), ("issue_rid",)),
    "checkpointedJob": Path(("jobRid",), ("job_rid",)),
    "checkpointedSchedule": Path(("scheduleRid",), ("schedule_rid",)),
    "checkpointedResource": Path(("rid",), ("rid",)),
    "checkpointedJobSpecification": Path(("jobSpecRid",), ("job_spec_rid",)),
    "checkpointedLanguageModel": Path(("modelRid",), ("model_rid",)),
    "checkpointedGroup": Path(("groupId",), ("group_id",)),
    "checkpointedUserIntakeSubmission": Path(("submissionRid",), ("submission_rid",)),
    "checkpointedObjectSet": Path(("versioned", "versionedObjectSetRid"), ("versioned", "versioned_object_set_rid")),
    "checkpointedMarking": Path(("markingId",), ("marking_id",)),
    "checkpointedMarketplaceProduct": Path(("productId",), ("product_id",)),
    "checkpointedPeeringJob": Path(("jobId",), ("job_id",)),
    "checkpointedRole": Path(("roleId",), ("role_id",)),
    "checkpointedIntervention": Path(("interventionRid",), ("intervention_rid",)),
    "checkpointedLanguageModelSession": Path(("sessionRid",), ("session_rid",)),
    "checkpointedToken": Path(("tokenId",), ("token_id",)),
    "checkpointedUserIntakeFormInput": Path(("inputId",), ("input_id",)),
    "checkpointedPrincipal": Path(("id",), ("id",)),
    "checkpointedActionType": Path(("actionTypeRid",), ("action_type_rid",)),
}
"""The path to the id of an item, by the discriminator of the item."""

ITEM_NAMES: Final[Mapping[str, Path]] = {
    "checkpointedResource": Path(("name", "value"), ("name", "value")),
    "checkpointedPrincipal": Path(("username", "value"), ("username", "value")),
}
"""The path to the name of an item, for the items that have one."""

ITEM_PATHS: Final[Mapping[str, Path]] = {
    "checkpointedResource": Path(("compassPath", "value"), ("compass_path", "value"))
}
"""The path to the path of an item, for the items that have one."""

ITEM_ID_NAMES: Final[Mapping[str, ItemName]] = {
    "checkpointedJobRid": ItemName("checkpointedJob", {"rid": Path(("jobRid",), ("job_rid",))}),
    "checkpointedMarkingId": ItemName("checkpointedMarking", {"id": Path(("markingId",), ("marking_id",))}),
    "checkpointedTokenId": ItemName("checkpointedToken", {"id": Path(("tokenId",), ("token_id",))}),
    "checkpointedGroupId": ItemName("checkpointedGroup", {"id": Path(("groupId",), ("group_id",))}),
    "checkpointedObjectSetVersionedRid": ItemName(
        "checkpointedObjectSet",
        {"rid": Path(("versioned", "versionedObjectSetRid"), ("versioned", "versioned_object_set_rid"))},
    ),
    "checkpointedObjectSetTypesProxyRids": ItemName(
        "checkpointedObjectSet",
        {
            "rids": Path(
                ("typesProxy", "objectTypes", "[]", "objectTypeRids", "[]"),
                ("types_proxy", "object_types", "[]", "object_type_rids", "[]"),
            )
        },
    ),
    "checkpointedResourceRid": ItemName("checkpointedResource", {"rid": Path(("rid",), ("rid",))}),
    "checkpointedPeeringJobId": ItemName(
        "checkpointedPeeringJob",
        {"id": Path(("jobId",), ("job_id",)), "relationshipRid": Path(("relationshipRid",), ("relationship_rid",))},
    ),
    "checkpointedIssueRid": ItemName("checkpointedIssue", {"rid": Path(("issueRid",), ("issue_rid",))}),
    "checkpointedInterventionRid": ItemName(
        "checkpointedIntervention", {"rid": Path(("interventionRid",), ("intervention_rid",))}
    ),
    "checkpointedJobSpecRid": ItemName(
        "checkpointedJobSpecification", {"rid": Path(("jobSpecRid",), ("job_spec_rid",))}
    ),
    "checkpointedActionTypeRid": ItemName(
        "checkpointedActionType", {"rid": Path(("actionTypeRid",), ("action_type_rid",))}
    ),
    "checkpointedScheduleRid": ItemName("checkpointedSchedule", {"rid": Path(("scheduleRid",), ("schedule_rid",))}),
    "checkpointedRoleId": ItemName("checkpointedRole", {"id": Path(("roleId",), ("role_id",))}),
    "checkpointedUserIntakeFormInputId": ItemName(
        "checkpointedUserIntakeFormInput", {"id": Path(("inputId",), ("input_id",))}
    ),
    "checkpointedMarketplaceProductId": ItemName(
        "checkpointedMarketplaceProduct", {"id": Path(("productId",), ("product_id",))}
    ),
    "checkpointedLanguageModelRid": ItemName("checkpointedLanguageModel", {"rid": Path(("modelRid",), ("model_rid",))}),
    "checkpointedPrincipalId": ItemName("checkpointedPrincipal", {"id": Path(("id",), ("id",))}),
    "checkpointedLanguageModelSessionRid": ItemName(
        "checkpointedLanguageModelSession", {"rid": Path(("sessionRid",), ("session_rid",))}
    ),
    "checkpointedUserIntakeSubmissionRid": ItemName(
        "checkpointedUserIntakeSubmission", {"rid": Path(("submissionRid",), ("submission_rid",))}
    ),
}
"""What an item id names, by the discriminator of the id."""

COLUMNS: Final[tuple[Column, ...]] = (
    Column("rid", "text", Path(("rid",), ("rid",))),
    Column("created_at", "time", Path(("createdAt",), ("created_at",))),
    Column("type", "text", Path(("type",), ("type_",))),
    Column("scope", "text", Path(("scope",), ("scope",))),
    Column("acting_user_id", "text", Path(("actingUser", "userId"), ("acting_user", "user_id"))),
    Column("acting_user_name", "text", Path(("actingUser", "username", "value"), ("acting_user", "username", "value"))),
    Column(
        "acting_user_redaction",
        "text",
        Path(("actingUser", "username", "redactionType"), ("acting_user", "username", "redaction_type")),
    ),
    Column(
        "acting_user_organization_rid",
        "text",
        Path(("actingUser", "organizationRid"), ("acting_user", "organization_rid")),
    ),
    Column("delegate_user_id", "text", Path(("delegateUserId",), ("delegate_user_id",))),
    Column("config_rid", "text", Path(("configRid",), ("config_rid",))),
    Column("project_rid", "text", Path(("projectRid",), ("project_rid",))),
    Column("organization_rid", "text", Path(("organizationRid",), ("organization_rid",))),
    Column("namespace_rid", "text", Path(("namespaceRid",), ("namespace_rid",))),
    Column("interaction_rid", "text", Path(("interactionRid",), ("interaction_rid",))),
    Column(
        "approvals_task_id",
        "text",
        Path(("approvalsMetadata", "approvalsTaskId"), ("approvals_metadata", "approvals_task_id")),
    ),
    Column(
        "approvals_subtask_ids",
        "texts",
        Path(("approvalsMetadata", "approvalsSubtaskIds"), ("approvals_metadata", "approvals_subtask_ids")),
    ),
    Column("justification_type", "text", Path(("justification", "type"), ("justification", "type_"))),
    Column(
        "justification_title",
        "text",
        Path(("justification",), ("justification",)),
        {
            "responseJustification": Path(("title",), ("title",)),
            "dropdownJustification": Path(("title",), ("title",)),
            "reauthenticationJustification": Path(("title",), ("title",)),
            "acknowledgementJustification": Path(("title",), ("title",)),
        },
    ),
    Column(
        "justification_prompt",
        "text",
        Path(("justification",), ("justification",)),
        {
            "responseJustification": Path(("prompt",), ("prompt",)),
            "dropdownJustification": Path(("prompt",), ("prompt",)),
            "reauthenticationJustification": Path(("prompt",), ("prompt",)),
            "acknowledgementJustification": Path(("prompt",), ("prompt",)),
        },
    ),
    Column(
        "justification_description",
        "text",
        Path(("justification",), ("justification",)),
        {
            "responseJustification": Path(("description",), ("description",)),
            "dropdownJustification": Path(("description",), ("description",)),
            "reauthenticationJustification": Path(("description",), ("description",)),
            "acknowledgementJustification": Path(("description",), ("description",)),
        },
    ),
    Column(
        "justification_response",
        "text",
        Path(("justification",), ("justification",)),
        {"responseJustification": Path(("response",), ("response",))},
    ),
    Column(
        "justification_selected_options",
        "texts",
        Path(("justification",), ("justification",)),
        {
            "dropdownJustification": Path(
                ("selectedOptions", "[]", "selectedOption"), ("selected_options", "[]", "selected_option")
            )
        },
    ),
    Column(
        "justification_additional_responses",
        "texts",
        Path(("justification",), ("justification",)),
        {
            "dropdownJustification": Path(
                ("selectedOptions", "[]", "additionalResponse"), ("selected_options", "[]", "additional_response")
            )
        },
    ),
    Column(
        "justification_reauthentication_id",
        "text",
        Path(("justification",), ("justification",)),
        {"reauthenticationJustification": Path(("reauthenticationId",), ("reauthentication_id",))},
    ),
    Column("item_count", "count", Path(("checkpointedItems",), ("checkpointed_items",))),
    Column("item_types", "texts", Path(("checkpointedItems", "[]", "type"), ("checkpointed_items", "[]", "type_"))),
    Column("item_ids", "texts", Path(("checkpointedItems", "[]"), ("checkpointed_items", "[]")), ITEM_IDS),
    Column("item_names", "texts", Path(("checkpointedItems", "[]"), ("checkpointed_items", "[]")), ITEM_NAMES),
    Column("item_paths", "texts", Path(("checkpointedItems", "[]"), ("checkpointed_items", "[]")), ITEM_PATHS),
    Column("items", "json", Path(("checkpointedItems",), ("checkpointed_items",))),
    Column("additional_fields", "json", Path((), ())),
)
"""The columns of a flat row, in order."""

FILTER_FIELDS: Final[tuple[FilterField, ...]] = (
    FilterField("record_rid", "recordRid", "eq", ("eq",), Path(("rid",), ("rid",))),
    FilterField("config_rid", "configRid", "eq", ("eq",), Path(("configRid",), ("config_rid",))),
    FilterField("checkpoint_type", "checkpointType", "eq", ("eq",), Path(("type",), ("type_",))),
    FilterField(
        "acting_user_id", "actingUserId", "eq", ("eq",), Path(("actingUser", "userId"), ("acting_user", "user_id"))
    ),
    FilterField("delegate_user_id", "delegateUserId", "eq", ("eq",), Path(("delegateUserId",), ("delegate_user_id",))),
    FilterField(
        "organization_rid", "organizationRid", "eq", ("eq",), Path(("organizationRid",), ("organization_rid",))
    ),
    FilterField("namespace_rid", "namespaceRid", "eq", ("eq",), Path(("namespaceRid",), ("namespace_rid",))),
    FilterField("interaction_rid", "interactionRid", "eq", ("eq",), Path(("interactionRid",), ("interaction_rid",))),
    FilterField(
        "checkpointed_item_type",
        "checkpointedItemType",
        "eq",
        ("eq",),
        Path(("checkpointedItems", "[]", "type"), ("checkpointed_items", "[]", "type_")),
    ),
    FilterField("created_at", "createdAt", "time", ("lt", "gte"), Path(("createdAt",), ("created_at",))),
    FilterField(
        "justification_response",
        "justificationResponse",
        "text",
        ("textSearch",),
        Path(("justification", "response"), ("justification", "response")),
    ),
    FilterField(
        "justification_selected_option",
        "justificationSelectedOption",
        "text",
        ("textSearch",),
        Path(
            ("justification", "selectedOptions", "[]", "selectedOption"),
            ("justification", "selected_options", "[]", "selected_option"),
        ),
    ),
    FilterField(
        "justification_additional_response",
        "justificationAdditionalResponse",
        "text",
        ("textSearch",),
        Path(
            ("justification", "selectedOptions", "[]", "additionalResponse"),
            ("justification", "selected_options", "[]", "additional_response"),
        ),
    ),
)
"""The fields that a search can compare."""

OBJECTS: Final[Mapping[str, tuple[Field, ...]]] = {
    "Record": (
        Field("rid", "rid", "RecordRid", True),
        Field("configRid", "config_rid", "ConfigRid", False),
        Field("type", "type_", "CheckpointType", True),
        Field("scope", "scope", "Scope", True),
        Field("actingUser", "acting_user", "ActingUser", True),
        Field("delegateUserId", "delegate_user_id", "UserId", False),
        Field("createdAt", "created_at", "RecordCreatedAt", True),
        Field("checkpointedItems", "checkpointed_items", "CheckpointedItem", False, ("list",)),
        Field("justification", "justification", "Justification", True),
        Field("projectRid", "project_rid", "ProjectRid", False),
        Field("organizationRid", "organization_rid", "OrganizationRid", False),
        Field("namespaceRid", "namespace_rid", "NamespaceRid", False),
        Field("interactionRid", "interaction_rid", "InteractionRid", False),
        Field("approvalsMetadata", "approvals_metadata", "ApprovalsMetadata", False),
    ),
    "ActingUser": (
        Field("userId", "user_id", "UserId", True),
        Field("username", "username", "RedactableString", True),
        Field("organizationRid", "organization_rid", "OrganizationRid", False),
    ),
    "RedactableString": (
        Field("value", "value", "string", False),
        Field("redactionType", "redaction_type", "RedactionType", False),
    ),
    "CheckpointedIssue": (Field("issueRid", "issue_rid", "RID", True),),
    "CheckpointedJob": (Field("jobRid", "job_rid", "RID", True),),
    "CheckpointedSchedule": (Field("scheduleRid", "schedule_rid", "RID", True),),
    "CheckpointedResource": (
        Field("rid", "rid", "RID", True),
        Field("resourceType", "resource_type", "CheckpointedResourceType", True),
        Field("name", "name", "RedactableString", False),
        Field("projectRid", "project_rid", "ProjectRid", False),
        Field("namespaceRid", "namespace_rid", "NamespaceRid", False),
        Field("compassPath", "compass_path", "RedactableString", True),
        Field("orgMarkings", "org_markings", "string", False, ("list",)),
    ),
    "CheckpointedJobSpecification": (Field("jobSpecRid", "job_spec_rid", "RID", True),),
    "CheckpointedLanguageModel": (Field("modelRid", "model_rid", "RID", True),),
    "CheckpointedGroup": (Field("groupId", "group_id", "string", True),),
    "CheckpointedUserIntakeSubmission": (Field("submissionRid", "submission_rid", "RID", True),),
    "CheckpointedObjectSet": (
        Field("versioned", "versioned", "CheckpointedVersionedObjectSet", False),
        Field("typesProxy", "types_proxy", "CheckpointedObjectSetTypesProxy", False),
    ),
    "CheckpointedVersionedObjectSet": (
        Field("versionedObjectSetRid", "versioned_object_set_rid", "RID", True),
        Field("objectSetVersion", "object_set_version", "UUID", True),
        Field("objectTypes", "object_types", "CheckpointedOntologyWithObjectTypes", False, ("list",)),
    ),
    "CheckpointedOntologyWithObjectTypes": (
        Field("ontology", "ontology", "CheckpointedOntology", True),
        Field("objectTypeRids", "object_type_rids", "RID", False, ("list",)),
    ),
    "CheckpointedOntology": (
        Field("ontologyRid", "ontology_rid", "RID", True),
        Field("ontologyVersion", "ontology_version", "UUID", True),
        Field("namespaceRid", "namespace_rid", "NamespaceRid", False),
    ),
    "CheckpointedObjectSetTypesProxy": (
        Field("objectTypes", "object_types", "CheckpointedOntologyWithObjectTypes", False, ("list",)),
    ),
    "CheckpointedMarking": (Field("markingId", "marking_id", "string", True),),
    "CheckpointedMarketplaceProduct": (Field("productId", "product_id", "string", True),),
    "CheckpointedPeeringJob": (
        Field("jobId", "job_id", "string", True),
        Field("relationshipRid", "relationship_rid", "RID", True),
    ),
    "CheckpointedRole": (Field("roleId", "role_id", "string", True),),
    "CheckpointedIntervention": (Field("interventionRid", "intervention_rid", "RID", True),),
    "CheckpointedLanguageModelSession": (Field("sessionRid", "session_rid", "RID", True),),
    "CheckpointedToken": (
        Field("tokenId", "token_id", "string", True),
        Field("tokenType", "token_type", "CheckpointedTokenType", True),
    ),
    "CheckpointedUserIntakeFormInput": (Field("inputId", "input_id", "string", True),),
    "CheckpointedPrincipal": (
        Field("id", "id", "string", True),
        Field("username", "username", "RedactableString", True),
        Field("organizationRid", "organization_rid", "OrganizationRid", False),
        Field("role", "role", "CheckpointedPrincipalRole", True),
    ),
    "CheckpointedActionType": (
        Field("actionTypeRid", "action_type_rid", "RID", True),
        Field("ontology", "ontology", "CheckpointedOntology", True),
    ),
    "ResponseJustification": (
        Field("response", "response", "string", True),
        Field("prompt", "prompt", "string", True),
        Field("description", "description", "string", False),
        Field("title", "title", "string", True),
    ),
    "DropdownJustification": (
        Field("selectedOptions", "selected_options", "DropdownSelection", False, ("list",)),
        Field("prompt", "prompt", "string", True),
        Field("description", "description", "string", False),
        Field("title", "title", "string", True),
    ),
    "DropdownSelection": (
        Field("selectedOption", "selected_option", "string", True),
        Field("additionalResponse", "additional_response", "string", False),
    ),
    "ReauthenticationJustification": (
        Field("reauthenticationId", "reauthentication_id", "UUID", True),
        Field("prompt", "prompt", "string", True),
        Field("description", "description", "string", False),
        Field("title", "title", "string", True),
    ),
    "AcknowledgementJustification": (
        Field("prompt", "prompt", "string", True),
        Field("description", "description", "string", False),
        Field("title", "title", "string", True),
    ),
    "ApprovalsMetadata": (
        Field("approvalsTaskId", "approvals_task_id", "ApprovalsTaskId", True),
        Field("approvalsSubtaskIds", "approvals_subtask_ids", "ApprovalsSubtaskId", False, ("list",)),
    ),
    "CheckpointedJobRid": (Field("rid", "rid", "RID", True),),
    "CheckpointedMarkingId": (Field("id", "id", "string", True),),
    "CheckpointedTokenId": (Field("id", "id", "string", True),),
    "CheckpointedGroupId": (Field("id", "id", "string", True),),
    "CheckpointedObjectSetVersionedRid": (Field("rid", "rid", "RID", True),),
    "CheckpointedObjectSetTypesProxyRids": (Field("rids", "rids", "RID", True, ("list",)),),
    "CheckpointedResourceRid": (Field("rid", "rid", "RID", True),),
    "CheckpointedPeeringJobId": (
        Field("id", "id", "string", True),
        Field("relationshipRid", "relationship_rid", "RID", True),
    ),
    "CheckpointedIssueRid": (Field("rid", "rid", "RID", True),),
    "CheckpointedInterventionRid": (Field("rid", "rid", "RID", True),),
    "CheckpointedJobSpecRid": (Field("rid", "rid", "RID", True),),
    "CheckpointedActionTypeRid": (Field("rid", "rid", "RID", True),),
    "CheckpointedScheduleRid": (Field("rid", "rid", "RID", True),),
    "CheckpointedRoleId": (Field("id", "id", "string", True),),
    "CheckpointedUserIntakeFormInputId": (Field("id", "id", "string", True),),
    "CheckpointedMarketplaceProductId": (Field("id", "id", "string", True),),
    "CheckpointedLanguageModelRid": (Field("rid", "rid", "RID", True),),
    "CheckpointedPrincipalId": (Field("id", "id", "string", True),),
    "CheckpointedLanguageModelSessionRid": (Field("rid", "rid", "RID", True),),
    "CheckpointedUserIntakeSubmissionRid": (Field("rid", "rid", "RID", True),),
    "SearchCheckpointRecordsNotFilter": (Field("filter", "filter_", "SearchCheckpointRecordsFilter", True),),
    "SearchCheckpointRecordsOrFilter": (Field("filters", "filters", "SearchCheckpointRecordsFilter", True, ("list",)),),
    "SearchCheckpointRecordsTextSearchFilter": (
        Field("field", "field", "SearchCheckpointRecordsTextSearchFilterField", True),
        Field("query", "query", "string", True),
        Field("matchType", "match_type", "JustificationMatchType", True),
    ),
    "SearchCheckpointRecordsAndFilter": (
        Field("filters", "filters", "SearchCheckpointRecordsFilter", True, ("list",)),
    ),
    "SearchCheckpointRecordsLtFilter": (
        Field("field", "field", "SearchCheckpointRecordsLtFilterField", True),
        Field("value", "value", "time", True),
    ),
    "SearchCheckpointRecordsGteFilter": (
        Field("field", "field", "SearchCheckpointRecordsGteFilterField", True),
        Field("value", "value", "time", True),
    ),
    "SearchCheckpointRecordsEqualsFilter": (
        Field("field", "field", "SearchCheckpointRecordsEqualsFilterField", True),
        Field("value", "value", "string", True),
    ),
    "SearchCheckpointRecordsCheckpointedItemIdFilter": (
        Field("checkpointedItemId", "checkpointed_item_id", "CheckpointedItemId", True),
    ),
}
"""The fields of each object that a record, item id or filter holds."""

UNIONS: Final[Mapping[str, Union]] = {
    "CheckpointedItem": Union(
        "type",
        "type_",
        {
            "checkpointedIssue": "CheckpointedIssue",
            "checkpointedJob": "CheckpointedJob",
            "checkpointedSchedule": "CheckpointedSchedule",
            "checkpointedResource": "CheckpointedResource",
            "checkpointedJobSpecification": "CheckpointedJobSpecification",
            "checkpointedLanguageModel": "CheckpointedLanguageModel",
            "checkpointedGroup": "CheckpointedGroup",
            "checkpointedUserIntakeSubmission": "CheckpointedUserIntakeSubmission",
            "checkpointedObjectSet": "CheckpointedObjectSet",
            "checkpointedMarking": "CheckpointedMarking",
            "checkpointedMarketplaceProduct": "CheckpointedMarketplaceProduct",
            "checkpointedPeeringJob": "CheckpointedPeeringJob",
            "checkpointedRole": "CheckpointedRole",
            "checkpointedIntervention": "CheckpointedIntervention",
            "checkpointedLanguageModelSession": "CheckpointedLanguageModelSession",
            "checkpointedToken": "CheckpointedToken",
            "checkpointedUserIntakeFormInput": "CheckpointedUserIntakeFormInput",
            "checkpointedPrincipal": "CheckpointedPrincipal",
            "checkpointedActionType": "CheckpointedActionType",
        },
    ),
    "Justification": Union(
        "type",
        "type_",
        {
            "responseJustification": "ResponseJustification",
            "dropdownJustification": "DropdownJustification",
            "reauthenticationJustification": "ReauthenticationJustification",
            "acknowledgementJustification": "AcknowledgementJustification",
        },
    ),
    "CheckpointedItemId": Union(
        "type",
        "type_",
        {
            "checkpointedJobRid": "CheckpointedJobRid",
            "checkpointedMarkingId": "CheckpointedMarkingId",
            "checkpointedTokenId": "CheckpointedTokenId",
            "checkpointedGroupId": "CheckpointedGroupId",
            "checkpointedObjectSetVersionedRid": "CheckpointedObjectSetVersionedRid",
            "checkpointedObjectSetTypesProxyRids": "CheckpointedObjectSetTypesProxyRids",
            "checkpointedResourceRid": "CheckpointedResourceRid",
            "checkpointedPeeringJobId": "CheckpointedPeeringJobId",
            "checkpointedIssueRid": "CheckpointedIssueRid",
            "checkpointedInterventionRid": "CheckpointedInterventionRid",
            "checkpointedJobSpecRid": "CheckpointedJobSpecRid",
            "checkpointedActionTypeRid": "CheckpointedActionTypeRid",
            "checkpointedScheduleRid": "CheckpointedScheduleRid",
            "checkpointedRoleId": "CheckpointedRoleId",
            "checkpointedUserIntakeFormInputId": "CheckpointedUserIntakeFormInputId",
            "checkpointedMarketplaceProductId": "CheckpointedMarketplaceProductId",
            "checkpointedLanguageModelRid": "CheckpointedLanguageModelRid",
            "checkpointedPrincipalId": "CheckpointedPrincipalId",
            "checkpointedLanguageModelSessionRid": "CheckpointedLanguageModelSessionRid",
            "checkpointedUserIntakeSubmissionRid": "CheckpointedUserIntakeSubmissionRid",
        },
    ),
    "SearchCheckpointRecordsFilter": Union(
        "type",
        "type_",
        {
            "not": "SearchCheckpointRecordsNotFilter",
            "or": "SearchCheckpointRecordsOrFilter",
            "textSearch": "SearchCheckpointRecordsTextSearchFilter",
            "and": "SearchCheckpointRecordsAndFilter",
            "lt": "SearchCheckpointRecordsLtFilter",
            "gte": "SearchCheckpointRecordsGteFilter",
            "eq": "SearchCheckpointRecordsEqualsFilter",
            "checkpointedItemId": "SearchCheckpointRecordsCheckpointedItemIdFilter",
        },
    ),
}
"""The unions that a record, item id or filter holds."""

SCALARS: Final[Mapping[str, Scalar]] = {
    "RecordRid": Scalar(
        "string", "^ri\\.[a-z][a-z0-9-]*\\.([a-z0-9][a-z0-9\\-]*)?\\.[a-z][a-z0-9-]*\\.[a-zA-Z0-9._-]+$"
    ),
    "ConfigRid": Scalar(
        "string", "^ri\\.[a-z][a-z0-9-]*\\.([a-z0-9][a-z0-9\\-]*)?\\.[a-z][a-z0-9-]*\\.[a-zA-Z0-9._-]+$"
    ),
    "UserId": Scalar("string"),
    "OrganizationRid": Scalar(
        "string", "^ri\\.[a-z][a-z0-9-]*\\.([a-z0-9][a-z0-9\\-]*)?\\.[a-z][a-z0-9-]*\\.[a-zA-Z0-9._-]+$"
    ),
    "RecordCreatedAt": Scalar("time"),
    "RID": Scalar("string", "^ri\\.[a-z][a-z0-9-]*\\.([a-z0-9][a-z0-9\\-]*)?\\.[a-z][a-z0-9-]*\\.[a-zA-Z0-9._-]+$"),
    "ProjectRid": Scalar(
        "string", "^ri\\.[a-z][a-z0-9-]*\\.([a-z0-9][a-z0-9\\-]*)?\\.[a-z][a-z0-9-]*\\.[a-zA-Z0-9._-]+$"
    ),
    "NamespaceRid": Scalar(
        "string", "^ri\\.[a-z][a-z0-9-]*\\.([a-z0-9][a-z0-9\\-]*)?\\.[a-z][a-z0-9-]*\\.[a-zA-Z0-9._-]+$"
    ),
    "UUID": Scalar("string"),
    "InteractionRid": Scalar(
        "string", "^ri\\.[a-z][a-z0-9-]*\\.([a-z0-9][a-z0-9\\-]*)?\\.[a-z][a-z0-9-]*\\.[a-zA-Z0-9._-]+$"
    ),
    "ApprovalsTaskId": Scalar("string"),
    "ApprovalsSubtaskId": Scalar("string"),
}
"""The named scalars that a record, item id or filter holds."""

SAMPLES: Final[Mapping[str, tuple[Any, ...]]] = {
    "CheckpointedIssue.issueRid": ("ri.issues.main.issue.{id}",),
    "CheckpointedSchedule.scheduleRid": ("ri.scheduler.main.schedule.{id}",),
    "CheckpointedResource.rid": (
        "ri.foundry.main.dataset.{id}",
        "ri.contour.main.analysis.{id}",
        "ri.notepad.main.notepad.{id}",
        "ri.stemma.main.repository.{id}",
    ),
    "CheckpointedResource.orgMarkings": ("{id}",),
    "CheckpointedLanguageModel.modelRid": ("ri.language-model.main.model.{id}",),
    "CheckpointedUserIntakeSubmission.submissionRid": ("ri.intake.main.submission.{id}",),
    "CheckpointedVersionedObjectSet.versionedObjectSetRid": ("ri.object-set.main.versioned-object-set.{id}",),
    "CheckpointedOntologyWithObjectTypes.objectTypeRids": ("ri.ontology.main.object-type.{id}",),
    "CheckpointedOntology.ontologyRid": ("ri.ontology.main.ontology.{id}",),
    "CheckpointedPeeringJob.relationshipRid": ("ri.peer-manager.main.relationship.{id}",),
    "CheckpointedIntervention.interventionRid": ("ri.upgrades.main.intervention.{id}",),
    "CheckpointedLanguageModelSession.sessionRid": ("ri.aip-agents.main.session.{id}",),
    "CheckpointedActionType.actionTypeRid": ("ri.actions.main.action-type.{id}",),
    "ResponseJustification.response": (
        "Monthly report to the regulator",
        "Requested by the customer",
        "Data quality check",
        "Handover to the night shift",
        "Incident investigation",
        "Access review",
        "Correction of a wrong entry",
        "Training of new staff",
    ),
    "ResponseJustification.prompt": ("Why do you need this?",),
    "ResponseJustification.description": ("Your answer is stored and can be reviewed.",),
    "ResponseJustification.title": ("Justification",),
    "DropdownJustification.prompt": ("Choose everything that applies",),
    "DropdownJustification.description": ("Your answer is stored and can be reviewed.",),
    "DropdownJustification.title": ("Purpose",),
    "DropdownSelection.selectedOption": ("Audit", "Customer request", "Incident", "Maintenance", "Research", "Other"),
    "DropdownSelection.additionalResponse": (
        "Monthly report to the regulator",
        "Requested by the customer",
        "Access review",
    ),
    "ReauthenticationJustification.prompt": ("Log in again to continue",),
    "ReauthenticationJustification.description": ("This login is recorded.",),
    "ReauthenticationJustification.title": ("Confirm your identity",),
    "AcknowledgementJustification.prompt": ("I acknowledge that this action is recorded",),
    "AcknowledgementJustification.description": ("Your acknowledgement is stored.",),
    "AcknowledgementJustification.title": ("Acknowledgement",),
    "RecordRid": ("ri.checkpoints.main.checkpoint.{id}",),
    "ConfigRid": ("ri.checkpoints.main.config.{id}",),
    "InteractionRid": ("ri.checkpoints.main.checkpointable-interaction.{id}",),
    "NamespaceRid": ("ri.compass.main.folder.{id}",),
    "OrganizationRid": ("ri.multipass..organization.{id}",),
    "ProjectRid": ("ri.compass.main.folder.{id}",),
    "UUID": ("{id}",),
}
"""Values for samples, by scalar or by `Object.field`; of a list, for its elements. `{id}` stands for any id."""
