"""Search: corpora, a fictional world to search in, retrievers, and the questions that it answers."""
