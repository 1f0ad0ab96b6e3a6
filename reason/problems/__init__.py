"""Programming problems made into generators: what their inputs look like, and instances of any size.

``reading`` infers the grammar of a problem's inputs from its statement, ``drawing`` draws inputs by it,
``matching`` says whether a text is one, ``running`` asks a problem's solutions for the outputs.
"""
