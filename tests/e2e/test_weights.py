"""What a lesson weighs on the wire, as the browser counts it; learners pay by the megabyte."""

from playwright.sync_api import Page

FIRST_VIEW_BYTES, FIRST_VIEW_REQUESTS = 60_000, 10
NEXT_VIEW_BYTES = 15_000


def test_lesson_is_light_at_first_and_lighter_after(visit, road):
    page = visit("agent", width=360)
    weights = watch(page)
    page.goto(road["lesson"], wait_until="networkidle")
    assert len(weights) <= FIRST_VIEW_REQUESTS, weights
    assert sum(weights.values()) < FIRST_VIEW_BYTES, weights
    weights.clear()
    with page.expect_navigation(wait_until="networkidle"):
        page.locator("a[rel=next]").click()
    assert weights
    assert sum(weights.values()) < NEXT_VIEW_BYTES, weights


def watch(page: Page) -> dict[str, int]:
    """Bytes received by address, headers included, from now on; media (images and films of lessons) are left out."""
    weights: dict[str, int] = {}
    addresses: dict[str, str] = {}
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")

    def asked(event):
        addresses[event["requestId"]] = event["request"]["url"]

    def received(event):
        address = addresses.get(event["requestId"], "")
        if address.startswith("http") and "/media/" not in address and event["encodedDataLength"]:
            weights[address] = weights.get(address, 0) + int(event["encodedDataLength"])

    session.on("Network.requestWillBeSent", asked)
    session.on("Network.loadingFinished", received)
    return weights
