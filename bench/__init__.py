"""Figures, as ratios taken in one run; `RESULTS.md` says what was reached."""
