"""vtsplit: split an ops table out of its C source file, mechanically and losslessly."""

__version__ = "0.1.0"
