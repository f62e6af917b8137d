import pytest

from tests.hardware.web.site import Site


@pytest.fixture(scope="session")
def shared_site():
    made = Site()
    yield made
    made.close()


@pytest.fixture
def site(shared_site):
    """The site, with a door that has just opened."""
    shared_site.stand.asked.clear()
    shared_site.do(shared_site.hand._wait_no_more)
    shared_site.do(shared_site.hand._put_down)
    shared_site.opens()
    return shared_site


@pytest.fixture
def page(site):
    made = site.page()
    made.picture(1)
    yield made
    made.close()


@pytest.fixture
def other(site):
    """A second page."""
    made = site.page()
    made.picture(1)
    yield made
    made.close()
