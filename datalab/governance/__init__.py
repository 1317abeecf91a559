"""People, agencies, projects and the risk policy."""
