"""A card with both packages, one command, and a machine is an office: broker, centre, road and door as services."""

import pytest

from tests.device.container import MAKING_S
from tests.device.new_box import make_card, make_packages, stock_card, switched_on

pytestmark = [pytest.mark.device, pytest.mark.guest, pytest.mark.timeout(MAKING_S + 500)]


@pytest.fixture(scope="module")
def seen(root, tmp_path_factory):
    work = tmp_path_factory.mktemp("card")
    make_packages(work)
    card = stock_card(work / "bootfs")
    packages = [work / f"{name}_0.1.0_amd64.deb" for name in ("entrance-kiosk", "entrance-kiosk-centre")]
    make_card(card, *(part for package in packages for part in ("--package", package)))
    return switched_on(root, card, "office.sh", tmp_path_factory.mktemp("box"))[1]


def test_one_command_makes_it_an_office_whose_services_run(seen):
    assert seen["services"] == "active active active active", seen["office"] + seen["journal"]


def test_its_box_and_its_centre_hear_each_other(seen):
    assert (seen["line"], seen["box"]) == ("line up", "online"), seen["journal"]


def test_the_centres_files_are_its_users_and_the_boxs_the_doors(seen):
    assert (seen["centre_owners"], seen["box_owners"]) == ("entrance-collector", "entrance-kiosk")


def test_the_brokers_user_reads_its_own_files_only(seen):
    assert (seen["broker_user"], seen["readable"]) == ("mosquitto", "server.key"), seen["journal"]


def test_made_again_nothing_is_done_but_a_start(seen):
    assert seen["done_again"] == "services"
