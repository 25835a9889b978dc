"""What is downloaded leaves its page as it was."""

import re

from conftest import HOME, SLUG


def test_a_bundle_is_downloaded_with_a_password_twice(visit, tmp_path):
    page = visit("provider")
    page.goto(f"{HOME}/bundels")
    page.goto(page.locator("main th a").first.get_attribute("href"))
    page.get_by_text("Downloaden met een wachtwoord").click()
    for time in ["one", "two"]:
        page.get_by_label("Wachtwoord", exact=True).fill("vier losse woorden samen")
        page.get_by_label("Wachtwoord nog een keer").fill("vier losse woorden samen")
        with page.expect_download() as download:
            page.get_by_role("button", name="Download met wachtwoord").click()
        file = tmp_path / f"{time}.zip"
        download.value.save_as(file)
        assert file.read_bytes().startswith(b"PK")


def test_a_form_whose_sending_was_broken_off_can_be_sent_again(visit):
    page = visit("support")
    page.goto("/toegang")
    # Nothing comes of it, and the page stays.
    page.route("**/toegang", lambda route: route.fulfill(status=204) if route.request.method == "POST" else route.continue_())
    page.get_by_label("Organisatie", exact=True).select_option(SLUG)
    page.get_by_label("Waarvoor").fill("Een token van de proef")
    button = page.get_by_role("button", name="Token maken")
    button.click()
    page.locator("button[aria-disabled]").wait_for()
    page.keyboard.press("Escape")
    page.locator("button[aria-disabled]").wait_for(state="detached")
    page.unroute("**/toegang")
    button.click()
    page.get_by_text(re.compile("Bewaar dit token nu")).wait_for()
