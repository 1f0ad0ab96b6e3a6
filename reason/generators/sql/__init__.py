"""Text-to-SQL: questions over generated schemas, with databases that tell wrong queries from right ones."""
