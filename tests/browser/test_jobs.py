"""How far a job is, as its owner sees it: by script and without, by keyboard, on a phone, through a restart."""

import re
import uuid

from playwright.sync_api import expect

from tests.browser.accessible import DESK, PHONE, violations


def jobs_of(site):
    """The addresses of the two jobs that "waiting" has, and what changes one."""
    rows = site.ask("SELECT uuid FROM chat_job WHERE kind = 'test.nobody' ORDER BY id")

    def change(number: int, **fields: object) -> None:
        columns = ", ".join(f"{name} = ?" for name in fields)
        site.ask(f"UPDATE chat_job SET {columns} WHERE uuid = ?", *fields.values(), rows[number][0])

    return [f"/jobs/{uuid.UUID(row[0])}/" for row in rows], change


def test_a_job_is_followed_cancelled_by_keyboard_and_read_without_a_script(new_context, site):
    session = site.named("waiting")
    [address, other], change = jobs_of(site)
    page = new_context(site, session).new_page()
    page.goto(address)
    status = page.get_by_role("main").get_by_role("status")
    bar = page.get_by_role("progressbar", name="In progress")
    expect(status).to_have_text("Waiting to start")
    expect(bar).not_to_have_attribute("max", re.compile("."))
    assert violations(page, DESK) == []

    change(0, status="running", done=30, total=120)
    expect(status).to_have_text("In progress")
    expect(page.get_by_text("30 of 120")).to_be_visible()
    expect(bar).to_have_attribute("value", "30")
    cancel = page.get_by_role("button", name="Cancel")
    cancel.focus()
    change(0, done=60)
    expect(page.get_by_text("60 of 120")).to_be_visible()
    expect(cancel).to_be_focused()
    assert violations(page, PHONE) == []
    page.keyboard.press("Enter")
    expect(status).to_have_text("Cancelled")
    expect(cancel).to_have_count(0)
    expect(bar).to_have_count(0)
    expect(page.locator(".job")).to_be_focused()
    assert page.url.endswith(address)

    plain = new_context(site, session, java_script_enabled=False).new_page()
    plain.goto(other)
    change(1, status="running", done=1, total=2)
    expect(plain.get_by_text("1 of 2")).to_be_visible()  # it renews itself
    change(1, status="failed", error="job_interrupted", ended_at="2026-01-01")
    plain.reload()
    expect(plain.get_by_text("interrupted too many times")).to_be_visible()
    expect(plain.get_by_role("button", name="Cancel")).to_have_count(0)
