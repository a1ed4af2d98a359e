"""Use from Python: what a notebook does, without a configuration, a print or a signal handler."""

import _thread
import inspect
import os
import signal
import subprocess
import sys
import threading
import time
import typing

import keras
import numpy as np
import pytest

import wgan_tf
from tests.pngs import save_folder
from tests.processes import ROOT
from wgan_tf.metrics import METRICS
from wgan_tf.refine.guide import CriticGuide

TINY = {"layers": 2, "z_dim": 3, "gen_dimension": 1, "disc_dimension": 4, "batch_size": 8}
QUICK = {**TINY, "iterations": 4, "learning_rate": 0.02, "clip_value": 0.5}


@pytest.fixture(scope="module")
def digits(cache_dir):
    return wgan_tf.images("mnist5k", size=16, channels=1)


@pytest.fixture(scope="module")
def run(digits):
    return wgan_tf.train(digits, model="wgan", n_critic=1, **QUICK)


@pytest.fixture(autouse=True)
def silent(capsys):
    """Nothing is printed but bars, which stand on stderr."""
    yield
    assert capsys.readouterr().out == ""


class TestImages:
    def test_a_data_set_by_name(self, digits):
        assert (digits.count, digits.size, digits.channels) == (4000, 16, 1)
        assert digits.train.shape == (4000, 16, 16, 1) and digits.test.shape == (1000, 16, 16, 1)
        assert digits.train.dtype == np.float32 and digits.train.min() == -1
        assert np.bincount(digits.test_labels).tolist() == [100] * 10
        assert digits.class_names == [str(k) for k in range(10)]
        # Labels stay with their images.
        rows = digits.source.read(np.flatnonzero(digits.source.labels == 3))
        one = np.rint((digits.train[np.argmax(digits.train_labels == 3)] + 1) * 127.5)
        assert (rows == one).all((1, 2, 3)).any()

    def test_a_folder_is_divided_the_same_way_each_time(self, tmp_path):
        pictures = np.random.default_rng(0).integers(0, 256, (40, 16, 16, 1), np.uint8)
        save_folder(tmp_path / "a folder", pictures)
        for what in (tmp_path / "a folder", str(tmp_path / "a folder")):
            images = wgan_tf.images(what, size=16, channels=1)
            assert images.count == 36 and len(images.test) == 4
            both = np.concatenate([images.train, images.test])
            assert len(np.unique(both.reshape(40, -1), axis=0)) == 40
        assert wgan_tf.images(tmp_path / "a folder", size=16, split="train").count == 40

    def test_an_array_and_an_npz_are_the_same_images(self, tmp_path):
        pixels = np.random.default_rng(1).integers(0, 256, (30, 16, 16, 3), np.uint8)
        labels = np.arange(30) % 3
        images = wgan_tf.images(pixels, labels=labels)
        assert (images.count, images.size, images.channels) == (27, 16, 3)
        np.savez(tmp_path / "x.npz", images=pixels, labels=labels)
        again = wgan_tf.images(tmp_path / "x.npz")
        assert again.flags == images.flags
        floats = wgan_tf.images(pixels / np.float32(127.5) - 1, labels=labels)
        assert floats.flags["dataset"] == images.flags["dataset"]
        np.testing.assert_array_equal(again.train_labels, images.train_labels)
        grey = wgan_tf.images(pixels, size=28, channels=1)  # no size of a network's
        assert grey.train.shape == (27, 28, 28, 1)

    @pytest.mark.parametrize(
        ("what", "options", "words"),
        [
            ("mnits", {}, "did you mean mnist?"),
            ("no/such/folder", {}, "no such"),
            (np.zeros((4, 8, 8)), {}, "4x8x8"),
            (np.zeros((4, 8, 8, 1), np.int32), {}, "int32"),
            (np.full((4, 8, 8, 1), 0.5), {}, r"0.5 to 0.5: scale them to \[-1, 1\]"),
            (np.full((4, 8, 8, 1), np.nan), {}, "NaN"),
            (np.zeros((4, 8, 9, 1), np.uint8), {}, "9x8"),
            (np.zeros((4, 8, 8, 1), np.uint8), {"labels": [0, 1]}, "one for each of the 4"),
            ("mnist5k", {"labels": [1]}, "only of arrays"),
            ("mnist5k", {"crop": 20}, "to which size"),
            ("mnist5k", {"channels": 2}, "channels"),
        ],
    )
    def test_what_is_none_is_one_line(self, what, options, words, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        with pytest.raises(wgan_tf.UserError, match=words) as caught:
            wgan_tf.images(what, **options)
        assert "\n" not in str(caught.value) and not list(tmp_path.iterdir())


class TestTrain:
    def test_in_memory_nothing_is_written(self, digits, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        run = wgan_tf.train(digits, model="wgan", n_critic=1, **QUICK)
        assert run.iteration == 4 and run.logs_dir is None and not list(tmp_path.iterdir())
        assert isinstance(run.model, keras.Model)

    def test_the_same_as_with_a_folder_and_as_the_command_line(self, digits, run, tmp_path):
        kept = wgan_tf.train(digits, logs_dir=tmp_path / "run", n_critic=1, **QUICK)
        z = run.sample_z(5, seed=1)
        np.testing.assert_array_equal(kept.generate(z), run.generate(z))
        assert (tmp_path / "run/generator.keras").exists() and kept.logs_dir == tmp_path / "run"
        on = wgan_tf.train(digits, logs_dir=tmp_path / "run", **{**QUICK, "iterations": 6})
        assert on.iteration == 6
        with pytest.raises(wgan_tf.UsageError, match="clip_value"):
            wgan_tf.train(digits, logs_dir=tmp_path / "run", clip_value=0.25)
        on = wgan_tf.train(digits, logs_dir=tmp_path / "run", learning_rate=0.5, iterations=7)
        assert on.iteration == 7 and float(on._config.training.learning_rate) == 0.5

    def test_saved_afterwards_it_is_a_run_as_any(self, digits, tmp_path):
        run = wgan_tf.train(digits, n_critic=1, **QUICK)
        run.save(tmp_path / "kept")
        again = wgan_tf.load(tmp_path / "kept")
        z = run.sample_z(5)
        np.testing.assert_array_equal(again.generate(z), run.generate(z))
        assert again.images.test.shape == (1000, 16, 16, 1)
        wgan_tf.train(digits, logs_dir=tmp_path / "kept", **{**QUICK, "iterations": 5})
        with pytest.raises(wgan_tf.UserError, match="holds a run"):
            run.save(tmp_path / "kept")

    def test_an_array_and_classes(self, tmp_path):
        pixels = np.random.default_rng(2).integers(0, 256, (40, 16, 16, 1), np.uint8)
        images = wgan_tf.images(pixels, size=32, labels=np.arange(40) % 2)
        sizes = {"gen_dimension": 4, "disc_dimension": 4, "batch_size": 8, "iterations": 2}
        run = wgan_tf.train(images, model="acgan", logs_dir=tmp_path / "run", **sizes)
        assert run.model.classes == 2 and run.images.count == 36
        labels = wgan_tf.train(images, model="classifier", epochs=1, disc_dimension=4)
        assert labels.model.classes == 2
        with pytest.raises(wgan_tf.UserError, match="no generator"):
            labels.sample_z(3)

    def test_values_as_python_has_them(self, digits, tmp_path):
        changes = {"generator_widths": [16, 8], "image_size": 16, "iterations": 2.0}
        run = wgan_tf.train(digits, n_critic=np.int64(1), **{**QUICK, **changes})
        assert run.iteration == 2 and run.model.arguments["generator_widths"] == (16, 8)

    @pytest.mark.parametrize(
        ("flags", "words"),
        [
            ({"iteratons": 3}, "did you mean iterations?"),
            ({"model": "wgna"}, "did you mean wgan?"),
            ({"iterations": "many"}, "iterations"),
            ({"mode": "train"}, "mode"),
            ({"film": True}, "logs_dir"),
            ({"evaluate_every": 5}, "logs_dir"),
        ],
    )
    def test_a_flag_that_cannot_be_is_one_line(self, digits, flags, words):
        with pytest.raises(wgan_tf.UsageError, match=words) as caught:
            wgan_tf.train(digits, **{**QUICK, **flags})
        assert "\n" not in str(caught.value)

    def test_a_flag_without_effect_is_a_warning(self, digits):
        with pytest.warns(UserWarning, match="penalty_weight=3.0 has no effect"):
            wgan_tf.train(digits, **QUICK, penalty_weight=3.0)

    def test_broken_numbers_are_one_line(self, digits):
        broken = {"learning_rate": 1e30, "optimizer": "sgd"}
        with pytest.raises(wgan_tf.UserError, match="smaller learning_rate"):
            wgan_tf.train(digits, model="dcgan", **{**QUICK, "clip_value": None, **broken})

    @pytest.mark.parametrize("kept", [False, True])
    def test_ctrl_c_keeps_what_was_learnt(self, digits, tmp_path, kept):
        handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        seen = []

        def interrupt():
            # Before the thread that trains has begun, Ctrl-C is an ordinary one.
            while all(thread.name != "guest" for thread in threading.enumerate()):
                time.sleep(0.1)
            time.sleep(3)
            seen.append({number: signal.getsignal(number) for number in handlers})
            _thread.interrupt_main()

        threading.Thread(target=interrupt).start()
        folder = {"logs_dir": tmp_path / "run"} if kept else {}
        run = wgan_tf.train(digits, **{**QUICK, "iterations": 1_000_000}, **folder)
        assert seen == [handlers]
        assert 1 <= run.iteration < 1_000_000 and np.isfinite(run.generate(run.sample_z(3))).all()
        if kept:
            again = wgan_tf.train(digits, **{**QUICK, "iterations": run.iteration + 1}, **folder)
            assert again.iteration == run.iteration + 1


class TestRun:
    def test_samples_and_scores(self, run):
        z = run.sample_z(6, seed=3)
        assert z.shape == (6, 3) and (z == run.sample_z(6, seed=3)).all()
        fake = run.generate(z)
        assert type(fake) is np.ndarray and fake.shape == (6, 16, 16, 1)
        assert abs(fake).max() <= 1 and run.score(fake).shape == (6,)
        assert "wgan" in repr(run) and "iteration 4" in repr(run)

    @pytest.mark.parametrize("z", [np.zeros((2, 4)), np.zeros(3), np.full((2, 3), np.nan)])
    def test_wrong_latents_are_one_line(self, run, z):
        for function in (run.generate, run.refine, run.traverse):
            with pytest.raises(wgan_tf.UserError, match=r"\(n, 3\) are wanted"):
                function(z)

    def test_wrong_images_are_one_line(self, run):
        for function in (run.score, run.project, run.perturb):
            with pytest.raises(wgan_tf.UserError, match=r"\(n, 16, 16, 1\) in \[-1, 1\]"):
                function(np.full((2, 16, 16, 1), 7.0))

    def test_refined_by_the_critic(self, run):
        z = run.sample_z(8)
        better = run.refine(z, "gradient", guide="critic", steps=5, rate=0.5)
        assert better.diagnostics["steps"] == 5 and better.evaluations == 10
        np.testing.assert_allclose(better.images_before, run.generate(z), atol=1e-6)
        np.testing.assert_allclose(better.images_after, run.generate(better.z), atol=1e-6)
        assert run.score(better.images_after).mean() > run.score(better.images_before).mean()
        chosen = run.refine(z, "best_of", guide="critic", budget=6)
        assert chosen.values_after.mean() > chosen.values_before.mean()
        with pytest.raises(wgan_tf.UsageError, match="takes a budget"):
            run.refine(z, "best_of", guide="critic", steps=5)

    def test_the_originals_iterators(self, run):
        z = run.sample_z(4)
        settings = {"learning_rate": 0.05, "optimizer": "keras_rmsprop"}
        moved = run.refine(z, "z_iterator", guide="critic", steps=6, **settings)
        assert moved.z.shape == z.shape and moved.diagnostics["steps"] == 6
        assert moved.scores_after.mean() > moved.scores_before.mean()
        pixels = run.refine(z, "image_iterator", guide="critic", steps=3, **settings)
        assert pixels.z is None
        given = run.refine(run.generate(z), "image_iterator", guide="critic", steps=3, **settings)
        np.testing.assert_allclose(given.images_after, pixels.images_after, atol=1e-5)

    def test_refined_by_the_ratio_which_is_fitted_once(self, run):
        ratio = run.fit_ratio("pixels")
        assert run.ratio is ratio and ratio.facts["features"] == "pixels"
        better = run.refine(run.sample_z(8), steps=5, rate=100.0)
        assert better.values_after.mean() > better.values_before.mean()
        moved = run.refine(run.sample_z(8), "z_iterator", steps=5, learning_rate=100.0)
        assert moved.scores_after.mean() > moved.scores_before.mean()

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ({"method": "gradent"}, "did you mean gradient?"),
            ({"guide": "crtic"}, "guide"),
            ({"nonsense": 3}, "no setting 'nonsense'"),
            ({"steps": 3, "budget": 6}, "one of them"),
            ({"method": "langevin,gradient", "rate": 0.1}, "behind their names"),
            ({"method": "z_iterator", "budget": 6}, "budget"),
            ({"budget": 1}, "a step costs 2"),
        ],
    )
    def test_wrong_wishes_are_one_line(self, run, options, words):
        with pytest.raises(wgan_tf.UsageError, match=words):
            run.refine(run.sample_z(4), **{"guide": "critic", **options})

    def test_looks(self, run, digits):
        assert run.traverse(steps=3).images[0].shape[-3:] == (16, 16, 1)
        assert run.manifold(grid=3).picture.dtype == np.uint8
        found = run.project(digits.test[:2], starts=2, steps=4)
        assert found.z.shape == (2, 3) and found.images.shape == (2, 16, 16, 1)
        assert len(run.max_class(steps=3).images) == 2
        assert run.max_features(1, steps=3).picture.ndim == 3
        small = run.perturb(digits.test[:6], steps=2)
        assert small.figures() and small._repr_png_().startswith(b"\x89PNG")

        class Halves:
            def probabilities(self, images):
                return np.eye(2)[(images.mean((1, 2, 3)) > -0.5).astype(int)]

        assert run.latent_map(Halves(), samples=60).classes.shape == (60,)
        with pytest.raises(wgan_tf.UsageError, match="no such layer"):
            run.max_features("dense_7")

    def test_loaded_with_its_best_checkpoint_or_one_line(self, run_dir, tmp_path):
        run = wgan_tf.load(run_dir)
        assert run.iteration == 6 and run.images.count == 4000
        plain = keras.saving.load_model(run_dir / "generator.keras")
        z = run.sample_z(4)
        np.testing.assert_allclose(plain(z), run.generate(z), atol=1e-6)
        with pytest.raises(wgan_tf.UserError, match="evaluate_every"):
            wgan_tf.load(run_dir, checkpoint="best")
        with pytest.raises(wgan_tf.UserError, match="--mode=train"):
            wgan_tf.load(tmp_path)


