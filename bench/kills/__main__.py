"""Kill, fail and fill the write path: `python bench/kills --help`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kills.command import main

if __name__ == "__main__":
    main()
