"""The ground: what is published, as immutable values. Knows no file, no network."""

from govsync.model.base import SHANGHAI, Moment, Value, canonical_json, digest_of
from govsync.model.catalog import (
    Audience,
    Catalog,
    Catalogs,
    ChannelDemand,
    Item,
    ItemRef,
)
from govsync.model.codes import (
    BoxSemantics,
    ChannelCode,
    Demand,
    Level,
    Mode,
    PilotArea,
    Reach,
    Scope,
    Stage,
    State,
    Step,
    Verdict,
)
from govsync.model.finding import Finding, Severity
from govsync.model.index_number import IndexKind, IndexNumber
from govsync.model.past import Past
from govsync.model.record import (
    Attachment,
    Record,
    Relation,
    RelationKind,
    Review,
    Status,
)

__all__ = [
    "SHANGHAI",
    "Attachment",
    "Audience",
    "BoxSemantics",
    "Catalog",
    "Catalogs",
    "ChannelCode",
    "ChannelDemand",
    "Demand",
    "Finding",
    "IndexKind",
    "IndexNumber",
    "Item",
    "ItemRef",
    "Level",
    "Mode",
    "Moment",
    "Past",
    "PilotArea",
    "Reach",
    "Record",
    "Relation",
    "RelationKind",
    "Review",
    "Scope",
    "Severity",
    "Stage",
    "State",
    "Status",
    "Step",
    "Value",
    "Verdict",
    "canonical_json",
    "digest_of",
]
