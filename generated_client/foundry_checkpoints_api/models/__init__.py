# Generated with openapi-python-client 0.29.1 from openapi/checkpoints.yaml by `make generate`.
# Do not edit: change the spec or generator/client, then run the command again.
"""The models, unions, and enums of the API, under their names in the spec."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, TypeAlias

from attrs import define as _define
from attrs import field as _field

from ..types import (
    NO_FIELDS,
    Model,
    OpenEnum,
    UnknownVariant,
    Values,
    Variants,
    additional,
    checked_strings,
    decode,
    format_time,
    parse_time,
)

__all__ = [
    "AcknowledgementJustification",
    "ActingUser",
    "ApiFeaturePreviewUsageOnlyBody",
    "ApiUsageDeniedBody",
    "ApiUsageDeniedParameters",
    "ApprovalsMetadata",
    "BatchRequestSizeExceededLimitBody",
    "BatchRequestSizeExceededLimitParameters",
    "CheckpointRecordNotFoundBody",
    "CheckpointRecordNotFoundParameters",
    "CheckpointRecordPermissionDeniedBody",
    "CheckpointRecordPermissionDeniedParameters",
    "CheckpointType",
    "CheckpointedActionType",
    "CheckpointedActionTypeRid",
    "CheckpointedGroup",
    "CheckpointedGroupId",
    "CheckpointedIntervention",
    "CheckpointedInterventionRid",
    "CheckpointedIssue",
    "CheckpointedIssueRid",
    "CheckpointedItem",
    "CheckpointedItemId",
    "CheckpointedJob",
    "CheckpointedJobRid",
    "CheckpointedJobSpecRid",
    "CheckpointedJobSpecification",
    "CheckpointedLanguageModel",
    "CheckpointedLanguageModelRid",
    "CheckpointedLanguageModelSession",
    "CheckpointedLanguageModelSessionRid",
    "CheckpointedMarketplaceProduct",
    "CheckpointedMarketplaceProductId",
    "CheckpointedMarking",
    "CheckpointedMarkingId",
    "CheckpointedObjectSet",
    "CheckpointedObjectSetTypesProxy",
    "CheckpointedObjectSetTypesProxyRids",
    "CheckpointedObjectSetVersionedRid",
    "CheckpointedOntology",
    "CheckpointedOntologyWithObjectTypes",
    "CheckpointedPeeringJob",
    "CheckpointedPeeringJobId",
    "CheckpointedPrincipal",
    "CheckpointedPrincipalId",
    "CheckpointedPrincipalRole",
    "CheckpointedResource",
    "CheckpointedResourceRid",
    "CheckpointedResourceType",
    "CheckpointedRole",
    "CheckpointedRoleId",
    "CheckpointedSchedule",
    "CheckpointedScheduleRid",
    "CheckpointedToken",
    "CheckpointedTokenId",
    "CheckpointedTokenType",
    "CheckpointedUserIntakeFormInput",
    "CheckpointedUserIntakeFormInputId",
    "CheckpointedUserIntakeSubmission",
    "CheckpointedUserIntakeSubmissionRid",
    "CheckpointedVersionedObjectSet",
    "ConjureInvalidArgumentBody",
    "ConjureUnprocessableEntityBody",
    "ConjureUnsupportedMediaTypeBody",
    "DefaultInternalBody",
    "DefaultPermissionDeniedBody",
    "DefaultUnauthorizedBody",
    "DropdownJustification",
    "DropdownSelection",
    "ErrorBase",
    "ErrorBody",
    "GetRecordsBatchRequestElement",
    "GetRecordsBatchResponse",
    "InvalidAndFilterBody",
    "InvalidFilterValueBody",
    "InvalidFilterValueParameters",
    "InvalidOrFilterBody",
    "InvalidPageSizeBody",
    "InvalidPageSizeParameters",
    "InvalidPageTokenBody",
    "InvalidPageTokenParameters",
    "Justification",
    "JustificationMatchType",
    "MissingBatchRequestBody",
    "MissingPostBodyBody",
    "ReauthenticationJustification",
    "Record",
    "RecordNotFoundBody",
    "RecordNotFoundParameters",
    "RedactableString",
    "RedactionType",
    "ResponseJustification",
    "Scope",
    "SearchCheckpointRecordsAndFilter",
    "SearchCheckpointRecordsCheckpointedItemIdFilter",
    "SearchCheckpointRecordsEqualsFilter",
    "SearchCheckpointRecordsEqualsFilterField",
    "SearchCheckpointRecordsFilter",
    "SearchCheckpointRecordsGteFilter",
    "SearchCheckpointRecordsGteFilterField",
    "SearchCheckpointRecordsLtFilter",
    "SearchCheckpointRecordsLtFilterField",
    "SearchCheckpointRecordsNotFilter",
    "SearchCheckpointRecordsOrFilter",
    "SearchCheckpointRecordsRequest",
    "SearchCheckpointRecordsResponse",
    "SearchCheckpointRecordsTextSearchFilter",
    "SearchCheckpointRecordsTextSearchFilterField",
    "SearchRecordsPermissionDeniedBody",
    "SearchRecordsRequest",
    "SortDirection",
    "UnknownVariant",
    "checkpointed_item_from_dict",
    "checkpointed_item_id_from_dict",
    "error_body_from_dict",
    "justification_from_dict",
    "search_checkpoint_records_filter_from_dict",
]

_new = object.__new__

# How a model decodes: it creates an instance without `__init__`, stores each field, and counts in `n` the fields of `d`
# that it knows. If `len(d) == n`, there are no others, and `additional_properties` is the empty mapping that all share.


class CheckpointType(OpenEnum):
    """The kind of action that a checkpoint guards. Which kinds occur depends on the applications of a
    stack; new kinds appear without notice.
    """

    CONTOUR_CREATE = "CONTOUR_CREATE"
    CONTOUR_EXPORT = "CONTOUR_EXPORT"
    HUBBLE_EXPORT = "HUBBLE_EXPORT"
    COMPASS_IMPORT = "COMPASS_IMPORT"
    COMPASS_EXPORT = "COMPASS_EXPORT"
    COMPASS_ADD_REFERENCE = "COMPASS_ADD_REFERENCE"
    COMPASS_AUTHORIZE_MARKING_ON_PROJECT = "COMPASS_AUTHORIZE_MARKING_ON_PROJECT"
    COMPASS_ADD_ROLE_GRANT = "COMPASS_ADD_ROLE_GRANT"
    COMPASS_REMOVE_REFERENCE = "COMPASS_REMOVE_REFERENCE"
    COMPASS_REMOVE_AUTHORIZED_MARKING_FROM_PROJECT = "COMPASS_REMOVE_AUTHORIZED_MARKING_FROM_PROJECT"
    COMPASS_REMOVE_ROLE_GRANT = "COMPASS_REMOVE_ROLE_GRANT"
    DATA_CONNECTION_SYNC_CREATE = "DATA_CONNECTION_SYNC_CREATE"
    DATA_CONNECTION_SYNC_BULK_CREATE = "DATA_CONNECTION_SYNC_BULK_CREATE"
    DATA_CONNECTION_SYNC_EDIT = "DATA_CONNECTION_SYNC_EDIT"
    DATA_CONNECTION_SOURCE_SHARE = "DATA_CONNECTION_SOURCE_SHARE"
    LOGIN = "LOGIN"
    REPORT_EXPORT = "REPORT_EXPORT"
    CIPHER_ENCRYPT = "CIPHER_ENCRYPT"
    CIPHER_DECRYPT = "CIPHER_DECRYPT"
    ATTACHMENT_IMPORT = "ATTACHMENT_IMPORT"
    ATTACHMENT_EXPORT = "ATTACHMENT_EXPORT"
    SLATE_EXPORT = "SLATE_EXPORT"
    NOTEPAD_EXPORT = "NOTEPAD_EXPORT"
    QUIVER_EXPORT = "QUIVER_EXPORT"
    DATA_LIFETIME_APPLY_RETENTION_POLICY = "DATA_LIFETIME_APPLY_RETENTION_POLICY"
    FRONTEND_EXPORT = "FRONTEND_EXPORT"
    BUILD_LOG_EXPORT = "BUILD_LOG_EXPORT"
    CODE_REPOSITORY_LOG_EXPORT = "CODE_REPOSITORY_LOG_EXPORT"
    CODE_REPOSITORY_MODIFY_APPROVAL_POLICY = "CODE_REPOSITORY_MODIFY_APPROVAL_POLICY"
    CODE_REPOSITORY_MERGE_PULL_REQUEST = "CODE_REPOSITORY_MERGE_PULL_REQUEST"
    CODE_REPOSITORY_BUILD = "CODE_REPOSITORY_BUILD"
    CODE_WORKBOOK_BUILD = "CODE_WORKBOOK_BUILD"
    SCHEDULE_CREATE = "SCHEDULE_CREATE"
    SCHEDULE_MODIFY = "SCHEDULE_MODIFY"
    SCHEDULE_RUN = "SCHEDULE_RUN"
    SCHEDULE_DELETE = "SCHEDULE_DELETE"
    RUN_BUILD = "RUN_BUILD"
    MULTIPASS_TOKEN_CREATE = "MULTIPASS_TOKEN_CREATE"
    MULTIPASS_ADD_GROUP_MEMBER = "MULTIPASS_ADD_GROUP_MEMBER"
    MULTIPASS_ADD_MARKING_MEMBER = "MULTIPASS_ADD_MARKING_MEMBER"
    MULTIPASS_REMOVE_GROUP_MEMBER = "MULTIPASS_REMOVE_GROUP_MEMBER"
    MULTIPASS_REMOVE_MARKING_MEMBER = "MULTIPASS_REMOVE_MARKING_MEMBER"
    MULTIPASS_UPDATE_GROUP_MEMBERSHIP_EXPIRATION_CONFIG = "MULTIPASS_UPDATE_GROUP_MEMBERSHIP_EXPIRATION_CONFIG"
    MULTIPASS_UPDATE_GROUP_MEMBER_EXPIRY = "MULTIPASS_UPDATE_GROUP_MEMBER_EXPIRY"
    SCOPED_SESSION_SELECT = "SCOPED_SESSION_SELECT"
    CODE_WORKSPACE_LOG_EXPORT = "CODE_WORKSPACE_LOG_EXPORT"
    CODE_WORKSPACE_MOVE_DATA_FROM_FOUNDRY = "CODE_WORKSPACE_MOVE_DATA_FROM_FOUNDRY"
    CODE_WORKSPACE_MOVE_DATA_TO_FOUNDRY = "CODE_WORKSPACE_MOVE_DATA_TO_FOUNDRY"
    MANAGE_CODE_WORKSPACE_DASHBOARD_DOWNLOADS = "MANAGE_CODE_WORKSPACE_DASHBOARD_DOWNLOADS"
    NOTEPAD_MEDIA_IMPORT = "NOTEPAD_MEDIA_IMPORT"
    CONTOUR_DASHBOARD_EXPORT = "CONTOUR_DASHBOARD_EXPORT"
    PACKAGE_PRODUCT = "PACKAGE_PRODUCT"
    NOTEPAD_WIDGET_SNAPSHOT = "NOTEPAD_WIDGET_SNAPSHOT"
    MEDIA_SET_IMPORT = "MEDIA_SET_IMPORT"
    MEDIA_SET_EXPORT = "MEDIA_SET_EXPORT"
    UPGRADE_ASSISTANT_SUMMARY_EXPORT = "UPGRADE_ASSISTANT_SUMMARY_EXPORT"
    TABLES_REGISTRATION_AUTOMATIC = "TABLES_REGISTRATION_AUTOMATIC"
    TABLES_REGISTRATION_MANUAL = "TABLES_REGISTRATION_MANUAL"
    DEV_CONSOLE_OPENAPI_SPECIFICATION_EXPORT = "DEV_CONSOLE_OPENAPI_SPECIFICATION_EXPORT"
    DEV_CONSOLE_USAGE_EXPORT = "DEV_CONSOLE_USAGE_EXPORT"
    DEPLOY_PIPELINE = "DEPLOY_PIPELINE"
    PIPELINE_BUILDER_MERGE_PROPOSAL = "PIPELINE_BUILDER_MERGE_PROPOSAL"
    PIPELINE_BUILDER_MODIFY_APPROVAL_POLICY = "PIPELINE_BUILDER_MODIFY_APPROVAL_POLICY"
    PIPELINE_BUILDER_ARCHIVE_BRANCHES = "PIPELINE_BUILDER_ARCHIVE_BRANCHES"
    PIPELINE_BUILDER_MODIFY_FALLBACK_BRANCHES = "PIPELINE_BUILDER_MODIFY_FALLBACK_BRANCHES"
    MODEL_EXPORT = "MODEL_EXPORT"
    THREADS_SESSION_EXPORT = "THREADS_SESSION_EXPORT"
    AGENT_SESSION_EXPORT = "AGENT_SESSION_EXPORT"
    USER_INTAKE_SUBMISSION_EXPORT = "USER_INTAKE_SUBMISSION_EXPORT"
    FUNCTION_BACKED_EXPORT = "FUNCTION_BACKED_EXPORT"
    SUBMIT_ACTION = "SUBMIT_ACTION"
    START_WALKTHROUGH = "START_WALKTHROUGH"
    OBJECT_SET_EXPORT = "OBJECT_SET_EXPORT"
    RESET_MFA_METHOD = "RESET_MFA_METHOD"
    ISSUE_CREATE = "ISSUE_CREATE"
    RECORD_FLOW_CAPTURE = "RECORD_FLOW_CAPTURE"
    UPLOAD_DATA_TO_FLOW_CAPTURE = "UPLOAD_DATA_TO_FLOW_CAPTURE"
    EXPORT_FLOW_CAPTURE_ZIP = "EXPORT_FLOW_CAPTURE_ZIP"
    INSIGHT_LOAD = "INSIGHT_LOAD"
    AIP_ANALYST_APP_LOAD = "AIP_ANALYST_APP_LOAD"
    PEER_MANAGER_CDS_PAYLOAD_EXPORT = "PEER_MANAGER_CDS_PAYLOAD_EXPORT"
    PEER_MANAGER_OBJECT_TYPE_SCHEMAS_EXPORT = "PEER_MANAGER_OBJECT_TYPE_SCHEMAS_EXPORT"
    AIP_ANALYST_EXPORT = "AIP_ANALYST_EXPORT"
    OBJECT_EXPLORER_SEARCH = "OBJECT_EXPLORER_SEARCH"


_CHECKPOINT_TYPE = Values(CheckpointType)


class Scope(OpenEnum):
    """Whether a checkpoint applied because of the user, or because of the resource."""

    USER_SCOPED = "USER_SCOPED"
    RESOURCE_SCOPED = "RESOURCE_SCOPED"


_SCOPE = Values(Scope)


class RedactionType(OpenEnum):
    """Whether a text is withheld on account of a user, or of a resource."""

    USER_REDACTED = "USER_REDACTED"
    RESOURCE_REDACTED = "RESOURCE_REDACTED"


_REDACTION_TYPE = Values(RedactionType)


class CheckpointedResourceType(OpenEnum):
    """What a resource is, or the part that it played in the action."""

    CONTOUR_ANALYSIS = "CONTOUR_ANALYSIS"
    CONTOUR_SOURCE_DATASET = "CONTOUR_SOURCE_DATASET"
    DATA_CONNECTION_SYNC = "DATA_CONNECTION_SYNC"
    DATA_CONNECTION_SOURCE = "DATA_CONNECTION_SOURCE"
    DATA_CONNECTION_SYNC_TARGET_DATASET = "DATA_CONNECTION_SYNC_TARGET_DATASET"
    HUBBLE_OBJECT_TYPE = "HUBBLE_OBJECT_TYPE"
    EXPORTED_RESOURCE = "EXPORTED_RESOURCE"
    IMPORTED_RESOURCE = "IMPORTED_RESOURCE"
    REPORT = "REPORT"
    CIPHER_CHANNEL = "CIPHER_CHANNEL"
    CIPHER_LICENSE = "CIPHER_LICENSE"
    PARENT_RESOURCE = "PARENT_RESOURCE"
    ATTACHMENT = "ATTACHMENT"
    SLATE_APPLICATION = "SLATE_APPLICATION"
    NOTEPAD = "NOTEPAD"
    DATASET = "DATASET"
    MEDIA_SET = "MEDIA_SET"
    CODE_REPOSITORY = "CODE_REPOSITORY"
    CODE_WORKBOOK = "CODE_WORKBOOK"
    CODE_WORKSPACE = "CODE_WORKSPACE"
    TELEMETRY_CONTAINER = "TELEMETRY_CONTAINER"
    REFERENCED_RESOURCE = "REFERENCED_RESOURCE"
    ROLE_GRANT_RESOURCE = "ROLE_GRANT_RESOURCE"
    PROJECT = "PROJECT"
    STORE = "STORE"
    THIRD_PARTY_APPLICATION = "THIRD_PARTY_APPLICATION"
    BUILDER_PIPELINE = "BUILDER_PIPELINE"
    MODEL = "MODEL"
    MODEL_VERSION = "MODEL_VERSION"
    AGENT = "AGENT"
    WORKSHOP_MODULE = "WORKSHOP_MODULE"
    WALKTHROUGH = "WALKTHROUGH"
    FLOW_CAPTURE = "FLOW_CAPTURE"
    PEERING_CONNECTION = "PEERING_CONNECTION"


_CHECKPOINTED_RESOURCE_TYPE = Values(CheckpointedResourceType)


class CheckpointedPrincipalRole(OpenEnum):
    """The part that a user or a group played in the action."""

    SOURCE_SHARE_RECIPIENT = "SOURCE_SHARE_RECIPIENT"
    TARGET_GROUP = "TARGET_GROUP"
    GROUP_MEMBER = "GROUP_MEMBER"
    MARKING_MEMBER = "MARKING_MEMBER"
    ROLE_GRANT_RECIPIENT = "ROLE_GRANT_RECIPIENT"
    MFA_METHOD_RESET_TARGET = "MFA_METHOD_RESET_TARGET"
    ISSUE_ASSIGNEE = "ISSUE_ASSIGNEE"


_CHECKPOINTED_PRINCIPAL_ROLE = Values(CheckpointedPrincipalRole)


class CheckpointedTokenType(OpenEnum):
    """What kind of access token it is."""

    USER_TOKEN = "USER_TOKEN"


_CHECKPOINTED_TOKEN_TYPE = Values(CheckpointedTokenType)


class JustificationMatchType(OpenEnum):
    """How a text search compares, with the whole text or with a part of it."""

    EXACT = "EXACT"
    CONTAINS = "CONTAINS"


_JUSTIFICATION_MATCH_TYPE = Values(JustificationMatchType)


class SortDirection(OpenEnum):
    """Order by creation time, `ASC` oldest first, `DESC` newest first. `DESC` if left out."""

    ASC = "ASC"
    DESC = "DESC"


_SORT_DIRECTION = Values(SortDirection)


class SearchCheckpointRecordsEqualsFilterField(OpenEnum):
    """What an equality filter compares: a field of `Record` (`checkpointType` is its `type`), or the
    `type` of one of its items.
    """

    RECORD_RID = "recordRid"
    CONFIG_RID = "configRid"
    CHECKPOINT_TYPE = "checkpointType"
    ACTING_USER_ID = "actingUserId"
    DELEGATE_USER_ID = "delegateUserId"
    ORGANIZATION_RID = "organizationRid"
    NAMESPACE_RID = "namespaceRid"
    INTERACTION_RID = "interactionRid"
    CHECKPOINTED_ITEM_TYPE = "checkpointedItemType"


_SEARCH_CHECKPOINT_RECORDS_EQUALS_FILTER_FIELD = Values(SearchCheckpointRecordsEqualsFilterField)


class SearchCheckpointRecordsGteFilterField(OpenEnum):
    """The field that a `gte` filter compares."""

    CREATED_AT = "createdAt"


_SEARCH_CHECKPOINT_RECORDS_GTE_FILTER_FIELD = Values(SearchCheckpointRecordsGteFilterField)


class SearchCheckpointRecordsLtFilterField(OpenEnum):
    """The field that an `lt` filter compares."""

    CREATED_AT = "createdAt"


_SEARCH_CHECKPOINT_RECORDS_LT_FILTER_FIELD = Values(SearchCheckpointRecordsLtFilterField)


class SearchCheckpointRecordsTextSearchFilterField(OpenEnum):
    """Which text of a justification a search looks at: the written answer, the chosen options, or what
    was written beside them.
    """

    JUSTIFICATION_RESPONSE = "justificationResponse"
    JUSTIFICATION_SELECTED_OPTION = "justificationSelectedOption"
    JUSTIFICATION_ADDITIONAL_RESPONSE = "justificationAdditionalResponse"


_SEARCH_CHECKPOINT_RECORDS_TEXT_SEARCH_FILTER_FIELD = Values(SearchCheckpointRecordsTextSearchFilterField)


@_define(eq=False, repr=False)
class Record(Model):
    """A checkpoint that a user passed: who, when, before which action, on what, and why.

    `type` is the action, `createdAt` the moment. `actingUser` passed the checkpoint; `delegateUserId`
    is the delegate, if there was one. `configRid` is the configuration that made the checkpoint appear,
    `interactionRid` the interaction that it belongs to. Project, organization and namespace say where
    the checkpoint applied. `approvalsMetadata` is there when the action went through Approvals.
    """

    rid: str
    """Rid of a checkpoint record."""
    type_: CheckpointType
    """The kind of action that a checkpoint guards. Which kinds occur depends on the applications of a
    stack; new kinds appear without notice.
    """
    scope: Scope
    """Whether a checkpoint applied because of the user, or because of the resource."""
    acting_user: ActingUser
    """The user who passed the checkpoint. `username` is the name, which may be withheld; `userId` never
    is. `organizationRid` is the user's organization.
    """
    created_at: datetime.datetime
    """When a record was created. ISO 8601 with an offset; the service writes UTC with milliseconds."""
    justification: Justification
    """What the user gave to pass the checkpoint. `title`, `prompt` and `description` are the words that
    the user saw. A later change of the configuration does not alter them.
    """
    config_rid: str | None = None
    """Rid of the checkpoint configuration that a record stems from. The configuration may be gone."""
    delegate_user_id: str | None = None
    """Id of a user."""
    checkpointed_items: list[CheckpointedItem] = _field(factory=list)
    """What the action was about, if anything."""
    project_rid: str | None = None
    """Rid of a project."""
    organization_rid: str | None = None
    """Rid of an organization."""
    namespace_rid: str | None = None
    """Rid of a namespace, now called a space, the level above projects."""
    interaction_rid: str | None = None
    """Rid of the interaction during which a checkpoint appeared."""
    approvals_metadata: ApprovalsMetadata | None = None
    """The task in Approvals that the action was part of."""
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset(
        {
            "rid",
            "type",
            "scope",
            "actingUser",
            "createdAt",
            "justification",
            "configRid",
            "delegateUserId",
            "checkpointedItems",
            "projectRid",
            "organizationRid",
            "namespaceRid",
            "interactionRid",
            "approvalsMetadata",
        }
    )

    @staticmethod
    def _decode(d: dict[str, Any]) -> Record:
        self = _new(Record)
        n = 6
        if type(v := d["rid"]) is not str:
            raise TypeError
        self.rid = v
        self.type_ = _CHECKPOINT_TYPE[d["type"]]
        self.scope = _SCOPE[d["scope"]]
        self.acting_user = _acting_user(d["actingUser"])
        self.created_at = parse_time(d["createdAt"])
        self.justification = _JUSTIFICATION[(v := d["justification"])["type"]](v)
        v = d.get("checkpointedItems")
        if v is None:
            self.checkpointed_items = []
        else:
            if not isinstance(v, list):
                raise TypeError
            self.checkpointed_items = [_CHECKPOINTED_ITEM[i["type"]](i) for i in v]
            n += 1
        if (v := d.get("configRid")) is not None:
            if type(v) is not str:
                raise TypeError
            n += 1
        self.config_rid = v
        if (v := d.get("delegateUserId")) is not None:
            if type(v) is not str:
                raise TypeError
            n += 1
        self.delegate_user_id = v
        if (v := d.get("projectRid")) is not None:
            if type(v) is not str:
                raise TypeError
            n += 1
        self.project_rid = v
        if (v := d.get("organizationRid")) is not None:
            if type(v) is not str:
                raise TypeError
            n += 1
        self.organization_rid = v
        if (v := d.get("namespaceRid")) is not None:
            if type(v) is not str:
                raise TypeError
            n += 1
        self.namespace_rid = v
        if (v := d.get("interactionRid")) is not None:
            if type(v) is not str:
                raise TypeError
            n += 1
        self.interaction_rid = v
        if (v := d.get("approvalsMetadata")) is not None:
            v = _approvals_metadata(v)
            n += 1
        self.approvals_metadata = v
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, Record)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {
            "rid": self.rid,
            "type": self.type_._value_,
            "scope": self.scope._value_,
            "actingUser": self.acting_user.to_dict(),
            "createdAt": format_time(self.created_at),
            "justification": self.justification.to_dict(),
            "checkpointedItems": [i.to_dict() for i in self.checkpointed_items],
        }
        if self.config_rid is not None:
            d["configRid"] = self.config_rid
        if self.delegate_user_id is not None:
            d["delegateUserId"] = self.delegate_user_id
        if self.project_rid is not None:
            d["projectRid"] = self.project_rid
        if self.organization_rid is not None:
            d["organizationRid"] = self.organization_rid
        if self.namespace_rid is not None:
            d["namespaceRid"] = self.namespace_rid
        if self.interaction_rid is not None:
            d["interactionRid"] = self.interaction_rid
        if self.approvals_metadata is not None:
            d["approvalsMetadata"] = self.approvals_metadata.to_dict()
        return {**self.additional_properties, **d} if self.additional_properties else d


_record = Record._decode


@_define(eq=False, repr=False)
class ApprovalsMetadata(Model):
    """The task in Approvals that the action was part of."""

    approvals_task_id: str
    """Id of a task in Approvals."""
    approvals_subtask_ids: list[str] = _field(factory=list)
    """The parts of the task that the record covers."""
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"approvalsTaskId", "approvalsSubtaskIds"})

    @staticmethod
    def _decode(d: dict[str, Any]) -> ApprovalsMetadata:
        self = _new(ApprovalsMetadata)
        n = 1
        if type(v := d["approvalsTaskId"]) is not str:
            raise TypeError
        self.approvals_task_id = v
        v = d.get("approvalsSubtaskIds")
        if v is None:
            self.approvals_subtask_ids = []
        else:
            if not isinstance(v, list):
                raise TypeError
            self.approvals_subtask_ids = checked_strings(v)
            n += 1
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, ApprovalsMetadata)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {
            "approvalsTaskId": self.approvals_task_id,
            "approvalsSubtaskIds": self.approvals_subtask_ids[:],
        }
        return {**self.additional_properties, **d} if self.additional_properties else d


_approvals_metadata = ApprovalsMetadata._decode


@_define(eq=False, repr=False)
class ActingUser(Model):
    """The user who passed the checkpoint. `username` is the name, which may be withheld; `userId` never
    is. `organizationRid` is the user's organization.
    """

    user_id: str
    """Id of a user."""
    username: RedactableString
    """A text that may be withheld. `redactionType` says why, where it is."""
    organization_rid: str | None = None
    """Rid of an organization."""
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"userId", "username", "organizationRid"})

    @staticmethod
    def _decode(d: dict[str, Any]) -> ActingUser:
        self = _new(ActingUser)
        n = 2
        if type(v := d["userId"]) is not str:
            raise TypeError
        self.user_id = v
        self.username = _redactable_string(d["username"])
        if (v := d.get("organizationRid")) is not None:
            if type(v) is not str:
                raise TypeError
            n += 1
        self.organization_rid = v
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, ActingUser)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"userId": self.user_id, "username": self.username.to_dict()}
        if self.organization_rid is not None:
            d["organizationRid"] = self.organization_rid
        return {**self.additional_properties, **d} if self.additional_properties else d


_acting_user = ActingUser._decode


@_define(eq=False, repr=False)
class RedactableString(Model):
    """A text that may be withheld. `redactionType` says why, where it is."""

    value: str | None = None
    """The text. Absent where it is withheld."""
    redaction_type: RedactionType | None = None
    """Whether a text is withheld on account of a user, or of a resource."""
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"value", "redactionType"})

    @staticmethod
    def _decode(d: dict[str, Any]) -> RedactableString:
        self = _new(RedactableString)
        n = 0
        if (v := d.get("value")) is not None:
            if type(v) is not str:
                raise TypeError
            n += 1
        self.value = v
        if (v := d.get("redactionType")) is not None:
            v = _REDACTION_TYPE[v]
            n += 1
        self.redaction_type = v
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, RedactableString)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {}
        if self.value is not None:
            d["value"] = self.value
        if self.redaction_type is not None:
            d["redactionType"] = self.redaction_type._value_
        return {**self.additional_properties, **d} if self.additional_properties else d


_redactable_string = RedactableString._decode


@_define(eq=False, repr=False)
class CheckpointedIssue(Model):
    """An issue."""

    issue_rid: str
    """A resource identifier, `ri.<service>.<instance>.<type>.<locator>`. The instance may be empty."""
    type_: ClassVar[Literal["checkpointedIssue"]] = "checkpointedIssue"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"issueRid", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "checkpointedIssue"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedIssue:
        self = _new(CheckpointedIssue)
        if type(v := d["issueRid"]) is not str:
            raise TypeError
        self.issue_rid = v
        self.additional_properties = NO_FIELDS if len(d) == 2 else additional(d, CheckpointedIssue)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "checkpointedIssue", "issueRid": self.issue_rid}
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_issue = CheckpointedIssue._decode


@_define(eq=False, repr=False)
class CheckpointedJob(Model):
    """A build job."""

    job_rid: str
    """A resource identifier, `ri.<service>.<instance>.<type>.<locator>`. The instance may be empty."""
    type_: ClassVar[Literal["checkpointedJob"]] = "checkpointedJob"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"jobRid", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "checkpointedJob"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedJob:
        self = _new(CheckpointedJob)
        if type(v := d["jobRid"]) is not str:
            raise TypeError
        self.job_rid = v
        self.additional_properties = NO_FIELDS if len(d) == 2 else additional(d, CheckpointedJob)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "checkpointedJob", "jobRid": self.job_rid}
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_job = CheckpointedJob._decode


@_define(eq=False, repr=False)
class CheckpointedSchedule(Model):
    """A schedule that starts builds."""

    schedule_rid: str
    """A resource identifier, `ri.<service>.<instance>.<type>.<locator>`. The instance may be empty."""
    type_: ClassVar[Literal["checkpointedSchedule"]] = "checkpointedSchedule"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"scheduleRid", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "checkpointedSchedule"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedSchedule:
        self = _new(CheckpointedSchedule)
        if type(v := d["scheduleRid"]) is not str:
            raise TypeError
        self.schedule_rid = v
        self.additional_properties = NO_FIELDS if len(d) == 2 else additional(d, CheckpointedSchedule)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "checkpointedSchedule", "scheduleRid": self.schedule_rid}
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_schedule = CheckpointedSchedule._decode


@_define(eq=False, repr=False)
class CheckpointedResource(Model):
    """A resource of the platform, such as a dataset or an analysis. `resourceType` is the part that it
    played in the action. `name` and `compassPath`, the path in the file system, may be withheld; `rid`
    never is. `projectRid` and `namespaceRid` say where the resource lay.
    """

    rid: str
    """A resource identifier, `ri.<service>.<instance>.<type>.<locator>`. The instance may be empty."""
    resource_type: CheckpointedResourceType
    """What a resource is, or the part that it played in the action."""
    compass_path: RedactableString
    """A text that may be withheld. `redactionType` says why, where it is."""
    type_: ClassVar[Literal["checkpointedResource"]] = "checkpointedResource"
    name: RedactableString | None = None
    """A text that may be withheld. `redactionType` says why, where it is."""
    project_rid: str | None = None
    """Rid of a project."""
    namespace_rid: str | None = None
    """Rid of a namespace, now called a space, the level above projects."""
    org_markings: list[str] = _field(factory=list)
    """Organization markings on the resource."""
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset(
        {"rid", "resourceType", "compassPath", "type", "name", "projectRid", "namespaceRid", "orgMarkings"}
    )
    _constants: ClassVar[Mapping[str, str]] = {"type": "checkpointedResource"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedResource:
        self = _new(CheckpointedResource)
        n = 4
        if type(v := d["rid"]) is not str:
            raise TypeError
        self.rid = v
        self.resource_type = _CHECKPOINTED_RESOURCE_TYPE[d["resourceType"]]
        self.compass_path = _redactable_string(d["compassPath"])
        v = d.get("orgMarkings")
        if v is None:
            self.org_markings = []
        else:
            if not isinstance(v, list):
                raise TypeError
            self.org_markings = checked_strings(v)
            n += 1
        if (v := d.get("name")) is not None:
            v = _redactable_string(v)
            n += 1
        self.name = v
        if (v := d.get("projectRid")) is not None:
            if type(v) is not str:
                raise TypeError
            n += 1
        self.project_rid = v
        if (v := d.get("namespaceRid")) is not None:
            if type(v) is not str:
                raise TypeError
            n += 1
        self.namespace_rid = v
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, CheckpointedResource)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {
            "type": "checkpointedResource",
            "rid": self.rid,
            "resourceType": self.resource_type._value_,
            "compassPath": self.compass_path.to_dict(),
            "orgMarkings": self.org_markings[:],
        }
        if self.name is not None:
            d["name"] = self.name.to_dict()
        if self.project_rid is not None:
            d["projectRid"] = self.project_rid
        if self.namespace_rid is not None:
            d["namespaceRid"] = self.namespace_rid
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_resource = CheckpointedResource._decode


@_define(eq=False, repr=False)
class CheckpointedJobSpecification(Model):
    """The specification of a build job, that is how a dataset is built."""

    job_spec_rid: str
    """A resource identifier, `ri.<service>.<instance>.<type>.<locator>`. The instance may be empty."""
    type_: ClassVar[Literal["checkpointedJobSpecification"]] = "checkpointedJobSpecification"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"jobSpecRid", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "checkpointedJobSpecification"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedJobSpecification:
        self = _new(CheckpointedJobSpecification)
        if type(v := d["jobSpecRid"]) is not str:
            raise TypeError
        self.job_spec_rid = v
        self.additional_properties = NO_FIELDS if len(d) == 2 else additional(d, CheckpointedJobSpecification)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "checkpointedJobSpecification", "jobSpecRid": self.job_spec_rid}
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_job_specification = CheckpointedJobSpecification._decode


@_define(eq=False, repr=False)
class CheckpointedLanguageModel(Model):
    """A language model."""

    model_rid: str
    """A resource identifier, `ri.<service>.<instance>.<type>.<locator>`. The instance may be empty."""
    type_: ClassVar[Literal["checkpointedLanguageModel"]] = "checkpointedLanguageModel"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"modelRid", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "checkpointedLanguageModel"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedLanguageModel:
        self = _new(CheckpointedLanguageModel)
        if type(v := d["modelRid"]) is not str:
            raise TypeError
        self.model_rid = v
        self.additional_properties = NO_FIELDS if len(d) == 2 else additional(d, CheckpointedLanguageModel)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "checkpointedLanguageModel", "modelRid": self.model_rid}
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_language_model = CheckpointedLanguageModel._decode


@_define(eq=False, repr=False)
class CheckpointedGroup(Model):
    """A group of users."""

    group_id: str
    type_: ClassVar[Literal["checkpointedGroup"]] = "checkpointedGroup"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"groupId", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "checkpointedGroup"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedGroup:
        self = _new(CheckpointedGroup)
        if type(v := d["groupId"]) is not str:
            raise TypeError
        self.group_id = v
        self.additional_properties = NO_FIELDS if len(d) == 2 else additional(d, CheckpointedGroup)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "checkpointedGroup", "groupId": self.group_id}
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_group = CheckpointedGroup._decode


@_define(eq=False, repr=False)
class CheckpointedUserIntakeSubmission(Model):
    """A user intake form, as submitted."""

    submission_rid: str
    """A resource identifier, `ri.<service>.<instance>.<type>.<locator>`. The instance may be empty."""
    type_: ClassVar[Literal["checkpointedUserIntakeSubmission"]] = "checkpointedUserIntakeSubmission"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"submissionRid", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "checkpointedUserIntakeSubmission"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedUserIntakeSubmission:
        self = _new(CheckpointedUserIntakeSubmission)
        if type(v := d["submissionRid"]) is not str:
            raise TypeError
        self.submission_rid = v
        self.additional_properties = NO_FIELDS if len(d) == 2 else additional(d, CheckpointedUserIntakeSubmission)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "checkpointedUserIntakeSubmission", "submissionRid": self.submission_rid}
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_user_intake_submission = CheckpointedUserIntakeSubmission._decode


@_define(eq=False, repr=False)
class CheckpointedObjectSet(Model):
    """A set of ontology objects, in one of two forms: `versioned` is a stored set at one version,
    `typesProxy` stands for a set by its object types alone.
    """

    type_: ClassVar[Literal["checkpointedObjectSet"]] = "checkpointedObjectSet"
    versioned: CheckpointedVersionedObjectSet | None = None
    """A stored object set at one version, with the object types in it."""
    types_proxy: CheckpointedObjectSetTypesProxy | None = None
    """An object set that is known by its object types alone."""
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"type", "versioned", "typesProxy"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "checkpointedObjectSet"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedObjectSet:
        self = _new(CheckpointedObjectSet)
        n = 1
        if (v := d.get("versioned")) is not None:
            v = _checkpointed_versioned_object_set(v)
            n += 1
        self.versioned = v
        if (v := d.get("typesProxy")) is not None:
            v = _checkpointed_object_set_types_proxy(v)
            n += 1
        self.types_proxy = v
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, CheckpointedObjectSet)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "checkpointedObjectSet"}
        if self.versioned is not None:
            d["versioned"] = self.versioned.to_dict()
        if self.types_proxy is not None:
            d["typesProxy"] = self.types_proxy.to_dict()
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_object_set = CheckpointedObjectSet._decode


@_define(eq=False, repr=False)
class CheckpointedVersionedObjectSet(Model):
    """A stored object set at one version, with the object types in it."""

    versioned_object_set_rid: str
    """A resource identifier, `ri.<service>.<instance>.<type>.<locator>`. The instance may be empty."""
    object_set_version: str
    """A UUID, kept as the text that came."""
    object_types: list[CheckpointedOntologyWithObjectTypes] = _field(factory=list)
    """The object types in the set, by ontology."""
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"versionedObjectSetRid", "objectSetVersion", "objectTypes"})

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedVersionedObjectSet:
        self = _new(CheckpointedVersionedObjectSet)
        n = 2
        if type(v := d["versionedObjectSetRid"]) is not str:
            raise TypeError
        self.versioned_object_set_rid = v
        if type(v := d["objectSetVersion"]) is not str:
            raise TypeError
        self.object_set_version = v
        v = d.get("objectTypes")
        if v is None:
            self.object_types = []
        else:
            if not isinstance(v, list):
                raise TypeError
            self.object_types = [_checkpointed_ontology_with_object_types(i) for i in v]
            n += 1
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, CheckpointedVersionedObjectSet)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {
            "versionedObjectSetRid": self.versioned_object_set_rid,
            "objectSetVersion": self.object_set_version,
            "objectTypes": [i.to_dict() for i in self.object_types],
        }
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_versioned_object_set = CheckpointedVersionedObjectSet._decode


@_define(eq=False, repr=False)
class CheckpointedObjectSetTypesProxy(Model):
    """An object set that is known by its object types alone."""

    object_types: list[CheckpointedOntologyWithObjectTypes] = _field(factory=list)
    """The object types in the set, by ontology."""
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"objectTypes"})

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedObjectSetTypesProxy:
        self = _new(CheckpointedObjectSetTypesProxy)
        n = 0
        v = d.get("objectTypes")
        if v is None:
            self.object_types = []
        else:
            if not isinstance(v, list):
                raise TypeError
            self.object_types = [_checkpointed_ontology_with_object_types(i) for i in v]
            n += 1
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, CheckpointedObjectSetTypesProxy)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"objectTypes": [i.to_dict() for i in self.object_types]}
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_object_set_types_proxy = CheckpointedObjectSetTypesProxy._decode


@_define(eq=False, repr=False)
class CheckpointedOntologyWithObjectTypes(Model):
    """An ontology, and some of its object types."""

    ontology: CheckpointedOntology
    """An ontology at the version of that moment, and the namespace that it belongs to."""
    object_type_rids: list[str] = _field(factory=list)
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"ontology", "objectTypeRids"})

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedOntologyWithObjectTypes:
        self = _new(CheckpointedOntologyWithObjectTypes)
        n = 1
        self.ontology = _checkpointed_ontology(d["ontology"])
        v = d.get("objectTypeRids")
        if v is None:
            self.object_type_rids = []
        else:
            if not isinstance(v, list):
                raise TypeError
            self.object_type_rids = checked_strings(v)
            n += 1
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, CheckpointedOntologyWithObjectTypes)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"ontology": self.ontology.to_dict(), "objectTypeRids": self.object_type_rids[:]}
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_ontology_with_object_types = CheckpointedOntologyWithObjectTypes._decode


@_define(eq=False, repr=False)
class CheckpointedOntology(Model):
    """An ontology at the version of that moment, and the namespace that it belongs to."""

    ontology_rid: str
    """A resource identifier, `ri.<service>.<instance>.<type>.<locator>`. The instance may be empty."""
    ontology_version: str
    """A UUID, kept as the text that came."""
    namespace_rid: str | None = None
    """Rid of a namespace, now called a space, the level above projects."""
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"ontologyRid", "ontologyVersion", "namespaceRid"})

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedOntology:
        self = _new(CheckpointedOntology)
        n = 2
        if type(v := d["ontologyRid"]) is not str:
            raise TypeError
        self.ontology_rid = v
        if type(v := d["ontologyVersion"]) is not str:
            raise TypeError
        self.ontology_version = v
        if (v := d.get("namespaceRid")) is not None:
            if type(v) is not str:
                raise TypeError
            n += 1
        self.namespace_rid = v
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, CheckpointedOntology)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"ontologyRid": self.ontology_rid, "ontologyVersion": self.ontology_version}
        if self.namespace_rid is not None:
            d["namespaceRid"] = self.namespace_rid
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_ontology = CheckpointedOntology._decode


@_define(eq=False, repr=False)
class CheckpointedMarking(Model):
    """A marking, a requirement that users must meet to see what carries it."""

    marking_id: str
    type_: ClassVar[Literal["checkpointedMarking"]] = "checkpointedMarking"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"markingId", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "checkpointedMarking"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedMarking:
        self = _new(CheckpointedMarking)
        if type(v := d["markingId"]) is not str:
            raise TypeError
        self.marking_id = v
        self.additional_properties = NO_FIELDS if len(d) == 2 else additional(d, CheckpointedMarking)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "checkpointedMarking", "markingId": self.marking_id}
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_marking = CheckpointedMarking._decode


@_define(eq=False, repr=False)
class CheckpointedMarketplaceProduct(Model):
    """A product of Marketplace."""

    product_id: str
    type_: ClassVar[Literal["checkpointedMarketplaceProduct"]] = "checkpointedMarketplaceProduct"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"productId", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "checkpointedMarketplaceProduct"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedMarketplaceProduct:
        self = _new(CheckpointedMarketplaceProduct)
        if type(v := d["productId"]) is not str:
            raise TypeError
        self.product_id = v
        self.additional_properties = NO_FIELDS if len(d) == 2 else additional(d, CheckpointedMarketplaceProduct)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "checkpointedMarketplaceProduct", "productId": self.product_id}
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_marketplace_product = CheckpointedMarketplaceProduct._decode


@_define(eq=False, repr=False)
class CheckpointedPeeringJob(Model):
    """A job that exchanges data with another stack. `relationshipRid` is the peering that it runs in."""

    job_id: str
    relationship_rid: str
    """A resource identifier, `ri.<service>.<instance>.<type>.<locator>`. The instance may be empty."""
    type_: ClassVar[Literal["checkpointedPeeringJob"]] = "checkpointedPeeringJob"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"jobId", "relationshipRid", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "checkpointedPeeringJob"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedPeeringJob:
        self = _new(CheckpointedPeeringJob)
        if type(v := d["jobId"]) is not str:
            raise TypeError
        self.job_id = v
        if type(v := d["relationshipRid"]) is not str:
            raise TypeError
        self.relationship_rid = v
        self.additional_properties = NO_FIELDS if len(d) == 3 else additional(d, CheckpointedPeeringJob)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {
            "type": "checkpointedPeeringJob",
            "jobId": self.job_id,
            "relationshipRid": self.relationship_rid,
        }
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_peering_job = CheckpointedPeeringJob._decode


@_define(eq=False, repr=False)
class CheckpointedRole(Model):
    """A role, a set of permissions that is granted on a resource."""

    role_id: str
    type_: ClassVar[Literal["checkpointedRole"]] = "checkpointedRole"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"roleId", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "checkpointedRole"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedRole:
        self = _new(CheckpointedRole)
        if type(v := d["roleId"]) is not str:
            raise TypeError
        self.role_id = v
        self.additional_properties = NO_FIELDS if len(d) == 2 else additional(d, CheckpointedRole)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "checkpointedRole", "roleId": self.role_id}
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_role = CheckpointedRole._decode


@_define(eq=False, repr=False)
class CheckpointedIntervention(Model):
    """An intervention."""

    intervention_rid: str
    """A resource identifier, `ri.<service>.<instance>.<type>.<locator>`. The instance may be empty."""
    type_: ClassVar[Literal["checkpointedIntervention"]] = "checkpointedIntervention"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"interventionRid", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "checkpointedIntervention"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedIntervention:
        self = _new(CheckpointedIntervention)
        if type(v := d["interventionRid"]) is not str:
            raise TypeError
        self.intervention_rid = v
        self.additional_properties = NO_FIELDS if len(d) == 2 else additional(d, CheckpointedIntervention)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "checkpointedIntervention", "interventionRid": self.intervention_rid}
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_intervention = CheckpointedIntervention._decode


@_define(eq=False, repr=False)
class CheckpointedLanguageModelSession(Model):
    """A session with a language model."""

    session_rid: str
    """A resource identifier, `ri.<service>.<instance>.<type>.<locator>`. The instance may be empty."""
    type_: ClassVar[Literal["checkpointedLanguageModelSession"]] = "checkpointedLanguageModelSession"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"sessionRid", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "checkpointedLanguageModelSession"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedLanguageModelSession:
        self = _new(CheckpointedLanguageModelSession)
        if type(v := d["sessionRid"]) is not str:
            raise TypeError
        self.session_rid = v
        self.additional_properties = NO_FIELDS if len(d) == 2 else additional(d, CheckpointedLanguageModelSession)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "checkpointedLanguageModelSession", "sessionRid": self.session_rid}
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_language_model_session = CheckpointedLanguageModelSession._decode


@_define(eq=False, repr=False)
class CheckpointedToken(Model):
    """An access token, by its id."""

    token_id: str
    token_type: CheckpointedTokenType
    """What kind of access token it is."""
    type_: ClassVar[Literal["checkpointedToken"]] = "checkpointedToken"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"tokenId", "tokenType", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "checkpointedToken"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedToken:
        self = _new(CheckpointedToken)
        if type(v := d["tokenId"]) is not str:
            raise TypeError
        self.token_id = v
        self.token_type = _CHECKPOINTED_TOKEN_TYPE[d["tokenType"]]
        self.additional_properties = NO_FIELDS if len(d) == 3 else additional(d, CheckpointedToken)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {
            "type": "checkpointedToken",
            "tokenId": self.token_id,
            "tokenType": self.token_type._value_,
        }
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_token = CheckpointedToken._decode


@_define(eq=False, repr=False)
class CheckpointedUserIntakeFormInput(Model):
    """An input of a user intake form."""

    input_id: str
    type_: ClassVar[Literal["checkpointedUserIntakeFormInput"]] = "checkpointedUserIntakeFormInput"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"inputId", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "checkpointedUserIntakeFormInput"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedUserIntakeFormInput:
        self = _new(CheckpointedUserIntakeFormInput)
        if type(v := d["inputId"]) is not str:
            raise TypeError
        self.input_id = v
        self.additional_properties = NO_FIELDS if len(d) == 2 else additional(d, CheckpointedUserIntakeFormInput)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "checkpointedUserIntakeFormInput", "inputId": self.input_id}
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_user_intake_form_input = CheckpointedUserIntakeFormInput._decode


@_define(eq=False, repr=False)
class CheckpointedPrincipal(Model):
    """A user or a group that the action was done to or for. `role` says in which capacity. `username` is
    the name, which may be withheld.
    """

    id: str
    """Id of the user or the group."""
    username: RedactableString
    """A text that may be withheld. `redactionType` says why, where it is."""
    role: CheckpointedPrincipalRole
    """The part that a user or a group played in the action."""
    type_: ClassVar[Literal["checkpointedPrincipal"]] = "checkpointedPrincipal"
    organization_rid: str | None = None
    """Rid of an organization."""
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"id", "username", "role", "type", "organizationRid"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "checkpointedPrincipal"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedPrincipal:
        self = _new(CheckpointedPrincipal)
        n = 4
        if type(v := d["id"]) is not str:
            raise TypeError
        self.id = v
        self.username = _redactable_string(d["username"])
        self.role = _CHECKPOINTED_PRINCIPAL_ROLE[d["role"]]
        if (v := d.get("organizationRid")) is not None:
            if type(v) is not str:
                raise TypeError
            n += 1
        self.organization_rid = v
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, CheckpointedPrincipal)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {
            "type": "checkpointedPrincipal",
            "id": self.id,
            "username": self.username.to_dict(),
            "role": self.role._value_,
        }
        if self.organization_rid is not None:
            d["organizationRid"] = self.organization_rid
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_principal = CheckpointedPrincipal._decode


@_define(eq=False, repr=False)
class CheckpointedActionType(Model):
    """An action type, and the ontology that defines it."""

    action_type_rid: str
    """A resource identifier, `ri.<service>.<instance>.<type>.<locator>`. The instance may be empty."""
    ontology: CheckpointedOntology
    """An ontology at the version of that moment, and the namespace that it belongs to."""
    type_: ClassVar[Literal["checkpointedActionType"]] = "checkpointedActionType"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"actionTypeRid", "ontology", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "checkpointedActionType"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedActionType:
        self = _new(CheckpointedActionType)
        if type(v := d["actionTypeRid"]) is not str:
            raise TypeError
        self.action_type_rid = v
        self.ontology = _checkpointed_ontology(d["ontology"])
        self.additional_properties = NO_FIELDS if len(d) == 3 else additional(d, CheckpointedActionType)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {
            "type": "checkpointedActionType",
            "actionTypeRid": self.action_type_rid,
            "ontology": self.ontology.to_dict(),
        }
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_action_type = CheckpointedActionType._decode


@_define(eq=False, repr=False)
class CheckpointedJobRid(Model):
    """Names a `CheckpointedJob` by its rid."""

    rid: str
    """A resource identifier, `ri.<service>.<instance>.<type>.<locator>`. The instance may be empty."""
    type_: ClassVar[Literal["checkpointedJobRid"]] = "checkpointedJobRid"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"rid", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "checkpointedJobRid"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedJobRid:
        self = _new(CheckpointedJobRid)
        if type(v := d["rid"]) is not str:
            raise TypeError
        self.rid = v
        self.additional_properties = NO_FIELDS if len(d) == 2 else additional(d, CheckpointedJobRid)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "checkpointedJobRid", "rid": self.rid}
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_job_rid = CheckpointedJobRid._decode


@_define(eq=False, repr=False)
class CheckpointedMarkingId(Model):
    """Names a `CheckpointedMarking` by its id."""

    id: str
    type_: ClassVar[Literal["checkpointedMarkingId"]] = "checkpointedMarkingId"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"id", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "checkpointedMarkingId"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedMarkingId:
        self = _new(CheckpointedMarkingId)
        if type(v := d["id"]) is not str:
            raise TypeError
        self.id = v
        self.additional_properties = NO_FIELDS if len(d) == 2 else additional(d, CheckpointedMarkingId)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "checkpointedMarkingId", "id": self.id}
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_marking_id = CheckpointedMarkingId._decode


@_define(eq=False, repr=False)
class CheckpointedTokenId(Model):
    """Names a `CheckpointedToken` by its id."""

    id: str
    type_: ClassVar[Literal["checkpointedTokenId"]] = "checkpointedTokenId"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"id", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "checkpointedTokenId"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedTokenId:
        self = _new(CheckpointedTokenId)
        if type(v := d["id"]) is not str:
            raise TypeError
        self.id = v
        self.additional_properties = NO_FIELDS if len(d) == 2 else additional(d, CheckpointedTokenId)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "checkpointedTokenId", "id": self.id}
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_token_id = CheckpointedTokenId._decode


@_define(eq=False, repr=False)
class CheckpointedGroupId(Model):
    """Names a `CheckpointedGroup` by its id."""

    id: str
    type_: ClassVar[Literal["checkpointedGroupId"]] = "checkpointedGroupId"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"id", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "checkpointedGroupId"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedGroupId:
        self = _new(CheckpointedGroupId)
        if type(v := d["id"]) is not str:
            raise TypeError
        self.id = v
        self.additional_properties = NO_FIELDS if len(d) == 2 else additional(d, CheckpointedGroupId)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "checkpointedGroupId", "id": self.id}
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_group_id = CheckpointedGroupId._decode


@_define(eq=False, repr=False)
class CheckpointedObjectSetVersionedRid(Model):
    """Names a `CheckpointedObjectSet` of the versioned form by its rid."""

    rid: str
    """A resource identifier, `ri.<service>.<instance>.<type>.<locator>`. The instance may be empty."""
    type_: ClassVar[Literal["checkpointedObjectSetVersionedRid"]] = "checkpointedObjectSetVersionedRid"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"rid", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "checkpointedObjectSetVersionedRid"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedObjectSetVersionedRid:
        self = _new(CheckpointedObjectSetVersionedRid)
        if type(v := d["rid"]) is not str:
            raise TypeError
        self.rid = v
        self.additional_properties = NO_FIELDS if len(d) == 2 else additional(d, CheckpointedObjectSetVersionedRid)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "checkpointedObjectSetVersionedRid", "rid": self.rid}
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_object_set_versioned_rid = CheckpointedObjectSetVersionedRid._decode


@_define(eq=False, repr=False)
class CheckpointedObjectSetTypesProxyRids(Model):
    """Names a `CheckpointedObjectSet` of the types proxy form by the rids of its object types."""

    rids: list[str]
    type_: ClassVar[Literal["checkpointedObjectSetTypesProxyRids"]] = "checkpointedObjectSetTypesProxyRids"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"rids", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "checkpointedObjectSetTypesProxyRids"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedObjectSetTypesProxyRids:
        self = _new(CheckpointedObjectSetTypesProxyRids)
        n = 1
        v = d.get("rids")
        if v is None:
            self.rids = []
        else:
            if not isinstance(v, list):
                raise TypeError
            self.rids = checked_strings(v)
            n += 1
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, CheckpointedObjectSetTypesProxyRids)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "checkpointedObjectSetTypesProxyRids", "rids": self.rids[:]}
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_object_set_types_proxy_rids = CheckpointedObjectSetTypesProxyRids._decode


@_define(eq=False, repr=False)
class CheckpointedResourceRid(Model):
    """Names a `CheckpointedResource` by its rid."""

    rid: str
    """A resource identifier, `ri.<service>.<instance>.<type>.<locator>`. The instance may be empty."""
    type_: ClassVar[Literal["checkpointedResourceRid"]] = "checkpointedResourceRid"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"rid", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "checkpointedResourceRid"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedResourceRid:
        self = _new(CheckpointedResourceRid)
        if type(v := d["rid"]) is not str:
            raise TypeError
        self.rid = v
        self.additional_properties = NO_FIELDS if len(d) == 2 else additional(d, CheckpointedResourceRid)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "checkpointedResourceRid", "rid": self.rid}
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_resource_rid = CheckpointedResourceRid._decode


@_define(eq=False, repr=False)
class CheckpointedPeeringJobId(Model):
    """Names a `CheckpointedPeeringJob` by its id and the rid of its peering."""

    id: str
    relationship_rid: str
    """A resource identifier, `ri.<service>.<instance>.<type>.<locator>`. The instance may be empty."""
    type_: ClassVar[Literal["checkpointedPeeringJobId"]] = "checkpointedPeeringJobId"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"id", "relationshipRid", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "checkpointedPeeringJobId"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedPeeringJobId:
        self = _new(CheckpointedPeeringJobId)
        if type(v := d["id"]) is not str:
            raise TypeError
        self.id = v
        if type(v := d["relationshipRid"]) is not str:
            raise TypeError
        self.relationship_rid = v
        self.additional_properties = NO_FIELDS if len(d) == 3 else additional(d, CheckpointedPeeringJobId)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {
            "type": "checkpointedPeeringJobId",
            "id": self.id,
            "relationshipRid": self.relationship_rid,
        }
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_peering_job_id = CheckpointedPeeringJobId._decode


@_define(eq=False, repr=False)
class CheckpointedIssueRid(Model):
    """Names a `CheckpointedIssue` by its rid."""

    rid: str
    """A resource identifier, `ri.<service>.<instance>.<type>.<locator>`. The instance may be empty."""
    type_: ClassVar[Literal["checkpointedIssueRid"]] = "checkpointedIssueRid"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"rid", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "checkpointedIssueRid"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedIssueRid:
        self = _new(CheckpointedIssueRid)
        if type(v := d["rid"]) is not str:
            raise TypeError
        self.rid = v
        self.additional_properties = NO_FIELDS if len(d) == 2 else additional(d, CheckpointedIssueRid)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "checkpointedIssueRid", "rid": self.rid}
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_issue_rid = CheckpointedIssueRid._decode


@_define(eq=False, repr=False)
class CheckpointedInterventionRid(Model):
    """Names a `CheckpointedIntervention` by its rid."""

    rid: str
    """A resource identifier, `ri.<service>.<instance>.<type>.<locator>`. The instance may be empty."""
    type_: ClassVar[Literal["checkpointedInterventionRid"]] = "checkpointedInterventionRid"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"rid", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "checkpointedInterventionRid"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedInterventionRid:
        self = _new(CheckpointedInterventionRid)
        if type(v := d["rid"]) is not str:
            raise TypeError
        self.rid = v
        self.additional_properties = NO_FIELDS if len(d) == 2 else additional(d, CheckpointedInterventionRid)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "checkpointedInterventionRid", "rid": self.rid}
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_intervention_rid = CheckpointedInterventionRid._decode


@_define(eq=False, repr=False)
class CheckpointedJobSpecRid(Model):
    """Names a `CheckpointedJobSpecification` by its rid."""

    rid: str
    """A resource identifier, `ri.<service>.<instance>.<type>.<locator>`. The instance may be empty."""
    type_: ClassVar[Literal["checkpointedJobSpecRid"]] = "checkpointedJobSpecRid"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"rid", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "checkpointedJobSpecRid"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedJobSpecRid:
        self = _new(CheckpointedJobSpecRid)
        if type(v := d["rid"]) is not str:
            raise TypeError
        self.rid = v
        self.additional_properties = NO_FIELDS if len(d) == 2 else additional(d, CheckpointedJobSpecRid)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "checkpointedJobSpecRid", "rid": self.rid}
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_job_spec_rid = CheckpointedJobSpecRid._decode


@_define(eq=False, repr=False)
class CheckpointedActionTypeRid(Model):
    """Names a `CheckpointedActionType` by its rid."""

    rid: str
    """A resource identifier, `ri.<service>.<instance>.<type>.<locator>`. The instance may be empty."""
    type_: ClassVar[Literal["checkpointedActionTypeRid"]] = "checkpointedActionTypeRid"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"rid", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "checkpointedActionTypeRid"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedActionTypeRid:
        self = _new(CheckpointedActionTypeRid)
        if type(v := d["rid"]) is not str:
            raise TypeError
        self.rid = v
        self.additional_properties = NO_FIELDS if len(d) == 2 else additional(d, CheckpointedActionTypeRid)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "checkpointedActionTypeRid", "rid": self.rid}
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_action_type_rid = CheckpointedActionTypeRid._decode


@_define(eq=False, repr=False)
class CheckpointedScheduleRid(Model):
    """Names a `CheckpointedSchedule` by its rid."""

    rid: str
    """A resource identifier, `ri.<service>.<instance>.<type>.<locator>`. The instance may be empty."""
    type_: ClassVar[Literal["checkpointedScheduleRid"]] = "checkpointedScheduleRid"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"rid", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "checkpointedScheduleRid"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedScheduleRid:
        self = _new(CheckpointedScheduleRid)
        if type(v := d["rid"]) is not str:
            raise TypeError
        self.rid = v
        self.additional_properties = NO_FIELDS if len(d) == 2 else additional(d, CheckpointedScheduleRid)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "checkpointedScheduleRid", "rid": self.rid}
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_schedule_rid = CheckpointedScheduleRid._decode


@_define(eq=False, repr=False)
class CheckpointedRoleId(Model):
    """Names a `CheckpointedRole` by its id."""

    id: str
    type_: ClassVar[Literal["checkpointedRoleId"]] = "checkpointedRoleId"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"id", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "checkpointedRoleId"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedRoleId:
        self = _new(CheckpointedRoleId)
        if type(v := d["id"]) is not str:
            raise TypeError
        self.id = v
        self.additional_properties = NO_FIELDS if len(d) == 2 else additional(d, CheckpointedRoleId)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "checkpointedRoleId", "id": self.id}
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_role_id = CheckpointedRoleId._decode


@_define(eq=False, repr=False)
class CheckpointedUserIntakeFormInputId(Model):
    """Names a `CheckpointedUserIntakeFormInput` by its id."""

    id: str
    type_: ClassVar[Literal["checkpointedUserIntakeFormInputId"]] = "checkpointedUserIntakeFormInputId"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"id", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "checkpointedUserIntakeFormInputId"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedUserIntakeFormInputId:
        self = _new(CheckpointedUserIntakeFormInputId)
        if type(v := d["id"]) is not str:
            raise TypeError
        self.id = v
        self.additional_properties = NO_FIELDS if len(d) == 2 else additional(d, CheckpointedUserIntakeFormInputId)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "checkpointedUserIntakeFormInputId", "id": self.id}
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_user_intake_form_input_id = CheckpointedUserIntakeFormInputId._decode


@_define(eq=False, repr=False)
class CheckpointedMarketplaceProductId(Model):
    """Names a `CheckpointedMarketplaceProduct` by its id."""

    id: str
    type_: ClassVar[Literal["checkpointedMarketplaceProductId"]] = "checkpointedMarketplaceProductId"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"id", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "checkpointedMarketplaceProductId"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedMarketplaceProductId:
        self = _new(CheckpointedMarketplaceProductId)
        if type(v := d["id"]) is not str:
            raise TypeError
        self.id = v
        self.additional_properties = NO_FIELDS if len(d) == 2 else additional(d, CheckpointedMarketplaceProductId)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "checkpointedMarketplaceProductId", "id": self.id}
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_marketplace_product_id = CheckpointedMarketplaceProductId._decode


@_define(eq=False, repr=False)
class CheckpointedLanguageModelRid(Model):
    """Names a `CheckpointedLanguageModel` by its rid."""

    rid: str
    """A resource identifier, `ri.<service>.<instance>.<type>.<locator>`. The instance may be empty."""
    type_: ClassVar[Literal["checkpointedLanguageModelRid"]] = "checkpointedLanguageModelRid"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"rid", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "checkpointedLanguageModelRid"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedLanguageModelRid:
        self = _new(CheckpointedLanguageModelRid)
        if type(v := d["rid"]) is not str:
            raise TypeError
        self.rid = v
        self.additional_properties = NO_FIELDS if len(d) == 2 else additional(d, CheckpointedLanguageModelRid)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "checkpointedLanguageModelRid", "rid": self.rid}
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_language_model_rid = CheckpointedLanguageModelRid._decode


@_define(eq=False, repr=False)
class CheckpointedPrincipalId(Model):
    """Names a `CheckpointedPrincipal` by its id."""

    id: str
    type_: ClassVar[Literal["checkpointedPrincipalId"]] = "checkpointedPrincipalId"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"id", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "checkpointedPrincipalId"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedPrincipalId:
        self = _new(CheckpointedPrincipalId)
        if type(v := d["id"]) is not str:
            raise TypeError
        self.id = v
        self.additional_properties = NO_FIELDS if len(d) == 2 else additional(d, CheckpointedPrincipalId)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "checkpointedPrincipalId", "id": self.id}
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_principal_id = CheckpointedPrincipalId._decode


@_define(eq=False, repr=False)
class CheckpointedLanguageModelSessionRid(Model):
    """Names a `CheckpointedLanguageModelSession` by its rid."""

    rid: str
    """A resource identifier, `ri.<service>.<instance>.<type>.<locator>`. The instance may be empty."""
    type_: ClassVar[Literal["checkpointedLanguageModelSessionRid"]] = "checkpointedLanguageModelSessionRid"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"rid", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "checkpointedLanguageModelSessionRid"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedLanguageModelSessionRid:
        self = _new(CheckpointedLanguageModelSessionRid)
        if type(v := d["rid"]) is not str:
            raise TypeError
        self.rid = v
        self.additional_properties = NO_FIELDS if len(d) == 2 else additional(d, CheckpointedLanguageModelSessionRid)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "checkpointedLanguageModelSessionRid", "rid": self.rid}
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_language_model_session_rid = CheckpointedLanguageModelSessionRid._decode


@_define(eq=False, repr=False)
class CheckpointedUserIntakeSubmissionRid(Model):
    """Names a `CheckpointedUserIntakeSubmission` by its rid."""

    rid: str
    """A resource identifier, `ri.<service>.<instance>.<type>.<locator>`. The instance may be empty."""
    type_: ClassVar[Literal["checkpointedUserIntakeSubmissionRid"]] = "checkpointedUserIntakeSubmissionRid"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"rid", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "checkpointedUserIntakeSubmissionRid"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointedUserIntakeSubmissionRid:
        self = _new(CheckpointedUserIntakeSubmissionRid)
        if type(v := d["rid"]) is not str:
            raise TypeError
        self.rid = v
        self.additional_properties = NO_FIELDS if len(d) == 2 else additional(d, CheckpointedUserIntakeSubmissionRid)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "checkpointedUserIntakeSubmissionRid", "rid": self.rid}
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpointed_user_intake_submission_rid = CheckpointedUserIntakeSubmissionRid._decode


@_define(eq=False, repr=False)
class ResponseJustification(Model):
    """The user wrote an answer."""

    response: str
    """The answer, in the user's own words."""
    prompt: str
    title: str
    type_: ClassVar[Literal["responseJustification"]] = "responseJustification"
    description: str | None = None
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"response", "prompt", "title", "type", "description"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "responseJustification"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> ResponseJustification:
        self = _new(ResponseJustification)
        n = 4
        if type(v := d["response"]) is not str:
            raise TypeError
        self.response = v
        if type(v := d["prompt"]) is not str:
            raise TypeError
        self.prompt = v
        if type(v := d["title"]) is not str:
            raise TypeError
        self.title = v
        if (v := d.get("description")) is not None:
            if type(v) is not str:
                raise TypeError
            n += 1
        self.description = v
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, ResponseJustification)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {
            "type": "responseJustification",
            "response": self.response,
            "prompt": self.prompt,
            "title": self.title,
        }
        if self.description is not None:
            d["description"] = self.description
        return {**self.additional_properties, **d} if self.additional_properties else d


