"""What a place asks: read from a file with every fault told, and told as a file again."""

from pathlib import Path

import pytest

from collector import questions
from collector.errors import RegistryRefused
from mqtt_bridge.wire import config
from tests.collector.conftest import run
from tests.collector.down import PLACE

ASKED = """\
[[questions]]
id = "visit"
text = { vi = "Quý vị đến làm gì?", en = "What brings you here?" }
answers = [
  { id = "work", text = { vi = "Làm việc", en = "Work" } },
  { id = "other", text = { vi = "Việc khác \\"riêng\\"" } },
]

[[questions]]
id = "fever"
text = { vi = "Có sốt không?" }
personal = true
"""


@pytest.fixture
def read(tmp_path):
    def read(text):
        file = tmp_path / "questions.toml"
        file.write_text(text)
        return questions.read(file)

    return read


def refusal(read, text):
    with pytest.raises(RegistryRefused) as refused:
        read(text)
    return str(refused.value)


def question(**change):
    facts = {"id": '"visit"', "text": '{ vi = "Làm gì?" }', **change}
    lines = (f"{name} = {value}" for name, value in facts.items() if value is not None)
    return "\n".join(("[[questions]]", *lines, ""))


def test_questions_are_read_as_they_travel(read):
    assert read(ASKED) == [
        {
            "id": "visit",
            "text": {"vi": "Quý vị đến làm gì?", "en": "What brings you here?"},
            "answers": [
                {"id": "work", "text": {"vi": "Làm việc", "en": "Work"}},
                {"id": "other", "text": {"vi": 'Việc khác "riêng"'}},
            ],
        },
        {"id": "fever", "text": {"vi": "Có sốt không?"}, "personal": True},
    ]


def test_what_is_read_is_told_as_it_was_written(read):
    assert questions.written(read(ASKED)) == ASKED


def test_what_else_a_boxs_settings_hold_is_passed_over(read):
    assert read(f'[door]\nname = "Cửa chính"\n\n{ASKED}') == read(ASKED)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (question(id='"Visit"'), "questions.0.id: not one; write 1 to 32 small letters"),
        (question(id="7"), "questions.0.id: not one"),
        (question(id=None), "questions.0.id: missing"),
        (question(text=None), "questions.0.text: missing"),
        (question(text='"Làm gì?"'), "questions.0.text: no table; write { vi = …, en = … }"),
        (question(text="{}"), "questions.0.text: no table"),
        (question(text='{ fr = "Quoi?" }'), "questions.0.text.fr: doors speak en, vi"),
        (question(text='{ vi = "" }'), "questions.0.text.vi: write one line of 1 to 120 letters"),
        (question(text='{ vi = "a\\nb" }'), "questions.0.text.vi: write one line"),
        (question(text="{ vi = 5 }"), "questions.0.text.vi: write one line"),
        (question(personal='"yes"'), "questions.0.personal: neither true nor false"),
        (question(persnal="true"), "questions.0.persnal: no such field; did you mean personal?"),
        (question(answers='[{ id = "a", text = { vi = "A" } }]'), "questions.0.answers: 1; give 2 to 9"),
        (question(answers="{}"), "questions.0.answers: not a list"),
        (question(answers='["a", "b"]'), "questions.0.answers.0: not a table"),
        (
            question(answers='[{ id = "a", text = { vi = "A" } }, { id = "a", text = { vi = "B" } }]'),
            "questions.0.answers: two have the id 'a'; give each its own",
        ),
        (
            question(answers='[{ id = "a", text = { vi = "A" } }, { id = "b", name = "B" }]'),
            "questions.0.answers.1.name: no such field",
        ),
        (question() + question(), "questions: two have the id 'visit'; give each its own"),
        (
            "".join(question(id=f'"q{number}"') for number in range(6)),
            "questions: 6 are too many; ask at most 5",
        ),
        ("[questions]\nid = 1\n", "questions: not a list of tables; begin each with [[questions]]"),
        ("questions = [1]\n", "questions.0: not a table"),
        ("", "no [[questions]] in it; --none asks nothing any more"),
        ("[[questions", "not TOML"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_path_and_what_may_stand_there(read, text, fault):
    assert fault in refusal(read, text)


def test_all_faults_are_told_at_once(read):
    said = refusal(read, question(id='"V"', personal="1") + question(text=None))

    assert [
        part.split(":")[0] for part in said.split(": ", 1)[1].split("; ") if part.startswith("questions")
    ] == [
        "questions.0.id",
        "questions.0.personal",
        "questions.1.text",
    ]


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    with pytest.raises(RegistryRefused, match="name another"):
        questions.read(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("asked", "most"), [(ASKED, 5), (question(text='{ vi = "%s" }' % ("x" * 120)), 5)], ids=["two", "long"]
)
def test_what_passes_is_what_a_door_takes(read, asked, most):
    import msgspec

    assert len(msgspec.convert(read(asked), tuple[config.Question, ...])) <= most


def test_the_command_sets_tells_and_removes(tmp_path):
    data = ("--data", str(tmp_path / "data"))
    file = Path(tmp_path / "questions.toml")
    file.write_text(ASKED)
    run("place", "set", PLACE, "--new", *data)

    asked = run("place", "questions", PLACE, str(file), *data)
    told = run("place", "questions", PLACE, *data)
    removed = run("place", "questions", PLACE, "--none", *data)

    assert (asked.stdout, told.stdout) == (f"{PLACE}: its doors ask visit, fever\n", ASKED), asked.stderr
    assert removed.stdout == f"{PLACE}: its doors ask nothing\n"
    assert run("place", "questions", PLACE, *data).stdout == ""
    assert "only without FILE" in run("place", "questions", PLACE, str(file), "--none", *data).stderr
