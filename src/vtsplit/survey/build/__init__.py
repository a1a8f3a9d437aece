"""Other files of a build: CMake, meson, Kconfig, exports, and what names a file by its path."""
