"""Mathematics: exact answers, each proved a second way, with worked solutions."""
