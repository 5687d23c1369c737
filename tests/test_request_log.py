"""The id of a request: in its answer, on its log line, at hand for the act that it records."""

import io
import json
import logging.config
import re

import pytest
import structlog
from django.http import HttpResponse
from django.test import RequestFactory

from portal import logs
from portal.request_log import RequestId


@pytest.fixture
def json_lines():
    """The log as production writes it."""
    written = io.StringIO()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    production = logs.configure(as_json=True)
    production["handlers"]["stderr"]["stream"] = written
    logging.config.dictConfig(production)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    root.handlers[:] = handlers
    root.setLevel(level)


def test_each_request_has_an_id_of_its_own_wherever_it_is_looked_for(json_lines):
    seen = []

    def view(request):
        seen.append(structlog.contextvars.get_contextvars()["request_id"])
        logging.getLogger("accounts").warning("inside %s", "the view")
        return HttpResponse(status=404)

    answers = [RequestId(view)(RequestFactory().get("/enterprises/?name=张三")) for _ in range(2)]
    assert [answer["X-Request-ID"] for answer in answers] == seen
    assert len(set(seen)) == 2
    assert all(re.fullmatch(r"[0-9a-f]{32}", each) for each in seen)
    inside, line, *_ = json_lines()
    assert (inside["event"], inside["request_id"], inside["level"]) == ("inside the view", seen[0], "warning")
    assert {name: line[name] for name in ("event", "request_id", "method", "path", "status")} == {
        "event": "request",
        "request_id": seen[0],
        "method": "GET",
        "path": "/enterprises/",
        "status": 404,
    }


def test_an_id_sent_by_the_client_is_ignored():
    request = RequestFactory().get("/", headers={"X-Request-ID": "forged"})
    assert RequestId(lambda _: HttpResponse())(request)["X-Request-ID"] != "forged"


def test_no_line_shows_what_a_page_was_asked(json_lines, client):
    answer = client.get("/no-such-page/?name=张三")
    lines = json_lines()
    assert {line["request_id"] for line in lines} == {answer["X-Request-ID"]}
    assert "张三" not in json.dumps(lines, ensure_ascii=False)
    assert "name=" not in json.dumps(lines)


def test_an_exception_is_one_line_with_its_trace(json_lines):
    try:
        int("broken")
    except ValueError:
        logging.getLogger("portal").exception("failed")
    (line,) = json_lines()
    assert line["event"] == "failed"
    assert "ValueError: invalid literal" in line["exception"]
