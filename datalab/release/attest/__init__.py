"""What the audit log attests of each release request, under the release key's seal, and whether it is still so."""
