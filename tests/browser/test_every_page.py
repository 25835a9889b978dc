"""Every page, on a phone and on a desk, by day and by night: nothing for axe to find, nothing wider than the window."""

import pytest
from conftest import HOME, check, picture

WIDTHS = {"telefoon": 390, "bureau": 1280}

SUPPORT = {
    "organisaties": "/organisaties",
    "locatiegram": HOME,
    "nieuwe-batch": f"{HOME}/batches/nieuw?team=1103",
    "batches": "/batches",
    "clienten": f"{HOME}/clienten",
    "import": f"{HOME}/import",
    "toegang": "/toegang",
    "logboek": "/logboek",
}
PROVIDER = {
    "overzicht": HOME,
    "bundels": f"{HOME}/bundels",
    "uitnodigingen": f"{HOME}/uitnodigingen",
    "brief": f"{HOME}/brief",
    "versies": f"{HOME}/brief/versies",
    "voorkeuren": f"{HOME}/voorkeuren",
    "caren": f"{HOME}/voorkeuren/caren",
}


def view(visit, role, width, scheme):
    size = {"width": width, "height": 900}
    return visit(role, viewport=size, color_scheme=scheme)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("role,pages", [("support", SUPPORT), ("provider", PROVIDER)])
def test_pages(visit, role, pages, width, scheme):
    page = view(visit, role, WIDTHS[width], scheme)
    for name, address in pages.items():
        answer = page.goto(address)
        assert answer.status == 200, f"{address} answered {answer.status}"
        page.wait_for_load_state("networkidle")
        check(page, f"{name}, {width}, {scheme}")
        if scheme == "light":
            picture(page, f"{role}-{name}-{width}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_pages_below_a_list(visit, width, scheme):
    """Those whose address has an id in it."""
    page = view(visit, "provider", WIDTHS[width], scheme)
    for name, address, link in [
        ("bundel", f"{HOME}/bundels", "th a"),
        ("uitnodiging", f"{HOME}/uitnodigingen", "th a"),
    ]:
        page.goto(address)
        page.goto(page.locator(f"main {link}").first.get_attribute("href"))
        check(page, f"{name}, {width}, {scheme}")
        if scheme == "light":
            picture(page, f"provider-{name}-{width}")
    page = view(visit, "support", WIDTHS[width], scheme)
    page.goto("/batches")
    page.goto(page.locator("main th a").last.get_attribute("href"))
    check(page, f"batch, {width}, {scheme}")
    if scheme == "light":
        picture(page, f"support-batch-{width}")


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_for_nobody(visit, width):
    page = view(visit, None, WIDTHS[width], "light")
    page.goto("/aanmelden")
    check(page, "aanmelden")
    picture(page, f"aanmelden-{width}")
    page.get_by_label("Token").fill("brievenbus_" + "0" * 64)
    page.get_by_role("button", name="Aanmelden").click()
    page.get_by_role("alert").first.wait_for()
    # The status of the answer is an error, which the browser says too.
    page.complaints.clear()
    check(page, "aanmelden met een verkeerd token")


def test_a_page_that_is_not_there(visit):
    page = visit("provider")
    for address in ["/bestaat-niet", "/organisaties/een-ander", "/toegang"]:
        answer = page.goto(address)
        assert answer.status == 404
        page.complaints.clear()
        check(page, address)
