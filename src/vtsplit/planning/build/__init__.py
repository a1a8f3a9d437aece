"""Plan that every build system which links the source file also links main."""
