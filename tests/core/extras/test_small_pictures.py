"""What a camera wrote badly into a photo is no reason to refuse it, and never a crash."""

from __future__ import annotations

import io
import random
import struct

from PIL import Image

from app.core.extras.attachments import small_picture
from app.core.values.errors import DomainError

ORIENTATION, RESOLUTION = 0x0112, 0x011A


def jpeg(exif):
    out = io.BytesIO()
    Image.new("RGB", (400, 200), "green").save(out, "JPEG", exif=exif)
    return out.getvalue()


def odd_exif():
    """Turned by a quarter; its resolution, a ratio by rights, is a text."""
    entries = struct.pack("<HHII", ORIENTATION, 3, 1, 6) + struct.pack(
        "<HHI4s", RESOLUTION, 2, 4, b"abc\0"
    )
    return b"Exif\0\0II*\0" + struct.pack("<IH", 8, 2) + entries + struct.pack("<I", 0)


def test_a_photo_with_an_odd_resolution_is_upright_all_the_same():
    small = Image.open(io.BytesIO(small_picture("a.jpg", jpeg(odd_exif()))))
    assert small.size == (120, 240)


def test_a_photo_with_flipped_bytes_is_made_small_or_refused():
    chance, whole, refused = random.Random(11), jpeg(odd_exif()), 0
    for _ in range(400):
        content = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            content[chance.randrange(12, 120)] = chance.randrange(256)
        try:
            assert small_picture("a.jpg", bytes(content))[:3] == b"\xff\xd8\xff"
        except DomainError:
            refused += 1
    assert 0 < refused < 400