class TestEvaluate:
    def test_before_and_after(self, run, digits):
        real = digits.test[:200]
        before = run.generate(run.sample_z(200))
        report = wgan_tf.evaluate(real * 0.9, real, before=before, resamples=20)
        frechet = report["frechet"]
        assert frechet.low <= frechet.value <= frechet.high
        assert frechet.difference == frechet.value - frechet.before < 0
        assert frechet.difference_high < 0
        assert "memorisation" not in report and set(report) <= set(METRICS)
        table = report.table
        assert table.startswith("| metric") and len(table.splitlines()) == 2 + len(report)
        assert table in report._repr_markdown_() and "200 generated" in repr(report)

    def test_images_bring_what_was_learnt_from(self, run, digits):
        report = wgan_tf.evaluate(run.generate(run.sample_z(120)), digits, resamples=0)
        assert report.counts == {"generated": 120, "real": 1000} and "memorisation" in report
        assert np.isnan(report["frechet"].low) and report["frechet"].difference is None
        assert run.evaluate(120)["precision"].value == report["precision"].value

    @pytest.mark.parametrize(
        ("fake", "options", "words"),
        [
            (np.zeros((20, 16, 16, 1)), {}, "all 20"),
            (np.zeros((20, 8, 8, 1)) + np.arange(20).reshape(20, 1, 1, 1) / 20, {}, "8x8x1"),
            (np.ones((20, 16, 16, 1)) * np.arange(20).reshape(20, 1, 1, 1), {}, "0 to 19"),
            (None, {"features": "nonsense"}, "features"),
            (None, {"features": "classifier"}, "the Images themselves"),
            (None, {"before": np.random.default_rng(0).uniform(-1, 1, (7, 16, 16, 1))}, "7 images"),
        ],
    )
    def test_what_cannot_be_measured_is_one_line(self, digits, fake, options, words):
        fake = digits.train[:20] if fake is None else fake
        with pytest.raises(wgan_tf.UserError, match=words):
            wgan_tf.evaluate(fake, digits.test[:50], **options)


