words = ["a", "is", "house", "on", "hill", "my", "it"]


def drop_short(words, least):
    """Take out every word shorter than `least`."""
    for word in words:
        if len(word) < least:
            words.remove(word)
    return words


kept = drop_short(words, 3)
print(kept)
