"""How far journals are complete: by memory where that is sure, and by the database where not."""

from hypothesis import given
from hypothesis import strategies as st

from collector.ingest import marks
from collector.ingest.marks import Extent, Marks, further

ONE, TWO = ("cong-chinh", 1), ("cong-sau", 2)


class Asked:
    """A database that answers, and remembers what it was asked."""

    def __init__(self, *answers):
        self.questions = []
        self._answers = list(answers)

    def __call__(self, claims):
        self.questions.append(dict(claims))
        return self._answers.pop(0)


def seen(through, journal=ONE):
    """What remembers one journal."""
    remembers = Marks()
    remembers.keep({journal: Extent(through, through, is_all=True)})
    return remembers


def nobody(_claims):
    raise AssertionError("nobody is to be asked")


def test_a_batch_that_goes_on_needs_no_question():
    assert seen(4).move({ONE: [(5, 5), (6, 9)]}, {}, nobody) == {ONE: Extent(9, 4, is_all=True)}


def test_the_order_within_a_batch_does_not_matter():
    assert seen(4).move({ONE: [(7, 7), (5, 5), (6, 6)]}, {}, nobody)[ONE].through == 7


def test_what_was_there_already_needs_no_question():
    assert seen(4).move({ONE: [(2, 2), (3, 4)]}, {}, nobody) == {ONE: Extent(4, 4, is_all=True)}


def test_a_journal_that_was_never_seen_is_asked_for():
    ask = Asked({ONE: Extent(3, 0, is_all=True)})

    assert Marks().move({ONE: [(3, 3)]}, {ONE: 2}, ask) == {ONE: Extent(3, 0, is_all=True)}
    assert ask.questions == [{ONE: 2}]


def test_a_hole_is_asked_for_until_it_is_filled():
    remembers = seen(4)
    hole, filled = {ONE: Extent(4, 4, is_all=False)}, {ONE: Extent(6, 4, is_all=True)}
    ask = Asked(hole, filled)

    remembers.keep(remembers.move({ONE: [(6, 6)]}, {}, ask))
    remembers.keep(remembers.move({ONE: [(5, 5)]}, {}, ask))

    assert len(ask.questions) == 2
    assert remembers.move({ONE: [(7, 7)]}, {}, nobody)[ONE].through == 7


def test_a_claim_beyond_what_is_known_is_asked_for():
    ask = Asked({ONE: Extent(9, 4, is_all=True)})

    seen(4).move({ONE: [(9, 9)]}, {ONE: 8}, ask)

    assert ask.questions == [{ONE: 8}]


def test_only_what_is_not_known_is_asked_for():
    ask = Asked({TWO: Extent(1, 0, is_all=True)})

    found = seen(4).move({ONE: [(5, 5)], TWO: [(1, 1)]}, {}, ask)

    assert ask.questions == [{TWO: 0}]
    assert {journal: extent.through for journal, extent in found.items()} == {ONE: 5, TWO: 1}


def test_what_was_not_committed_is_not_remembered():
    remembers = seen(4)
    remembers.move({ONE: [(5, 5)]}, {}, nobody)

    assert remembers.move({ONE: [(5, 5)]}, {}, nobody)[ONE] == Extent(5, 4, is_all=True)


def test_what_is_forgotten_is_asked_for():
    remembers = seen(4)
    remembers.forget()
    ask = Asked({ONE: Extent(5, 4, is_all=True)})

    remembers.move({ONE: [(5, 5)]}, {}, ask)

    assert ask.questions == [{ONE: 0}]


def test_it_does_not_remember_without_end(monkeypatch):
    monkeypatch.setattr(marks, "MAX_REMEMBERED", 3)
    remembers = Marks()
    for number in range(10):
        remembers.keep({("a", number): Extent(1, 1, is_all=True)})

    assert len(remembers._complete) <= 4


@given(
    st.integers(0, 5),
    st.lists(st.tuples(st.integers(1, 15), st.integers(0, 3)).map(lambda s: (s[0], s[0] + s[1]))),
)
def test_an_extent_is_what_counting_one_by_one_gives(through, spans):
    filled = {place for first, last in spans for place in range(first, last + 1)}
    counted = through
    while counted + 1 in filled:
        counted += 1

    extent = further(through, sorted(spans))

    assert extent.through == counted
    assert extent.is_all == (max(filled, default=0) <= counted)
