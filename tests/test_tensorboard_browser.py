"""A short run as a user sees it: `tensorboard` on loopback, its pages in a headless Chromium.

The values, steps and pixels that the pages show are compared with the run's files.
"""

import base64
import contextlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.parse
from pathlib import Path

import numpy as np
import pytest
import requests
from PIL import Image

pytestmark = pytest.mark.slow

MAIN = Path(__file__).parents[1] / "main.py"
ITERATIONS, SUMMARY_EVERY, IMAGE_EVERY, HISTOGRAM_EVERY = 30, 5, 15, 10
STEPS, SAMPLES = 8, 9  # Of the iterators.
TRAINING_SCALARS = (
    "loss/critic",
    "loss/generator",
    "wasserstein_estimate",
    "score/real",
    "score/fake",
    "gradient_norm/critic",
    "gradient_norm/generator",
    "critic/share_at_clip_bound",
    "images_per_second",
)
# Tag, step and file of what an iterator wrote.
ITERATOR_PICTURES = (
    ("images", 0, "generated_{}.png"),
    ("images", STEPS, "generated_{}_after.png"),
    ("difference", STEPS, "generated_{}_dif.png"),
)
HISTOGRAMS = (
    "z",
    "weights/generator",
    "weights/critic",
    "gradients/generator",
    "gradients/critic",
    "activations/generator",
    "activations/critic",
)
TABS = {"TIME SERIES", "SCALARS", "IMAGES", "HISTOGRAMS", "TEXT", "HPARAMS", "PROJECTOR"}

# All text of the page, also inside shadow roots, where most of TensorBoard's pages live.
TEXTS = """
const texts = [];
(function walk(node) {
  if (node.shadowRoot) walk(node.shadowRoot);
  for (const child of node.childNodes) {
    if (child.nodeType == 3) texts.push(child.textContent.trim());
    else if (child.nodeType == 1 && !['STYLE', 'SCRIPT'].includes(child.nodeName)) walk(child);
  }
})(document.body);
return texts.filter(text => text);
"""
# The points of every curve drawn on the Scalars page, by tag.
CURVES = """
const curves = {};
(function walk(node, tag) {
  if (node.nodeName == 'TF-SCALAR-CARD') tag = node.tag;
  const path = node.nodeName == 'path' && node.getAttribute('d') || '';
  if (/^M[^A-Z]+(L[^A-Z]+)+$/.test(path) && node.closest('svg').clientWidth > 100)
    (curves[tag] ??= []).push(path.split('L').length);
  for (const child of [...(node.shadowRoot ? node.shadowRoot.children : []), ...node.children])
    walk(child, tag);
})(document.body, '');
return curves;
"""
# Header and row of the hparams table.
CELLS = """
const cells = [];
(function walk(node) {
  if (node.nodeName == 'VAADIN-GRID-CELL-CONTENT') cells.push(node.textContent);
  for (const child of [...(node.shadowRoot ? node.shadowRoot.children : []), ...node.children])
    walk(child);
})(document.body);
return cells;
"""
# An <img> as PNG, as the browser decoded it.
PIXELS = """
const canvas = document.createElement('canvas');
canvas.width = arguments[0].naturalWidth;
canvas.height = arguments[0].naturalHeight;
canvas.getContext('2d').drawImage(arguments[0], 0, 0);
return canvas.toDataURL('image/png').split(',')[1];
"""


