"""A corpus: pages with titles and links, from memory, a JSONL file, or a folder of text or Markdown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from reason.errors import InputFormatError

__all__ = ["Corpus", "Page", "read_corpus", "title_key"]

SUFFIXES = (".md", ".markdown", ".txt")
"""Files of a folder that are pages."""

_LINK = re.compile(
    r"(?<!!)\[[^\[\]\n]{1,200}\]\(([^()\s]{1,500})\)|\[\[([^\[\]|\n]{1,200})(?:\|[^\[\]\n]{0,200})?\]\]"
)
_HEADING = re.compile(r"#{1,6}[ \t]+(.*?)[ \t#]*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One page of a corpus."""

    id: str
    """Unique in its corpus."""
    title: str
    text: str
    links: tuple[str, ...] = ()
    """Ids of other pages of the corpus."""

    def __post_init__(self) -> None:
        """Reject a page that is none."""
        for name in ("id", "title", "text"):
            if not isinstance(getattr(self, name), str):
                raise TypeError(f"Page.{name} must be a string, got {getattr(self, name)!r:.80}")
            if any("\ud800" <= character <= "\udfff" for character in _unusual(getattr(self, name))):
                raise ValueError(f"Page.{name} holds a lone surrogate, which has no UTF-8")
        if not self.id:
            raise ValueError("Page.id must not be empty")
        if isinstance(self.links, str) or not all(isinstance(link, str) for link in self.links):
            raise TypeError(f"Page.links must be a list of page ids, got {self.links!r:.80}")
        object.__setattr__(self, "links", tuple(self.links))

    @property
    def contents(self) -> str:
        """The page as retrieval servers for Search-R1 send it: the quoted title, a line break, the text."""
        return f'"{self.title}"\n{self.text}'


class Corpus(Sequence[Page]):
    """Pages in a fixed order, found by id and by title."""

    def __init__(self, pages: Iterable[Page]) -> None:
        """Take pages.

        Raises:
            ValueError: two pages have one id.
        """
        self._pages = tuple(pages)
        self._places: dict[str, int] = {}
        for place, page in enumerate(self._pages):
            if not isinstance(page, Page):
                raise TypeError(f"pages[{place}] must be a Page, got {page!r:.80}")
            if self._places.setdefault(page.id, place) != place:
                raise ValueError(f"two pages have the id {page.id!r:.80}")

    def __len__(self) -> int:
        """Return the number of pages."""
        return len(self._pages)

    def __getitem__(self, place: Any) -> Any:
        """Return the page at a place."""
        return self._pages[place]

    def __iter__(self) -> Iterator[Page]:
        """Yield the pages in order."""
        return iter(self._pages)

    def place(self, page_id: str) -> int | None:
        """Return where a page stands; None where there is none of that id."""
        return self._places.get(page_id)

    def get(self, page_id: str) -> Page | None:
        """Return the page of an id; None where there is none."""
        place = self._places.get(page_id)
        return None if place is None else self._pages[place]

    def find(self, name: str) -> tuple[Page, ...]:
        """Return the pages that a person means by a name: that id, else all of that title in any case."""
        if page := self.get(name):
            return (page,)
        return tuple(self._pages[place] for place in self._titles.get(title_key(name), ()))

    def linked(self, page: Page) -> tuple[Page, ...]:
        """Return the pages that a page links to; links that lead nowhere are passed over."""
        found = (self.get(link) for link in page.links)
        return tuple(target for target in found if target is not None)

    @cached_property
    def _titles(self) -> dict[str, list[int]]:
        titles: dict[str, list[int]] = {}
        for place, page in enumerate(self._pages):
            titles.setdefault(title_key(page.title), []).append(place)
        return titles


def read_corpus(path: str | Path) -> Corpus:
    """Read a JSONL file, or a folder of text and Markdown files.

    A line of JSONL is an object with ``id``, and ``text`` with an optional ``title``, or ``contents`` as
    Search-R1's corpora have it (the quoted title, a line break, the text); ``links`` lists ids. In a folder a
    page's id is its path without the suffix (with it, where another page has that id), its title the first
    heading or else the file's name, and its links are Markdown's and ``[[wiki]]`` links to other files;
    hidden files and folders are passed over.

    Raises:
        InputFormatError: a file cannot be read as that; the message names file, line and fix.
    """
    path = Path(path)
    if path.is_dir():
        return _corpus(_read_folder(path), path)
    if not path.is_file():
        raise InputFormatError(f"{path}: there is no such file or folder; give a .jsonl file or a folder")
    return _corpus(_read_lines(path), path)


