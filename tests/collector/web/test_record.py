"""The record of processing: what the law asks for, as the place is set today."""

import pytest

from collector.models import Place


@pytest.fixture
def told(client, offices):
    """The record, as text."""

    def told(**change):
        Place.objects.filter(pk=offices.place.pk).update(**change)
        return " ".join(client.get(f"/places/{offices.place.pk}/record/").content.decode().split())

    return told


def test_it_names_controller_purpose_data_recipients_time_and_protection(told):
    html = told(keep_days=45, help_desk="0212 385 1234")

    for heading in (
        "Bên kiểm soát dữ liệu",
        "Mục đích xử lý",
        "Chủ thể dữ liệu",
        "Loại dữ liệu",
        "Nơi lưu giữ",
        "Thời gian lưu",
        "Ai được xem tên",
        "Cung cấp cho bên khác",
        "Biện pháp bảo vệ",
        "Quyền của chủ thể dữ liệu",
    ):
        assert f"<dt>{heading}</dt>" in html
    assert "Sơn La" in html
    assert "45 ngày" in html
    assert "0212 385 1234" in html
    assert "91/2025/QH15" in html


def test_it_names_who_sees_names_here_and_nobody_from_elsewhere(told, client, client_of, offices):
    clerk = client_of("clerk", unit=offices.province).user.username
    stranger = client_of("manager", place=offices.elsewhere).user.username
    auditor = client_of("auditor", everywhere=True).user.username

    html = told()

    seeing, _, others = html.partition("nhưng không xem tên")
    assert client.user.username in seeing
    assert clerk in seeing
    assert auditor in others
    assert stranger not in html


def test_who_was_shut_out_sees_nothing_any_more(told, client_of):
    gone = client_of("clerk").user
    gone.is_active = False
    gone.save()

    assert gone.username not in told()


def test_it_names_what_is_asked(told):
    questions = [{"id": "x", "text": {"vi": "<b>Có sốt không?</b>"}}]

    assert "&lt;b&gt;Có sốt không?&lt;/b&gt;" in told(questions=questions)


def test_of_a_public_place_it_says_that_no_names_are_kept(told):
    html = told(kind=Place.PUBLIC)

    assert "Không lưu gì của khách" in html
    assert "ngày sinh" not in html


def test_only_who_sets_the_place_sees_it(client_of, offices):
    assert client_of("clerk").get(f"/places/{offices.place.pk}/record/").status_code == 403