_response_justification = ResponseJustification._decode


@_define(eq=False, repr=False)
class DropdownJustification(Model):
    """The user chose from a list."""

    prompt: str
    title: str
    type_: ClassVar[Literal["dropdownJustification"]] = "dropdownJustification"
    selected_options: list[DropdownSelection] = _field(factory=list)
    """The options that the user chose."""
    description: str | None = None
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"prompt", "title", "type", "selectedOptions", "description"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "dropdownJustification"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> DropdownJustification:
        self = _new(DropdownJustification)
        n = 3
        if type(v := d["prompt"]) is not str:
            raise TypeError
        self.prompt = v
        if type(v := d["title"]) is not str:
            raise TypeError
        self.title = v
        v = d.get("selectedOptions")
        if v is None:
            self.selected_options = []
        else:
            if not isinstance(v, list):
                raise TypeError
            self.selected_options = [_dropdown_selection(i) for i in v]
            n += 1
        if (v := d.get("description")) is not None:
            if type(v) is not str:
                raise TypeError
            n += 1
        self.description = v
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, DropdownJustification)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {
            "type": "dropdownJustification",
            "prompt": self.prompt,
            "title": self.title,
            "selectedOptions": [i.to_dict() for i in self.selected_options],
        }
        if self.description is not None:
            d["description"] = self.description
        return {**self.additional_properties, **d} if self.additional_properties else d


