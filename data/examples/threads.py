"""Count the words of several texts, each in a thread of its own."""

import threading

TEXTS = {
    "poem": "the rose is red the violet is blue",
    "motto": "measure twice and cut once",
    "sign": "no swimming",
}


def count_words(texts):
    """Map the name of each text to its number of words."""
    counts = {}
    workers = []
    for name, text in texts.items():
        def work():
            counts[name] = len(text.split())
        workers.append(threading.Thread(target=work, name=name))
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return counts


def main():
    counts = count_words(TEXTS)
    for name in sorted(counts):
        print(f"{name}: {counts[name]} words")
    assert len(counts) == len(TEXTS), "every text has a count"


if __name__ == "__main__":
    main()
