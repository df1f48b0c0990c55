"""What may be wrong with a workspace, found without changing anything."""
