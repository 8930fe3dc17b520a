class Stack:
    items = []  # noqa: RUF012

    def push(self, item):
        self.items.append(item)

    def pop(self):
        return self.items.pop()

    def size(self):
        return len(self.items)


plates = Stack()
books = Stack()
plates.push("blue")
books.push("novel")
books.push("atlas")
count = plates.size()
print(count, books.size())
