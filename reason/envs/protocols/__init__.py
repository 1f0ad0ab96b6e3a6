"""How episodes go: one file a protocol, found by what a family and a task are."""
