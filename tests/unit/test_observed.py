"""The witness beside an adapter hands every call on."""

from __future__ import annotations

from govsync.agent.observed import Observed
from govsync.channels import Adapter


def test_no_call_of_the_contract_is_forgotten() -> None:
    """One that is inherited would answer in the adapter's place."""
    calls = {n for n, one in vars(Adapter).items() if n[0] != "_" and callable(one)}
    assert calls <= set(vars(Observed))
