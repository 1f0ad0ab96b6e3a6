"""What the trainer knows of a tokenizer: messages become tokens once, and are only ever appended to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

__all__ = ["Tokenizer"]


class Tokenizer(Protocol):
    """Text to token ids and back, with the marks of a conversation.

    A conversation is kept as tokens: :meth:`render` makes the prompt, the policy samples a turn (ending
    in one of :attr:`stop_ids`), :meth:`render_continuation` makes what is appended, and so on. Nothing
    that was sampled is ever decoded and encoded again.
    """

    @property
    def vocab_size(self) -> int:
        """Number of ids, specials included; ids are below it."""

    @property
    def stop_ids(self) -> frozenset[int]:
        """Ids that end a turn of the policy."""

    @property
    def pad_id(self) -> int:
        """An id to fill unused places with; never read."""

    def encode(self, text: str) -> list[int]:
        """Return the ids of a plain text: no specials are added, and none can be forged by the text."""

    def decode(self, token_ids: Sequence[int]) -> str:
        """Return the text of some ids; specials (stop ids too) are left out.

        So are ids from :attr:`vocab_size` on, which a policy with padded weights may sample.
        """

    def render(
        self, messages: Sequence[Mapping[str, str]], *, add_generation_prompt: bool = True
    ) -> list[int]:
        """Return the tokens of a conversation.

        Args:
            messages: Each with ``role`` (system, user, assistant, tool) and ``content``.
            add_generation_prompt: Whether to end with the mark that makes the policy speak.
        """

    def render_continuation(self, messages: Sequence[Mapping[str, str]], *, closed: bool = True) -> list[int]:
        """Return the tokens to append after a turn that the policy has sampled, up to its next turn.

        Args:
            messages: What came after that turn (observations, tool results).
            closed: Whether the turn ended in a stop id; if not (it ran out of tokens), the mark that
                ends it comes first.
        """

    def save(self, folder: Path) -> None:
        """Write the files that ``load_tokenizer`` reads."""
