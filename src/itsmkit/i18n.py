"""Words on screens in the reader's language: gettext catalogues shipped with the package."""

import gettext
from collections.abc import Callable
from importlib.resources import as_file, files

DOMAIN = "itsmkit"
LANGUAGES = ("en", "zh")

Translate = Callable[[str], str]


def translator(language: str) -> Translate:
    """The function that turns an English word or a code into that language; what has no translation stays as it is."""
    with as_file(files("itsmkit") / "locale") as folder:
        return gettext.translation(DOMAIN, folder, languages=[language], fallback=True).gettext


def label(t: Translate, code: str) -> str:
    """A code such as "in_progress" as a person reads it."""
    return t(code).replace("_", " ") if code else ""
