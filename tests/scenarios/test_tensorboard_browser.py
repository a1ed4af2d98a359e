"""A short run as a user sees it: `tensorboard` on loopback, its pages in a headless Chromium.

The values, steps and pixels that the pages show are compared with the run's files.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.parse

import numpy as np
import pytest
import requests
from PIL import Image

from tests.processes import run_main
from tests.scenarios import browser
from tests.scenarios.browser import until
from wgan_tf.config import all_fields

pytestmark = pytest.mark.slow

ITERATIONS, SUMMARY_EVERY, IMAGE_EVERY, HISTOGRAM_EVERY = 30, 5, 15, 10
STEPS, SAMPLES = 8, 9  # Of the iterators.
TRAINING_SCALARS = (
    "loss/critic",
    "loss/generator",
    "loss/wasserstein_estimate",
    "score/real",
    "score/fake",
    "training/critic_gradient_norm",
    "training/generator_gradient_norm",
    "training/share_at_clip_bound",
    "training/images_per_second",
)
# Tag, step and file of what an iterator wrote.
ITERATOR_PICTURES = (
    ("refined/before", STEPS, "generated_{}.png"),
    ("refined/after", STEPS, "generated_{}_after.png"),
    ("refined/difference", STEPS, "generated_{}_dif.png"),
)
HISTOGRAMS = (
    "tensors/z",
    "tensors/weights/generator",
    "tensors/weights/critic",
    "tensors/gradients/generator",
    "tensors/gradients/critic",
    "tensors/activations/generator",
    "tensors/activations/critic",
)
TABS = {"TIME SERIES", "SCALARS", "IMAGES", "HISTOGRAMS", "TEXT", "HPARAMS", "PROJECTOR"}


@pytest.fixture(scope="module")
def chromium():
    """Paths of the browser and its driver."""
    paths = shutil.which("chromium"), shutil.which("chromedriver")
    if None in paths:
        pytest.skip("needs Debian's chromium and chromium-driver")
    return paths


@pytest.fixture(scope="module")
def run_folder(chromium, cache_dir, tmp_path_factory):
    """A run of a few iterations, and what the modes that show something of it added."""
    folder = tmp_path_factory.mktemp("board") / "run"

    def main(mode, *flags):
        run_main(f"--mode={mode}", f"--logs_dir={folder}", f"--cache_dir={cache_dir}", *flags)

    main(
        "train",
        "--dataset=mnist5k",
        f"--iterations={ITERATIONS}",
        f"--summary_every={SUMMARY_EVERY}",
        f"--image_every={IMAGE_EVERY}",
        f"--histogram_every={HISTOGRAM_EVERY}",
    )
    for mode in ("image_iterator", "z_iterator", "z_iterator_tsne"):
        # The learning rate is large enough to move pixels that are written as 8 bits.
        main(mode, f"--nr_iter_vis={STEPS}", f"--batch_size={SAMPLES}", "--learning_rate=0.05")
    return folder


@pytest.fixture(scope="module")
def board(run_folder):
    """Address of a TensorBoard that shows the run and has read all of it."""
    log = run_folder.parent / "tensorboard.log"
    flags = [f"--logdir={run_folder}", "--host=127.0.0.1", "--port=0", "--reload_interval=5"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tensorboard.main", *flags],
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        pattern = re.compile(r"at (http://127\.0\.0\.1:\d+)/")
        url = until(lambda: pattern.search(log.read_text()), f"the address in {log}")[1]
        until(lambda: len(data(url, "scalars/tags")) == 4, "scalars of four modes")
        until(lambda: len(data(url, "images/tags")) == 3, "images of three modes")
        yield url
    finally:
        # The group: TensorBoard reads events in a second process.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def data(url: str, what: str, **query):
    """What TensorBoard's HTTP interface answers."""
    with requests.Session() as session:
        session.trust_env = False  # No proxy for loopback.
        return session.get(f"{url}/data/plugin/{what}", params=query, timeout=30).json()


@pytest.fixture(scope="module")
def driver(chromium, tmp_path_factory):
    """The browser."""
    with browser.headless(*chromium, tmp_path_factory.mktemp("profile")) as driver:
        yield driver


@pytest.fixture
def show(driver, board):
    """Opens a page afresh: its name, and a regular expression that selects tags."""

    def open_page(page: str, tags: str = ""):
        # Without a page in between, another fragment of the same address loads nothing.
        driver.get("about:blank")
        chosen = f"tagFilter={urllib.parse.quote(tags)}"
        driver.get(f"{board}/?{chosen}#{page}&{chosen}" if tags else f"{board}/#{page}")
        return driver

    return open_page


