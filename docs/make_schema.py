"""Write docs/split.schema.json from src/vtsplit/cli/json_report.py; run it after that changes."""

from pathlib import Path

from vtsplit.cli.output.json_report import json_schema

FILE = Path(__file__).parent / "split.schema.json"

if __name__ == "__main__":
    FILE.write_bytes(json_schema())
