"""A headless Chromium, and how to read what TensorBoard's pages show in it."""

import base64
import contextlib
import io
import re
import time

import numpy as np
import pytest
from PIL import Image

webdriver = pytest.importorskip("selenium.webdriver", reason="needs selenium, see requirements.txt")

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
# Text of the cells of the hparams table.
CELLS = """
const cells = [];
(function walk(node) {
  if (node.nodeName == 'VAADIN-GRID-CELL-CONTENT') cells.push(node.textContent.trim());
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


@contextlib.contextmanager
def headless(chromium: str, chromedriver: str, profile):
    """A browser that reaches nothing but loopback.

    Args:
        chromium, chromedriver: paths of the programs.
        profile: an empty folder.
    """
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
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
        f"--user-data-dir={profile}",
    ):
        options.add_argument(flag)
    browser = webdriver.Chrome(options, webdriver.ChromeService(chromedriver))
    try:
        yield browser
    finally:
        browser.quit()


def cards(driver, kind: str) -> dict:
    """The cards on the Time Series page by tag and, but for scalars, run."""
    by_tag = {}
    for card in driver.find_elements("css selector", f"{kind}-card"):
        tag = card.find_element("css selector", "tb-truncated-path").get_attribute("title")
        runs = card.find_elements("css selector", "card-run-name-component")
        by_tag[(tag, runs[0].get_attribute("title")) if runs else tag] = card
    return by_tag


def table(card) -> dict:
    """The table under a scalar's curve: run to its last (value, step)."""
    lines = [line.strip() for line in card.text.splitlines() if line.strip()]
    if "Relative" not in lines:
        return {}
    cells = lines[lines.index("Relative") + 1 :]
    return {
        run: (float(value.replace("−", "-").replace(",", "")), int(step.replace(",", "")))
        for run, _, value, step, _ in zip(*[iter(cells)] * 5, strict=True)
    }


def pixels(driver, image) -> np.ndarray:
    png = base64.b64decode(driver.execute_script(PIXELS, image))
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def picture(driver, tag: str, run: str, step: int) -> np.ndarray:
    """The pixels of an image card, its slider moved back to a step."""
    card = until(lambda: cards(driver, "image").get((tag, run)), f"the image {tag} of {run}")

    def shown() -> str:
        return card.find_element("css selector", ".step").text

    last = until(shown, "the step")
    while shown() != f"Step {step}":
        before = shown()
        card.find_element("css selector", "input[type=range]").send_keys(webdriver.Keys.ARROW_LEFT)
        until(lambda before=before: shown() != before, f"step {step} of {tag}, beside {last}")
    image = card.find_element("css selector", "img")
    until(lambda: driver.execute_script("return arguments[0].complete", image), "the image")
    return pixels(driver, image)


def hparams_row(driver) -> dict:
    """The first columns of the hparams table's one run, heading to text; empty: not there yet."""
    cells = driver.execute_script(CELLS)
    runs = [i for i, cell in enumerate(cells) if re.fullmatch(r"[0-9a-f]{32,}", cell)]
    if not runs or "" not in cells:
        return {}
    assert len(runs) == 1
    row = cells[runs[0] :]
    # Behind the columns that are shown, cells are no longer in order.
    return {name: text for name, text in zip(cells[: cells.index("")], row, strict=False) if text}


def thumbnail_pixels(frame) -> int:
    """Pixels in the middle of the projector, where no icons are, that are neither its white
    ground nor its coloured axes: those of thumbnails of grey images.
    """
    image = Image.open(io.BytesIO(frame.screenshot_as_png)).convert("RGB")
    middle = np.asarray(image).astype(int)[300:-300, 400:-400]
    return int(((np.ptp(middle, axis=-1) < 8) & (middle[..., 0] < 215)).sum())
