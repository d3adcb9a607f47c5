"""The one exception whose text is written for the person at the screen."""


class CnnlabError(Exception):
    """Something the user can mend: the message is one sentence naming the thing, its value and what to do."""
