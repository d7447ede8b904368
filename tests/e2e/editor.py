"""What a trainer does in the editor of the back office, by the words on the screen."""

import re

from playwright.sync_api import FrameLocator, Locator, Page, expect

ADD_BLOCK = "Insérer un bloc"


def section(page: Page, name: str) -> Locator:
    """The section of the editor under a heading."""
    return page.get_by_role("region", name=re.compile(rf"^{name}\*?$")).first


def add_block(page: Page, place: Locator, label: str) -> Locator:
    """Add a block at the end of a section; its form."""
    there = press_to_add(place)
    page.get_by_role("option", name=label, exact=True).click()
    return added_after(there, place)


def add_only_block(place: Locator) -> Locator:
    """Add a block to a section that has but one kind: no list opens."""
    return added_after(press_to_add(place), place)


def press_to_add(place: Locator) -> int:
    """Ask for a block at the end of a section, once the section is drawn; how many were there."""
    button = place.get_by_role("button", name=ADD_BLOCK).last
    expect(button).to_be_visible()
    there = children(place).count()
    button.click()
    return there


def added_after(there: int, place: Locator) -> Locator:
    """The block just added to those that were there, once it is drawn: before, the last is another."""
    expect(children(place)).to_have_count(there + 1)
    return children(place).last


def children(place: Locator) -> Locator:
    """The blocks of a section or the items of a list, those inside them left aside."""
    one = "[data-streamfield-child]"
    return place.locator(f":scope {one}:not(:scope {one} {one})")


def item(block: Locator, label: str, rank: int) -> Locator:
    """An item of the list under a label, added when there are not so many."""
    held = field(block, label)
    expect(held).to_be_visible()
    for there in range(children(held).count(), rank + 1):
        held.get_by_role("button", name="Ajouter", exact=True).last.click()
        added_after(there, held)
    return children(held).nth(rank)


def field(block: Locator, label: str) -> Locator:
    """The field of a block under a label, not that of a block inside it."""
    names = ", ".join(f":scope > label:text-is('{name}')" for name in (label, f"{label}*"))
    return block.locator(f"[data-contentpath]:has({names})").first


def write(block: Locator, label: str, text: str) -> None:
    """Type in the field under a label, plain or rich."""
    type_in(field(block, label), text)


def type_in(place: Locator, text: str) -> None:
    """Type in the one text field of a place, plain or rich."""
    control = place.locator("input:not([type=hidden]), textarea:visible, [contenteditable=true]").first
    if control.get_attribute("contenteditable"):
        control.click()
        control.page.keyboard.insert_text(text)
        # The form has it a moment later.
        kept = control.locator("xpath=ancestor::*[input[@type='hidden']][1]/input[@type='hidden']")
        expect(kept.first).to_have_value(re.compile(re.escape(text)))
    else:
        control.fill(text)


def tick(block: Locator, label: str) -> None:
    field(block, label).get_by_role("checkbox").check()


def choose(page: Page, place: Locator, button: str, title: str, search: bool = False) -> None:
    """Choose something by its title in the dialogue that a button opens."""
    dialogue = open_dialogue(page, place, button)
    if search:  # where there are more than a page
        dialogue.get_by_label("Terme de recherche").fill(title)
    dialogue.get_by_role("link", name=title).first.click()
    wait_for_its_end(page)
    expect(place).to_contain_text(title)


def upload_image(page: Page, place: Locator, title: str, content: bytes) -> None:
    """Bring a new image in from the dialogue that chooses one."""
    dialogue = open_dialogue(page, place, "Choisir une image")
    dialogue.get_by_role("tab", name="Transférer").click()
    dialogue.get_by_label("Fichier").set_input_files({"name": "image.png", "mimeType": "image/png", "buffer": content})
    dialogue.get_by_label("Titre").fill(title)
    dialogue.get_by_role("button", name="Transférer").click()
    wait_for_its_end(page)


def open_dialogue(page: Page, place: Locator, button: str) -> Locator:
    """The dialogue that a button opens, once it has come to rest: then, it takes the focus.

    By the keyboard, for a block just added opens under the mouse, and a click that ends elsewhere is none.
    """
    place.get_by_role("button", name=button).press("Enter")
    dialogue = page.get_by_role("dialog")
    expect(dialogue).to_be_focused()
    return dialogue


def wait_for_its_end(page: Page) -> None:
    """Until the dialogue is gone, and not only out of sight: going, it gives the focus back and takes it from who types."""
    expect(page.locator(".modal")).to_have_count(0)


def save(page: Page, action: str = "Enregistrer le brouillon") -> None:
    """Save the page, or publish it: `save(page, "Publier")`."""
    button = page.get_by_role("button", name=action, exact=True)
    if not button.is_visible():
        page.get_by_role("button", name="Plus d'actions").click()
    with page.expect_navigation():
        button.click()


def preview(page: Page) -> FrameLocator:
    """What the learner would see, beside the form."""
    page.get_by_role("button", name="Afficher/masquer la prévisualisation").click()
    return page.frame_locator("iframe[title='Prévisualisation']").last


def message(page: Page) -> Locator:
    return page.locator(".messages")
