"""Where rows are kept: engine, migrations and the outbox. SQLite by default; the same statements on PostgreSQL."""
