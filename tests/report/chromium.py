"""A headless Chromium for tests of pages: what it asks for and what it complains of is on record."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
    *("--window-size=1280,900", "--lang=en-US"),
)
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => window.violations.push(event.blockedURI));
"""


class Browser:
    """Chromium under selenium."""

    def __init__(self, driver: Any, downloads: Path) -> None:
        """Drive `driver`; files that a page saves go to `downloads`."""
        self.driver = driver
        self.downloads = downloads

    def open(self, page: Path) -> None:
        """Open a file, with an empty record."""
        self.driver.get("about:blank")
        self.complaints()
        self.requests()
        self.driver.get(page.as_uri())

    def run(self, script: str, *values: Any) -> Any:
        """Run a script in the page, and give what it returns."""
        return self.driver.execute_script(script, *values)

    def until(self, script: str, *values: Any) -> Any:
        """Wait until a script returns something true, and give it."""
        from selenium.webdriver.support.wait import WebDriverWait

        return WebDriverWait(self.driver, 20, poll_frequency=0.02).until(
            lambda _: self.run(f"return {script}", *values)
        )

    def find(self, selector: str) -> Any:
        """Find the first element of a selector."""
        return self.driver.find_element("css selector", selector)

    def press(self, selector: str) -> None:
        """Click on the first element of a selector, in the middle of the screen: the page's top bar covers its edge."""
        element = self.find(selector)
        self.run("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    def table(self, key: str) -> None:
        """Bring a table into view, and wait until it is there."""
        self.run("document.getElementById(arguments[0]).scrollIntoView()", key)
        self.until("!!document.querySelector(`#table-${arguments[0]}.built`)", key)

    def cells(self, key: str, field: str) -> list[str]:
        """Give the texts of a column's cells that are in view."""
        script = "return [...document.querySelectorAll(arguments[0])].map((cell) => cell.textContent)"
        return list(self.run(script, f"#table-{key} .tabulator-row [tabulator-field='{field}']"))

    def count(self, key: str) -> str:
        """Give what the table says of how many rows it shows."""
        return str(self.run("return document.querySelector(arguments[0]).textContent", f"#table-{key} .count"))

    def saved(self, name: str) -> str:
        """Wait for a file that the page saves, and give its text."""
        from selenium.webdriver.support.wait import WebDriverWait

        file = self.downloads / name
        WebDriverWait(self.driver, 20, poll_frequency=0.05).until(lambda _: file.exists())
        text = file.read_text("utf-8")
        file.unlink()
        return text

    def complaints(self) -> list[str]:
        """Give what the console got since it was last asked."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """Give the addresses that were asked for since last time; what stands in the page itself is not among them."""
        events = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        sent = [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]
        return [url for url in sent if not url.startswith(("data:", "blob:", "about:"))]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Chromium with a profile of its own; the test is skipped where there is none."""
    binary, driver_path = shutil.which("chromium"), shutil.which("chromedriver")
    if not binary or not driver_path:
        pytest.skip("Chromium and its driver are not here (apt-get install chromium chromium-driver)")
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed (pip install -e '.[dev]')")
    with tempfile.TemporaryDirectory(prefix="chromium-") as folder:
        downloads = Path(folder) / "downloads"
        downloads.mkdir()
        options = webdriver.ChromeOptions()
        options.binary_location = binary
        for flag in (*FLAGS, f"--user-data-dir={folder}/profile"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver_path))
        try:
            tell: Callable[..., Any] = driver.execute_cdp_cmd
            tell("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
            tell("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(downloads)})
            tell("Browser.grantPermissions", {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]})
            yield Browser(driver, downloads)
        finally:
            driver.quit()
