"""Programming problems written for this project, one file each: the output on an instance, or a program."""
