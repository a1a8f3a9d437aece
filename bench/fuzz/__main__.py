"""Damage kernel files and specs, and see that nothing breaks: `python bench/fuzz --help`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))

from fuzz.command import main

if __name__ == "__main__":
    main()
