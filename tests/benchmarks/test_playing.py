"""What a reader is credited with, on clips of which everything is known."""

import math

import numpy as np
import pytest

from tests.benchmarks.order import seeds
from tests.benchmarks.pictures import Picture, pictures
from tests.benchmarks.playing import play
from tests.benchmarks.row import Figures
from tests.clips import Shot

TRUTH = "Nguyễn Văn Thử"
INSIDE = np.array([(10, 10), (20, 10), (20, 20), (10, 20)], float)


def shots(count=10, *, hidden=2, truth=TRUTH):
    """Frames numbered by their only level, ten a second; the code comes into view after some."""
    return [
        Shot(
            np.full((40, 40), number, np.uint8), number / 10, truth, INSIDE if number >= hidden else None, 1.0
        )
        for number in range(count)
    ]


class Fake:
    """Reads set texts off numbered frames, and takes its time over each."""

    def __init__(self, texts, *, takes_s=0.0):
        self.texts = texts
        self.takes_s = takes_s
        self.now_s = 0.0
        self.seen = []

    def read(self, luma):
        number = int(luma[0, 0])
        self.seen.append(number)
        self.now_s += self.takes_s
        return self.texts.get(number, [])

    def clock(self):
        return self.now_s


def played(reader, clip=None, **how):
    return play(reader, shots() if clip is None else clip, clock=reader.clock, **how)


def test_time_counts_from_the_first_whole_view_until_the_text_is_there():
    outcome = played(Fake({4: [TRUTH]}, takes_s=0.05))

    assert outcome.read_s == pytest.approx(0.4 + 0.05 - 0.2)
    assert (outcome.wrong, outcome.looks) == (0, 10)


def test_only_the_first_read_counts():
    assert played(Fake({4: [TRUTH], 7: [TRUTH]})).read_s == pytest.approx(0.2)


def test_what_is_read_before_the_whole_code_is_in_view_took_no_time():
    assert played(Fake({1: [TRUTH]})).read_s == 0


def test_what_is_never_read_takes_for_ever():
    assert played(Fake({})).read_s == math.inf


def test_frames_pass_by_while_the_reader_is_busy():
    reader = Fake({4: [TRUTH], 5: [TRUTH], 6: [TRUTH]}, takes_s=0.25)

    assert played(reader).read_s == pytest.approx(0.6 + 0.25 - 0.2)
    assert reader.seen == [0, 3, 6, 9]


def test_a_slower_processor_lets_more_frames_pass():
    reader = Fake({}, takes_s=0.1)

    assert played(reader, slower=4).looks == 3
    assert reader.seen == [0, 4, 8]


def test_every_text_that_is_not_the_truth_is_wrong_each_time():
    assert played(Fake({3: ["X", TRUTH], 5: ["X"]})).wrong == 2


def test_any_text_of_an_empty_clip_is_wrong():
    outcome = played(Fake({3: [TRUTH]}), shots(truth=None, hidden=99))

    assert (outcome.read_s, outcome.wrong) == (math.inf, 1)


def test_garbled_letters_are_wrong_and_count_as_read_only_where_that_is_allowed():
    garbled = {4: [TRUTH.replace("ử", "廙")]}
    strict, lenient = played(Fake(garbled)), played(Fake(garbled), exact=False)

    assert (strict.read_s, strict.wrong) == (math.inf, 1)
    assert (lenient.read_s, lenient.wrong) == (pytest.approx(0.2), 1)


@pytest.mark.parametrize(
    ("picture", "texts", "read", "wrong"),
    [
        (Picture("", "photo/dark", frozenset("A"), codes=1), {"A"}, True, 0),
        (Picture("", "photo/dark", frozenset("A"), codes=1), {"A", "B"}, True, 1),
        (Picture("", "photo/dark", frozenset("A"), frozenset("B"), codes=1), {"B"}, False, 0),
        (Picture("", "photo/dark", frozenset("A"), codes=2), {"B"}, False, 0),
        (Picture("", "negative", frozenset()), set(), True, 0),
        (Picture("", "negative", frozenset()), {"B"}, False, 1),
        (Picture(""), {"B"}, True, 0),
        (Picture(""), set(), False, 0),
    ],
    ids=["read", "one_too_many", "also_right", "more_codes_than_known", "none", "made_up", "any", "nothing"],
)
def test_a_picture_is_held_against_its_truth(picture, texts, read, wrong):
    assert (picture.is_read(texts), picture.wrong(texts)) == (read, wrong)


def test_a_manifest_tells_the_truth_with_white_space_as_one_space(tmp_path):
    (tmp_path / "manifest.tsv").write_text(
        "file\ttruth_json\tcategory\tcodes_in_image\talso_ok_json\n"
        'a.png\t["A\\n  B"]\tphoto/dark\t1\t["C"]\n'
        "b.png\t[]\tnegative\t\t[]\n",
        encoding="utf-8",
    )
    a, b = pictures(tmp_path)

    assert a == Picture(tmp_path / "a.png", "photo/dark", frozenset({"A B"}), frozenset({"C"}), 1)
    assert (b.category, b.truth, b.codes) == ("negative", frozenset(), 0)


def test_without_a_manifest_every_file_is_a_picture_of_unknown_truth(tmp_path):
    (tmp_path / "deep").mkdir()
    for name in ("b.png", "deep/a.png"):
        (tmp_path / name).touch()

    assert list(pictures(tmp_path)) == [Picture(tmp_path / "b.png"), Picture(tmp_path / "deep" / "a.png")]


def test_seeds_are_one_or_a_range():
    assert (list(seeds("3")), list(seeds("1-5"))) == ([3], [1, 2, 3, 4, 5])
    with pytest.raises(ValueError, match="smaller first"):
        seeds("5-1")


def test_what_never_happened_has_no_ratio():
    row = str(Figures(what="time", n=4, unit="s", ours=1.5, pyzbar=math.inf, zxing_cpp=math.inf))

    assert row.split()[-4:] == ["1.50", "never", "never", "-"]
