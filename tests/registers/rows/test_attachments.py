"""Photos and papers of a row: small, upright, without the place; refused ones leave no trace."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import delete, select

from app.access.models import Staff, UserCommunity
from app.core.db.models import Attachment, AuditEntry
from app.core.db.one_time_keys import fresh
from app.core.values import clock
from tests.registers.conftest import NOON, furnish
from tests.registers.shipped.walking import Walk

REGISTER, FIELD = "construction_leftover", "photos"
GPS, ORIENTATION, DEVICE = 0x8825, 0x0112, 0x0110


@pytest.fixture
def walk(session, login, place):
    with clock.fixed(NOON):
        yield Walk(session, login, place)


@pytest.fixture
def row(walk):
    """The key of a row without files."""
    return walk.create(REGISTER).id


@pytest.fixture
def desk(walk):
    return walk.login(walk.keeper(REGISTER))


def photo(kind="JPEG", size=(640, 480), **more):
    """A picture whose upper half is red and lower half blue."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0], size[1] // 2))
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def bomb(width, height):
    """A PNG of a few bytes that says it is this large."""

    def chunk(kind, content):
        check = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 999))
        + chunk(b"IEND", b"")
    )


def attach(client, row, *files, register=REGISTER, field=FIELD, key=None):
    """Send files to the row's page; what it says after that."""
    sent = [(io.BytesIO(content), name) for name, content in files]
    form = {"file": sent, "form_key": fresh() if key is None else key}
    return client.post(
        f"/registers/{register}/files/{row}/{field}",
        data=form,
        content_type="multipart/form-data",
        follow_redirects=True,
    )


def kept(session):
    """What is stored, to be read after further requests too."""
    session.rollback()
    found = list(session.scalars(select(Attachment).order_by(Attachment.id)))
    session.expunge_all()
    return found


def got(client, where):
    """The answer with its content read: the file behind it is closed."""
    answer = client.get(where)
    assert answer.data
    answer.close()
    return answer


def on_disk(app):
    return sorted(one.name for one in (Path(app.config["INSTANCE"]) / "attachments").glob("*"))


def address(row, one):
    return f"/registers/{REGISTER}/file/{row}/{one.id}"


@pytest.fixture(autouse=True)
def empty_folder(app):
    """The instance is shared by the tests of this process: each begins without files."""
    for one in (Path(app.config["INSTANCE"]) / "attachments").glob("*"):
        one.unlink()


def test_a_small_picture_is_upright_and_says_nothing_of_the_place(desk, session, row):
    exif = Image.Exif()
    exif[ORIENTATION], exif[DEVICE] = 6, "Telephone of 张三"
    exif.get_ifd(GPS).update({1: "N", 2: (30.0, 15.0, 0.0), 3: "E", 4: (120.0, 9.0, 0.0)})
    attach(desk, row, ("漏水.JPG", photo(size=(1600, 1000), exif=exif)))
    (one,) = kept(session)
    assert (one.screen, one.record_id, one.field, one.kind) == (
        f"register_{REGISTER}",
        row,
        FIELD,
        "jpg",
    )
    answer = got(desk, address(row, one) + "?small=1")
    assert answer.mimetype == "image/jpeg"
    small = Image.open(io.BytesIO(answer.data))
    assert small.format == "JPEG"
    assert small.height == 240, "it was turned: higher than wide"
    assert small.width == 150
    # Turned clockwise: what lay above is right, red; what lay below is left, blue.
    assert small.getpixel((140, 120))[0] > 200
    assert small.getpixel((10, 120))[2] > 200
    assert not small.getexif()
    assert b"Telephone" not in answer.data
    whole = got(desk, address(row, one))
    assert whole.mimetype == "image/jpeg"
    assert Image.open(io.BytesIO(whole.data)).size == (1600, 1000)


@pytest.mark.parametrize(
    ("kind", "name", "mode"),
    [
        ("PNG", "a.png", "image/png"),
        ("WEBP", "a.webp", "image/webp"),
        ("JPEG", "a.jpeg", "image/jpeg"),
    ],
)
def test_every_kind_of_photo_has_a_small_jpeg(desk, session, row, kind, name, mode):
    attach(desk, row, (name, photo(kind)))
    (one,) = kept(session)
    assert got(desk, address(row, one)).mimetype == mode
    small = Image.open(io.BytesIO(got(desk, address(row, one) + "?small=1").data))
    assert (small.format, small.size) == ("JPEG", (320, 240))


