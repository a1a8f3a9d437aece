"""Write docs/*.schema.json from the classes that they are of; run it after these change."""

from pathlib import Path

from vtsplit.cli.machine.schemas import SCHEMAS

FOLDER = Path(__file__).parent


def file_of(name: str) -> Path:
    """Return the file that has a schema."""
    return FOLDER / f"{name}.schema.json"


if __name__ == "__main__":
    for name, schema in SCHEMAS.items():
        file_of(name).write_bytes(schema())
