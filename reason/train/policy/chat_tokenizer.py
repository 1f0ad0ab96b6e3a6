"""A checkpoint's own tokenizer and chat template, through transformers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from reason.errors import ConfigError, InputFormatError

__all__ = ["ChatTokenizer"]

MARKER = "Zqx"
"""Stands for the sampled turn when a continuation is rendered; lengthened until no message holds it."""
BREAK = "\u200b"
"""Parts a special's name where a message spells it out, so that it is read as text: a zero-width space."""


class ChatTokenizer:
    """A tokenizer of transformers with a chat template."""

    def __init__(self, tokenizer: Any, *, stop_ids: frozenset[int] = frozenset()) -> None:
        """Wrap a tokenizer.

        Args:
            tokenizer: A ``PreTrainedTokenizerBase`` with a chat template.
            stop_ids: More ids that end a turn, beside the tokenizer's own and its template's.

        Raises:
            ConfigError: it has no chat template, or nothing ends a turn.
        """
        if not tokenizer.chat_template:
            raise ConfigError("tokenizer must have a chat template: base models have none, so set one")
        self._tokenizer = tokenizer
        special = {tokenizer.convert_tokens_to_ids(token): token for token in tokenizer.all_special_tokens}
        self._special_ids, self._special_texts = frozenset(special), tuple(special.values())
        end_of_turn = [token_id for token_id in self._after_turn([])[:1] if token_id in self._special_ids]
        eos = [] if tokenizer.eos_token_id is None else [tokenizer.eos_token_id]
        self._end_of_turn = (end_of_turn or eos)[:1]
        self._stop_ids = frozenset({*end_of_turn, *eos, *stop_ids})
        if not self._stop_ids:
            raise ConfigError("tokenizer must have an end-of-sequence token, or stop_ids must be given")

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Load from a checkpoint's folder or a GGUF file; nothing is downloaded.

        Raises:
            InputFormatError: transformers finds no tokenizer there.
        """
        from transformers import AutoTokenizer

        path = Path(path)
        if not path.exists():
            raise InputFormatError(f"{path} is not there; nothing is downloaded")
        folder, file = (path.parent, path.name) if path.is_file() else (path, None)
        try:
            tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=file, local_files_only=True)
        except (OSError, ValueError, KeyError) as error:
            raise InputFormatError(
                f"{path} holds no tokenizer that transformers can load: {error}"
            ) from error
        return cls(tokenizer, stop_ids=_listed_stop_ids(folder) if file is None else frozenset())

    @property
    def vocab_size(self) -> int:
        """Number of ids, specials included."""
        return len(self._tokenizer)

    @property
    def stop_ids(self) -> frozenset[int]:
        """Ids that end a turn."""
        return self._stop_ids

    @property
    def pad_id(self) -> int:
        """The padding token, or a stop id where there is none."""
        pad = self._tokenizer.pad_token_id
        return min(self._stop_ids) if pad is None else int(pad)

    def encode(self, text: str) -> list[int]:
        """Return the ids of a text; a special's name in it is text like any other."""
        return self._ids(self._defused(text))

    def decode(self, token_ids: Sequence[int]) -> str:
        """Return the text of some ids, without specials."""
        ids = [int(token_id) for token_id in token_ids if int(token_id) not in self._special_ids]
        return str(self._tokenizer.decode(ids, clean_up_tokenization_spaces=False))

    def render(
        self, messages: Sequence[Mapping[str, str]], *, add_generation_prompt: bool = True
    ) -> list[int]:
        """Return what the chat template makes of a conversation."""
        return self._ids(self._template(messages, add_generation_prompt=add_generation_prompt))

    def render_continuation(self, messages: Sequence[Mapping[str, str]], *, closed: bool = True) -> list[int]:
        """Return what the chat template puts between a sampled turn and the next one."""
        ids = self._after_turn(messages)
        ended = ids[: len(self._end_of_turn)] == self._end_of_turn
        if closed and ended:
            return ids[len(self._end_of_turn) :]
        return ids if closed or ended else [*self._end_of_turn, *ids]

    def save(self, folder: Path) -> None:
        """Write the tokenizer's files."""
        self._tokenizer.save_pretrained(folder)

    def _after_turn(self, messages: Sequence[Mapping[str, str]]) -> list[int]:
        """Return the tokens behind an assistant's turn that ``messages`` follow, its end mark first."""
        marker = MARKER
        while any(marker in message["content"] for message in messages):
            marker += MARKER[-1]
        turn = [{"role": "user", "content": "?"}, {"role": "assistant", "content": marker}]
        text = self._template([*turn, *messages], add_generation_prompt=bool(messages))
        _, found, after = text.rpartition(marker)
        if not found:
            raise ConfigError("the chat template leaves out the assistant's turn, so it cannot be continued")
        return self._ids(after)

    def _template(self, messages: Sequence[Mapping[str, str]], *, add_generation_prompt: bool) -> str:
        defused = [{**message, "content": self._defused(message["content"])} for message in messages]
        return str(
            self._tokenizer.apply_chat_template(
                defused, tokenize=False, add_generation_prompt=add_generation_prompt
            )
        )

    def _ids(self, text: str) -> list[int]:
        return [int(token_id) for token_id in self._tokenizer.encode(text, add_special_tokens=False)]

    def _defused(self, text: str) -> str:
        """Part the names of specials: a tool that prints what the policy wrote must not end a turn."""
        for special in self._special_texts:
            if special in text:
                text = text.replace(special, special[:1] + BREAK + special[1:])
        return text


def _listed_stop_ids(folder: Path) -> frozenset[int]:
    """Return what the checkpoint's generation settings name as ends."""
    ids: set[int] = set()
    for name in ("generation_config.json", "config.json"):
        path = folder / name
        if path.is_file():
            try:
                listed = json.loads(path.read_text(encoding="utf-8")).get("eos_token_id")
            except (ValueError, AttributeError) as error:
                raise InputFormatError(f"{path} cannot be read: {error}") from error
            ids.update([listed] if isinstance(listed, int) else listed or [])
    return frozenset(ids)
