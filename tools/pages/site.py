"""The sample site: what `itsmkit init` writes, with a login that is nobody's."""

from itsmkit.site_files import rendered

OPERATOR = "operator"


def files() -> dict[str, str]:
    """The files of the site by name."""
    return dict(rendered("tiered", "en", name="Service desk", zone="Europe/Berlin", login=OPERATOR))
