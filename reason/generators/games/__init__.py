"""Games: tasks that are played over several turns."""
