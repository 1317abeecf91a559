"""What four agencies write down of what happened: each its own keys, columns, words and slips."""
