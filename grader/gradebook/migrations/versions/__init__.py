"""The revisions, a module each, named by their number."""
