"""The one door to customers' data: collect, read, read_many, disclose."""
