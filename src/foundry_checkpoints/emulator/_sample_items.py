"""What a sample checkpoint is about, by its type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from foundry_checkpoints_api.models import (
    CheckpointedPrincipalRole,
    CheckpointedResourceType,
    CheckpointedTokenType,
    CheckpointType,
)

from ._sample_world import World

Item = dict[str, Any]
Builder = Callable[[World, str], Item]

_RESOURCE_TYPES = [resource_type.value for resource_type in CheckpointedResourceType]
_ROLES = [role.value for role in CheckpointedPrincipalRole]
_TOKEN_TYPES = [token_type.value for token_type in CheckpointedTokenType]


def items_of_type(world: World, checkpoint_type: str) -> list[Item]:
    """The items of a checkpoint of this type."""
    return [build(world, checkpoint_type) for build in _BUILDERS[checkpoint_type]]


def _thing(item_type: str, field: str, rid_kind: str | None = None) -> Builder:
    """Builds an item that has nothing but an id, or a rid of the kind."""

    def build(world: World, _: str) -> Item:
        return {field: world.id() if rid_kind is None else world.rid(rid_kind), "type": item_type}

    return build


def _resource(world: World, checkpoint_type: str) -> Item:
    resource = world.pick(world.resources)
    number = world.nth("resource")
    item: Item = {
        "rid": resource.rid,
        "resourceType": _resource_type(world, checkpoint_type),
        "name": world.redactable(resource.name),
        "projectRid": resource.project_rid,
        "namespaceRid": resource.namespace_rid,
        "compassPath": world.redactable(resource.path),
        "orgMarkings": [world.id() for _ in range(number % 3)],
        "type": "checkpointedResource",
    }
    for name, divisor in (("name", 8), ("projectRid", 7), ("namespaceRid", 5)):
        if number % divisor == 0:
            del item[name]
    return item


def _resource_type(world: World, checkpoint_type: str) -> str:
    related = _RELATED[checkpoint_type]
    if related:
        return related[world.nth(checkpoint_type) % len(related)]
    return _RESOURCE_TYPES[world.nth("resource type") % len(_RESOURCE_TYPES)]


def _principal(world: World, _: str) -> Item:
    user_id, name = world.pick(world.users)
    number = world.nth("principal")
    item: Item = {
        "id": user_id,
        "username": world.redactable(name),
        "role": _ROLES[number % len(_ROLES)],
        "type": "checkpointedPrincipal",
    }
    return item if number % 4 == 0 else {**item, "organizationRid": world.pick(world.organizations)}


def _token(world: World, _: str) -> Item:
    token_type = _TOKEN_TYPES[world.nth("token") % len(_TOKEN_TYPES)]
    return {"tokenId": world.id(), "tokenType": token_type, "type": "checkpointedToken"}


def _peering_job(world: World, _: str) -> Item:
    relationship = world.rid("peer-manager.main.relationship")
    return {"jobId": world.id(), "relationshipRid": relationship, "type": "checkpointedPeeringJob"}


def _action_type(world: World, _: str) -> Item:
    return {
        "actionTypeRid": world.rid("actions.main.action-type"),
        "ontology": _ontology(world),
        "type": "checkpointedActionType",
    }


def _object_set(world: World, _: str) -> Item:
    number = world.nth("object set")
    object_types = [_object_types(world, 1 + number % 3) for _ in range(1 + number % 2)]
    if number % 3 == 0:
        return {"typesProxy": {"objectTypes": object_types}, "type": "checkpointedObjectSet"}
    versioned = {
        "versionedObjectSetRid": world.rid("object-set.main.versioned-object-set"),
        "objectSetVersion": world.id(),
        "objectTypes": object_types,
    }
    return {"versioned": versioned, "type": "checkpointedObjectSet"}


def _object_types(world: World, n: int) -> Item:
    rids = [world.rid("ontology.main.object-type") for _ in range(n)]
    return {"ontology": _ontology(world), "objectTypeRids": rids}


def _ontology(world: World) -> Item:
    ontology = {"ontologyRid": world.rid("ontology.main.ontology"), "ontologyVersion": world.id()}
    return ontology if world.nth("ontology") % 3 == 0 else {**ontology, "namespaceRid": world.pick(world.namespaces)}


_group = _thing("checkpointedGroup", "groupId")
_issue = _thing("checkpointedIssue", "issueRid", "issues.main.issue")
_job = _thing("checkpointedJob", "jobRid", "foundry.main.job")
_job_specification = _thing("checkpointedJobSpecification", "jobSpecRid", "foundry.main.jobspec")
_language_model = _thing("checkpointedLanguageModel", "modelRid", "language-model.main.model")
_marking = _thing("checkpointedMarking", "markingId")
_product = _thing("checkpointedMarketplaceProduct", "productId")
_role = _thing("checkpointedRole", "roleId")
_schedule = _thing("checkpointedSchedule", "scheduleRid", "scheduler.main.schedule")
_session = _thing("checkpointedLanguageModelSession", "sessionRid", "aip-agents.main.session")
_form_input = _thing("checkpointedUserIntakeFormInput", "inputId")
_submission = _thing("checkpointedUserIntakeSubmission", "submissionRid", "intake.main.submission")
_intervention = _thing("checkpointedIntervention", "interventionRid", "upgrades.main.intervention")

_BY_NAME: tuple[tuple[str, tuple[Builder, ...]], ...] = (
    ("LOGIN", ()),
    ("ROLE_GRANT", (_resource, _principal, _role)),
    ("SOURCE_SHARE", (_resource, _principal)),
    ("MARKING", (_marking, _principal)),
    ("SCOPED_SESSION", (_marking,)),
    ("GROUP", (_group, _principal)),
    ("MFA", (_principal,)),
    ("TOKEN", (_token,)),
    ("ISSUE", (_issue, _principal)),
    ("SCHEDULE", (_schedule, _resource)),
    ("PIPELINE", (_resource,)),
    ("WORKBOOK_BUILD", (_job_specification, _resource)),
    ("_BUILD", (_job, _resource)),
    ("PRODUCT", (_product,)),
    ("INTAKE", (_submission, _form_input)),
    ("UPGRADE", (_intervention,)),
    ("PEER", (_peering_job,)),
    ("AIP", (_language_model,)),
    ("SESSION", (_session, _language_model)),
    ("ACTION", (_action_type,)),
    ("OBJECT", (_object_set,)),
    ("EXPORT", (_resource, _resource)),
    ("", (_resource,)),
)
"""Builders by a part of the type's name; the first that occurs counts, so that new types find theirs too."""

_BUILDERS = {kind.value: next(builders for part, builders in _BY_NAME if part in kind) for kind in CheckpointType}
_RELATED = {
    kind.value: [name for name in _RESOURCE_TYPES if name.startswith(kind.split("_")[0])] for kind in CheckpointType
}
"""The resource types of the application that a checkpoint type belongs to."""
