"""Numbers of rows as people write them."""


def row_count(text):
    """Reads `20M`, `244_000_000` or `1e6`."""
    units = {"k": 1_000, "m": 1_000_000}
    unit = units.get(text[-1:].lower(), 1)
    number = float((text[:-1] if unit > 1 else text).replace(",", ""))
    count = int(number * unit)
    if count < 1:
        raise ValueError("at least one row is needed")
    return count


def shown(count):
    """Writes 20,000,000 as `20 M`."""
    for unit, letter in [(1_000_000, "M"), (1_000, "k")]:
        if count >= unit and count % (unit // 10) == 0:
            return f"{count / unit:g} {letter}"
    return f"{count:,}"
