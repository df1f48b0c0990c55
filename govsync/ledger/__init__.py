"""The ledger (台账): records as last accepted, and what each channel owes and holds."""

from govsync.ledger.channels import Breaker, BreakerState
from govsync.ledger.ledger import LEASE, Ledger
from govsync.ledger.obligation import Obligation, ObligationState, Want
from govsync.ledger.owing import Permission, Ruling
from govsync.ledger.records import Known
from govsync.ledger.settling import Settlement
from govsync.ledger.values import Intake, Quota, Screened

__all__ = [
    "LEASE",
    "Breaker",
    "BreakerState",
    "Intake",
    "Known",
    "Ledger",
    "Obligation",
    "ObligationState",
    "Permission",
    "Quota",
    "Ruling",
    "Screened",
    "Settlement",
    "Want",
]