_dropdown_justification = DropdownJustification._decode


@_define(eq=False, repr=False)
class DropdownSelection(Model):
    """An option that the user chose."""

    selected_option: str
    """The option, as it was shown."""
    additional_response: str | None = None
    """What the user wrote beside the option."""
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"selectedOption", "additionalResponse"})

    @staticmethod
    def _decode(d: dict[str, Any]) -> DropdownSelection:
        self = _new(DropdownSelection)
        n = 1
        if type(v := d["selectedOption"]) is not str:
            raise TypeError
        self.selected_option = v
        if (v := d.get("additionalResponse")) is not None:
            if type(v) is not str:
                raise TypeError
            n += 1
        self.additional_response = v
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, DropdownSelection)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"selectedOption": self.selected_option}
        if self.additional_response is not None:
            d["additionalResponse"] = self.additional_response
        return {**self.additional_properties, **d} if self.additional_properties else d


_dropdown_selection = DropdownSelection._decode


@_define(eq=False, repr=False)
class ReauthenticationJustification(Model):
    """The user logged in once more. `reauthenticationId` names that login."""

    reauthentication_id: str
    """A UUID, kept as the text that came."""
    prompt: str
    title: str
    type_: ClassVar[Literal["reauthenticationJustification"]] = "reauthenticationJustification"
    description: str | None = None
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"reauthenticationId", "prompt", "title", "type", "description"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "reauthenticationJustification"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> ReauthenticationJustification:
        self = _new(ReauthenticationJustification)
        n = 4
        if type(v := d["reauthenticationId"]) is not str:
            raise TypeError
        self.reauthentication_id = v
        if type(v := d["prompt"]) is not str:
            raise TypeError
        self.prompt = v
        if type(v := d["title"]) is not str:
            raise TypeError
        self.title = v
        if (v := d.get("description")) is not None:
            if type(v) is not str:
                raise TypeError
            n += 1
        self.description = v
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, ReauthenticationJustification)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {
            "type": "reauthenticationJustification",
            "reauthenticationId": self.reauthentication_id,
            "prompt": self.prompt,
            "title": self.title,
        }
        if self.description is not None:
            d["description"] = self.description
        return {**self.additional_properties, **d} if self.additional_properties else d


