"""Budget, ledger, plans and accuracy."""