class TestShow:
    def test_a_figure_has_the_pixels(self, digits, tmp_path):
        figure = wgan_tf.show(digits.test[:6], columns=3)
        (drawn,) = figure.axes[0].images
        assert drawn.get_array().shape == (2 * 17 - 1, 3 * 17 - 1)
        figure.savefig(tmp_path / "grid.png")
        assert (tmp_path / "grid.png").stat().st_size > 500

    def test_a_picture_in_a_notebook(self, digits, monkeypatch):
        monkeypatch.setattr("wgan_tf.doors.showing._in_notebook", lambda: True)
        one = wgan_tf.show(np.full((16, 16, 3), 255, np.uint8))
        assert one.size == (64, 64) and one.getpixel((9, 9)) == (255, 255, 255)

    def test_no_images_are_one_line(self):
        with pytest.raises(wgan_tf.UserError, match="are wanted"):
            wgan_tf.show(np.zeros((3, 4)))


class TestPackage:
    def test_what_is_public_has_words_and_types(self):
        functions = [getattr(wgan_tf, name) for name in wgan_tf.__all__]
        methods = [
            value
            for cls in (wgan_tf.Run, wgan_tf.Images)
            for name, value in inspect.getmembers(cls, inspect.isfunction)
            if not name.startswith("_")
        ]
        for value in [*filter(inspect.isroutine, functions), *methods]:
            assert value.__doc__ and typing.get_origin(value) is None
            signature = inspect.signature(value)
            assert signature.return_annotation is not signature.empty, value
            for name, parameter in signature.parameters.items():
                assert name == "self" or parameter.annotation is not parameter.empty, (value, name)
        assert set(wgan_tf.__all__) <= set(dir(wgan_tf))
        assert (ROOT / "wgan_tf" / "py.typed").exists()

    def test_help_shows_the_functions(self):
        code = "import pydoc, wgan_tf; print(pydoc.render_doc(wgan_tf, renderer=pydoc.plaintext))"
        text = in_python(code).stdout
        for words in ("train(", "evaluate(", "class Run", "import wgan_tf", "class UserError"):
            assert words in text, words

    def test_no_tensorflow_before_it_is_needed(self):
        code = (
            "import sys, wgan_tf; images = wgan_tf.images('mnist5k', size=16, channels=1); "
            "images.test; wgan_tf.show(images.test[:4]); print('tensorflow' in sys.modules)"
        )
        assert in_python(code).stdout == "False\n"

    def test_other_backends_are_named(self):
        done = in_python("import wgan_tf", KERAS_BACKEND="jax")
        assert "KERAS_BACKEND=jax: wgan_tf runs on tensorflow" in done.stderr
        code = (
            "import sys, types; keras = types.ModuleType('keras'); sys.modules['keras'] = keras; "
            "keras.config = types.SimpleNamespace(backend=lambda: 'torch'); import wgan_tf"
        )
        done = in_python(code, check=False)
        assert done.returncode and "Keras runs on torch in this process" in done.stderr

    def test_tensorflow_first_is_one_warning_where_that_costs_speed(self):
        late = "import sys; sys.modules['tensorflow'] = sys; {}; import wgan_tf"
        slow = late.format("import builtins; builtins.open = None")
        code = (
            "import sys, io, builtins; sys.modules['tensorflow'] = sys; "
            "builtins.open = lambda *a, **k: io.StringIO('flags : {}'); import wgan_tf"
        )
        del slow
        done = in_python(code.format("sse avx2"))
        assert done.stderr.count("import wgan_tf first") == 1
        assert in_python(code.format("sse avx512_vnni")).stderr == ""
        assert in_python(code.format("sse"), TF_ENABLE_ONEDNN_OPTS="0").stderr == ""
        assert in_python("import wgan_tf, tensorflow").stderr.count("import wgan_tf first") == 0

    @pytest.mark.parametrize(("answer", "warnings"), [("True", 0), ("False", 1)])
    def test_of_onednn_tensorflows_own_word_counts(self, answer, warnings):
        """Whatever the processor has: only Linux says so."""
        code = (
            "import sys, types; sys.modules['tensorflow'] = sys; "
            "sys.modules['tensorflow.python.util._pywrap_util_port'] = "
            f"types.SimpleNamespace(IsMklEnabled=lambda: {answer}); import wgan_tf"
        )
        assert in_python(code).stderr.count("import wgan_tf first") == warnings


def test_guides_of_the_library_are_those_of_the_modes(run):
    assert CriticGuide(run.model).name == "critic"


def in_python(code, check=True, **environment):
    kept = {k: v for k, v in os.environ.items() if k not in ("TF_ENABLE_ONEDNN_OPTS",)}
    environment = {**kept, "TF_CPP_MIN_LOG_LEVEL": "3", **environment}
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=check
    )
