class Node:
    def __init__(self, value, next=None):
        self.value = value
        self.next = next


class Stack:
    def __init__(self):
        self.head = None
        self.size = 0

    def push(self, v):
        self.head = Node(v, self.head)
        self.size += 1

    def reverse(self):
        prev, cur = None, self.head
        while cur:
            cur.next, prev, cur = prev, cur, cur.next
        self.head = prev

    def __iter__(self):
        n = self.head
        while n is not None:
            yield n.value
            n = n.next


s = Stack()
for v in "abcd":
    s.push([v])
s.reverse()
vals = list(s)
vals[0].append("!")
ring = Node(1)
ring.next = Node(2, ring)
ring.next.next.value = "self"
print(vals, s.size, ring.next.next is ring)
