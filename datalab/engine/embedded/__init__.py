"""The embedded engine: plans as DuckDB statements in this process, for tables that one machine holds."""
