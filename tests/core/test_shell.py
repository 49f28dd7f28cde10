"""The house stands: it starts, answers the watchdog and sends strangers to the login."""


def test_the_watchdog_is_answered(client):
    answer = client.get("/healthz")
    assert answer.json == {"state": "ok"}


def test_a_known_person_gets_the_page_for_what_does_not_exist(login):
    answer = login("clerk").get("/nothing/here")
    assert answer.status_code == 404
    assert "nonce-" in answer.headers["Content-Security-Policy"]
