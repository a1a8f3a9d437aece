"""How fast vtsplit is, beside programs that do a part of its work: `python -m bench TREE`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from speed.command import main

if __name__ == "__main__":
    main(prog_name="python -m bench")
