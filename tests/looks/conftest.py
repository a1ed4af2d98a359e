"""Fixtures of the tests of what notebooks call."""

import pytest


@pytest.fixture
def silent(tmp_path, monkeypatch, capsys):
    """The test runs in an empty folder, and may leave no file there and print nothing."""
    monkeypatch.chdir(tmp_path)
    yield
    assert not list(tmp_path.rglob("*"))
    assert capsys.readouterr().out == ""