_reauthentication_justification = ReauthenticationJustification._decode


@_define(eq=False, repr=False)
class AcknowledgementJustification(Model):
    """The user ticked a box."""

    prompt: str
    """The statement beside the box."""
    title: str
    type_: ClassVar[Literal["acknowledgementJustification"]] = "acknowledgementJustification"
    description: str | None = None
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"prompt", "title", "type", "description"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "acknowledgementJustification"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> AcknowledgementJustification:
        self = _new(AcknowledgementJustification)
        n = 3
        if type(v := d["prompt"]) is not str:
            raise TypeError
        self.prompt = v
        if type(v := d["title"]) is not str:
            raise TypeError
        self.title = v
        if (v := d.get("description")) is not None:
            if type(v) is not str:
                raise TypeError
            n += 1
        self.description = v
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, AcknowledgementJustification)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "acknowledgementJustification", "prompt": self.prompt, "title": self.title}
        if self.description is not None:
            d["description"] = self.description
        return {**self.additional_properties, **d} if self.additional_properties else d


_acknowledgement_justification = AcknowledgementJustification._decode


@_define(eq=False, repr=False)
class SearchCheckpointRecordsNotFilter(Model):
    """Matches what `filter` does not match."""

    filter_: SearchCheckpointRecordsFilter
    """A condition on records."""
    type_: ClassVar[Literal["not"]] = "not"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"filter", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "not"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> SearchCheckpointRecordsNotFilter:
        self = _new(SearchCheckpointRecordsNotFilter)
        self.filter_ = _SEARCH_CHECKPOINT_RECORDS_FILTER[(v := d["filter"])["type"]](v)
        self.additional_properties = NO_FIELDS if len(d) == 2 else additional(d, SearchCheckpointRecordsNotFilter)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "not", "filter": self.filter_.to_dict()}
        return {**self.additional_properties, **d} if self.additional_properties else d


