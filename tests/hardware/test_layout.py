"""Words fit: nothing is cut, nothing overflows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.breaking import BORDER
from hardware.layout import Box, Wish, fit, height_fitted, height_of, stack

words = st.text("abcỄỰẳ·1", min_size=1, max_size=12)
sentences = st.lists(words, min_size=1, max_size=8).map(" ".join)
widths = st.integers(40, 900)
heights = st.integers(60, 700)


def ruler(text, size_px):
    return 0.6 * size_px * len(text)


def wish(text, largest=80, smallest=20, patience=0.8):
    return Wish(text, ruler, largest, smallest, patience)


def letters(text):
    return text.replace("·", "").replace(" ", "").replace("\u00a0", "")


@given(sentences, widths, heights)
def test_no_text_leaves_its_box(text, width, height):
    fitted = fit(wish(text), width, height)
    assert fitted.width_px <= width
    assert fitted.height_px <= height
    assert all(ruler(line, fitted.size_px) <= width for line in fitted.lines)


@given(sentences, widths, heights)
def test_no_letter_is_lost(text, width, height):
    fitted = fit(wish(text), width, height)
    assert letters("".join(fitted.lines)) == letters(text)


@given(sentences, widths, heights, st.integers(10, 90))
def test_no_text_is_larger_than_wished(text, width, height, largest):
    assert fit(wish(text, largest), width, height).size_px <= largest


@given(st.lists(sentences, min_size=1, max_size=5), st.integers(100, 900), st.integers(150, 700))
def test_texts_below_each_other_keep_within_their_column(texts, width, height):
    fitted = stack([wish(text) for text in texts], width, height, 0)
    assert sum(text.height_px for text in fitted) <= height
    assert all(text.width_px <= width for text in fitted)


def test_a_short_text_has_its_largest_size_on_one_line():
    assert fit(wish("XIN CHÀO"), 900, 300).size_px == 80
    assert fit(wish("XIN CHÀO"), 900, 300).lines == ("XIN CHÀO",)


def test_a_text_shrinks_a_little_before_it_wraps():
    fitted = fit(wish("XIN CHÀO"), 340, 300)
    assert fitted.lines == ("XIN CHÀO",)
    assert 64 <= fitted.size_px < 80


def test_a_text_wraps_before_it_shrinks_much():
    assert len(fit(wish("Mời đưa thẻ hoặc mã QR"), 400, 400).lines) > 1


def test_lines_come_out_of_nearly_the_same_length():
    assert fit(wish("một hai ba bốn", 50, 50), 360, 400).lines == ("một hai", "ba bốn")


def test_a_name_is_broken_before_its_year_when_that_takes_no_more_lines():
    assert fit(wish("NGUYỄN V. THỬ · 1999", 50, 50), 480, 400).lines == ("NGUYỄN V. THỬ", "1999")


def test_a_year_stays_on_the_line_of_the_name_where_a_line_would_be_added():
    lines = fit(wish("NGUYỄN P. H. T. TƯỜNG VY · 1990", 50, 50), 480, 400).lines
    assert len(lines) == 2
    assert lines[1].endswith("·\u00a01990")


def test_no_line_begins_with_the_dot_of_a_border():
    for width in range(200, 900, 10):
        lines = fit(wish(f"MỘT HAI{BORDER}BA{BORDER}BỐN", 50, 30), width, 400).lines
        assert not any(line.startswith("·") for line in lines)


def test_words_bound_by_a_no_break_space_shrink_instead_of_wrapping():
    assert fit(wish("0982\u00a0688\u00a0084", 80, 20, 0), 200, 300).lines == ("0982\u00a0688\u00a0084",)


def test_a_word_that_is_too_wide_is_broken_at_the_smallest_size_only():
    fitted = fit(wish("x" * 60, 80, 20), 240, 300)
    assert fitted.size_px == 20
    assert len(fitted.lines) == 3


def test_a_text_far_too_long_goes_below_its_smallest_size_rather_than_be_cut():
    fitted = fit(wish("từ " * 200, 80, 20), 200, 100)
    assert fitted.size_px < 20
    assert fitted.height_px <= 100


def test_an_empty_text_is_one_empty_line():
    assert fit(wish(""), 100, 100).lines == ("",)


def test_no_texts_take_no_room():
    assert stack([], 100, 100, 5) == []


def test_small_texts_keep_legible_while_large_ones_give_way():
    title, note = stack([wish("MỘT HAI", 200, 40), wish("ba bốn", 30, 26)], 900, 190, 0)
    assert note.size_px >= 26
    assert title.size_px < 140


@pytest.mark.parametrize(
    ("other", "overlaps"),
    [(Box(10, 0, 5, 5), False), (Box(9, 9, 5, 5), True), (Box(0, 10, 9, 9), False), (Box(2, 2, 1, 1), True)],
)
def test_boxes_that_only_touch_do_not_overlap(other, overlaps):
    assert Box(0, 0, 10, 10).overlaps(other) is overlaps


def test_two_lines_are_a_pitch_higher_than_one():
    assert height_of(2, 100) - height_of(1, 100) == 133


@given(st.lists(sentences, min_size=1, max_size=4), st.integers(100, 900), st.integers(150, 700))
def test_texts_below_each_other_have_their_smallest_sizes_wherever_all_fit_so(texts, width, height):
    wishes = [wish(text, 90, smallest) for text, smallest in zip(texts, (40, 30, 24, 20), strict=False)]
    at_smallest = [
        fit(Wish(one.text, ruler, one.smallest_px, one.smallest_px), width, height) for one in wishes
    ]
    whole = all(
        text.size_px == one.smallest_px and ruler(max(one.text.split(), key=len), one.smallest_px) <= width
        for text, one in zip(at_smallest, wishes, strict=True)
    )
    if whole and sum(text.height_px for text in at_smallest) <= height:
        fitted = stack(wishes, width, height, 0)
        assert all(text.size_px >= one.smallest_px for text, one in zip(fitted, wishes, strict=True))


def test_the_largest_of_texts_gives_way_first_where_not_all_fit():
    title, note = stack([wish("MỘT HAI BA", 90, 80), wish("bốn", 30, 30)], 900, 120, 0)
    assert note.size_px == 30
    assert title.size_px < 80


def test_a_word_too_wide_for_its_size_is_whole_down_to_half_of_that():
    fitted = fit(wish("x" * 30, 80, 40), 400, 300)
    assert fitted.lines == ("x" * 30,)
    assert 20 <= fitted.size_px < 40


def test_a_list_is_broken_between_its_parts_when_that_takes_no_more_lines():
    lines = fit(wish(f"một hai{BORDER}ba bốn{BORDER}năm", 50, 50), 560, 400).lines
    assert [line.replace("\u00a0", " ") for line in lines] == ["một hai · ba bốn", "năm"]


def test_no_break_spaces_of_a_text_stay():
    text = f"một\u00a0hai{BORDER}ba"
    assert "một\u00a0hai" in " ".join(fit(wish(text, 50, 50), 230, 400).lines)


@given(sentences, widths, heights)
def test_a_height_told_without_fitting_is_that_of_the_fitted_text(text, width, height):
    assert height_fitted(wish(text), width, height) == fit(wish(text), width, height).height_px
