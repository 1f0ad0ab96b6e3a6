"""``python -m reason`` is the command ``reason``."""

from reason.cli import main

main()
