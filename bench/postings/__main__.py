"""Carry out what is asked of a series of patches: `python bench/postings --help`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))

from postings.command import main

if __name__ == "__main__":
    main()
