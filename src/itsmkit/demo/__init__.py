"""`itsmkit demo`: a month of a small company's service desk, lived on a real site with a moved clock."""
