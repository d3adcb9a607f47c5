"""The one exception whose text is written for the person at the screen."""

from __future__ import annotations

LONGEST = 700  # characters: a value from outside may have thousands


class CnnlabError(Exception):
    """Something the user can mend: the message is one sentence naming the thing, its value and what to do.

    Always one line that can be shown: of an endless one the middle is left out.
    """

    def __init__(self, sentence: str):
        line = " ".join(sentence.split("\n")).encode("utf-8", "backslashreplace").decode()
        if len(line) > LONGEST:
            line = f"{line[: LONGEST // 2]} … {line[-LONGEST // 2 :]}"
        super().__init__(line)
