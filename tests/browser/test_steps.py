"""The pages on the way to something: what is asked before it is done, and what is said once it is."""

import io
import pathlib
import re
import zipfile

from conftest import HOME, check, picture

WIDTHS = {"telefoon": 390, "bureau": 1280}
EXPORT = pathlib.Path(__file__).parents[2] / "fixtures/de-beste-zorg"


def look(page, name):
    for width, pixels in WIDTHS.items():
        page.set_viewport_size({"width": pixels, "height": 900})
        check(page, f"{name}, {width}")
        picture(page, f"{name}-{width}")


def test_the_steps_of_a_letter(visit):
    page = visit("provider")
    page.goto(f"{HOME}/brief")
    text = page.get_by_label("Tekst van de brief")
    text.fill(text.input_value().replace("groet", "groeten"))
    page.get_by_role("button", name="Bewaar en publiceer").click()
    page.get_by_role("button", name="Publiceer de brief").wait_for()
    look(page, "provider-publiceren")
    page.goto(f"{HOME}/brief/concept/weggooien")
    look(page, "provider-concept-weggooien")
    page.goto(f"{HOME}/brief/publiceren")
    page.get_by_role("button", name="Publiceer de brief").click()
    page.get_by_text("De brief is gepubliceerd").first.wait_for()
    look(page, "provider-gepubliceerd")
    page.goto(f"{HOME}/brief/versies")
    page.goto(page.locator("main th a").last.get_attribute("href"))
    look(page, "provider-versie")
    page.goto(f"{HOME}/brief/standaard")
    page.get_by_role("button", name="Gebruik de brief uit de export").wait_for()
    look(page, "provider-brief-uit-export")


def test_the_steps_of_an_invitation(visit):
    page = visit("provider")
    page.goto(f"{HOME}/uitnodigingen?status=open")
    page.goto(page.locator("main th a").first.get_attribute("href"))
    address = page.url
    for step, name in [("intrekken", "provider-uitnodiging-intrekken"), ("vervangen", "provider-nieuwe-brief")]:
        page.goto(f"{address}/{step}")
        look(page, name)


def test_what_is_said_when_a_page_cannot_be_had(visit):
    page = visit("provider")
    page.goto("/bestaat-niet")
    page.complaints.clear()
    look(page, "niet-gevonden")
    page.goto(f"{HOME}/brief")
    page.context.clear_cookies()
    page.get_by_role("button", name="Bewaar als concept").click()
    page.get_by_text("is niet bewaard").first.wait_for()
    page.complaints.clear()
    look(page, "sessie-voorbij")


def test_the_steps_of_a_token(visit):
    page = visit("support")
    page.goto("/toegang")
    page.get_by_label("Waarvoor").fill("De voorbeelden in de pijplijn")
    page.locator("label[for=rol-ci]").click()
    page.get_by_role("button", name="Token maken").click()
    page.get_by_text(re.compile("brievenbus_[0-9A-Za-z]{20,}")).first.wait_for()
    # A picture of it would be one of a token.
    page.evaluate(
        """() => {
            const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            while (texts.nextNode()) {
                const text = texts.currentNode;
                text.data = text.data.replace(/(brievenbus_)[0-9A-Za-z]+/, (all, head) => head + 'x'.repeat(all.length - head.length));
            }
            for (const field of document.querySelectorAll('input')) {
                field.value = field.value.replace(/(brievenbus_)[0-9A-Za-z]+/, '$1xxxxxxxx');
            }
        }"""
    )
    look(page, "support-token-gemaakt")
    page.goto("/toegang")
    page.goto(page.get_by_role("link", name=re.compile("Intrekken.*pijplijn")).first.get_attribute("href"))
    look(page, "support-token-intrekken")
    page.get_by_role("button", name="Ja, trek het in").click()
    page.get_by_text("ingetrokken").first.wait_for()


def test_the_steps_of_an_import(visit):
    page = visit("support")
    page.goto(f"{HOME}/import")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as export:
        for file in sorted(EXPORT.rglob("*")):
            if file.is_file():
                export.write(file, file.relative_to(EXPORT))
    page.get_by_label("De export als zip").set_input_files(
        {"name": "export.zip", "mimeType": "application/zip", "buffer": packed.getvalue()}
    )
    page.get_by_role("button", name="Inlezen").click()
    page.get_by_role("heading", name="De export is ingelezen").wait_for()
    look(page, "support-import-verslag")


def test_the_steps_of_a_batch(visit):
    page = visit("support")
    page.goto(f"{HOME}/batches/nieuw?team=1201&team=3201")
    page.get_by_role("button", name="Controleren").click()
    ask = page.get_by_role("button", name=re.compile(r"brie(f|ven) aanvragen"))
    ask.wait_for()
    look(page, "support-controle")
    ask.click()
    page.wait_for_url(re.compile(r"/batches/[0-9A-Z]{26}"))
    # A batch is quickly done: of the next ones, one will still wait when somebody wants to cancel it.
    for _ in range(20):
        address = page.evaluate(
            """async (home) => {
                const sent = new URLSearchParams({ stap: 'aanvragen' });
                for (const team of ['1201', '1202', '1101', '3201']) sent.append('team', team);
                const answer = await fetch(`${home}/batches/nieuw`, { method: 'POST', body: sent });
                return new URL(answer.url).pathname;
            }""",
            HOME,
        )
        page.goto(f"{address}/annuleren")
        if page.get_by_role("button", name=re.compile("Ja")).count():
            break
    page.get_by_role("button", name="Ja, annuleer de batch").wait_for()
    look(page, "support-batch-annuleren")
