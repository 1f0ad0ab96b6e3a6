"""A file tree: moving, copying, deleting and making of files and folders by rule."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from reason.generators.games.pseudo_words import draw_names
from reason.generators.tools.interface import Call, Operation, Parameter
from reason.generators.tools.ticket import Effect, Records, Ticket, WorldConfig, refusal
from reason.generators.tools.world import ToolWorld
from reason.registry import register

__all__ = ["FileTree"]

ENDINGS = ("txt", "csv", "log", "md")
MAX_PATH_CHARS = 200
_PATH = Parameter(name="path", spellings=("path", "file", "file_path"), description="Path of a file.")
_FROM = Parameter(name="path", spellings=("path", "source", "old_path"), description="Path of the file.")
_TO = Parameter(
    name="target",
    spellings=("target", "new_path", "destination"),
    description="Its path afterwards, name included.",
)
_FOLDER = Parameter(
    name="folder", spellings=("folder", "directory", "folder_path"), description="Path of a folder."
)
_FILE_LINE = re.compile(r"(/\w+)(/\w+\.\w+) \((\d+) bytes\)")


@register
class FileTree(ToolWorld):
    """Tidy a file tree by function calls: move, copy and delete what a rule names, make and read."""

    id = "FileTree-v0"
    introduction = "You tidy a file tree. Folders lie side by side under /, and files lie in folders."
    reading = frozenset(("list", "read"))
    operations = (
        Operation(
            name="list",
            spellings=("list_folder", "ls", "show_folder"),
            description="List the files of a folder with their sizes; / lists the folders.",
            parameters=(_FOLDER,),
        ),
        Operation(
            name="read",
            spellings=("read_file", "cat", "show_file"),
            description="Print a file.",
            parameters=(_PATH,),
        ),
        Operation(
            name="move",
            spellings=("move_file", "mv", "rename_file"),
            description="Move or rename a file; refused where one of that path exists.",
            parameters=(_FROM, _TO),
        ),
        Operation(
            name="copy",
            spellings=("copy_file", "cp", "duplicate_file"),
            description="Copy a file; refused where one of that path exists.",
            parameters=(_FROM, _TO),
        ),
        Operation(
            name="delete",
            spellings=("delete_file", "rm", "remove_file"),
            description="Delete a file.",
            parameters=(_PATH,),
        ),
        Operation(
            name="make",
            spellings=("make_folder", "mkdir", "create_folder"),
            description="Make a folder.",
            parameters=(_FOLDER,),
        ),
    )

    def draw(self, rng: Random, config: WorldConfig) -> Ticket | None:
        """Draw folders and files of different sizes, and requests over what is there at that moment."""
        num_folders = 2 + config.size // 6
        words = draw_names(rng, num_folders + config.size + config.num_requests, num_syllables=3)
        folders, stems, fresh = words[:num_folders], words[num_folders:][: config.size], words[::-1]
        sizes = rng.sample(range(10, 10_000), config.size)
        files = [
            (f"/{rng.choice(folders)}/{stem}.{rng.choice(ENDINGS)}", size)
            for stem, size in zip(stems, sizes, strict=True)
        ]
        records: dict[str, Any] = {f"/{folder}/": "folder" for folder in sorted(folders)} | dict(
            sorted(files)
        )
        return self.fill(
            records, config.num_requests, lambda now, number: self._request(rng, now, fresh[number])
        )

    def _request(self, rng: Random, now: Records, word: str) -> tuple[str, list[Call]]:
        """Return a request and its calls; none where it cannot be asked now."""
        folders = [name for name in now if name.endswith("/")]
        one, other = rng.sample(folders, 2)
        inside = _files(now, one)
        kind = rng.choice(("sort", "sort", "largest", "smallest", "rename", "copy", "make", "read"))
        if kind == "make":
            return f"Make the folder /{word}/.", [("make", {"folder": f"/{word}/"})] * (
                f"/{word}/" not in now
            )
        if not inside:
            return "", []
        path = rng.choice(inside)
        name, ending = path[len(one) :], path.rpartition(".")[2]
        if kind == "sort":
            moved = [file for file in inside if file.endswith(f".{ending}")]
            calls = [("move", {"path": file, "target": other + file[len(one) :]}) for file in moved]
            free = all(str(call[1]["target"]) not in now for call in calls)
            return f"Move every .{ending} file of {one} to {other}.", list[Call](calls) if free else []
        if kind in ("largest", "smallest"):
            sizes = sorted(inside, key=lambda file: now[file], reverse=kind == "largest")
            tied = len(sizes) > 1 and now[sizes[0]] == now[sizes[1]]
            return f"Delete the {kind} file of {one}.", [] if tied else [("delete", {"path": sizes[0]})]
        if kind == "read":
            return f"Print {path}.", [("read", {"path": path})]
        target = f"{one}{word}.{ending}" if kind == "rename" else other + name
        verb = "move" if kind == "rename" else "copy"
        text = f"Rename {path} to {target}." if kind == "rename" else f"Copy {path} to {other}."
        return text, [(verb, {"path": path, "target": target})] * (target not in now)

    def perform(self, records: Records, operation: str, arguments: Mapping[str, Any]) -> Effect:
        """Look at the tree, or change it."""
        if operation in ("list", "make"):
            folder = f"{arguments['folder'].rstrip('/')}/"
            if operation == "make":
                if not re.fullmatch(r"/[A-Za-z0-9_-]{1,50}/", folder) or folder in records:
                    return refusal("There is such a folder, or its path is not of the form /name/.")
                return Effect(text="Made.", changes={folder: "folder"})
            if folder != "/" and folder not in records:
                return refusal("There is no such folder.")
            listed = _files(records, folder) if folder != "/" else [n for n in records if n.endswith("/")]
            return Effect(text="\n".join(self.describe(name, records[name]) for name in listed) or "Empty.")
        path = arguments["path"]
        if path not in records or path.endswith("/"):
            return refusal("There is no such file.")
        if operation == "read":
            return Effect(text=f"Printed {self.describe(path, records[path])}.")
        if operation == "delete":
            return Effect(text="Deleted.", changes={path: None})
        target = arguments["target"]
        folder, slash, name = target.rpartition("/")
        if folder + slash not in records or not name or len(target) > MAX_PATH_CHARS:
            return refusal("There is no such folder, or the name of the file is missing or too long.")
        if target in records:
            return refusal("There is a file of that path already.")
        gone = {path: None} if operation == "move" else {}
        return Effect(text="Done.", changes={**gone, target: records[path]})

    def describe(self, name: str, record: Any) -> str:
        """Write a folder's path, or a file's and its size."""
        return name if record == "folder" else f"{name} ({record} bytes)"

    def plan(self, lines: Sequence[str], requests: Sequence[str]) -> list[Call]:
        """Keep a list of the files of each folder."""
        tree: dict[str, dict[str, int]] = {line.rstrip("/"): {} for line in lines if line.endswith("/")}
        for line in lines:
            for folder, name, size in _FILE_LINE.findall(line):
                tree[folder][name] = int(size)
        calls: list[Call] = []
        for request in requests:
            paths = re.findall(r"/\w+(?:/\w+\.\w+)?", request)
            folder = re.findall(r"/\w+", request)[0]
            verb = request.split()[0]
            if verb == "Make":
                tree[folder] = {}
                calls.append(("make", {"folder": f"{folder}/"}))
            elif verb == "Print":
                calls.append(("read", {"path": paths[0]}))
            elif verb == "Delete":
                order = sorted(tree[folder], key=tree[folder].__getitem__)
                name = order[-1 if "largest" in request else 0]
                del tree[folder][name]
                calls.append(("delete", {"path": folder + name}))
            else:
                calls += _relocate(tree, verb, request, paths)
        return calls


def _relocate(tree: dict[str, dict[str, int]], verb: str, request: str, paths: Sequence[str]) -> list[Call]:
    """Move, rename or copy on the clerk's own list of files."""
    source, target = paths[0], paths[1]
    if verb == "Move":
        ending = f".{request.split()[2].lstrip('.')}"
        moves = [(source, name, target, name) for name in tree[source] if name.endswith(ending)]
    else:
        folder, _, name = source.rpartition("/")
        new_folder, _, new_name = target.rpartition("/") if verb == "Rename" else (target, "", name)
        moves = [(folder, f"/{name}", new_folder, f"/{new_name}")]
    calls: list[Call] = []
    for folder, name, new_folder, new_name in moves:
        size = tree[folder][name] if verb == "Copy" else tree[folder].pop(name)
        tree[new_folder][new_name] = size
        operation = "copy" if verb == "Copy" else "move"
        calls.append((operation, {"path": folder + name, "target": new_folder + new_name}))
    return calls


def _files(records: Records, folder: str) -> list[str]:
    return [name for name in records if name.startswith(folder) and name != folder]
