"""Rules that decide what is trained next: one file each, found by the name of the file."""
