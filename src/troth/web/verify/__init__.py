"""The page that checks receipts in a browser, from disk: its parts, and the one file made of them."""
