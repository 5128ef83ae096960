"""What a new promise changes: values, the order of what can be compared, a file for each part of the promise."""
