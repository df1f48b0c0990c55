"""The conformance kit passes adapters that keep the contract, and catches those that do not."""
