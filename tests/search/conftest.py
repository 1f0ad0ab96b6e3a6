import pytest

from reason.search.corpus import Corpus
from reason.search.encyclopedia import pages
from reason.search.library import Library
from reason.search.world import WorldSettings, open_world


@pytest.fixture(scope="session")
def world():
    return open_world(WorldSettings(seed=7, num_pages=600))


@pytest.fixture(scope="session")
def corpus(world):
    return Corpus(pages(world))


@pytest.fixture(scope="session")
def library(corpus):
    return Library(corpus)
