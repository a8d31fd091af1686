"""The counts along a git history: revisions read out of the object store, never checked out over a work tree."""
