"""The guided tour: played from its first step to its last faster than anybody reads, hurried through, and left."""

import pytest
from playwright.sync_api import Page

from tests.browser.browsers import comes_true
from tests.virtual_door.conftest import comes, mend, painted

ELSEWHERE = pytest.mark.guest
"""Beside the tests of whole machines: each change waits for one tour only."""
LONGEST_S = 150
HURRIED_S = 90


def begin(page: Page) -> None:
    """Begin the tour, and see its first step."""
    page.locator("button[data-do=tour]").click()
    comes(page, "d.tour === 'visitor.card'", 30)


def was_stuck(page: Page) -> bool:
    return page.evaluate("document.body.dataset.stuckTimes") != "0"


@pytest.mark.parametrize("language", ["vi", pytest.param("en", marks=ELSEWHERE)])
def test_it_runs_through_and_no_step_is_stuck(visit, language):
    page = visit("?pace=20")
    page.locator(f"button[data-language={language}]").click()
    mend(page)

    begin(page)
    comes(page, "d.tour === 'done'", LONGEST_S)

    assert not was_stuck(page)


@ELSEWHERE
def test_whoever_hurries_through_it_is_not_held_up(first):
    first.goto("/?pace=20")
    mend(first)
    begin(first)

    for _ in range(HURRIED_S):
        if first.evaluate("document.body.dataset.tour") != "end":
            first.locator("#tour [data-word='tour.next']").click()
        if comes_true(first, "['done', 'end', ''].includes(document.body.dataset.tour)", 1000):
            break
    comes(first, "d.tour === 'done'", 30)

    assert not was_stuck(first)


@ELSEWHERE
def test_whoever_leaves_it_amid_a_guards_story_leaves_nothing_broken(first):
    first.goto("/?pace=20")
    mend(first)
    begin(first)
    first.locator("#tour [data-chapter=guard]").click()
    comes(first, "d.tour === 'guard.noticed'", 60)

    first.reload()

    comes(first, "d.connected === 'true' && !d.levers && !d.signs && d.state === 'waiting'", 60)


@ELSEWHERE
@pytest.mark.parametrize("keys", ["*", "098"])
def test_it_begins_whatever_a_guard_has_left_on_the_screen(first, keys):
    first.goto("/?pace=20")
    mend(first)
    first.locator("button[data-visitor=guard]").click()
    painted(first, "on_duty")
    comes(first, "d.state === 'waiting'")
    first.keyboard.type(keys)
    comes(first, "d.state !== 'waiting'")

    begin(first)
    first.locator("#tour [data-word='tour.stop']").click()
