def paths(tree, prefix=()):
    """All ways from the root to a leaf."""
    name, branches = tree
    here = prefix + (name,)  # noqa: RUF005
    if not branches:
        return [here]
    found = []
    for branch in branches:
        found.append(paths(branch, here))
    return found


tree = ("a", [("b", []), ("c", [("d", []), ("e", [])])])
found = paths(tree)
print(len(found))
for path in found:
    print("/".join(path))
