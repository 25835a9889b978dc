"""Everything works without a mouse: Tab, Shift+Tab, Space, Enter and typing are all that is used."""

import re

from conftest import HOME, SERVICE


def focused(page):
    """The name of what has the focus, as it is read out, and whether it can be seen that it has it."""
    return page.evaluate(
        """() => {
            const it = document.activeElement;
            const label = it.labels && it.labels[0] ? it.labels[0].textContent : '';
            const style = getComputedStyle(it);
            const box = it.getBoundingClientRect();
            return {
                name: (it.getAttribute('aria-label') || label || it.textContent || it.value || '').trim(),
                // The calendar of a field for a date is a button inside it, which has an outline of its own.
                outlined: style.outlineStyle !== 'none' || style.boxShadow !== 'none' || (it.type === 'date' && !it.matches(':focus')),
                seen: box.bottom > 0 && box.top < innerHeight,
                tag: it.tagName,
            };
        }"""
    )


def tab_to(page, name, most=150):
    """Goes on with Tab until the focus is on something of this name."""
    for _ in range(most):
        page.keyboard.press("Tab")
        here = focused(page)
        if here["tag"] != "BODY":
            assert here["outlined"], f"nobody sees that {here['name']!r} has the focus"
            assert here["seen"], f"{here['name']!r} has the focus outside the window"
        if re.search(name, here["name"]):
            return here
    raise AssertionError(f"Tab never came to {name!r} on {page.url}")


def test_the_first_stop_skips_to_the_content(visit):
    page = visit("support")
    page.goto("/organisaties")
    page.keyboard.press("Tab")
    assert focused(page)["name"] == "Naar de inhoud"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "inhoud"


def test_signing_in_and_out(visit):
    page = visit()
    page.goto("/aanmelden")
    tab_to(page, "Token")
    page.keyboard.type(SERVICE["support"])
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "aanmelden" not in address)
    tab_to(page, "Afmelden")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/aanmelden"))


def test_support_submits_a_batch(visit):
    page = visit("support")
    page.goto(HOME)
    tab_to(page, "Kies Wijkteam Almelo")
    page.keyboard.press("Space")
    tab_to(page, "Nieuwe batch voor deze locaties")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/batches/nieuw"))
    tab_to(page, "^Links$|^Rechts$")
    page.keyboard.press("ArrowRight")
    tab_to(page, "^Controleren$")
    page.keyboard.press("Enter")
    page.get_by_role("button", name=re.compile("aanvragen$")).wait_for()
    tab_to(page, "aanvragen$")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/batches/[0-9A-Z]{26}"))


def test_a_provider_edits_its_letter(visit):
    page = visit("provider")
    page.goto(f"{HOME}/brief")
    tab_to(page, "^Tekst van de brief$")
    page.keyboard.press("Control+End")
    page.keyboard.type("\n\nTot ziens.")
    # Tab leaves the text: nobody is caught in it.
    tab_to(page, r"^\[TELEPHONE\]$")
    page.keyboard.press("Enter")
    assert page.get_by_label("Tekst van de brief").input_value().endswith("Tot ziens.[TELEPHONE]")
    page.keyboard.press("Shift+Tab")
    tab_to(page, "Bewaar als concept")
    page.keyboard.press("Enter")
    page.get_by_role("status").filter(has_text=re.compile("bewaard", re.I)).first.wait_for()


def test_an_invitation_is_reissued(visit):
    page = visit("provider")
    page.goto(f"{HOME}/uitnodigingen")
    page.goto(page.locator("main th a").first.get_attribute("href"))
    tab_to(page, "(?i)vervang|nieuwe brief|opnieuw")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/vervangen"))
    button = page.locator("main form button").inner_text()
    tab_to(page, f"^{re.escape(button)}$")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/vervangen" not in address)
    page.get_by_role("status").first.wait_for()
