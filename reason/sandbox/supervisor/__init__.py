"""The part of the sandbox that runs inside: standard library only, started as ``python -m supervisor``.

It forks one child a request, confines it, waits for it, kills and reaps everything, empties the scratch
folder and answers. It never reads the program: the child does, so that nothing of one program is in the
memory that the next one inherits. It knows no expected value and judges nothing.
"""
