"""One report object, rendered as text, JSON, and pages."""