def test_all_tabs_are_there(show):
    def labels():
        # Opened afresh: TensorBoard looks for projectors only after it was first asked for tabs.
        tabs = show("timeseries").find_elements("css selector", ".mat-mdc-tab")
        return {tab.text for tab in tabs}

    until(lambda: labels() >= TABS, f"the tabs {TABS}")


@pytest.mark.parametrize("tag", TRAINING_SCALARS)
def test_scalar_shows_its_last_value_and_iteration(show, board, tag):
    points = data(board, "scalars/scalars", run="train", tag=tag)
    assert [step for _, step, _ in points] == list(range(5, ITERATIONS + 1, SUMMARY_EVERY))
    driver = show("timeseries", f"^{tag}$")
    shown = until(
        lambda: tag in (cards := browser.cards(driver, "scalar")) and browser.table(cards[tag]),
        f"a table of {tag}",
    )
    value, step = shown["train"]
    assert step == ITERATIONS
    assert value == pytest.approx(points[-1][2], rel=1e-3, abs=1e-4)


def test_scalars_are_drawn_as_curves(show):
    driver = show("scalars", "^(" + "|".join(TRAINING_SCALARS) + ")$")
    curves = until(
        lambda: (
            set(drawn := driver.execute_script(browser.CURVES)) >= set(TRAINING_SCALARS) and drawn
        ),
        "a curve for every scalar",
    )
    for tag in TRAINING_SCALARS:
        assert max(curves[tag]) == ITERATIONS // SUMMARY_EVERY, tag


def test_real_and_generated_images(show):
    driver = show("timeseries", "^samples/(real|generated)$")
    seen = [
        browser.picture(driver, tag, "train", step)
        for tag, step in (
            ("samples/real", 0),
            ("samples/generated", ITERATIONS),
            ("samples/generated", 0),
        )
    ]
    for index, image in enumerate(seen):
        assert image.shape == seen[0].shape
        assert image.size >= 64 * 32 * 32 * 3 and image.std() > 5
        for other in seen[:index]:
            assert np.abs(image.astype(int) - other).mean() > 1


@pytest.mark.parametrize("mode", ["image_iterator", "z_iterator"])
@pytest.mark.parametrize("tag, step, name", ITERATOR_PICTURES)
def test_iterator_images_are_those_of_the_files(show, run_folder, mode, tag, step, name):
    image = browser.picture(show("timeseries", f"^{tag}$"), tag, mode, step)
    expected = Image.open(run_folder / "images" / name.format(mode)).convert("RGB")
    np.testing.assert_array_equal(image, np.asarray(expected))


@pytest.mark.parametrize("family", HISTOGRAMS)
def test_histograms(show, board, family):
    names = [tag for tag in data(board, "histograms/tags")["train"] if tag.startswith(family)]
    assert names
    driver = show("timeseries", f"^{names[0]}$")
    card = until(lambda: browser.cards(driver, "histogram").get((names[0], "train")), names[0])
    ribbons = until(
        lambda: card.find_elements("css selector", ".histogram path"), "ribbons", seconds=20
    )
    assert len(ribbons) == ITERATIONS // HISTOGRAM_EVERY


def test_configuration_as_text(show, run_folder):
    driver = show("text")
    text = until(
        lambda: [t for t in driver.execute_script(browser.TEXTS) if t.startswith("{")],
        "a configuration",
    )
    assert json.loads(text[0]) == json.loads((run_folder / "config.json").read_text())


def test_hparams_table(show, run_folder):
    expected = json.loads((run_folder / "config.json").read_text())
    driver = show("hparams")
    row = until(lambda: browser.hparams_row(driver), "the row of the run")
    # The table begins with the first five, the others are to be chosen on the left.
    deciding = sorted(f.name for _, f in all_fields() if f.metadata["scope"] != "free")
    shown = {name for name in deciding[:5] if expected[name] is not None}
    assert shown and set(row) & set(expected) == shown
    for name in shown:
        if type(expected[name]) in (int, float):
            assert float(row[name]) == pytest.approx(expected[name], rel=1e-3), name
        else:
            assert row[name].lower() == str(expected[name]).lower(), name


def test_projector_draws_every_point_as_a_thumbnail(show, run_folder):
    vectors = np.loadtxt(run_folder / "z_iterator_tsne" / "z_vectors.tsv", delimiter="\t")
    driver = show("projector")
    for _ in range(2):  # A frame in a frame.
        frames = until(lambda: driver.find_elements("css selector", "iframe"), "the projector")
        driver.switch_to.frame(frames[0])
    label = f"Points: {len(vectors)} Dimension: {vectors.shape[1]}"
    until(lambda: label in " ".join(driver.execute_script(browser.TEXTS)), label)
    driver.switch_to.default_content()
    frame = driver.find_element("css selector", "iframe")
    until(lambda: browser.thumbnail_pixels(frame) > 300, "thumbnails", seconds=20)
