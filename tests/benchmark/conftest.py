import importlib
import sys
from pathlib import Path

import gymnasium
import pytest

from reason import registry

PLUGIN = Path(__file__).parent / "plugin"
PLUGIN_IDS = ("Counting-v0", "Endless-v0")

collect_ignore = ["plugin"]


@pytest.fixture(scope="session")
def plugin_path():
    return PLUGIN


@pytest.fixture(autouse=True, scope="module")
def _counting_families():
    """The plugin's families are known in these tests alone: other tests walk the registry."""
    sys.path.insert(0, str(PLUGIN))
    importlib.import_module("counting")
    yield
    sys.path.remove(str(PLUGIN))
    del sys.modules["counting"]
    for family_id in PLUGIN_IDS:
        registry._loaded.pop(family_id)
        gymnasium.registry.pop(f"reason/{family_id}", None)


@pytest.fixture
def draw():
    """Draw a few tasks: ``draw("Counting", 3, level=1)``."""

    def drawn(name, count, **options):
        return list(registry.get(name).tasks(stop=count, **options))

    return drawn