def until(condition, what: str, seconds: float = 60):
    """The first true value of `condition()`; fails with `what` where none comes."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > end:
            pytest.fail(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.25)
    return value


@pytest.fixture(scope="module")
def chromium():
    """Paths of the browser and its driver."""
    paths = shutil.which("chromium"), shutil.which("chromedriver")
    if None in paths:
        pytest.skip("needs Debian's chromium and chromium-driver")
    return paths


@pytest.fixture(scope="module")
def run_folder(chromium, tmp_path_factory):
    """A run of a few iterations, and what the modes that show something of it added."""
    folder = tmp_path_factory.mktemp("board") / "run"

    def main(mode, *flags):
        command = [sys.executable, str(MAIN), f"--mode={mode}", f"--logs_dir={folder}", *flags]
        command.append(f"--cache_dir={folder.parent / 'cache'}")
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr[-2000:]

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
    """A headless browser that reaches nothing but loopback."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = chromium[0]
    for flag in (
        "--headless",
        "--no-sandbox",  # Chromium has no sandbox for root, whom containers run as.
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-proxy-server",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        "--window-size=1600,2400",
        f"--user-data-dir={tmp_path_factory.mktemp('profile')}",
    ):
        options.add_argument(flag)
    browser = webdriver.Chrome(options, webdriver.ChromeService(chromium[1]))
    yield browser
    browser.quit()


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


def cards(driver, kind: str) -> dict:
    """The cards on the Time Series page by tag and, but for scalars, run."""
    found = {}
    for card in driver.find_elements("css selector", f"{kind}-card"):
        tag = card.find_element("css selector", "tb-truncated-path").get_attribute("title")
        runs = card.find_elements("css selector", "card-run-name-component")
        found[(tag, runs[0].get_attribute("title")) if runs else tag] = card
    return found


def table(card) -> dict:
    """The table under a scalar's curve: run to its last (value, step)."""
    lines = [line.strip() for line in card.text.splitlines() if line.strip()]
    if "Relative" not in lines:
        return {}
    cells = lines[lines.index("Relative") + 1 :]
    return {
        run: (float(value.replace("−", "-")), int(step))
        for run, _, value, step, _ in zip(*[iter(cells)] * 5, strict=True)
    }


def pixels(driver, image) -> np.ndarray:
    png = base64.b64decode(driver.execute_script(PIXELS, image))
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def test_all_tabs_are_there(show):
    driver = show("timeseries")

    def labels():
        return {tab.text for tab in driver.find_elements("css selector", ".mat-mdc-tab")}

    until(lambda: labels() >= TABS, f"the tabs {TABS}")


@pytest.mark.parametrize("tag", TRAINING_SCALARS)
def test_scalar_shows_its_last_value_and_iteration(show, board, tag):
    points = data(board, "scalars/scalars", run="train", tag=tag)
    assert [step for _, step, _ in points] == list(range(5, ITERATIONS + 1, SUMMARY_EVERY))
    driver = show("timeseries", f"^{tag}$")
    shown = until(
        lambda: tag in (found := cards(driver, "scalar")) and table(found[tag]), f"a table of {tag}"
    )
    value, step = shown["train"]
    assert step == ITERATIONS
    assert value == pytest.approx(points[-1][2], rel=1e-3, abs=1e-4)


def test_scalars_are_drawn_as_curves(show):
    driver = show("scalars", "^(" + "|".join(TRAINING_SCALARS) + ")$")
    curves = until(
        lambda: set(found := driver.execute_script(CURVES)) >= set(TRAINING_SCALARS) and found,
        "a curve for every scalar",
    )
    for tag in TRAINING_SCALARS:
        assert max(curves[tag]) == ITERATIONS // SUMMARY_EVERY, tag


def picture(driver, tag: str, run: str, step: int) -> np.ndarray:
    """The pixels of an image card, its slider moved back to a step."""
    card = until(lambda: cards(driver, "image").get((tag, run)), f"the image {tag} of {run}")

    def shown() -> str:
        return card.find_element("css selector", ".step").text

    last = until(shown, "the step")
    while shown() != f"Step {step}":
        before = shown()
        card.find_element("css selector", "input[type=range]").send_keys("\ue012")  # Arrow left.
        until(lambda before=before: shown() != before, f"step {step} of {tag}, beside {last}")
    image = card.find_element("css selector", "img")
    until(lambda: driver.execute_script("return arguments[0].complete", image), "the image")
    return pixels(driver, image)


