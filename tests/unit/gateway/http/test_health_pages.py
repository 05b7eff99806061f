import tzdata

from services.gateway.app import make_app


def test_is_alive_whatever_is_wrong() -> None:
    web = make_app({"database": lambda: "away"}, []).test_client()
    assert web.get("/healthz").get_json() == {"status": "alive"}


def test_is_ready_when_nothing_is_wrong() -> None:
    response = make_app({"database": lambda: None}, []).test_client().get("/readyz")
    assert (response.status_code, response.get_json()["status"]) == (200, "ready")
    assert response.headers["Cache-Control"] == "no-store"


def test_says_why_it_is_not_ready() -> None:
    checks = {"database": lambda: "away", "redis": lambda: None}
    response = make_app(checks, []).test_client().get("/readyz")
    assert response.status_code == 503
    answer = response.get_json()
    assert (answer["status"], answer["reasons"]) == ("not ready", {"database": "away"})


def test_names_the_time_zone_data() -> None:
    response = make_app({}, []).test_client().get("/readyz")
    assert response.get_json()["timeZones"] == tzdata.IANA_VERSION


def test_shows_where_to_ask() -> None:
    page = make_app({}, []).test_client().get("/")
    assert "POST /graphql" in page.get_data(as_text=True)


def test_says_not_found_in_plain_words() -> None:
    response = make_app({}, []).test_client().get("/nowhere")
    assert (response.status_code, response.mimetype) == (404, "text/plain")
