"""Pages at the lab door: what is put before each, whatever the sandbox's server wrote."""
