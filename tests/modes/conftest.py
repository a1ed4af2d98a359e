"""Fixtures of the modes' tests."""

import pytest

from tests.tiny import make_model, strong
from wgan_tf import runs


@pytest.fixture
def loaded(monkeypatch):
    """Every run is loaded as one tiny model with large weights."""

    def load(kind="wgan", **changes):
        model = strong(make_model(kind, **changes))
        monkeypatch.setattr(runs, "load_trained", lambda config: model)
        return model

    return load
