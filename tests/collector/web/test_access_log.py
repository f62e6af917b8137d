"""What is logged of a day of requests: which page by its route, how it went, and nothing that anybody typed."""

import io
import json
import logging
from pathlib import Path

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from collector import logs
from tests.collector.conftest import Centre, run, wait_until
from tests.collector.web.conftest import PASSWORD
from tests.ports import free_port

RUNNING = Path(__file__).parents[3] / "docs" / "running.md"
SECRETS = [
    "Nguyễn Văn Thử",
    "0912345678",
    "014099000001",
    "<script>alert(1)</script>",
    "=cmd()",
    "ngô-thị-thử",
]
FIELDS = (
    "q",
    "name",
    "phone",
    "document",
    "code",
    "reason",
    "username",
    "password",
    "date",
    "answer",
    "next",
    "text",
)


@pytest.fixture
def log(request):
    """A log as a running centre begins it, with everything that it can say."""
    root, kept = logging.getLogger(), logging.getLogger().handlers[:]
    levels = {name: logging.getLogger(name).level for name in ("", "collector", *logs._QUIET)}
    written = io.StringIO()
    logs.start(getattr(request, "param", logs.JSON), written)
    logs.say_all()
    yield written
    root.handlers[:] = kept
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def lines(log):
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_a_page_is_told_of_by_its_route(log, client_of, offices):
    client = client_of("manager")
    client.get("/")

    (line,) = [one for one in lines(log) if one["logger"] == "collector.access"]

    assert line["method"] == "GET"
    assert line["route"] == "home"
    assert line["status"] in {200, 302}
    assert line["ms"] > 0
    assert line["user"] == int(client.session["_auth_user_id"])
    assert line.keys() <= logs.FIELDS.keys()


def test_a_stranger_has_no_number(log, db):
    Client().get("/login")

    (line,) = lines(log)
    assert (line["route"], "user" in line) == ("login", False)


def test_a_page_that_is_not_there_is_told_of_without_its_address(log, db):
    Client().get("/Nguyen-Van-Thu/?phone=0912345678")

    (line,) = lines(log)
    assert (line["route"], line["status"]) == ("-", 404)


def test_files_and_machines_are_not_told_of(log, db):
    for path in ("/static/collector/page.css", "/health"):
        Client().get(path).close()

    assert log.getvalue() == ""


def routes(patterns=None, before=""):
    """Every address that the centre answers at."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(one, URLResolver):
            yield from routes(one.url_patterns, before + str(one.pattern))
        elif isinstance(one, URLPattern):
            yield before + str(one.pattern)


@pytest.mark.parametrize("log", [logs.TEXT, logs.JSON], indirect=True)
def test_a_day_of_requests_leaves_nothing_personal_in_the_log(log, client_of, offices, store):
    """Every address, with what people type in every field, and in places where nobody would."""
    store({}, {})
    browsers = [client_of("administrator"), client_of("manager"), Client()]
    for browser in browsers:
        browser.raise_request_exception = False
    typed = {field: SECRETS[number % len(SECRETS)] for number, field in enumerate(FIELDS)}

    for route in routes():
        if route.startswith("admin/"):
            continue
        address = "/" + route.replace("<int:place>", str(offices.place.pk)).replace("^", "").replace("$", "")
        address = (
            address.replace("<int:", "<").replace("<str:", "<").replace("<slug:", "<").replace("<uuid:", "<")
        )
        while "<" in address:
            address = address[: address.index("<")] + SECRETS[1] + address[address.index(">") + 1 :]
        for browser in browsers:
            browser.get(
                address, typed, headers={"user-agent": SECRETS[0], "referer": f"http://x/{SECRETS[1]}"}
            )
            browser.post(address, typed)
    for secret in SECRETS:
        for _ in range(7):
            Client().post("/login", {"username": secret, "password": secret})
        Client().get(f"/{secret}/", {secret: secret}, headers={"host": "0912345678.example"})
    Client().post(
        "/login", {"username": "thu", "password": PASSWORD}, headers={"cookie": f"sessionid={SECRETS[1]}"}
    )

    told = log.getvalue()
    assert told.count("collector.access") > 100
    for secret in (*SECRETS, PASSWORD, "Nguy", "an-", "manager-", "administrator-"):
        assert secret not in told, [line for line in told.splitlines() if secret in line][:3]
        assert json.dumps(secret)[1:-1] not in told


def test_a_record_of_another_library_keeps_its_extras_to_itself(log):
    logging.getLogger("collector.x").warning("something", extra={"request": SECRETS[0], "place": SECRETS[1]})

    (line,) = lines(log)
    assert line == {"time": line["time"], "level": "WARNING", "logger": "collector.x", "message": "something"}


def test_every_field_stands_in_the_guide():
    guide = RUNNING.read_text(encoding="utf-8")

    for field, says in logs.FIELDS.items():
        assert f"| `{field}` | {says} |" in guide


def test_a_bug_is_one_line_too(log):
    try:
        {}["nothing"]
    except KeyError:
        logging.getLogger("collector").exception("it broke")

    (line,) = lines(log)
    assert "KeyError" in line["exc_info"]


@pytest.mark.parametrize("told", [("--log-format", "json"), ()])
def test_a_running_centre_logs_as_it_is_told(tmp_path, monkeypatch, told):
    """By option, or by the environment."""
    if not told:
        monkeypatch.setenv("COLLECTOR_LOG_FORMAT", "json")
    centre = Centre(tmp_path, free_port())
    try:
        centre.start(*told, alone=True)
        wait_until(lambda: "trying again" in centre.log.read_text(), "it tells that the broker is away")
    finally:
        centre.kill()

    line = json.loads(centre.log.read_text().splitlines()[-1])
    assert (line["level"], line["logger"]) == ("WARNING", "collector.ingest.intake")


def test_a_format_that_nobody_knows_gets_one_line():
    assert "'xml' is not one of 'text', 'json'" in run("serve", "--log-format", "xml").stderr
