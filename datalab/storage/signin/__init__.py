"""The sign-in database: accounts and invitations of a lab without an identity provider."""
