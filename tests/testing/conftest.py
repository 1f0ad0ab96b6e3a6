import importlib
import sys
from pathlib import Path

import gymnasium
import pytest

from reason import registry

# Broken families are data: imported, they would register.
collect_ignore = ["broken"]

BROKEN = Path(__file__).parent / "broken"


@pytest.fixture
def planted(monkeypatch):
    """Import a family from ``broken/``, and forget it afterwards."""
    modules, environments = set(sys.modules), set(gymnasium.registry)
    monkeypatch.setattr(registry, "_loaded", dict(registry._loaded))
    monkeypatch.syspath_prepend(str(BROKEN))

    def plant(name):
        module = importlib.import_module(name)
        (family_id,) = {family.id for family in registry._loaded.values() if type(family).__module__ == name}
        return family_id, getattr(module, "BREAKS", set())

    yield plant
    for name in set(sys.modules) - modules:
        if (BROKEN / f"{name}.py").exists():
            del sys.modules[name]
    for name in set(gymnasium.registry) - environments:
        del gymnasium.registry[name]
