"""Lists of names are in the order in which people here look for them."""

from collector import sorting


def test_accents_case_and_the_letter_d_put_nobody_behind_x():
    names = ["Xuân", "Đông", "Ủng", "Ân", "an", "Dương", "Âu", "Ơn", "đá"]

    assert sorted(names, key=sorting.key) == ["an", "Ân", "Âu", "đá", "Đông", "Dương", "Ơn", "Ủng", "Xuân"]


def test_names_that_differ_by_accents_only_stay_apart():
    assert sorting.key("Lê") != sorting.key("Lẹ")
    assert sorting.key("Lê") == sorting.key("Lê")