def test_a_picture_with_a_clear_ground_and_one_in_grey_have_small_ones_too(desk, session, row):
    out = io.BytesIO()
    Image.new("RGBA", (40, 30), (255, 0, 0, 128)).save(out, "PNG")
    grey = io.BytesIO()
    Image.new("I;16", (40, 30)).save(grey, "PNG")
    attach(desk, row, ("a.png", out.getvalue()), ("b.png", grey.getvalue()))
    for one in kept(session):
        small = Image.open(io.BytesIO(got(desk, address(row, one) + "?small=1").data))
        assert (small.format, small.size) == ("JPEG", (40, 30))


@pytest.mark.parametrize(("name", "content"), [
    ("坏.jpg", photo()[:2000]),
    ("坏.jpg", b"\xff\xd8\xff" + b"\0" * 500),
    ("坏.png", photo("PNG")[:60]),
    ("坏.webp", b"RIFF\x10\0\0\0WEBPVP8 \0\0\0\0"),
    ("炸弹.png", bomb(50_000, 50_000)),
    ("炸弹.png", bomb(9_000, 9_000)),
    ("空.png", bomb(0, 10)),
])  # fmt: skip
def test_a_photo_that_cannot_be_opened_is_refused_and_nothing_is_kept(
    app, desk, session, row, name, content
):
    page = attach(desk, row, (name, content))
    assert f"“{name}”" in page.text
    assert "损坏" in page.text
    assert kept(session) == []
    assert on_disk(app) == []


@pytest.mark.parametrize(("name", "content"), [
    ("a.exe", b"MZ"), ("a.jpg", b"<script>"), ("a.svg", b"<svg/>"), ("a.webp", b"RIFF0000WAVE"),
    ("a.pdf", photo()), ("jpg", b"MZ"),
])  # fmt: skip
def test_what_is_no_photo_or_paper_is_refused(app, desk, session, row, name, content):
    page = attach(desk, row, (name, content))
    assert "docx" in page.text
    assert (kept(session), on_disk(app)) == ([], [])


def test_a_paper_is_saved_and_has_no_small_picture_of_its_own(desk, session, row):
    paper = b"%PDF-1.7\n<script>alert(1)</script>"
    attach(desk, row, ("承诺书.pdf", paper))
    (one,) = kept(session)
    for query in ("", "?small=1"):
        answer = got(desk, address(row, one) + query)
        assert answer.data == paper
        assert answer.mimetype == "application/pdf"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_removed_file_is_gone_and_its_name_stays_in_the_record_of_changes(
    app, desk, session, row
):
    attach(desk, row, ("a.jpg", photo()), ("b.pdf", b"%PDF-"))
    first, second = kept(session)
    assert len(on_disk(app)) == 3
    desk.post(f"{address(row, first)}/remove")
    assert [one.id for one in kept(session)] == [second.id]
    assert on_disk(app) == [second.token]
    assert desk.get(address(row, first)).status_code == 404
    acts = session.scalars(select(AuditEntry).where(AuditEntry.act.in_(["attach", "detach"])))
    assert [(one.act, one.title) for one in acts] == [
        ("attach", "a.jpg"),
        ("attach", "b.pdf"),
        ("detach", "a.jpg"),
    ]


def test_the_files_go_with_their_row(app, walk, desk, session, row):
    attach(desk, row, ("a.jpg", photo()))
    post = walk.keeper(REGISTER, "delete")
    answer = walk.login(post).post(
        f"/registers/{REGISTER}/delete/{row}", data={"form_key": fresh()}
    )
    assert answer.status_code == 302
    assert walk.rows(REGISTER) == []
    assert (kept(session), on_disk(app)) == ([], [])


def test_who_works_in_another_community_sees_and_adds_nothing(walk, session, row, desk):
    attach(desk, row, ("a.jpg", photo()))
    (one,) = kept(session)
    elsewhere = furnish(session, name="乐居苑", short_code="LJ").community
    person = session.scalars(select(Staff).filter_by(username=walk.keeper(REGISTER))).one()
    person.all_communities = False
    session.execute(delete(UserCommunity))
    session.add(UserCommunity(user_id=person.id, community_id=elsewhere))
    session.commit()
    stranger = walk.login(walk.keeper(REGISTER))
    assert stranger.get(address(row, one)).status_code == 404
    assert stranger.get(address(row, one) + "?small=1").status_code == 404
    stranger.post(f"{address(row, one)}/remove")
    attach(stranger, row, ("b.jpg", photo()))
    assert [found.name for found in kept(session)] == ["a.jpg"]


def test_a_file_is_reached_through_its_own_row_only(walk, desk, session, row):
    attach(desk, row, ("a.jpg", photo()))
    (one,) = kept(session)
    other = walk.create(REGISTER).id
    assert desk.get(address(other, one)).status_code == 404
    assert desk.get(f"/registers/{REGISTER}/file/{row}/9{one.id}").status_code == 404
    assert desk.get(f"/registers/{REGISTER}/file/{row}/x").status_code == 404
