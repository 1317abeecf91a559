"""Questions as JSON values: each family of nodes is read and written in one file.

Reading is strict, bounded in size and depth, and never surprised: whatever arrives, the outcome is a node or a
`QueryError` that names the place. Fields that are at their default are not written, so that a stored question keeps
its text, and so its fingerprint, when the language grows.
"""
