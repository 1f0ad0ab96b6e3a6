"""Propositional formulas in conjunctive normal form: reading, writing and checking DIMACS.

A clause is a tuple of literals, a literal a non-zero integer: ``3`` says that variable 3 is true,
``-3`` that it is false. The format is that of the DIMACS challenge (1993, "Satisfiability: Suggested
Format"), as SATLIB's files really use it.
"""

from __future__ import annotations

import gzip
import math
import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from reason.errors import InputFormatError

__all__ = [
    "Clause",
    "Cnf",
    "canonical_clauses",
    "count_satisfied",
    "parse_dimacs",
    "read_dimacs",
    "saturn_difficulty",
    "write_dimacs",
]

Clause = tuple[int, ...]

MAX_FILE_BYTES = 2**28
"""Largest text that a file may hold, after decompression: 256 MiB."""

MAX_VARIABLE = 2**31 - 1
"""What solvers keep a literal in."""

_INTEGER = re.compile(r"-?[0-9]{1,10}")


@dataclass(frozen=True, kw_only=True)
class Cnf:
    """A formula: all clauses must hold, and a clause holds where one of its literals does."""

    num_vars: int
    clauses: tuple[Clause, ...]

    def __post_init__(self) -> None:
        """Reject a literal that is no literal of these variables."""
        if type(self.num_vars) is not int:
            raise TypeError(f"Cnf.num_vars must be an integer, got {self.num_vars!r}")
        if not 0 <= self.num_vars <= MAX_VARIABLE:
            raise ValueError(f"Cnf.num_vars must be 0 to {MAX_VARIABLE}, got {self.num_vars}")
        object.__setattr__(self, "clauses", tuple(map(tuple, self.clauses)))
        for position, clause in enumerate(self.clauses):
            if not {*map(type, clause)} <= {int}:
                raise TypeError(f"Cnf.clauses[{position}] must hold integers, got {clause!r:.60}")
            if clause and (max(clause) > self.num_vars or min(clause) < -self.num_vars or 0 in clause):
                raise ValueError(
                    f"Cnf.clauses[{position}] is {clause!r:.60}: not literals of {self.num_vars} variables"
                )


def parse_dimacs(text: str, *, source: str = "<text>") -> Cnf:
    r"""Read DIMACS text.

    Accepted, because real files have it and its meaning is plain: comment lines anywhere, any white
    space and line ending, clauses across lines and several on a line, a last clause without its ``0``,
    SATLIB's trailer (a line ``%``, then a line ``0``), empty clauses, tautologies, repeated literals
    and clauses, variables that no clause uses. Everything that would change the meaning is an error.

    >>> parse_dimacs("c two clauses\np cnf 3 2\n1 -2 0 2\n3 0\n%\n0\n").clauses
    ((1, -2), (2, 3))

    Args:
        text: The file's text.
        source: What errors call it, such as the file's name.

    Raises:
        InputFormatError: there is no header or two, a word is no integer, a literal is out of range, or
            the header's number of clauses is wrong; the message names source, line and fix.
    """
    reader = _Reader(source)
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for number, line in enumerate(lines, 1):
        words = line.split()
        if not words or words[0][0] == "c":
            continue
        if words == ["%"] and reader.header_line:
            reader.finish_at_trailer(lines, number)
            break
        if words[0] == "p":
            reader.read_header(words, number)
        else:
            reader.read_literals(words, number)
    return reader.finish()