_search_checkpoint_records_not_filter = SearchCheckpointRecordsNotFilter._decode


@_define(eq=False, repr=False)
class SearchCheckpointRecordsOrFilter(Model):
    """Matches what at least one of `filters` matches."""

    filters: list[SearchCheckpointRecordsFilter]
    """One or more filters."""
    type_: ClassVar[Literal["or"]] = "or"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"filters", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "or"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> SearchCheckpointRecordsOrFilter:
        self = _new(SearchCheckpointRecordsOrFilter)
        n = 1
        v = d.get("filters")
        if v is None:
            self.filters = []
        else:
            if not isinstance(v, list):
                raise TypeError
            self.filters = [_SEARCH_CHECKPOINT_RECORDS_FILTER[i["type"]](i) for i in v]
            n += 1
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, SearchCheckpointRecordsOrFilter)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "or", "filters": [i.to_dict() for i in self.filters]}
        return {**self.additional_properties, **d} if self.additional_properties else d


_search_checkpoint_records_or_filter = SearchCheckpointRecordsOrFilter._decode


@_define(eq=False, repr=False)
class SearchCheckpointRecordsTextSearchFilter(Model):
    """Matches the text of a justification."""

    field: SearchCheckpointRecordsTextSearchFilterField
    """Which text of a justification a search looks at: the written answer, the chosen options, or what
    was written beside them.
    """
    query: str
    """The text to look for."""
    match_type: JustificationMatchType
    """How a text search compares, with the whole text or with a part of it."""
    type_: ClassVar[Literal["textSearch"]] = "textSearch"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"field", "query", "matchType", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "textSearch"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> SearchCheckpointRecordsTextSearchFilter:
        self = _new(SearchCheckpointRecordsTextSearchFilter)
        self.field = _SEARCH_CHECKPOINT_RECORDS_TEXT_SEARCH_FILTER_FIELD[d["field"]]
        if type(v := d["query"]) is not str:
            raise TypeError
        self.query = v
        self.match_type = _JUSTIFICATION_MATCH_TYPE[d["matchType"]]
        self.additional_properties = (
            NO_FIELDS if len(d) == 4 else additional(d, SearchCheckpointRecordsTextSearchFilter)
        )
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {
            "type": "textSearch",
            "field": self.field._value_,
            "query": self.query,
            "matchType": self.match_type._value_,
        }
        return {**self.additional_properties, **d} if self.additional_properties else d


_search_checkpoint_records_text_search_filter = SearchCheckpointRecordsTextSearchFilter._decode


@_define(eq=False, repr=False)
class SearchCheckpointRecordsAndFilter(Model):
    """Matches what every one of `filters` matches."""

    filters: list[SearchCheckpointRecordsFilter]
    """One or more filters."""
    type_: ClassVar[Literal["and"]] = "and"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"filters", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "and"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> SearchCheckpointRecordsAndFilter:
        self = _new(SearchCheckpointRecordsAndFilter)
        n = 1
        v = d.get("filters")
        if v is None:
            self.filters = []
        else:
            if not isinstance(v, list):
                raise TypeError
            self.filters = [_SEARCH_CHECKPOINT_RECORDS_FILTER[i["type"]](i) for i in v]
            n += 1
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, SearchCheckpointRecordsAndFilter)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "and", "filters": [i.to_dict() for i in self.filters]}
        return {**self.additional_properties, **d} if self.additional_properties else d


_search_checkpoint_records_and_filter = SearchCheckpointRecordsAndFilter._decode


@_define(eq=False, repr=False)
class SearchCheckpointRecordsLtFilter(Model):
    """Matches records before a time."""

    field: SearchCheckpointRecordsLtFilterField
    """The field that an `lt` filter compares."""
    value: datetime.datetime
    """The first time that no longer matches."""
    type_: ClassVar[Literal["lt"]] = "lt"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"field", "value", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "lt"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> SearchCheckpointRecordsLtFilter:
        self = _new(SearchCheckpointRecordsLtFilter)
        self.field = _SEARCH_CHECKPOINT_RECORDS_LT_FILTER_FIELD[d["field"]]
        self.value = parse_time(d["value"])
        self.additional_properties = NO_FIELDS if len(d) == 3 else additional(d, SearchCheckpointRecordsLtFilter)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "lt", "field": self.field._value_, "value": format_time(self.value)}
        return {**self.additional_properties, **d} if self.additional_properties else d


_search_checkpoint_records_lt_filter = SearchCheckpointRecordsLtFilter._decode


@_define(eq=False, repr=False)
class SearchCheckpointRecordsGteFilter(Model):
    """Matches records from a time on."""

    field: SearchCheckpointRecordsGteFilterField
    """The field that a `gte` filter compares."""
    value: datetime.datetime
    """The first time that matches."""
    type_: ClassVar[Literal["gte"]] = "gte"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"field", "value", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "gte"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> SearchCheckpointRecordsGteFilter:
        self = _new(SearchCheckpointRecordsGteFilter)
        self.field = _SEARCH_CHECKPOINT_RECORDS_GTE_FILTER_FIELD[d["field"]]
        self.value = parse_time(d["value"])
        self.additional_properties = NO_FIELDS if len(d) == 3 else additional(d, SearchCheckpointRecordsGteFilter)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "gte", "field": self.field._value_, "value": format_time(self.value)}
        return {**self.additional_properties, **d} if self.additional_properties else d


_search_checkpoint_records_gte_filter = SearchCheckpointRecordsGteFilter._decode


@_define(eq=False, repr=False)
class SearchCheckpointRecordsEqualsFilter(Model):
    """Matches records whose `field` is `value`."""

    field: SearchCheckpointRecordsEqualsFilterField
    """What an equality filter compares: a field of `Record` (`checkpointType` is its `type`), or the
    `type` of one of its items.
    """
    value: str
    """A rid, a user id, a `CheckpointType`, or the `type` of a `CheckpointedItem`, as the field asks."""
    type_: ClassVar[Literal["eq"]] = "eq"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"field", "value", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "eq"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> SearchCheckpointRecordsEqualsFilter:
        self = _new(SearchCheckpointRecordsEqualsFilter)
        self.field = _SEARCH_CHECKPOINT_RECORDS_EQUALS_FILTER_FIELD[d["field"]]
        if type(v := d["value"]) is not str:
            raise TypeError
        self.value = v
        self.additional_properties = NO_FIELDS if len(d) == 3 else additional(d, SearchCheckpointRecordsEqualsFilter)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "eq", "field": self.field._value_, "value": self.value}
        return {**self.additional_properties, **d} if self.additional_properties else d


_search_checkpoint_records_equals_filter = SearchCheckpointRecordsEqualsFilter._decode


