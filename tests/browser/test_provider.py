"""A provider downloads its letters, and rewords its own: too long, mended, published."""

import re
import zipfile

from conftest import HOME, check

TOO_LONG = "Dit is een regel die er nog bij komt, en die de brief langer maakt dan hij mag zijn.\n\n" * 40


def test_a_provider_downloads_and_unzips_a_bundle(visit, tmp_path):
    page = visit("provider")
    page.get_by_role("link", name="Bundels", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("^Download")).first.click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    with zipfile.ZipFile(file) as bundle:
        assert bundle.testzip() is None
        assert bundle.read("brieven.pdf").startswith(b"%PDF")


def test_a_provider_rewords_its_letter_sees_it_too_long_mends_and_publishes_it(visit):
    page = visit("provider")
    page.get_by_role("link", name="Brief", exact=True).click()
    text = page.get_by_label("Tekst van de brief")
    was = text.input_value()
    state = page.locator("#brief-stand")
    text.fill(was + "\n\n" + TOO_LONG)
    # The preview follows what is typed.
    state.get_by_text("te lang").first.wait_for()
    check(page, "een brief die te lang is")
    page.get_by_role("button", name="Bewaar en publiceer").click()
    page.get_by_text("Maak de tekst korter").first.wait_for()
    assert page.get_by_role("button", name="Publiceer de brief").count() == 0
    page.get_by_role("link", name="Terug naar de tekst").click()
    text = page.get_by_label("Tekst van de brief")
    text.fill(was.replace("Met vriendelijke groet", "Met hartelijke groet"))
    state.get_by_text("te lang").first.wait_for(state="hidden")
    page.get_by_role("button", name="Bewaar en publiceer").click()
    check(page, "publiceren")
    page.get_by_role("button", name="Publiceer de brief").click()
    page.get_by_text("De brief is gepubliceerd").first.wait_for()
    page.get_by_role("link", name="Brief", exact=True).first.click()
    assert "Met hartelijke groet" in page.get_by_label("Tekst van de brief").input_value()


def test_a_placeholder_that_is_unknown_is_pointed_at(visit):
    page = visit("provider")
    page.get_by_role("link", name="Brief", exact=True).click()
    text = page.get_by_label("Tekst van de brief")
    text.fill("Geachte [ADRESSEE_NAME],\n\nWij schrijven u.")
    fault = page.locator("#brief-stand a[data-line]").first
    fault.wait_for()
    check(page, "een brief met een onbekend invulveld")
    fault.click()
    assert page.evaluate("document.activeElement.id") == "tekst"
    assert page.evaluate("document.activeElement.selectionStart") == len("Geachte ")
    page.on("dialog", lambda dialog: dialog.accept())
