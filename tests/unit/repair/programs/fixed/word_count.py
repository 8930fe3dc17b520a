def count_words(lines):
    counts = {}
    for line in lines:
        for word in line.lower().split():
            counts[word] = counts.get(word, 0) + 1
    return counts


counts = count_words(["one fish two fish", "Red fish"])
for word in sorted(counts):
    print(word, counts[word])
