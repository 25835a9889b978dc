"""What the tests in the browser share: Debian's Chromium, the service that tests/browser.rs started, and somebody at it.

The service is described by the environment variable BRIEVENBUS_SERVICE, a JSON object: its address, the slug of its
organisation, a token for support and one for the provider, and where screenshots go, if anywhere.
"""

import json
import os
import pathlib
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

SERVICE = json.loads(os.environ["BRIEVENBUS_SERVICE"])
URL = SERVICE["url"]
SLUG = SERVICE["organisation"]
HOME = f"/organisaties/{SLUG}"
PATIENCE = 60_000  # milliseconds; a busy machine is slow, not wrong
# The cookies of whoever has signed in, by role.
SIGNED_IN = {}


@pytest.fixture(scope="session")
def chromium():
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium):
    """Opens a browser for somebody new: visit(role), with the options of a context."""
    contexts = []

    def open_for(role=None, **options):
        # Everybody signs in once: more often in a minute looks like guessing, and is held off.
        context = chromium.new_context(base_url=URL, locale="nl-NL", storage_state=SIGNED_IN.get(role), **options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda said: said.type == "error" and page.complaints.append(said.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        if role and role not in SIGNED_IN:
            sign_in(page, role)
            SIGNED_IN[role] = context.storage_state()
        elif role:
            page.goto("/")
        return page

    yield open_for
    for context in contexts:
        context.close()


def sign_in(page, role):
    page.goto("/aanmelden")
    page.get_by_label("Token").fill(SERVICE[role])
    page.get_by_role("button", name="Aanmelden").click()
    page.wait_for_url(lambda address: "aanmelden" not in address)


def nothing_under_way(page):
    """Waits until no batch is under way: what is counted on a page would change while somebody looks at it."""
    head = {"Authorization": f"Bearer {SERVICE['support']}"}
    until = time.monotonic() + PATIENCE / 1000
    while True:
        batches = page.request.get("/api/v1/batches", headers=head).json()
        under_way = [batch["id"] for batch in batches["items"] if batch["state"] in ("queued", "working")]
        if not under_way:
            return
        assert time.monotonic() < until, f"still under way: {under_way}"
        time.sleep(0.2)


def check(page, name):
    """What holds for every page: nothing for axe to find, no sideways scrolling, nothing that the browser complains of."""
    found = Axe().run(page).response["violations"]
    told = [f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in found for node in rule["nodes"]]
    assert not told, f"{name}:\n" + "\n".join(told)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{name} is {wide} px wider than the window"
    assert not page.complaints, f"{name}: {page.complaints}"


def picture(page, name):
    """Keeps a screenshot of the whole page, when somebody wants them."""
    if folder := SERVICE.get("screenshots"):
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        window = page.viewport_size
        # What stays at the bottom of the window would otherwise stand in the middle of the page.
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": window["width"], "height": max(height, window["height"])})
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
        page.set_viewport_size(window)
