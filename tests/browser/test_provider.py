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
    assert text.get_attribute("aria-describedby") == "tekst-hint tekstfouten"
    page.on("dialog", lambda dialog: dialog.accept())
    # Who wanted to publish it is told why not, where they are.
    page.get_by_role("button", name="Bewaar en publiceer").click()
    page.get_by_text("maar niet gepubliceerd").first.wait_for()
    assert page.evaluate("document.activeElement.id") == "fouten"
    check(page, "een brief die niet gepubliceerd kan worden")
    page.locator("#fouten a").first.click()
    assert page.evaluate("document.activeElement.id") == "tekst"
    page.goto(f"{HOME}/brief/concept/weggooien")
    page.get_by_role("button", name="Gooi het concept weg").click()
    page.get_by_text("Het concept is weggegooid").first.wait_for()


def test_a_preview_that_fails_is_said_in_a_sentence(visit):
    page = visit("provider")
    page.goto(f"{HOME}/brief")
    # Every failure is such a page.
    failure = page.request.get("/bestaat-niet").text()
    page.route("**/brief/voorbeeld", lambda route: route.fulfill(status=503, content_type="text/html", body=failure))
    text = page.get_by_label("Tekst van de brief")
    text.fill(text.input_value() + "\n\nNog een regel.")
    trouble = page.locator("#brief-storing")
    trouble.wait_for()
    words = "Het voorbeeld is niet ververst. Er staat hier niets, of het is niet voor u bedoeld. Uw tekst staat er nog."
    assert trouble.inner_text() == words
    assert trouble.get_attribute("role") == "alert"


def test_what_was_typed_outlives_the_session(visit):
    page = visit("provider")
    page.goto(f"{HOME}/brief")
    text = page.get_by_label("Tekst van de brief")
    written = text.input_value() + "\n\nDit kostte een lange ochtend."
    text.fill(written)
    session = page.context.cookies()
    page.context.clear_cookies()
    page.get_by_role("button", name="Bewaar als concept").click()
    page.get_by_text("is niet bewaard").first.wait_for()
    beside = page.get_by_role("link", name=re.compile("^Aanmelden"))
    assert beside.get_attribute("target") == "_blank"
    # The status of the answer is an error, which the browser says too.
    page.complaints.clear()
    check(page, "een sessie die voorbij was")
    # Somebody signs in beside it, and comes back to the form.
    page.context.add_cookies(session)
    page.goto(f"{HOME}/brief")
    assert text.input_value() != written
    offer = page.get_by_role("button", name="Zet terug wat u had ingevuld")
    offer.wait_for()
    check(page, "een brief die teruggezet kan worden")
    offer.click()
    assert text.input_value() == written
    page.get_by_role("button", name="Bewaar als concept").click()
    page.get_by_text("bewaard als concept").first.wait_for()
    # The scripts of the page have run.
    page.wait_for_load_state("load")
    page.goto(f"{HOME}/brief")
    assert "een lange ochtend" in text.input_value()
    assert offer.count() == 0
    assert page.evaluate("Object.keys(sessionStorage)") == []


def test_a_logo_is_added_and_nothing_that_was_filled_in_is_lost(visit):
    page = visit("provider")
    page.goto(f"{HOME}/voorkeuren")
    page.get_by_label("Telefoonnummer").fill("053 765 43 21")
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="300" height="100"><rect width="300" height="100" fill="#225588"/></svg>'
    page.get_by_label("Bestand").set_input_files({"name": "ons.svg", "mimeType": "image/svg+xml", "buffer": svg})
    page.get_by_role("button", name="Voeg het logo toe").click()
    page.get_by_text("Het logo is toegevoegd").first.wait_for()
    assert page.get_by_label("Telefoonnummer").input_value() == "053 765 43 21"
    check(page, "voorkeuren met een logo")
