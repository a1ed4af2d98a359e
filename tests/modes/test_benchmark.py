"""`--mode=benchmark` on tiny networks; its numbers are checked for sense, never for speed."""

import functools
import json

import pytest
from PIL import Image

from wgan_tf.config.resolve import default_logs_dir, resolve
from wgan_tf.machine import timing
from wgan_tf.modes import benchmark


@pytest.fixture
def quick(monkeypatch):
    measure = timing.measure
    monkeypatch.setattr(
        benchmark, "measure", lambda work, least=5, **_: measure(work, 5, 5, seconds=0)
    )
    monkeypatch.setattr(timing, "_PEAK_SIDE", {"CPU": 500})
    monkeypatch.setattr(benchmark, "SIZES", (16, 32))
    monkeypatch.setattr(benchmark, "BATCHES", (2, 4))
    monkeypatch.setattr(benchmark, "WIDTHS", (2,))
    tiny = {"image_size": "16", "layers": 2, "gen_dimension": 1, "batch_size": 4}
    kinds = {"small": {**tiny, "disc_dimension": 4}, "standard": {**tiny, "disc_dimension": 8}}
    monkeypatch.setattr(benchmark, "KINDS", kinds)


@pytest.fixture(scope="module", autouse=True)
def import_once():
    """The seconds of an import are taken once: each time it is a process of its own."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(benchmark, "import_seconds", functools.cache(benchmark.import_seconds))
        yield


@pytest.mark.parametrize(("model", "precision"), [("wgan", "float32"), ("gan", "mixed_bfloat16")])
def test_figures_table_and_pictures(model, precision, quick, resolve_tiny, tmp_path, capsys):
    config = resolve_tiny(
        mode="benchmark", model=model, precision=precision, scaling=True, n_critic=2
    )
    pictures = benchmark.run(config)
    figures = json.loads((tmp_path / "run" / "benchmark.json").read_text())
    measured = figures["measured"]
    assert measured.keys() == benchmark.TITLES.keys()
    assert figures["precision"] == precision
    peaks = figures["matmul_gflop_per_second"]
    assert set(peaks) == {"float32", precision.removeprefix("mixed_")}
    for name, row in measured.items():
        in_training = name in ("critic_step", "generator_step", "iteration")
        peak = peaks[precision.removeprefix("mixed_") if in_training else "float32"]
        assert row["repetitions"] >= 5 and 0 < row["minimum"] <= row["median"] <= row["maximum"]
        if name != "pipeline_batch":
            assert row["share_of_peak"] == pytest.approx(row["gflop"] / row["median"] / peak)
    assert measured["iteration"]["gflop"] == pytest.approx(
        2 * measured["critic_step"]["gflop"] + measured["generator_step"]["gflop"]
    )
    assert set(figures["startup_seconds"]) == {"import", "build", "first_iteration"}
    assert figures["peak_memory_gib"]["resident"] > 0.1
    small, standard = figures["kinds"]["small"], figures["kinds"]["standard"]
    assert 1 < standard["gflop"] / small["gflop"] < 4
    assert small["share_of_peak"] == pytest.approx(
        small["gflop"] / small["median"] / peaks["float32"]
    )
    scaling = figures["scaling"]
    assert scaling["batch"]["4"]["gflop"] == pytest.approx(2 * scaling["batch"]["2"]["gflop"])
    assert [picture.name for picture in pictures] == ["benchmark.png", "scaling.png"]
    for picture in pictures:
        with Image.open(picture) as image:
            assert image.width > 1000
    table = capsys.readouterr().out
    assert all(f"| {title} |" in table for title in benchmark.TITLES.values())
    assert all(f"| an iteration, {name} networks |" in table for name in ("small", "standard"))
    assert list((tmp_path / "run" / "benchmark").glob("events*"))


def test_the_standard_case_unless_a_data_set_is_named():
    config = resolve({"mode": "benchmark", "logs_dir": default_logs_dir({"mode": "benchmark"})})
    assert (config.data.size, config.data.channels, config.data.batch_size) == (64, 3, 64)
    assert config.network.generator_channels == (256, 128, 64, 32)
    assert config.network.critic_channels == (64, 128, 256, 512)
    assert config.training.n_critic == 5
    assert config.run.logs_dir.endswith("benchmark")
    named = resolve({"mode": "benchmark", "logs_dir": "x", "dataset": "mnist5k"})
    assert named.data.size == 32 and named.network.layers == 3


def test_both_kinds_are_what_trains_and_the_standard_case():
    for name, dataset in (("small", "mnist5k"), ("standard", None)):
        flags = {"mode": "benchmark", "logs_dir": "x"} | ({"dataset": dataset} if dataset else {})
        meant = resolve(flags).flat()
        assert all(meant[field] == value for field, value in benchmark.KINDS[name].items())
