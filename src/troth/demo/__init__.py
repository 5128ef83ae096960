"""An invented garden shop whose right answers are known, and the front it is shown through."""
