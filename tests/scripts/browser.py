"""A browser without a window, and what is wrong with a page in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from selenium import webdriver

#: Widths of a desk's and of a telephone's screen.
WIDTHS = (1280, 390)

#: Pictures that did not load, or have no words; boxes that end outside the screen, unless a box
#: around them scrolls; what was asked for beyond the file; headings that leave out a step.
SCRIPT = """
const found = [], wide = innerWidth;
const page = document.documentElement;
if (page.scrollWidth > wide) found.push(`the page is ${page.scrollWidth} wide`);
for (const one of document.images) {
  if (!(one.complete && one.naturalWidth > 0)) found.push(`no picture: ${one.alt}`);
  if (!one.alt.trim()) found.push("a picture without words");
}
for (const one of document.body.querySelectorAll("*")) {
  const box = one.getBoundingClientRect();
  if ((box.right > wide + 1 || box.left < -1) && !one.closest(".scroll > *"))
    found.push(`cut off: ${one.tagName} ${one.className}`);
  const style = getComputedStyle(one);
  if (one.scrollWidth > one.clientWidth + 1 && style.overflowX === "hidden")
    found.push(`hidden: ${one.tagName}`);
}
for (const one of performance.getEntriesByType("resource"))
  if (!one.name.startsWith("data:")) found.push(`asked for ${one.name}`);
let last = 0;
for (const one of document.querySelectorAll("h1, h2, h3, h4")) {
  const level = Number(one.tagName[1]);
  if (level > last + 1) found.push(`heading: ${one.textContent}`);
  last = level;
}
for (const one of document.querySelectorAll('a[href^="#"]'))
  if (!document.getElementById(one.hash.slice(1))) found.push(`leads nowhere: ${one.hash}`);
return found;
"""


@contextmanager
def opened() -> Iterator[webdriver.Chrome]:
    """Yield Debian's Chromium; skip the test where there is none (CI counts that as a failure)."""
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not program or not driver:
        pytest.skip("no browser: apt-get install chromium chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    # As root, and in containers with little shared memory, it does not start otherwise.
    for each in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(each)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    try:
        yield browser
    finally:
        browser.quit()


def faults(browser: webdriver.Chrome, page: Path, width: int) -> list[str]:
    """Return what is wrong with a page on a screen of a width, the console's messages first."""
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500},
    )
    browser.get(page.resolve().as_uri())
    said = [entry["message"] for entry in browser.get_log("browser")]
    assert browser.execute_script("return innerWidth") == width
    return said + browser.execute_script(SCRIPT)
