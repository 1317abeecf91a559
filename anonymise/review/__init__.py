"""What a custodian finds by reading a sample of texts: which to read, what was marked, and the rate that follows."""
