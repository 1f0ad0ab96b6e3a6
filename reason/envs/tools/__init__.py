"""Tools that a policy may call, one file each."""
