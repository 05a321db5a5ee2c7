"""What every store promises, one file per subject, one test method per promise; `StoreContract` joins them."""