class _Reader:
    """What has been read of one DIMACS text."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.header_line = 0
        self.num_vars = 0
        self.num_clauses = 0
        self.clauses: list[Clause] = []
        self.open: list[int] = []
        self.last_line = 0

    def read_header(self, words: list[str], line: int) -> None:
        if self.header_line:
            raise self.error(line, f"a second header (the first is in line {self.header_line}); keep one")
        if len(words) > 1 and words[1] != "cnf":
            raise self.error(line, f"the header says {words[1]!r:.20}; only 'p cnf' formulas can be read")
        if len(words) != 4 or not all(_INTEGER.fullmatch(word) for word in words[2:]):
            raise self.error(
                line, "the header must be 'p cnf VARIABLES CLAUSES' with two integers; correct it"
            )
        self.num_vars, self.num_clauses = map(int, words[2:])
        if not 0 <= self.num_vars <= MAX_VARIABLE or self.num_clauses < 0:
            raise self.error(line, f"the header's numbers must be 0 to {MAX_VARIABLE}; correct them")
        self.header_line = line

    def read_literals(self, words: list[str], line: int) -> None:
        if not self.header_line:
            raise self.error(line, "a clause before the header; put 'p cnf VARIABLES CLAUSES' first")
        self.last_line = line
        for word in words:
            literal = int(word) if _INTEGER.fullmatch(word) else 0
            if literal == 0 and word != "0":
                raise self.error(
                    line, f"{word!r:.20} is not a literal; write integers, and 0 at a clause's end"
                )
            if abs(literal) > self.num_vars:
                raise self.error(
                    line,
                    f"literal {literal} is out of range: the header (line {self.header_line}) says "
                    f"{self.num_vars} variables; raise that number or correct the literal",
                )
            if literal:
                self.open.append(literal)
            else:
                self.close(line)

    def close(self, line: int) -> None:
        if len(self.clauses) == self.num_clauses:
            raise self.error(
                line,
                f"clause {self.num_clauses + 1} ends here, but the header (line {self.header_line}) says "
                f"{self.num_clauses} clauses; correct the header's number",
            )
        self.clauses.append(tuple(self.open))
        self.open.clear()

    def finish_at_trailer(self, lines: list[str], line: int) -> None:
        for number, rest in enumerate(lines[line:], line + 1):
            if rest.split() not in ([], ["0"]):
                raise self.error(number, f"text after the '%' of line {line}, which ends a file; remove it")

    def finish(self) -> Cnf:
        if not self.header_line:
            raise self.error(1, "there is no header; put 'p cnf VARIABLES CLAUSES' before the clauses")
        if self.open:
            self.close(self.last_line)
        if len(self.clauses) != self.num_clauses:
            raise self.error(
                self.header_line,
                f"the header says {self.num_clauses} clauses, the file has {len(self.clauses)}; "
                f"correct the header, or fetch the file again if it was cut off",
            )
        return Cnf(num_vars=self.num_vars, clauses=tuple(self.clauses))

    def error(self, line: int, problem: str) -> InputFormatError:
        return InputFormatError(f"{self.source}, line {line}: {problem}")


def read_dimacs(path: Path) -> Cnf:
    """Read a DIMACS file, compressed where its name ends in ``.gz``.

    Raises:
        InputFormatError: it is not DIMACS, not gzip, or larger than 256 MiB; the message names file,
            line and fix.
        OSError: it cannot be opened.
    """
    try:
        with gzip.open(path) if path.suffix.lower() == ".gz" else open(path, "rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InputFormatError(f"{path}: not a whole gzip file ({error}); fetch it again") from error
    if len(data) > MAX_FILE_BYTES:
        raise InputFormatError(f"{path}: holds more than {MAX_FILE_BYTES} bytes; split it or leave it out")
    # Comments carry authors' names in old encodings; outside of them a replaced byte is no literal.
    return parse_dimacs(data.decode("utf-8", errors="replace"), source=str(path))


def write_dimacs(formula: Cnf, *, comments: Iterable[str] = ()) -> str:
    r"""Write DIMACS text: comments, header, one clause a line.

    >>> write_dimacs(Cnf(num_vars=2, clauses=((1, -2), ())))
    'p cnf 2 2\n1 -2 0\n0\n'
    """
    lines = [f"c {line}" for comment in comments for line in (comment.splitlines() or [""])]
    lines.append(f"p cnf {formula.num_vars} {len(formula.clauses)}")
    lines += [" ".join(map(str, (*clause, 0))) for clause in formula.clauses]
    return "\n".join(lines) + "\n"


def count_satisfied(clauses: Iterable[Sequence[int]], values: Sequence[bool]) -> int:
    """Count the clauses that hold where variable ``v`` has ``values[v - 1]``.

    >>> count_satisfied([(1, 2), (-1,), ()], [True, False])
    1
    """
    return sum(any((literal > 0) == values[abs(literal) - 1] for literal in clause) for clause in clauses)


def canonical_clauses(clauses: Iterable[Sequence[int]]) -> tuple[Clause, ...]:
    """Return the clauses as sorted tuples, sorted and each once: equal for equal formulas.

    >>> canonical_clauses([(2, -1), (1,), (-1, 2, 2)])
    ((-1, 2), (1,))
    """
    return tuple(sorted({tuple(sorted(set(clause))) for clause in clauses}))


def saturn_difficulty(num_vars: int, clauses: Sequence[Sequence[int]]) -> float | None:
    """Estimate how hard a formula is for a language model.

    ``D = log2 k + 2 log2 l - n + k / n`` for n literals a clause (their mean), k variables and l clauses
    (SATURN, arXiv 2505.16368).

    Returns:
        D to six digits, or None where the formula has no variable, clause or literal.
    """
    literals = sum(map(len, clauses))
    if not (num_vars and clauses and literals):
        return None
    width = literals / len(clauses)
    return round(math.log2(num_vars) + 2 * math.log2(len(clauses)) - width + num_vars / width, 6)
