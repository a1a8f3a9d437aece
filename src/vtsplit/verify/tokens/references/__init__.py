"""What names refer to: types, definitions and state that they mean on both sides."""
