"""Text from files and users, made harmless before it is shown, stored or logged."""

from __future__ import annotations

import re

LONGEST = 80  # characters; a track name or a title in a list

# C0 and C1 controls, line and paragraph separators, the bidirectional controls of Unicode (UAX 9), and lone
# surrogates, which no encoding can write.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def safe_text(text: str, longest: int = LONGEST) -> str:
    r"""One line without control characters, at most `longest` characters of it.

    What could move a cursor, colour a terminal, turn the reading direction or break a line is dropped,
    and nothing is put in its place: so the text of a clean file comes back unchanged.

    >>> safe_text("Fl\u00f6te\x1b[2J \u202e1\n")
    'Flöte[2J 1'
    >>> len(safe_text("la" * 1000))
    80
    """
    return _UNSAFE.sub("", text)[:longest]


def slug(name: str) -> str:
    """A name that is a file name anywhere and leads to no other folder.

    >>> slug("../a b.mid")
    '.._a_b.mid'
    """
    return "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in name)[-80:]
