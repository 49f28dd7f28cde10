"""The look at answers is itself tried: it must see what slips through, and nothing else."""

from __future__ import annotations

import pytest
from werkzeug.wrappers import Response

from tests.hostile.pages import forms, markup_faults

POLICY = "script-src 'self' 'nonce-abc'"


def answer(body: str, policy: str = POLICY) -> Response:
    return Response(body, mimetype="text/html", headers={"Content-Security-Policy": policy})


@pytest.mark.parametrize(
    "body",
    [
        "<p><script>alert(1)</script></p>",
        "<p><script src=https://evil.example/x.js></script></p>",
        '<script nonce="other">alert(1)</script>',
        "<img src=x onerror=alert(1)>",
        '<input value="" onfocus=alert(1) autofocus>',
        '<a href="javascript:alert(1)">x</a>',
        "<iframe src=x></iframe>",
        "<xss>",
        "<p><b/onmouseover=alert(1)>x</b>",
    ],
)
def test_markup_that_is_not_ours_is_seen(body):
    assert markup_faults(answer(body))


@pytest.mark.parametrize(
    "body",
    [
        "<p>&lt;script&gt;alert(1)&lt;/script&gt; 1 < 2 <- <3</p>",
        '<script nonce="abc">if (a < b) { run("<b>") }</script>',
        '<script src="/static/js/a.js"></script>',
        '<a href="/units/" title="x onclick=1 > 2">x</a>',
        '<a href="tel:0301-5550101">x</a>',
    ],
)
def test_our_own_markup_is_left_alone(body):
    assert markup_faults(answer(body)) == []


def test_an_answer_without_the_policy_is_seen():
    assert markup_faults(answer("<p>x</p>", policy="")) == ["no Content-Security-Policy"]


def test_a_form_is_read_as_a_browser_would_send_it():
    page = """<form method="post" action="/a"><input name="x" value="&lt;1"><textarea name="y">
z</textarea><select name="k"><option value="1">1<option value="2" selected>2</select>
<input type="checkbox" name="c" value="1"><input type="checkbox" name="d" checked value="1">
</form>"""
    (form,) = forms(page, "/here")
    assert (form.action, form.method) == ("/a", "POST")
    assert form.data() == {"x": ["<1"], "y": ["z"], "k": ["2"], "d": ["1"]}
