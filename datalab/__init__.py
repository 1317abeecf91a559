"""The trusted core of the lab: contracts, questions, budgets, releases."""
