"""Time dry runs of trees of growing size: `python bench/growth --help`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from growth.command import main

if __name__ == "__main__":
    main(prog_name="python bench/growth")
