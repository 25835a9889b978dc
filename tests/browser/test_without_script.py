"""Without JavaScript everything works but what is live."""

import re

from conftest import HOME


def test_a_batch_and_a_letter(visit):
    page = visit("support", java_script_enabled=False)
    page.goto(HOME)
    page.get_by_label("Kies Wijkteam Hengelo", exact=True).check()
    page.get_by_role("button", name="Nieuwe batch voor deze locaties").click()
    page.get_by_role("button", name="Controleren").click()
    page.get_by_role("button", name=re.compile(r"brie(f|ven) aanvragen")).click()
    page.wait_for_url(re.compile(r"/batches/[0-9A-Z]{26}"))
    page.get_by_role("link", name="Nu verversen").or_(page.get_by_text("Klaar", exact=True)).first.wait_for()

    page = visit("provider", java_script_enabled=False)
    page.goto(f"{HOME}/brief")
    text = page.get_by_label("Tekst van de brief")
    text.fill(text.input_value() + "\n\nEn nog een regel zonder script.")
    page.get_by_role("button", name="Voorbeeld tonen").click()
    assert "zonder script" in page.get_by_label("Tekst van de brief").input_value()
    image = page.locator("#brief-blad img")
    assert page.request.get(image.get_attribute("src")).headers["content-type"] == "image/png"
