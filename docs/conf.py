"""How Sphinx builds these pages; `make docs` runs it with warnings as errors."""

from importlib.metadata import version as version_of

project = "itsmkit"
author = "the itsmkit authors"
copyright = "2026, the itsmkit authors"
release = version = version_of("itsmkit")

extensions = ["myst_parser"]
exclude_patterns = ["_build"]
nitpicky = True

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = f"itsmkit {release}"
html_copy_source = False
