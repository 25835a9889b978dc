"""Support submits a batch and watches it to its end."""

import json
import re
import zipfile

from conftest import HOME, SLUG, check, nothing_under_way


def test_support_submits_a_batch_and_watches_it_to_done(visit, tmp_path):
    page = visit("support")
    # A client may be in two teams: what another batch makes would be missing below.
    nothing_under_way(page)
    page.goto(HOME)
    page.get_by_label("Kies Wijkteam Noord", exact=True).check()
    page.get_by_role("button", name="Nieuwe batch voor deze locaties").click()
    page.locator("label", has_text="Rechts").click()
    assert page.get_by_label("Rechts").is_checked()
    page.get_by_role("button", name="Controleren").click()
    letters = page.get_by_role("button", name=re.compile(r"brie(f|ven) aanvragen"))
    count = int(letters.inner_text().split()[0])
    assert count > 0
    check(page, "de controle")
    letters.click()
    page.wait_for_url(re.compile(r"/batches/[0-9A-Z]{26}"))
    # The page tells by itself; nobody presses anything.
    page.get_by_text("Klaar", exact=True).first.wait_for()
    page.get_by_role("link", name=re.compile("Download")).first.wait_for()
    check(page, "een batch die klaar is")
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("Download")).first.click()
    file = tmp_path / "bundel.zip"
    download.value.save_as(file)
    names = zipfile.ZipFile(file).namelist()
    assert len([name for name in names if name.startswith("brieven/")]) == count
    assert "overzicht.csv" in names


def test_the_same_form_sent_twice_is_one_batch(visit):
    page = visit("support")
    page.goto(HOME)
    page.get_by_label("Kies Wijkteam Zuid", exact=True).check()
    page.get_by_role("button", name="Nieuwe batch voor deze locaties").click()
    page.get_by_role("button", name="Controleren").click()
    page.get_by_role("button", name=re.compile(r"brie(f|ven) aanvragen")).wait_for()
    # As an impatient hand does, twice at once.
    batches = page.evaluate(
        """async () => {
            const form = document.querySelector('button[value="aanvragen"]').form;
            const sent = new URLSearchParams(new FormData(form));
            sent.append('stap', 'aanvragen');
            const send = () => fetch(form.action, { method: 'POST', body: sent });
            const answers = await Promise.all([send(), send()]);
            return answers.map((answer) => new URL(answer.url).pathname);
        }"""
    )
    assert re.fullmatch(r"/batches/[0-9A-Z]{26}", batches[0])
    assert batches[0] == batches[1]


def watched(page, events, document=None):
    """Opens the page of a batch as if it were under way, with these answers to who follows it, one after the other: the
    data of an event, or a status. What is asked for the page once more gets the status `document`.
    """
    page.goto("/batches")
    address = page.locator("main th a").last.get_attribute("href")
    page.goto(address)
    team = page.locator("tr[data-team]").first.get_attribute("data-team")
    follow = f"/api/v1{address}/events"
    left = list(events)

    def answer(route):
        event = left.pop(0) if left else 401
        if isinstance(event, int):
            route.fulfill(status=event)
            return
        name, changes = event
        data = {"id": team, "name": "", "cancelling": False, "expected": 4, "made": 1} | changes
        body = f"retry: 100\nevent: {name}\ndata: {json.dumps({'teams': [data]})}\n\n"
        route.fulfill(content_type="text/event-stream", body=body)

    def shown(route):
        if route.request.resource_type != "document":
            route.fulfill(status=document)
            return
        html = route.fetch().text()
        changed = html.replace('id="voortgang"', f'id="voortgang" data-events="{follow}"')
        assert changed != html
        route.fulfill(content_type="text/html; charset=utf-8", body=changed)

    page.route(f"**{follow}", answer)
    page.route(f"**{address}", shown)
    page.goto(address)


def test_a_team_that_is_being_cancelled_says_so_and_the_page_says_when_it_hears_no_more(visit):
    page = visit("support")
    watched(page, [("progress", {"state": "working", "cancelling": True})])
    page.locator("[data-state]").get_by_text("Wordt geannuleerd").first.wait_for()
    page.locator("#melding").get_by_text("De voortgang wordt niet meer bijgewerkt").wait_for()
    # What was said of the team last still stands.
    assert page.locator("[data-state]").first.inner_text() == "Wordt geannuleerd"


def test_the_end_of_a_batch_is_said_when_its_page_cannot_be_had(visit):
    page = visit("support")
    watched(page, [("end", {"state": "done", "made": 4})], document=503)
    page.locator("#melding").get_by_text("De batch is afgelopen").wait_for()


def test_a_form_without_a_location_keeps_what_was_filled_in(visit):
    page = visit("support")
    page.goto(f"{HOME}/batches/nieuw?team=1103")
    page.get_by_label("Datum op de brief").fill("2026-12-01")
    page.get_by_label("Op adres").check()
    page.locator("input[name=team]").uncheck()
    page.get_by_role("button", name="Controleren").click()
    page.get_by_role("link", name=re.compile("Er is geen locatie gekozen")).click()
    assert page.evaluate("document.activeElement.name") == "team"
    assert page.get_by_label("Datum op de brief").input_value() == "2026-12-01"
    assert page.get_by_label("Op adres").is_checked()


def test_a_bundle_is_looked_at_from_its_batch(visit):
    page = visit("support")
    page.goto("/batches")
    page.goto(page.locator("main th a").last.get_attribute("href"))
    page.get_by_role("link", name=re.compile("^Bekijk")).first.click()
    page.wait_for_url(re.compile(f"/organisaties/{SLUG}/bundels/[0-9A-Z]+"))