@_define(eq=False, repr=False)
class SearchCheckpointRecordsCheckpointedItemIdFilter(Model):
    """Matches records that hold the named item among their `checkpointedItems`."""

    checkpointed_item_id: CheckpointedItemId
    """Names an item to search for. Its `type` says which kind of item is meant, so that equal ids of two
    kinds are not confused.
    """
    type_: ClassVar[Literal["checkpointedItemId"]] = "checkpointedItemId"
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"checkpointedItemId", "type"})
    _constants: ClassVar[Mapping[str, str]] = {"type": "checkpointedItemId"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> SearchCheckpointRecordsCheckpointedItemIdFilter:
        self = _new(SearchCheckpointRecordsCheckpointedItemIdFilter)
        self.checkpointed_item_id = _CHECKPOINTED_ITEM_ID[(v := d["checkpointedItemId"])["type"]](v)
        self.additional_properties = (
            NO_FIELDS if len(d) == 2 else additional(d, SearchCheckpointRecordsCheckpointedItemIdFilter)
        )
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"type": "checkpointedItemId", "checkpointedItemId": self.checkpointed_item_id.to_dict()}
        return {**self.additional_properties, **d} if self.additional_properties else d


_search_checkpoint_records_checkpointed_item_id_filter = SearchCheckpointRecordsCheckpointedItemIdFilter._decode


@_define(eq=False, repr=False)
class SearchRecordsRequest(Model):
    """Asks for a page of records. `where` selects them, `sortDirection` orders them. The further pages of
    a search repeat the request and change `pageToken` alone.
    """

    where: SearchCheckpointRecordsRequest
    """Which records to find."""
    page_token: str | None = None
    """Says where a page starts. Left out for the first page; for the next, the `nextPageToken` of the
    page before. Its content means nothing to the caller. It is short-lived: use it at once.
    """
    page_size: int | None = None
    """How many records a page should hold; it may hold fewer. 100 if left out. More than 100 is reduced
    to 100, not refused.
    """
    sort_direction: SortDirection | None = None
    """Order by creation time, `ASC` oldest first, `DESC` newest first. `DESC` if left out."""
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"where", "pageToken", "pageSize", "sortDirection"})

    @staticmethod
    def _decode(d: dict[str, Any]) -> SearchRecordsRequest:
        self = _new(SearchRecordsRequest)
        n = 1
        self.where = _search_checkpoint_records_request(d["where"])
        if (v := d.get("pageToken")) is not None:
            if type(v) is not str:
                raise TypeError
            n += 1
        self.page_token = v
        if (v := d.get("pageSize")) is not None:
            if type(v) is not int:
                raise TypeError
            n += 1
        self.page_size = v
        if (v := d.get("sortDirection")) is not None:
            v = _SORT_DIRECTION[v]
            n += 1
        self.sort_direction = v
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, SearchRecordsRequest)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"where": self.where.to_dict()}
        if self.page_token is not None:
            d["pageToken"] = self.page_token
        if self.page_size is not None:
            d["pageSize"] = self.page_size
        if self.sort_direction is not None:
            d["sortDirection"] = self.sort_direction._value_
        return {**self.additional_properties, **d} if self.additional_properties else d


_search_records_request = SearchRecordsRequest._decode


@_define(eq=False, repr=False)
class SearchCheckpointRecordsRequest(Model):
    """Which records to find."""

    filter_: SearchCheckpointRecordsFilter
    """A condition on records."""
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"filter"})

    @staticmethod
    def _decode(d: dict[str, Any]) -> SearchCheckpointRecordsRequest:
        self = _new(SearchCheckpointRecordsRequest)
        self.filter_ = _SEARCH_CHECKPOINT_RECORDS_FILTER[(v := d["filter"])["type"]](v)
        self.additional_properties = NO_FIELDS if len(d) == 1 else additional(d, SearchCheckpointRecordsRequest)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"filter": self.filter_.to_dict()}
        return {**self.additional_properties, **d} if self.additional_properties else d


_search_checkpoint_records_request = SearchCheckpointRecordsRequest._decode


@_define(eq=False, repr=False)
class SearchCheckpointRecordsResponse(Model):
    """A page of records. `nextPageToken` leads to the next page; the last page has none."""

    data: list[Record] = _field(factory=list)
    """The records, ordered by creation time. A page may hold fewer than were asked for, or none."""
    next_page_token: str | None = None
    """Says where a page starts. Left out for the first page; for the next, the `nextPageToken` of the
    page before. Its content means nothing to the caller. It is short-lived: use it at once.
    """
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"data", "nextPageToken"})

    @staticmethod
    def _decode(d: dict[str, Any]) -> SearchCheckpointRecordsResponse:
        self = _new(SearchCheckpointRecordsResponse)
        n = 0
        v = d.get("data")
        if v is None:
            self.data = []
        else:
            if not isinstance(v, list):
                raise TypeError
            self.data = [_record(i) for i in v]
            n += 1
        if (v := d.get("nextPageToken")) is not None:
            if type(v) is not str:
                raise TypeError
            n += 1
        self.next_page_token = v
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, SearchCheckpointRecordsResponse)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"data": [i.to_dict() for i in self.data]}
        if self.next_page_token is not None:
            d["nextPageToken"] = self.next_page_token
        return {**self.additional_properties, **d} if self.additional_properties else d


_search_checkpoint_records_response = SearchCheckpointRecordsResponse._decode


@_define(eq=False, repr=False)
class GetRecordsBatchRequestElement(Model):
    """A record to get."""

    record_rid: str
    """Rid of a checkpoint record."""
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"recordRid"})

    @staticmethod
    def _decode(d: dict[str, Any]) -> GetRecordsBatchRequestElement:
        self = _new(GetRecordsBatchRequestElement)
        if type(v := d["recordRid"]) is not str:
            raise TypeError
        self.record_rid = v
        self.additional_properties = NO_FIELDS if len(d) == 1 else additional(d, GetRecordsBatchRequestElement)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"recordRid": self.record_rid}
        return {**self.additional_properties, **d} if self.additional_properties else d


_get_records_batch_request_element = GetRecordsBatchRequestElement._decode


@_define(eq=False, repr=False)
class GetRecordsBatchResponse(Model):
    """A batch of records."""

    data: dict[str, Record] = _field(factory=dict)
    """The records that were found and may be seen, each under its rid."""
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"data"})

    @staticmethod
    def _decode(d: dict[str, Any]) -> GetRecordsBatchResponse:
        self = _new(GetRecordsBatchResponse)
        n = 0
        v = d.get("data")
        if v is None:
            self.data = {}
        else:
            if not isinstance(v, dict):
                raise TypeError
            self.data = {k: _record(i) for k, i in v.items()}
            n += 1
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, GetRecordsBatchResponse)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"data": {k: i.to_dict() for k, i in self.data.items()}}
        return {**self.additional_properties, **d} if self.additional_properties else d


_get_records_batch_response = GetRecordsBatchResponse._decode


@_define(eq=False, repr=False)
class ErrorBase(Model):
    """What every error body holds. `errorInstanceId` is unique to this failure; quote it to support."""

    error_code: str
    """The kind of error, which goes with the status: `INVALID_ARGUMENT` and `CUSTOM_CLIENT` 400,
    `UNAUTHORIZED` 401, `PERMISSION_DENIED` 403, `NOT_FOUND` 404, `CONFLICT` 409,
    `REQUEST_ENTITY_TOO_LARGE` 413, and 500 for `FAILED_PRECONDITION`, `INTERNAL`, `TIMEOUT` and
    `CUSTOM_SERVER`.
    """
    error_instance_id: str
    """A UUID, kept as the text that came."""
    error_description: str | None = None
    """The error in words, if the service gives any."""
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"errorCode", "errorInstanceId", "errorDescription"})

    def _read(self, d: dict[str, Any]) -> int:
        n = 2
        if type(v := d["errorCode"]) is not str:
            raise TypeError
        self.error_code = v
        if type(v := d["errorInstanceId"]) is not str:
            raise TypeError
        self.error_instance_id = v
        if (v := d.get("errorDescription")) is not None:
            if type(v) is not str:
                raise TypeError
            n += 1
        self.error_description = v
        return n

    @staticmethod
    def _decode(d: dict[str, Any]) -> ErrorBase:
        self = _new(ErrorBase)
        n = ErrorBase._read(self, d)
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, ErrorBase)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {"errorCode": self.error_code, "errorInstanceId": self.error_instance_id}
        if self.error_description is not None:
            d["errorDescription"] = self.error_description
        return {**self.additional_properties, **d} if self.additional_properties else d


_error_base = ErrorBase._decode


@_define(eq=False, repr=False)
class CheckpointRecordNotFoundBody(ErrorBase):
    """No record has this rid. Status 404."""

    error_name: ClassVar[Literal["CheckpointRecordNotFound"]] = "CheckpointRecordNotFound"
    parameters: CheckpointRecordNotFoundParameters | None = None
    """The record that was asked for."""
    _known: ClassVar[frozenset[str]] = ErrorBase._known | frozenset({"errorName", "parameters"})
    _constants: ClassVar[Mapping[str, str]] = {"errorName": "CheckpointRecordNotFound"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointRecordNotFoundBody:
        self = _new(CheckpointRecordNotFoundBody)
        n = 1 + ErrorBase._read(self, d)
        if (v := d.get("parameters")) is not None:
            v = _checkpoint_record_not_found_parameters(v)
            n += 1
        self.parameters = v
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, CheckpointRecordNotFoundBody)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {**ErrorBase.to_dict(self), "errorName": "CheckpointRecordNotFound"}
        if self.parameters is not None:
            d["parameters"] = self.parameters.to_dict()
        return d


_checkpoint_record_not_found_body = CheckpointRecordNotFoundBody._decode


@_define(eq=False, repr=False)
class CheckpointRecordNotFoundParameters(Model):
    """The record that was asked for."""

    record_rid: str | None = None
    """Rid of a checkpoint record."""
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"recordRid"})

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointRecordNotFoundParameters:
        self = _new(CheckpointRecordNotFoundParameters)
        n = 0
        if (v := d.get("recordRid")) is not None:
            if type(v) is not str:
                raise TypeError
            n += 1
        self.record_rid = v
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, CheckpointRecordNotFoundParameters)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {}
        if self.record_rid is not None:
            d["recordRid"] = self.record_rid
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpoint_record_not_found_parameters = CheckpointRecordNotFoundParameters._decode


@_define(eq=False, repr=False)
class RecordNotFoundBody(ErrorBase):
    """No record has this rid, under the name that the platform uses for every resource. Status 404."""

    error_name: ClassVar[Literal["RecordNotFound"]] = "RecordNotFound"
    parameters: RecordNotFoundParameters | None = None
    """The record that was asked for."""
    _known: ClassVar[frozenset[str]] = ErrorBase._known | frozenset({"errorName", "parameters"})
    _constants: ClassVar[Mapping[str, str]] = {"errorName": "RecordNotFound"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> RecordNotFoundBody:
        self = _new(RecordNotFoundBody)
        n = 1 + ErrorBase._read(self, d)
        if (v := d.get("parameters")) is not None:
            v = _record_not_found_parameters(v)
            n += 1
        self.parameters = v
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, RecordNotFoundBody)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {**ErrorBase.to_dict(self), "errorName": "RecordNotFound"}
        if self.parameters is not None:
            d["parameters"] = self.parameters.to_dict()
        return d


_record_not_found_body = RecordNotFoundBody._decode


@_define(eq=False, repr=False)
class RecordNotFoundParameters(Model):
    """The record that was asked for."""

    record_rid: str | None = None
    """Rid of a checkpoint record."""
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"recordRid"})

    @staticmethod
    def _decode(d: dict[str, Any]) -> RecordNotFoundParameters:
        self = _new(RecordNotFoundParameters)
        n = 0
        if (v := d.get("recordRid")) is not None:
            if type(v) is not str:
                raise TypeError
            n += 1
        self.record_rid = v
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, RecordNotFoundParameters)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {}
        if self.record_rid is not None:
            d["recordRid"] = self.record_rid
        return {**self.additional_properties, **d} if self.additional_properties else d


_record_not_found_parameters = RecordNotFoundParameters._decode


@_define(eq=False, repr=False)
class CheckpointRecordPermissionDeniedBody(ErrorBase):
    """The caller may not see this record. Status 403."""

    error_name: ClassVar[Literal["CheckpointRecordPermissionDenied"]] = "CheckpointRecordPermissionDenied"
    parameters: CheckpointRecordPermissionDeniedParameters | None = None
    """The record that was asked for."""
    _known: ClassVar[frozenset[str]] = ErrorBase._known | frozenset({"errorName", "parameters"})
    _constants: ClassVar[Mapping[str, str]] = {"errorName": "CheckpointRecordPermissionDenied"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointRecordPermissionDeniedBody:
        self = _new(CheckpointRecordPermissionDeniedBody)
        n = 1 + ErrorBase._read(self, d)
        if (v := d.get("parameters")) is not None:
            v = _checkpoint_record_permission_denied_parameters(v)
            n += 1
        self.parameters = v
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, CheckpointRecordPermissionDeniedBody)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {**ErrorBase.to_dict(self), "errorName": "CheckpointRecordPermissionDenied"}
        if self.parameters is not None:
            d["parameters"] = self.parameters.to_dict()
        return d


_checkpoint_record_permission_denied_body = CheckpointRecordPermissionDeniedBody._decode


@_define(eq=False, repr=False)
class CheckpointRecordPermissionDeniedParameters(Model):
    """The record that was asked for."""

    record_rid: str | None = None
    """Rid of a checkpoint record."""
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"recordRid"})

    @staticmethod
    def _decode(d: dict[str, Any]) -> CheckpointRecordPermissionDeniedParameters:
        self = _new(CheckpointRecordPermissionDeniedParameters)
        n = 0
        if (v := d.get("recordRid")) is not None:
            if type(v) is not str:
                raise TypeError
            n += 1
        self.record_rid = v
        self.additional_properties = (
            NO_FIELDS if len(d) == n else additional(d, CheckpointRecordPermissionDeniedParameters)
        )
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {}
        if self.record_rid is not None:
            d["recordRid"] = self.record_rid
        return {**self.additional_properties, **d} if self.additional_properties else d


_checkpoint_record_permission_denied_parameters = CheckpointRecordPermissionDeniedParameters._decode


@_define(eq=False, repr=False)
class SearchRecordsPermissionDeniedBody(ErrorBase):
    """The caller may not search records. Status 403."""

    error_name: ClassVar[Literal["SearchRecordsPermissionDenied"]] = "SearchRecordsPermissionDenied"
    parameters: dict[str, Any] = _field(factory=dict)
    _known: ClassVar[frozenset[str]] = ErrorBase._known | frozenset({"errorName", "parameters"})
    _constants: ClassVar[Mapping[str, str]] = {"errorName": "SearchRecordsPermissionDenied"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> SearchRecordsPermissionDeniedBody:
        self = _new(SearchRecordsPermissionDeniedBody)
        n = 1 + ErrorBase._read(self, d)
        v = d.get("parameters")
        if v is None:
            self.parameters = {}
        else:
            if not isinstance(v, dict):
                raise TypeError
            self.parameters = dict(v)
            n += 1
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, SearchRecordsPermissionDeniedBody)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {
            **ErrorBase.to_dict(self),
            "errorName": "SearchRecordsPermissionDenied",
            "parameters": dict(self.parameters),
        }
        return d


_search_records_permission_denied_body = SearchRecordsPermissionDeniedBody._decode


@_define(eq=False, repr=False)
class ApiFeaturePreviewUsageOnlyBody(ErrorBase):
    """The request lacks `preview=true`. Status 400."""

    error_name: ClassVar[Literal["ApiFeaturePreviewUsageOnly"]] = "ApiFeaturePreviewUsageOnly"
    parameters: dict[str, Any] = _field(factory=dict)
    _known: ClassVar[frozenset[str]] = ErrorBase._known | frozenset({"errorName", "parameters"})
    _constants: ClassVar[Mapping[str, str]] = {"errorName": "ApiFeaturePreviewUsageOnly"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> ApiFeaturePreviewUsageOnlyBody:
        self = _new(ApiFeaturePreviewUsageOnlyBody)
        n = 1 + ErrorBase._read(self, d)
        v = d.get("parameters")
        if v is None:
            self.parameters = {}
        else:
            if not isinstance(v, dict):
                raise TypeError
            self.parameters = dict(v)
            n += 1
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, ApiFeaturePreviewUsageOnlyBody)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {
            **ErrorBase.to_dict(self),
            "errorName": "ApiFeaturePreviewUsageOnly",
            "parameters": dict(self.parameters),
        }
        return d


