hits = 0


def record(page):
    hits += 1  # noqa: F823
    return f"{page} is hit {hits}"


for page in ("home", "about", "home"):
    print(record(page))
print(hits)
