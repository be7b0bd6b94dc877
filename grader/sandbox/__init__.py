"""Runs a student's code in a confined child, and is the trusted side that talks to it."""