_api_feature_preview_usage_only_body = ApiFeaturePreviewUsageOnlyBody._decode


@_define(eq=False, repr=False)
class ApiUsageDeniedBody(ErrorBase):
    """The caller may not use the API, for instance because the token lacks a scope. Status 403."""

    error_name: ClassVar[Literal["ApiUsageDenied"]] = "ApiUsageDenied"
    parameters: ApiUsageDeniedParameters | None = None
    """What the token lacks."""
    _known: ClassVar[frozenset[str]] = ErrorBase._known | frozenset({"errorName", "parameters"})
    _constants: ClassVar[Mapping[str, str]] = {"errorName": "ApiUsageDenied"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> ApiUsageDeniedBody:
        self = _new(ApiUsageDeniedBody)
        n = 1 + ErrorBase._read(self, d)
        if (v := d.get("parameters")) is not None:
            v = _api_usage_denied_parameters(v)
            n += 1
        self.parameters = v
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, ApiUsageDeniedBody)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {**ErrorBase.to_dict(self), "errorName": "ApiUsageDenied"}
        if self.parameters is not None:
            d["parameters"] = self.parameters.to_dict()
        return d


_api_usage_denied_body = ApiUsageDeniedBody._decode


@_define(eq=False, repr=False)
class ApiUsageDeniedParameters(Model):
    """What the token lacks."""

    missing_scope: str | None = None
    """The scope to request, such as `api:checkpoints-read`."""
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"missingScope"})

    @staticmethod
    def _decode(d: dict[str, Any]) -> ApiUsageDeniedParameters:
        self = _new(ApiUsageDeniedParameters)
        n = 0
        if (v := d.get("missingScope")) is not None:
            if type(v) is not str:
                raise TypeError
            n += 1
        self.missing_scope = v
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, ApiUsageDeniedParameters)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {}
        if self.missing_scope is not None:
            d["missingScope"] = self.missing_scope
        return {**self.additional_properties, **d} if self.additional_properties else d


_api_usage_denied_parameters = ApiUsageDeniedParameters._decode


@_define(eq=False, repr=False)
class BatchRequestSizeExceededLimitBody(ErrorBase):
    """The batch is too large. Status 400."""

    error_name: ClassVar[Literal["BatchRequestSizeExceededLimit"]] = "BatchRequestSizeExceededLimit"
    parameters: BatchRequestSizeExceededLimitParameters | None = None
    """Sizes, in elements."""
    _known: ClassVar[frozenset[str]] = ErrorBase._known | frozenset({"errorName", "parameters"})
    _constants: ClassVar[Mapping[str, str]] = {"errorName": "BatchRequestSizeExceededLimit"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> BatchRequestSizeExceededLimitBody:
        self = _new(BatchRequestSizeExceededLimitBody)
        n = 1 + ErrorBase._read(self, d)
        if (v := d.get("parameters")) is not None:
            v = _batch_request_size_exceeded_limit_parameters(v)
            n += 1
        self.parameters = v
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, BatchRequestSizeExceededLimitBody)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {**ErrorBase.to_dict(self), "errorName": "BatchRequestSizeExceededLimit"}
        if self.parameters is not None:
            d["parameters"] = self.parameters.to_dict()
        return d


_batch_request_size_exceeded_limit_body = BatchRequestSizeExceededLimitBody._decode


@_define(eq=False, repr=False)
class BatchRequestSizeExceededLimitParameters(Model):
    """Sizes, in elements."""

    maximum_batch_size: int | None = None
    provided_batch_size: int | None = None
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"maximumBatchSize", "providedBatchSize"})

    @staticmethod
    def _decode(d: dict[str, Any]) -> BatchRequestSizeExceededLimitParameters:
        self = _new(BatchRequestSizeExceededLimitParameters)
        n = 0
        if (v := d.get("maximumBatchSize")) is not None:
            if type(v) is not int:
                raise TypeError
            n += 1
        self.maximum_batch_size = v
        if (v := d.get("providedBatchSize")) is not None:
            if type(v) is not int:
                raise TypeError
            n += 1
        self.provided_batch_size = v
        self.additional_properties = (
            NO_FIELDS if len(d) == n else additional(d, BatchRequestSizeExceededLimitParameters)
        )
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {}
        if self.maximum_batch_size is not None:
            d["maximumBatchSize"] = self.maximum_batch_size
        if self.provided_batch_size is not None:
            d["providedBatchSize"] = self.provided_batch_size
        return {**self.additional_properties, **d} if self.additional_properties else d


_batch_request_size_exceeded_limit_parameters = BatchRequestSizeExceededLimitParameters._decode


@_define(eq=False, repr=False)
class MissingBatchRequestBody(ErrorBase):
    """The batch is empty. Status 400."""

    error_name: ClassVar[Literal["MissingBatchRequest"]] = "MissingBatchRequest"
    parameters: dict[str, Any] = _field(factory=dict)
    _known: ClassVar[frozenset[str]] = ErrorBase._known | frozenset({"errorName", "parameters"})
    _constants: ClassVar[Mapping[str, str]] = {"errorName": "MissingBatchRequest"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> MissingBatchRequestBody:
        self = _new(MissingBatchRequestBody)
        n = 1 + ErrorBase._read(self, d)
        v = d.get("parameters")
        if v is None:
            self.parameters = {}
        else:
            if not isinstance(v, dict):
                raise TypeError
            self.parameters = dict(v)
            n += 1
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, MissingBatchRequestBody)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {
            **ErrorBase.to_dict(self),
            "errorName": "MissingBatchRequest",
            "parameters": dict(self.parameters),
        }
        return d


_missing_batch_request_body = MissingBatchRequestBody._decode


@_define(eq=False, repr=False)
class MissingPostBodyBody(ErrorBase):
    """The request has no body. Status 400."""

    error_name: ClassVar[Literal["MissingPostBody"]] = "MissingPostBody"
    parameters: dict[str, Any] = _field(factory=dict)
    _known: ClassVar[frozenset[str]] = ErrorBase._known | frozenset({"errorName", "parameters"})
    _constants: ClassVar[Mapping[str, str]] = {"errorName": "MissingPostBody"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> MissingPostBodyBody:
        self = _new(MissingPostBodyBody)
        n = 1 + ErrorBase._read(self, d)
        v = d.get("parameters")
        if v is None:
            self.parameters = {}
        else:
            if not isinstance(v, dict):
                raise TypeError
            self.parameters = dict(v)
            n += 1
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, MissingPostBodyBody)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {
            **ErrorBase.to_dict(self),
            "errorName": "MissingPostBody",
            "parameters": dict(self.parameters),
        }
        return d


_missing_post_body_body = MissingPostBodyBody._decode


@_define(eq=False, repr=False)
class InvalidPageSizeBody(ErrorBase):
    """The page size is below 1. Status 400."""

    error_name: ClassVar[Literal["InvalidPageSize"]] = "InvalidPageSize"
    parameters: InvalidPageSizeParameters | None = None
    """The page size that was asked for."""
    _known: ClassVar[frozenset[str]] = ErrorBase._known | frozenset({"errorName", "parameters"})
    _constants: ClassVar[Mapping[str, str]] = {"errorName": "InvalidPageSize"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> InvalidPageSizeBody:
        self = _new(InvalidPageSizeBody)
        n = 1 + ErrorBase._read(self, d)
        if (v := d.get("parameters")) is not None:
            v = _invalid_page_size_parameters(v)
            n += 1
        self.parameters = v
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, InvalidPageSizeBody)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {**ErrorBase.to_dict(self), "errorName": "InvalidPageSize"}
        if self.parameters is not None:
            d["parameters"] = self.parameters.to_dict()
        return d


_invalid_page_size_body = InvalidPageSizeBody._decode


@_define(eq=False, repr=False)
class InvalidPageSizeParameters(Model):
    """The page size that was asked for."""

    page_size: int | None = None
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"pageSize"})

    @staticmethod
    def _decode(d: dict[str, Any]) -> InvalidPageSizeParameters:
        self = _new(InvalidPageSizeParameters)
        n = 0
        if (v := d.get("pageSize")) is not None:
            if type(v) is not int:
                raise TypeError
            n += 1
        self.page_size = v
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, InvalidPageSizeParameters)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {}
        if self.page_size is not None:
            d["pageSize"] = self.page_size
        return {**self.additional_properties, **d} if self.additional_properties else d


_invalid_page_size_parameters = InvalidPageSizeParameters._decode


@_define(eq=False, repr=False)
class InvalidPageTokenBody(ErrorBase):
    """The page token cannot be used, or not any longer. Status 400."""

    error_name: ClassVar[Literal["InvalidPageToken"]] = "InvalidPageToken"
    parameters: InvalidPageTokenParameters | None = None
    """The page token that was sent."""
    _known: ClassVar[frozenset[str]] = ErrorBase._known | frozenset({"errorName", "parameters"})
    _constants: ClassVar[Mapping[str, str]] = {"errorName": "InvalidPageToken"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> InvalidPageTokenBody:
        self = _new(InvalidPageTokenBody)
        n = 1 + ErrorBase._read(self, d)
        if (v := d.get("parameters")) is not None:
            v = _invalid_page_token_parameters(v)
            n += 1
        self.parameters = v
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, InvalidPageTokenBody)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {**ErrorBase.to_dict(self), "errorName": "InvalidPageToken"}
        if self.parameters is not None:
            d["parameters"] = self.parameters.to_dict()
        return d


_invalid_page_token_body = InvalidPageTokenBody._decode


@_define(eq=False, repr=False)
class InvalidPageTokenParameters(Model):
    """The page token that was sent."""

    page_token: str | None = None
    """Says where a page starts. Left out for the first page; for the next, the `nextPageToken` of the
    page before. Its content means nothing to the caller. It is short-lived: use it at once.
    """
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"pageToken"})

    @staticmethod
    def _decode(d: dict[str, Any]) -> InvalidPageTokenParameters:
        self = _new(InvalidPageTokenParameters)
        n = 0
        if (v := d.get("pageToken")) is not None:
            if type(v) is not str:
                raise TypeError
            n += 1
        self.page_token = v
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, InvalidPageTokenParameters)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {}
        if self.page_token is not None:
            d["pageToken"] = self.page_token
        return {**self.additional_properties, **d} if self.additional_properties else d


_invalid_page_token_parameters = InvalidPageTokenParameters._decode


@_define(eq=False, repr=False)
class InvalidAndFilterBody(ErrorBase):
    """An `and` filter is wrong, for instance empty. Status 400."""

    error_name: ClassVar[Literal["InvalidAndFilter"]] = "InvalidAndFilter"
    parameters: dict[str, Any] = _field(factory=dict)
    _known: ClassVar[frozenset[str]] = ErrorBase._known | frozenset({"errorName", "parameters"})
    _constants: ClassVar[Mapping[str, str]] = {"errorName": "InvalidAndFilter"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> InvalidAndFilterBody:
        self = _new(InvalidAndFilterBody)
        n = 1 + ErrorBase._read(self, d)
        v = d.get("parameters")
        if v is None:
            self.parameters = {}
        else:
            if not isinstance(v, dict):
                raise TypeError
            self.parameters = dict(v)
            n += 1
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, InvalidAndFilterBody)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {
            **ErrorBase.to_dict(self),
            "errorName": "InvalidAndFilter",
            "parameters": dict(self.parameters),
        }
        return d


_invalid_and_filter_body = InvalidAndFilterBody._decode


@_define(eq=False, repr=False)
class InvalidOrFilterBody(ErrorBase):
    """An `or` filter is wrong, for instance empty. Status 400."""

    error_name: ClassVar[Literal["InvalidOrFilter"]] = "InvalidOrFilter"
    parameters: dict[str, Any] = _field(factory=dict)
    _known: ClassVar[frozenset[str]] = ErrorBase._known | frozenset({"errorName", "parameters"})
    _constants: ClassVar[Mapping[str, str]] = {"errorName": "InvalidOrFilter"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> InvalidOrFilterBody:
        self = _new(InvalidOrFilterBody)
        n = 1 + ErrorBase._read(self, d)
        v = d.get("parameters")
        if v is None:
            self.parameters = {}
        else:
            if not isinstance(v, dict):
                raise TypeError
            self.parameters = dict(v)
            n += 1
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, InvalidOrFilterBody)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {
            **ErrorBase.to_dict(self),
            "errorName": "InvalidOrFilter",
            "parameters": dict(self.parameters),
        }
        return d


_invalid_or_filter_body = InvalidOrFilterBody._decode


@_define(eq=False, repr=False)
class InvalidFilterValueBody(ErrorBase):
    """The value in a filter does not suit its field. Status 400."""

    error_name: ClassVar[Literal["InvalidFilterValue"]] = "InvalidFilterValue"
    parameters: InvalidFilterValueParameters | None = None
    """The field, and what was wrong with its value."""
    _known: ClassVar[frozenset[str]] = ErrorBase._known | frozenset({"errorName", "parameters"})
    _constants: ClassVar[Mapping[str, str]] = {"errorName": "InvalidFilterValue"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> InvalidFilterValueBody:
        self = _new(InvalidFilterValueBody)
        n = 1 + ErrorBase._read(self, d)
        if (v := d.get("parameters")) is not None:
            v = _invalid_filter_value_parameters(v)
            n += 1
        self.parameters = v
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, InvalidFilterValueBody)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {**ErrorBase.to_dict(self), "errorName": "InvalidFilterValue"}
        if self.parameters is not None:
            d["parameters"] = self.parameters.to_dict()
        return d


_invalid_filter_value_body = InvalidFilterValueBody._decode


@_define(eq=False, repr=False)
class InvalidFilterValueParameters(Model):
    """The field, and what was wrong with its value."""

    field: str | None = None
    value: Any | None = None
    """The value that was sent, any JSON."""
    expected_type: str | None = None
    additional_properties: Mapping[str, Any] = _field(default=NO_FIELDS, kw_only=True)
    _known: ClassVar[frozenset[str]] = frozenset({"field", "value", "expectedType"})

    @staticmethod
    def _decode(d: dict[str, Any]) -> InvalidFilterValueParameters:
        self = _new(InvalidFilterValueParameters)
        n = 0
        if (v := d.get("field")) is not None:
            if type(v) is not str:
                raise TypeError
            n += 1
        self.field = v
        if (v := d.get("value")) is not None:
            n += 1
        self.value = v
        if (v := d.get("expectedType")) is not None:
            if type(v) is not str:
                raise TypeError
            n += 1
        self.expected_type = v
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, InvalidFilterValueParameters)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {}
        if self.field is not None:
            d["field"] = self.field
        if self.value is not None:
            d["value"] = self.value
        if self.expected_type is not None:
            d["expectedType"] = self.expected_type
        return {**self.additional_properties, **d} if self.additional_properties else d


_invalid_filter_value_parameters = InvalidFilterValueParameters._decode


@_define(eq=False, repr=False)
class ConjureInvalidArgumentBody(ErrorBase):
    """The request is not what the operation expects. Status 400."""

    error_name: ClassVar[Literal["Conjure:InvalidArgument"]] = "Conjure:InvalidArgument"
    parameters: dict[str, Any] = _field(factory=dict)
    _known: ClassVar[frozenset[str]] = ErrorBase._known | frozenset({"errorName", "parameters"})
    _constants: ClassVar[Mapping[str, str]] = {"errorName": "Conjure:InvalidArgument"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> ConjureInvalidArgumentBody:
        self = _new(ConjureInvalidArgumentBody)
        n = 1 + ErrorBase._read(self, d)
        v = d.get("parameters")
        if v is None:
            self.parameters = {}
        else:
            if not isinstance(v, dict):
                raise TypeError
            self.parameters = dict(v)
            n += 1
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, ConjureInvalidArgumentBody)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {
            **ErrorBase.to_dict(self),
            "errorName": "Conjure:InvalidArgument",
            "parameters": dict(self.parameters),
        }
        return d


