import json

import pytest

from reason.errors import InputFormatError
from reason.search.corpus import Corpus, Page, read_corpus


def page(page_id, title="T", text="text", links=()):
    return Page(id=page_id, title=title, text=text, links=links)


def test_pages_are_found_by_id_and_by_title_in_any_case_and_spacing():
    corpus = Corpus([page("1", "Dor Vale"), page("2", "dor  vale"), page("3", "Other")])
    assert [found.id for found in corpus.find(" DOR vale ")] == ["1", "2"]
    assert [found.id for found in corpus.find("3")] == ["3"]
    assert corpus.find("nowhere") == ()
    assert corpus.get("4") is None


def test_links_that_lead_nowhere_are_passed_over():
    corpus = Corpus([page("1", links=["2", "9"]), page("2")])
    assert [target.id for target in corpus.linked(corpus[0])] == ["2"]


def test_two_pages_of_one_id_are_refused():
    with pytest.raises(ValueError, match="'1'"):
        Corpus([page("1"), page("1")])


@pytest.mark.parametrize("bad", [{"title": 3}, {"text": None}, {"links": "12"}, {"links": [1]}])
def test_a_page_of_other_types_is_refused(bad):
    with pytest.raises(TypeError, match=r"Page\."):
        Page(**{"id": "1", "title": "T", "text": "x", **bad})


def test_a_lone_surrogate_is_refused():
    with pytest.raises(ValueError, match="surrogate"):
        page("1", text="\ud800")


def test_jsonl_is_read_in_every_known_form(tmp_path):
    lines = [
        {"id": "a", "title": "Alpha", "text": "one", "links": ["b"]},
        {"id": 2, "contents": '"Beta"\ntwo\nthree'},
        {"_id": "c", "title": "Gamma", "text": "four"},
        {"id": "d", "text": "no title"},
        {"id": "e", "title": "Eta", "contents": '"Eta"\nfive'},
        {"id": "f", "contents": "no quotes\nsix"},
    ]
    path = tmp_path / "pages.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + "\n\n".join(map(json.dumps, lines)).encode())
    read = read_corpus(path)
    assert [(each.id, each.title, each.text) for each in read] == [
        ("a", "Alpha", "one"),
        ("2", "Beta", "two\nthree"),
        ("c", "Gamma", "four"),
        ("d", "d", "no title"),
        ("e", "Eta", "five"),
        ("f", "f", "no quotes\nsix"),
    ]
    assert read[1].contents == '"Beta"\ntwo\nthree'


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"id": "1", "text": "x"}\nnot json', r"pages\.jsonl:2"),
        ('{"id": "1"}', r"pages\.jsonl:1.*text or contents"),
        ('{"text": "x"}', r"pages\.jsonl:1.*Page\.id"),
        ("[1]", r"pages\.jsonl:1.*object"),
        ("[" * 100_000, r"pages\.jsonl:1"),
        ('{"id": "1", "text": "\\ud800"}', r"pages\.jsonl:1.*surrogate"),
        ('{"id": "1", "text": "x"}\n{"id": "1", "text": "y"}', r"pages\.jsonl:2: line 1 has the id '1'"),
        ('{"id": 1, "text": "x"}\n\n{"id": "1", "text": "y"}', r"pages\.jsonl:3: line 1"),
        ("", "no page"),
    ],
)
def test_a_broken_file_is_refused_with_its_line(tmp_path, content, told):
    path = tmp_path / "pages.jsonl"
    path.write_text(content)
    with pytest.raises(InputFormatError, match=told):
        read_corpus(path)


def test_bytes_that_are_no_text_are_refused_with_their_line(tmp_path):
    path = tmp_path / "pages.jsonl"
    path.write_bytes(b'{"id": "1", "text": "x"}\n\xff\xfe')
    with pytest.raises(InputFormatError, match=r"pages\.jsonl:2"):
        read_corpus(path)


def test_a_folder_is_read_with_headings_and_links(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "index.md").write_text(
        "Intro\n# The *Index* #\n[a](deep/a.md#part) [web](https://x.test/a.md) [[Plain]] ![i](plain.txt)"
    )
    (tmp_path / "deep" / "a.md").write_text("[back](../index) [out](../../x.md) [up](/plain.txt)")
    (tmp_path / "plain.txt").write_text("words")
    (tmp_path / "picture.png").write_bytes(b"\xff")
    read = read_corpus(tmp_path)
    assert [(each.id, each.title, each.links) for each in read] == [
        ("deep/a", "a", ("index", "plain")),
        ("index", "The *Index*", ("deep/a", "plain")),
        ("plain", "plain", ()),
    ]


def test_files_that_differ_in_their_suffix_are_two_pages_and_hidden_ones_are_none(tmp_path):
    (tmp_path / ".trash").mkdir()
    for name in ("a.md", "a.txt", "b.MD", ".trash/c.md", ".d.md"):
        (tmp_path / name).write_text(f"[[a]] [x](a.txt) {name}")
    read = read_corpus(tmp_path)
    assert [(page.id, page.links) for page in read] == [
        ("a", ("a.txt",)),
        ("a.txt", ("a",)),
        ("b", ("a", "a.txt")),
    ]


def test_what_is_not_there_is_an_error_that_says_so(tmp_path):
    with pytest.raises(InputFormatError, match="no such file"):
        read_corpus(tmp_path / "missing.jsonl")
    with pytest.raises(InputFormatError, match="no page"):
        read_corpus(tmp_path)
