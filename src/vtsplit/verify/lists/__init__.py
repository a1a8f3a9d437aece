"""Whether a new file stands in each list of the build that its source stands in."""
