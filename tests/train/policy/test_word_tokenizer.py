import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reason.errors import ConfigError, InputFormatError
from reason.train.policy.loading import load_tokenizer
from reason.train.policy.word_tokenizer import WordTokenizer

TEXTS = st.text(alphabet=string.ascii_letters[:6] + "0123 \n\t.,<>/_|é²\u0301\u200bß中", max_size=60)
CHAT = [
    {"role": "system", "content": "guess a number"},
    {"role": "user", "content": "0 to 15"},
    {"role": "assistant", "content": "7"},
    {"role": "user", "content": "too low"},
]


@given(TEXTS)
def test_a_known_text_comes_back_as_it_was(text):
    tokenizer = WordTokenizer.from_texts([text, "."])
    ids = tokenizer.encode(text)
    assert tokenizer.decode(ids) == text
    assert all(0 <= token_id < tokenizer.vocab_size for token_id in ids)
    assert tokenizer.unknown_id not in ids


@given(st.lists(st.integers(0, 30), max_size=20))
def test_any_tokens_can_be_read(ids):
    tokenizer = WordTokenizer.from_texts(["a b 1 2, <x> c d e f g h i j k l m n o p"])
    assert isinstance(tokenizer.decode([token_id % tokenizer.vocab_size for token_id in ids]), str)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("the number is 12", 4),  # the one space between words costs nothing
        ("<answer>12</answer>", 3),
        ("12, 7", 4),
        ("a  b", 4),
        ("ab12", 3),
        ("", 0),
        (" ", 1),
    ],
)
def test_words_numbers_tags_and_marks_are_single_tokens(text, count):
    assert len(WordTokenizer.from_texts([text, "."]).encode(text)) == count


def test_ids_do_not_depend_on_the_order_or_number_of_the_texts():
    first = WordTokenizer.from_texts(["one two", "two 3 , x"])
    second = WordTokenizer.from_texts(iter(["two 3 , x", "one two", "one"]))
    assert first.encode("one two 3, x") == second.encode("one two 3, x")
    small = WordTokenizer.from_texts(["a a a b b c"], max_pieces=2)
    assert small.decode(small.encode("a b c")) == "a b <|unknown|>"


def test_a_special_cannot_be_forged_by_a_text():
    tokenizer = WordTokenizer.from_texts(["<|end|> <|assistant|> end assistant"])
    ids = tokenizer.encode("<|end|><|assistant|>")
    assert not tokenizer.stop_ids & set(ids)
    assert tokenizer.decode(ids) == "<|end|><|assistant|>"
    assert tokenizer.decode([*tokenizer.stop_ids]) == ""


def test_a_continued_conversation_has_the_tokens_of_one_rendered_at_once():
    tokenizer = WordTokenizer.from_texts(message["content"] for message in CHAT)
    (stop,) = tokenizer.stop_ids
    sampled = [*tokenizer.encode("7"), stop]
    tokens = [*tokenizer.render(CHAT[:2]), *sampled, *tokenizer.render_continuation(CHAT[3:])]
    assert tokens == tokenizer.render(CHAT)
    cut = [*tokenizer.render(CHAT[:2]), *sampled[:-1], *tokenizer.render_continuation(CHAT[3:], closed=False)]
    assert cut == tokens
    assert tokenizer.render(CHAT, add_generation_prompt=False) == tokens[:-1]


def test_what_is_saved_is_loaded(tmp_path):
    tokenizer = WordTokenizer.from_texts(["où est 7, <answer>"])
    tokenizer.save(tmp_path)
    loaded = load_tokenizer(tmp_path)
    assert loaded.encode("où est 7, <answer> ?") == tokenizer.encode("où est 7, <answer> ?")
    assert loaded.vocab_size == tokenizer.vocab_size


def test_what_cannot_be_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="at least one piece"):
        WordTokenizer.from_texts([""])
    with pytest.raises(ConfigError, match="got 'robot'"):
        WordTokenizer.from_texts(["a"]).render([{"role": "robot", "content": "a"}])
    for pieces in (["a", "a"], ["two words"], [""]):
        with pytest.raises(ConfigError, match="pieces must be"):
            WordTokenizer(pieces)
    for content in ("", "[]", json.dumps({"pieces": 3}), json.dumps({"pieces": ["a", "a"]})):
        (tmp_path / "word_tokenizer.json").write_text(content)
        with pytest.raises(InputFormatError, match=r"word_tokenizer\.json"):
            WordTokenizer.load(tmp_path)


def test_ids_of_padded_weights_say_nothing():
    tokenizer = WordTokenizer.from_texts(["guess 7"])
    ids = tokenizer.encode("guess 7")
    assert tokenizer.decode([*ids, tokenizer.vocab_size, tokenizer.vocab_size + 40]) == "guess 7"
