"""Other files of a build: CMake, meson, Kconfig, exports, and mentions of a file by its path."""
