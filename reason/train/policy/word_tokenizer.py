"""A small tokenizer for models from scratch: one id for a word, a number, a mark or a tag."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Self

from reason.errors import ConfigError, InputFormatError

__all__ = ["WordTokenizer"]

FILE = "word_tokenizer.json"
PAD, UNKNOWN, END = "<|pad|>", "<|unknown|>", "<|end|>"
ROLES = ("system", "user", "assistant", "tool")
GLUE = "<|glue|>"
"""Says that two words stand together without the space that is otherwise between them."""
SPECIALS = (PAD, UNKNOWN, END, *(f"<|{role}|>" for role in ROLES), GLUE)
PIECES = re.compile(r"</?[A-Za-z][A-Za-z_]{0,30}>|[^\W\d_]+|\d+|_|\s|[^\w\s]")
"""A tag, a word, a number, or a single mark or space: every character is in exactly one piece."""


def _is_word(piece: str) -> bool:
    return piece.isalnum()


class WordTokenizer:
    """Words and numbers as they are written; the one space between two of them costs no token.

    A text whose pieces are all known comes back from :meth:`decode` as it went into :meth:`encode`.

    >>> tokenizer = WordTokenizer.from_texts(["guess 7, not 12"])
    >>> tokenizer.decode(tokenizer.encode("not 7, guess 12"))
    'not 7, guess 12'
    """

    def __init__(self, pieces: Sequence[str]) -> None:
        """Give each piece an id: its place behind the specials.

        Args:
            pieces: In the order of their ids.

        Raises:
            ConfigError: one is there twice, or is no single piece of text.
        """
        repeated = [piece for piece, count in Counter(pieces).items() if count > 1]
        broken = [piece for piece in pieces if PIECES.fullmatch(piece) is None]
        if repeated or broken:
            raise ConfigError(f"pieces must be single and unlike, got {(repeated + broken)[:5]}")
        self._pieces = (*SPECIALS, *pieces)
        self._ids = {piece: index for index, piece in enumerate(self._pieces)}

    @classmethod
    def from_texts(cls, texts: Iterable[str], *, max_pieces: int | None = None) -> Self:
        """Take the pieces of some texts, sorted: the order of the texts does not matter.

        Args:
            texts: What the policy shall read and write.
            max_pieces: Keep only so many beside the space, the most frequent.

        Raises:
            ConfigError: the texts hold nothing.
        """
        counts = Counter(piece for text in texts for piece in PIECES.findall(text))
        if not counts:
            raise ConfigError("texts must hold at least one piece")
        # The space is always there: without it "7, 8" could not be written.
        del counts[" "]
        kept = sorted(counts, key=lambda piece: (-counts[piece], piece))[:max_pieces]
        return cls(sorted({*kept, " "}))

    @property
    def vocab_size(self) -> int:
        """Number of ids, specials included."""
        return len(self._pieces)

    @property
    def stop_ids(self) -> frozenset[int]:
        """The mark that ends a turn."""
        return frozenset({self._ids[END]})

    @property
    def pad_id(self) -> int:
        """The first id."""
        return self._ids[PAD]

    @property
    def unknown_id(self) -> int:
        """What stands for a piece that is not known."""
        return self._ids[UNKNOWN]

    def encode(self, text: str) -> list[int]:
        """Return the ids of a text. A special's name in it is text like any other."""
        ids: list[int] = []
        after_word, spaced = False, False
        pieces = PIECES.findall(text)
        for piece, following in zip(pieces, [*pieces, ""][1:], strict=True):
            if piece == " " and after_word and not spaced and _is_word(following):
                spaced = True
                continue
            if after_word and not spaced and _is_word(piece):
                ids.append(self._ids[GLUE])
            ids.append(self._ids.get(piece, self.unknown_id))
            after_word, spaced = _is_word(piece), False
        return ids

    def decode(self, token_ids: Sequence[int]) -> str:
        """Return the text of some ids: ``<|unknown|>`` for an unknown piece, nothing for other specials.

        Ids from ``vocab_size`` on, which a policy with padded weights may sample, say nothing either.
        """
        text: list[str] = []
        space_due = False
        for token_id in token_ids:
            piece = self._pieces[token_id] if token_id < len(self._pieces) else PAD
            if piece in SPECIALS and piece != UNKNOWN:
                space_due = False
                continue
            word = _is_word(piece) or piece == UNKNOWN
            if word and space_due:
                text.append(" ")
            text.append(piece)
            space_due = word
        return "".join(text)

    def render(
        self, messages: Sequence[Mapping[str, str]], *, add_generation_prompt: bool = True
    ) -> list[int]:
        """Return the role, the text and the end of each message, and the assistant's role to go on from.

        Raises:
            ConfigError: a role that is none of system, user, assistant and tool.
        """
        ids: list[int] = []
        for message in messages:
            if message["role"] not in ROLES:
                raise ConfigError(f"role must be one of {', '.join(ROLES)}, got {message['role']!r}")
            ids += [self._ids[f"<|{message['role']}|>"], *self.encode(message["content"]), self._ids[END]]
        if add_generation_prompt:
            ids.append(self._ids["<|assistant|>"])
        return ids

    def render_continuation(self, messages: Sequence[Mapping[str, str]], *, closed: bool = True) -> list[int]:
        """Return what comes after a sampled turn, and the assistant's role to go on from."""
        return [*([] if closed else [self._ids[END]]), *self.render(messages)]

    def save(self, folder: Path) -> None:
        """Write ``word_tokenizer.json``."""
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"pieces": self._pieces[len(SPECIALS) :]}, ensure_ascii=False, indent=0)
        (folder / FILE).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what :meth:`save` wrote.

        Raises:
            InputFormatError: the file is not there, or not such a file.
        """
        try:
            pieces = json.loads((folder / FILE).read_text(encoding="utf-8"))["pieces"]
            return cls(pieces)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputFormatError(f"{folder / FILE} cannot be read: {error}") from error
