class Node:
    def __init__(self, value, next=None):  # noqa: A002
        self.value = value
        self.next = next


def find_last(node):
    """The node before the end of the list."""
    while node.next.next is not None:
        node = node.next
    return node.next


def total(node):
    result = 0
    while node.next is not None:
        result += node.value
        node = node.next
    return result


numbers = Node(3, Node(4, Node(5)))
print(find_last(numbers).value)
summed = total(numbers)
print(summed)
