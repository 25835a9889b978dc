"""Support submits a batch and watches it to its end."""

import re
import zipfile

from conftest import HOME, check


def test_support_submits_a_batch_and_watches_it_to_done(visit, tmp_path):
    page = visit("support")
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
