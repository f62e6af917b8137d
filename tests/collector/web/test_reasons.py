"""Why something was changed by hand: what tells of whom is not taken."""

import pytest
from django.core.exceptions import ValidationError

from collector.web import reasons

NAMES = ("Nguyễn Văn Thử", "Lò Thị Mẫu")


@pytest.mark.parametrize(
    "reason",
    [
        "gọi 0912345678",
        "gọi 0912 345 678",
        "gọi 0912.345.678",
        "gọi 09.12.34.56.78",
        "số (091)-234_5678",
        "số ０９１２３４５",
        "1234567",
        "thẻ 31/12/2026 0912 345 678",
    ],
)
def test_a_number_of_somebody_is_refused_however_it_is_written(reason):
    with pytest.raises(ValidationError, match="7 chữ số"):
        reasons.check(reason, ())


@pytest.mark.parametrize(
    "reason",
    [
        "Nguyễn Văn Thử yêu cầu",
        "NGUYEN VAN yêu cầu",
        "anh Văn  Thử đã về",
        "anh (Văn-Thử) đã về",
        "chị Thi\u0323 Ma\u0302\u0303u",
    ],
)
def test_two_words_of_a_name_are_refused_in_any_case_with_or_without_accents(reason):
    with pytest.raises(ValidationError, match="họ tên"):
        reasons.check(reason, NAMES)


@pytest.mark.parametrize(
    "reason",
    [
        "Ra cửa sau lúc 16:30 ngày 31/12/2026",
        "Ra lúc 07:30:15, ngày 1/2, phòng 301",
        "Anh Thử yêu cầu",
        "Thử ra cửa Nguyễn Huệ",
        "",
        "<script>alert(1)</script>",
        "số 123456",
    ],
)
def test_other_words_days_and_times_may_be_said(reason):
    reasons.check(reason, NAMES)
