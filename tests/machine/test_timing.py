import time
import types

import pytest

from wgan_tf.machine import timing


def test_of_seconds():
    assert timing.Timing.of([3.0, 1.0, 8.0]) == timing.Timing(3.0, 1.0, 8.0, 3)
    assert timing.Timing.of([3.0, 1.0]).median == 2.0


@pytest.mark.parametrize(
    ("pause", "bounds", "repetitions"),
    [
        (0.02, {"least": 5, "seconds": 0.0}, 5),
        (0.0, {"most": 30, "seconds": 60.0}, 30),
    ],
)
def test_warm_up_and_bounds(pause, bounds, repetitions):
    calls = []

    def work():
        calls.append(1)
        # What compiles in its first calls must not be in the figures.
        time.sleep(0.2 if len(calls) <= 2 else pause)

    figures = timing.measure(work, **bounds)
    assert figures.repetitions == repetitions and len(calls) == repetitions + 2
    assert pause <= figures.minimum <= figures.median <= figures.maximum < 0.2


def test_a_matrix_product_of_a_known_size(monkeypatch):
    monkeypatch.setattr(timing, "_PEAK_SIDE", {"CPU": 300, "GPU": 300})
    taken = timing.Timing(0.5, 0.5, 0.5, 5)
    calls = []
    monkeypatch.setattr(timing, "measure", lambda work: calls.append(work()) or taken)
    assert timing.matmul_gflops("float32") == pytest.approx(2 * 300**3 / 0.5 / 1e9)
    assert calls[0] == pytest.approx(300 / 4, rel=0.2)


@pytest.mark.parametrize(("platform", "unit"), [("linux", 2**10), ("darwin", 1)])
def test_memory_is_that_of_this_process(monkeypatch, platform, unit):
    resource = pytest.importorskip("resource")  # not on Windows
    assert 0.1 < timing.peak_memory()["resident"] < 1000
    monkeypatch.setattr(timing.sys, "platform", platform)
    usage = types.SimpleNamespace(ru_maxrss=3 * 2**29 // unit)
    asked = {resource.RUSAGE_SELF: usage}
    monkeypatch.setattr(resource, "getrusage", asked.__getitem__)
    assert timing.peak_memory()["resident"] == 1.5

