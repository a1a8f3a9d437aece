"""Draw ops tables of a kernel, split each, compile and verify it: `python bench/tables --help`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))

from tables.command import main

if __name__ == "__main__":
    main()
