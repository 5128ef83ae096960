"""The people who work here, for the company or for an agency: role, training, since when and until when."""