def test_real_and_generated_images(show):
    driver = show("timeseries", "^(real|generated)$")
    seen = [
        picture(driver, tag, "train", step)
        for tag, step in (("real", 0), ("generated", ITERATIONS), ("generated", 0))
    ]
    for index, image in enumerate(seen):
        assert image.shape == seen[0].shape
        assert image.size >= 64 * 32 * 32 * 3 and image.std() > 5
        for other in seen[:index]:
            assert np.abs(image.astype(int) - other).mean() > 1


@pytest.mark.parametrize("mode", ["image_iterator", "z_iterator"])
@pytest.mark.parametrize("tag, step, name", ITERATOR_PICTURES)
def test_iterator_images_are_those_of_the_files(show, run_folder, mode, tag, step, name):
    image = picture(show("timeseries", f"^{tag}$"), tag, mode, step)
    expected = Image.open(run_folder / "images" / name.format(mode)).convert("RGB")
    np.testing.assert_array_equal(image, np.asarray(expected))


@pytest.mark.parametrize("family", HISTOGRAMS)
def test_histograms(show, board, family):
    names = [tag for tag in data(board, "histograms/tags")["train"] if tag.startswith(family)]
    assert names
    driver = show("timeseries", f"^{names[0]}$")
    card = until(lambda: cards(driver, "histogram").get((names[0], "train")), names[0])
    ribbons = until(
        lambda: card.find_elements("css selector", ".histogram path"), "ribbons", seconds=20
    )
    assert len(ribbons) == ITERATIONS // HISTOGRAM_EVERY


def test_configuration_as_text(show, run_folder):
    driver = show("text")
    text = until(
        lambda: [t for t in driver.execute_script(TEXTS) if t.startswith("{")], "a configuration"
    )
    stored = json.loads((run_folder / "config.json").read_text())
    expected = {name: "" if value is None else value for name, value in stored.items()}
    assert json.loads(text[0]) == expected


def test_hparams_table(show, driver, run_folder):
    expected = json.loads((run_folder / "config.json").read_text())
    size = driver.get_window_size()
    driver.set_window_size(9000, size["height"])  # Columns outside the window are not built.
    try:
        page = show("hparams")

        def row() -> dict:
            cells = [cell.strip() for cell in page.execute_script(CELLS)]
            width = len(cells) // 2
            return dict(zip(cells[:width], cells[width:], strict=False))

        until(lambda: set(expected) <= set(row()), "a column for every field", seconds=20)
        shown = row()
    finally:
        driver.set_window_size(size["width"], size["height"])
    for name, value in expected.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            assert float(shown[name]) == pytest.approx(value, rel=1e-3), name
        else:
            assert shown[name] == ("" if value is None else str(value).lower()), name


def test_projector_draws_every_point_as_a_thumbnail(show, run_folder):
    vectors = np.loadtxt(run_folder / "z_iterator_tsne" / "z_vectors.tsv", delimiter="\t")
    driver = show("projector")
    for _ in range(2):  # A frame in a frame.
        frames = until(lambda: driver.find_elements("css selector", "iframe"), "the projector")
        driver.switch_to.frame(frames[0])
    label = f"Points: {len(vectors)}"
    until(lambda: label in driver.execute_script(TEXTS), label)
    assert f"Dimension: {vectors.shape[1]}" in driver.execute_script(TEXTS)

    def grey_pixels() -> int:
        """Pixels neither white, black (icons) nor coloured (axes): the digits' thumbnails."""
        driver.switch_to.default_content()
        png = driver.find_element("css selector", "iframe").screenshot_as_png
        image = np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)
        middle = image[300:-300, 400:-400]
        grey = (np.ptp(middle, axis=-1) < 8) & (middle[..., 0] > 40) & (middle[..., 0] < 215)
        return int(grey.sum())

    until(lambda: grey_pixels() > 300, "thumbnails")
