"""The guided tour, played from its first step to its last, faster than anybody reads."""

import pytest

from tests.browser.door.conftest import comes, mend

LONGEST_S = 150


@pytest.mark.parametrize("language", ["vi", pytest.param("en", marks=pytest.mark.guest)])
def test_it_runs_through_and_no_step_is_stuck(visit, language):
    page = visit("?pace=20")
    page.locator(f"button[data-language={language}]").click()
    mend(page)

    page.locator("button[data-do=tour]").click()
    comes(page, "d.tour", 20)
    comes(page, "d.tour === 'done'", LONGEST_S)

    assert page.evaluate("document.body.dataset.stuckTimes ?? '0'") == "0"