_conjure_invalid_argument_body = ConjureInvalidArgumentBody._decode


@_define(eq=False, repr=False)
class ConjureUnprocessableEntityBody(ErrorBase):
    """The body is JSON, yet does not decode. Status 422."""

    error_name: ClassVar[Literal["Conjure:UnprocessableEntity"]] = "Conjure:UnprocessableEntity"
    parameters: dict[str, Any] = _field(factory=dict)
    _known: ClassVar[frozenset[str]] = ErrorBase._known | frozenset({"errorName", "parameters"})
    _constants: ClassVar[Mapping[str, str]] = {"errorName": "Conjure:UnprocessableEntity"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> ConjureUnprocessableEntityBody:
        self = _new(ConjureUnprocessableEntityBody)
        n = 1 + ErrorBase._read(self, d)
        v = d.get("parameters")
        if v is None:
            self.parameters = {}
        else:
            if not isinstance(v, dict):
                raise TypeError
            self.parameters = dict(v)
            n += 1
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, ConjureUnprocessableEntityBody)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {
            **ErrorBase.to_dict(self),
            "errorName": "Conjure:UnprocessableEntity",
            "parameters": dict(self.parameters),
        }
        return d


_conjure_unprocessable_entity_body = ConjureUnprocessableEntityBody._decode


@_define(eq=False, repr=False)
class ConjureUnsupportedMediaTypeBody(ErrorBase):
    """The body is not sent as `application/json`. Status 415."""

    error_name: ClassVar[Literal["Conjure:UnsupportedMediaType"]] = "Conjure:UnsupportedMediaType"
    parameters: dict[str, Any] = _field(factory=dict)
    _known: ClassVar[frozenset[str]] = ErrorBase._known | frozenset({"errorName", "parameters"})
    _constants: ClassVar[Mapping[str, str]] = {"errorName": "Conjure:UnsupportedMediaType"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> ConjureUnsupportedMediaTypeBody:
        self = _new(ConjureUnsupportedMediaTypeBody)
        n = 1 + ErrorBase._read(self, d)
        v = d.get("parameters")
        if v is None:
            self.parameters = {}
        else:
            if not isinstance(v, dict):
                raise TypeError
            self.parameters = dict(v)
            n += 1
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, ConjureUnsupportedMediaTypeBody)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {
            **ErrorBase.to_dict(self),
            "errorName": "Conjure:UnsupportedMediaType",
            "parameters": dict(self.parameters),
        }
        return d


_conjure_unsupported_media_type_body = ConjureUnsupportedMediaTypeBody._decode


@_define(eq=False, repr=False)
class DefaultUnauthorizedBody(ErrorBase):
    """The token is missing, wrong or expired. Status 401."""

    error_name: ClassVar[Literal["Default:Unauthorized"]] = "Default:Unauthorized"
    parameters: dict[str, Any] = _field(factory=dict)
    _known: ClassVar[frozenset[str]] = ErrorBase._known | frozenset({"errorName", "parameters"})
    _constants: ClassVar[Mapping[str, str]] = {"errorName": "Default:Unauthorized"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> DefaultUnauthorizedBody:
        self = _new(DefaultUnauthorizedBody)
        n = 1 + ErrorBase._read(self, d)
        v = d.get("parameters")
        if v is None:
            self.parameters = {}
        else:
            if not isinstance(v, dict):
                raise TypeError
            self.parameters = dict(v)
            n += 1
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, DefaultUnauthorizedBody)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {
            **ErrorBase.to_dict(self),
            "errorName": "Default:Unauthorized",
            "parameters": dict(self.parameters),
        }
        return d


_default_unauthorized_body = DefaultUnauthorizedBody._decode


@_define(eq=False, repr=False)
class DefaultPermissionDeniedBody(ErrorBase):
    """The caller lacks a permission. Status 403."""

    error_name: ClassVar[Literal["Default:PermissionDenied"]] = "Default:PermissionDenied"
    parameters: dict[str, Any] = _field(factory=dict)
    _known: ClassVar[frozenset[str]] = ErrorBase._known | frozenset({"errorName", "parameters"})
    _constants: ClassVar[Mapping[str, str]] = {"errorName": "Default:PermissionDenied"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> DefaultPermissionDeniedBody:
        self = _new(DefaultPermissionDeniedBody)
        n = 1 + ErrorBase._read(self, d)
        v = d.get("parameters")
        if v is None:
            self.parameters = {}
        else:
            if not isinstance(v, dict):
                raise TypeError
            self.parameters = dict(v)
            n += 1
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, DefaultPermissionDeniedBody)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {
            **ErrorBase.to_dict(self),
            "errorName": "Default:PermissionDenied",
            "parameters": dict(self.parameters),
        }
        return d


_default_permission_denied_body = DefaultPermissionDeniedBody._decode


@_define(eq=False, repr=False)
class DefaultInternalBody(ErrorBase):
    """The service failed. Status 500."""

    error_name: ClassVar[Literal["Default:Internal"]] = "Default:Internal"
    parameters: dict[str, Any] = _field(factory=dict)
    _known: ClassVar[frozenset[str]] = ErrorBase._known | frozenset({"errorName", "parameters"})
    _constants: ClassVar[Mapping[str, str]] = {"errorName": "Default:Internal"}

    @staticmethod
    def _decode(d: dict[str, Any]) -> DefaultInternalBody:
        self = _new(DefaultInternalBody)
        n = 1 + ErrorBase._read(self, d)
        v = d.get("parameters")
        if v is None:
            self.parameters = {}
        else:
            if not isinstance(v, dict):
                raise TypeError
            self.parameters = dict(v)
            n += 1
        self.additional_properties = NO_FIELDS if len(d) == n else additional(d, DefaultInternalBody)
        return self

    def to_dict(self) -> dict[str, Any]:
        d: dict[str, Any] = {
            **ErrorBase.to_dict(self),
            "errorName": "Default:Internal",
            "parameters": dict(self.parameters),
        }
        return d


_default_internal_body = DefaultInternalBody._decode

Justification: TypeAlias = (
    ResponseJustification
    | DropdownJustification
    | ReauthenticationJustification
    | AcknowledgementJustification
    | UnknownVariant
)

_JUSTIFICATION: Variants[Justification] = Variants(
    "Justification",
    {
        "responseJustification": _response_justification,
        "dropdownJustification": _dropdown_justification,
        "reauthenticationJustification": _reauthentication_justification,
        "acknowledgementJustification": _acknowledgement_justification,
    },
)


def justification_from_dict(data: Mapping[str, Any]) -> Justification:
    """Decode a value of `Justification`. Raise `DecodeError` if the data isn't one."""
    return decode("Justification", lambda d: _JUSTIFICATION[d["type"]](d), data)


CheckpointedItem: TypeAlias = (
    CheckpointedIssue
    | CheckpointedJob
    | CheckpointedSchedule
    | CheckpointedResource
    | CheckpointedJobSpecification
    | CheckpointedLanguageModel
    | CheckpointedGroup
    | CheckpointedUserIntakeSubmission
    | CheckpointedObjectSet
    | CheckpointedMarking
    | CheckpointedMarketplaceProduct
    | CheckpointedPeeringJob
    | CheckpointedRole
    | CheckpointedIntervention
    | CheckpointedLanguageModelSession
    | CheckpointedToken
    | CheckpointedUserIntakeFormInput
    | CheckpointedPrincipal
    | CheckpointedActionType
    | UnknownVariant
)

_CHECKPOINTED_ITEM: Variants[CheckpointedItem] = Variants(
    "CheckpointedItem",
    {
        "checkpointedIssue": _checkpointed_issue,
        "checkpointedJob": _checkpointed_job,
        "checkpointedSchedule": _checkpointed_schedule,
        "checkpointedResource": _checkpointed_resource,
        "checkpointedJobSpecification": _checkpointed_job_specification,
        "checkpointedLanguageModel": _checkpointed_language_model,
        "checkpointedGroup": _checkpointed_group,
        "checkpointedUserIntakeSubmission": _checkpointed_user_intake_submission,
        "checkpointedObjectSet": _checkpointed_object_set,
        "checkpointedMarking": _checkpointed_marking,
        "checkpointedMarketplaceProduct": _checkpointed_marketplace_product,
        "checkpointedPeeringJob": _checkpointed_peering_job,
        "checkpointedRole": _checkpointed_role,
        "checkpointedIntervention": _checkpointed_intervention,
        "checkpointedLanguageModelSession": _checkpointed_language_model_session,
        "checkpointedToken": _checkpointed_token,
        "checkpointedUserIntakeFormInput": _checkpointed_user_intake_form_input,
        "checkpointedPrincipal": _checkpointed_principal,
        "checkpointedActionType": _checkpointed_action_type,
    },
)


def checkpointed_item_from_dict(data: Mapping[str, Any]) -> CheckpointedItem:
    """Decode a value of `CheckpointedItem`. Raise `DecodeError` if the data isn't one."""
    return decode("CheckpointedItem", lambda d: _CHECKPOINTED_ITEM[d["type"]](d), data)


SearchCheckpointRecordsFilter: TypeAlias = (
    SearchCheckpointRecordsNotFilter
    | SearchCheckpointRecordsOrFilter
    | SearchCheckpointRecordsTextSearchFilter
    | SearchCheckpointRecordsAndFilter
    | SearchCheckpointRecordsLtFilter
    | SearchCheckpointRecordsGteFilter
    | SearchCheckpointRecordsEqualsFilter
    | SearchCheckpointRecordsCheckpointedItemIdFilter
    | UnknownVariant
)

_SEARCH_CHECKPOINT_RECORDS_FILTER: Variants[SearchCheckpointRecordsFilter] = Variants(
    "SearchCheckpointRecordsFilter",
    {
        "not": _search_checkpoint_records_not_filter,
        "or": _search_checkpoint_records_or_filter,
        "textSearch": _search_checkpoint_records_text_search_filter,
        "and": _search_checkpoint_records_and_filter,
        "lt": _search_checkpoint_records_lt_filter,
        "gte": _search_checkpoint_records_gte_filter,
        "eq": _search_checkpoint_records_equals_filter,
        "checkpointedItemId": _search_checkpoint_records_checkpointed_item_id_filter,
    },
)


def search_checkpoint_records_filter_from_dict(data: Mapping[str, Any]) -> SearchCheckpointRecordsFilter:
    """Decode a value of `SearchCheckpointRecordsFilter`. Raise `DecodeError` if the data isn't one."""
    return decode("SearchCheckpointRecordsFilter", lambda d: _SEARCH_CHECKPOINT_RECORDS_FILTER[d["type"]](d), data)


CheckpointedItemId: TypeAlias = (
    CheckpointedJobRid
    | CheckpointedMarkingId
    | CheckpointedTokenId
    | CheckpointedGroupId
    | CheckpointedObjectSetVersionedRid
    | CheckpointedObjectSetTypesProxyRids
    | CheckpointedResourceRid
    | CheckpointedPeeringJobId
    | CheckpointedIssueRid
    | CheckpointedInterventionRid
    | CheckpointedJobSpecRid
    | CheckpointedActionTypeRid
    | CheckpointedScheduleRid
    | CheckpointedRoleId
    | CheckpointedUserIntakeFormInputId
    | CheckpointedMarketplaceProductId
    | CheckpointedLanguageModelRid
    | CheckpointedPrincipalId
    | CheckpointedLanguageModelSessionRid
    | CheckpointedUserIntakeSubmissionRid
    | UnknownVariant
)

_CHECKPOINTED_ITEM_ID: Variants[CheckpointedItemId] = Variants(
    "CheckpointedItemId",
    {
        "checkpointedJobRid": _checkpointed_job_rid,
        "checkpointedMarkingId": _checkpointed_marking_id,
        "checkpointedTokenId": _checkpointed_token_id,
        "checkpointedGroupId": _checkpointed_group_id,
        "checkpointedObjectSetVersionedRid": _checkpointed_object_set_versioned_rid,
        "checkpointedObjectSetTypesProxyRids": _checkpointed_object_set_types_proxy_rids,
        "checkpointedResourceRid": _checkpointed_resource_rid,
        "checkpointedPeeringJobId": _checkpointed_peering_job_id,
        "checkpointedIssueRid": _checkpointed_issue_rid,
        "checkpointedInterventionRid": _checkpointed_intervention_rid,
        "checkpointedJobSpecRid": _checkpointed_job_spec_rid,
        "checkpointedActionTypeRid": _checkpointed_action_type_rid,
        "checkpointedScheduleRid": _checkpointed_schedule_rid,
        "checkpointedRoleId": _checkpointed_role_id,
        "checkpointedUserIntakeFormInputId": _checkpointed_user_intake_form_input_id,
        "checkpointedMarketplaceProductId": _checkpointed_marketplace_product_id,
        "checkpointedLanguageModelRid": _checkpointed_language_model_rid,
        "checkpointedPrincipalId": _checkpointed_principal_id,
        "checkpointedLanguageModelSessionRid": _checkpointed_language_model_session_rid,
        "checkpointedUserIntakeSubmissionRid": _checkpointed_user_intake_submission_rid,
    },
)


def checkpointed_item_id_from_dict(data: Mapping[str, Any]) -> CheckpointedItemId:
    """Decode a value of `CheckpointedItemId`. Raise `DecodeError` if the data isn't one."""
    return decode("CheckpointedItemId", lambda d: _CHECKPOINTED_ITEM_ID[d["type"]](d), data)


ErrorBody: TypeAlias = (
    CheckpointRecordNotFoundBody
    | RecordNotFoundBody
    | CheckpointRecordPermissionDeniedBody
    | SearchRecordsPermissionDeniedBody
    | ApiFeaturePreviewUsageOnlyBody
    | ApiUsageDeniedBody
    | BatchRequestSizeExceededLimitBody
    | MissingBatchRequestBody
    | MissingPostBodyBody
    | InvalidPageSizeBody
    | InvalidPageTokenBody
    | InvalidAndFilterBody
    | InvalidOrFilterBody
    | InvalidFilterValueBody
    | ConjureInvalidArgumentBody
    | ConjureUnprocessableEntityBody
    | ConjureUnsupportedMediaTypeBody
    | DefaultUnauthorizedBody
    | DefaultPermissionDeniedBody
    | DefaultInternalBody
    | UnknownVariant
)

_ERROR_BODY: Variants[ErrorBody] = Variants(
    "ErrorBody",
    {
        "CheckpointRecordNotFound": _checkpoint_record_not_found_body,
        "RecordNotFound": _record_not_found_body,
        "CheckpointRecordPermissionDenied": _checkpoint_record_permission_denied_body,
        "SearchRecordsPermissionDenied": _search_records_permission_denied_body,
        "ApiFeaturePreviewUsageOnly": _api_feature_preview_usage_only_body,
        "ApiUsageDenied": _api_usage_denied_body,
        "BatchRequestSizeExceededLimit": _batch_request_size_exceeded_limit_body,
        "MissingBatchRequest": _missing_batch_request_body,
        "MissingPostBody": _missing_post_body_body,
        "InvalidPageSize": _invalid_page_size_body,
        "InvalidPageToken": _invalid_page_token_body,
        "InvalidAndFilter": _invalid_and_filter_body,
        "InvalidOrFilter": _invalid_or_filter_body,
        "InvalidFilterValue": _invalid_filter_value_body,
        "Conjure:InvalidArgument": _conjure_invalid_argument_body,
        "Conjure:UnprocessableEntity": _conjure_unprocessable_entity_body,
        "Conjure:UnsupportedMediaType": _conjure_unsupported_media_type_body,
        "Default:Unauthorized": _default_unauthorized_body,
        "Default:PermissionDenied": _default_permission_denied_body,
        "Default:Internal": _default_internal_body,
    },
)


def error_body_from_dict(data: Mapping[str, Any]) -> ErrorBody:
    """Decode a value of `ErrorBody`. Raise `DecodeError` if the data isn't one."""
    return decode("ErrorBody", lambda d: _ERROR_BODY[d["errorName"]](d), data)