def _corpus(pages: Iterable[Page], path: Path) -> Corpus:
    try:
        corpus = Corpus(pages)
    except ValueError as error:
        raise InputFormatError(f"{path}: {error}; make ids unique") from error
    if not corpus:
        raise InputFormatError(f"{path}: there is no page in it")
    return corpus


def _read_lines(path: Path) -> Iterator[Page]:
    lines: dict[str, int] = {}
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                page = _page_of(json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8")))
            except (ValueError, TypeError, RecursionError) as error:
                raise InputFormatError(
                    f'{path}:{number}: {error}; a line is a JSON object such as {{"id": "1", "title": "...", '
                    f'"text": "..."}}'
                ) from error
            if (first := lines.setdefault(page.id, number)) != number:
                raise InputFormatError(
                    f"{path}:{number}: line {first} has the id {page.id!r:.80} too; make ids unique"
                )
            yield page


def _page_of(data: Any) -> Page:
    if not isinstance(data, dict):
        raise TypeError(f"a page must be an object, got {type(data).__name__}")
    page_id: Any = data.get("id", data.get("_id"))
    if type(page_id) is int:
        page_id = str(page_id)
    title, text = data.get("title"), data.get("text")
    if text is None:
        title, text = _split_contents(data.get("contents"), title)
    return Page(
        id=page_id, title=str(page_id) if title is None else title, text=text, links=data.get("links", ())
    )


def _split_contents(contents: Any, title: Any) -> tuple[Any, str]:
    if not isinstance(contents, str):
        raise TypeError("a page needs text or contents")
    first, _, rest = contents.partition("\n")
    quoted = first[1:-1] if len(first) > 1 and first[0] == first[-1] == '"' else None
    if quoted is not None and title in (None, quoted):
        return quoted, rest
    return title, contents


def _read_folder(folder: Path) -> Iterator[Page]:
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
    paths = [path for path in paths if not any(part[0] == "." for part in path.relative_to(folder).parts)]
    ids: dict[str, Path] = {}
    for path in paths:
        whole = path.relative_to(folder)
        short = whole.with_suffix("").as_posix()
        # Of files that differ in their suffix alone the first gives it up.
        ids[whole.as_posix() if short in ids else short] = path
    names = {path: page_id for page_id, path in ids.items()}
    stems: dict[str, str] = {}
    for name in names.values():
        stems.setdefault(title_key(name.rpartition("/")[2]), name)
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise InputFormatError(f"{path}: it is not UTF-8 ({error.reason}); save it as UTF-8") from error
        match = next(filter(None, map(_HEADING.fullmatch, text.split("\n", 40)[:40])), None)
        title = match[1] if match and match[1] else path.stem
        links = []
        for target, wiki in _LINK.findall(text):
            if wiki:
                links.append(stems.get(title_key(wiki.strip()), ""))
            else:
                links.append(_relative(folder, path, target, names))
        known = dict.fromkeys(link for link in links if link and link != names[path])
        yield Page(id=names[path], title=title, text=text, links=tuple(known))


def _relative(folder: Path, path: Path, target: str, names: dict[Path, str]) -> str:
    """Return the id of the page that a Markdown link leads to, or an empty string."""
    target = target.partition("#")[0].replace("%20", " ")
    if not target or "://" in target:
        return ""
    parts: list[str] = []
    base = [] if target.startswith("/") else list(path.relative_to(folder).parent.parts)
    for part in [*base, *target.split("/")]:
        if part == "..":
            if not parts:
                return ""
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    found = folder.joinpath(*parts)
    return names.get(found) or next((names[each] for each in _with_suffixes(found) if each in names), "")


def _with_suffixes(path: Path) -> list[Path]:
    return [path.with_name(path.name + suffix) for suffix in SUFFIXES] if path.name else []


def _unusual(text: str) -> str:
    """Return a text that may hold a surrogate; nothing of one that cannot, which is nearly every one."""
    return "" if text.isascii() else text


def title_key(title: str) -> str:
    """Return what titles of one page have in common: case and spacing do not count."""
    return " ".join(title.casefold().split())
