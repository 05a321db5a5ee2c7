"""One module for each page of the reference: `FILE` is its name, `page(root)` its text."""
