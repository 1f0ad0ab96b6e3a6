"""Real input made into tasks: one file a format."""
