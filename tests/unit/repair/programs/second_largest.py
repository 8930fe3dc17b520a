def second_largest(numbers):
    largest = second = numbers[0]
    for number in numbers:
        if number > largest:
            largest = number
            second = largest
        elif number > second and number != largest:
            second = number
    return second


answer = second_largest([3, 9, 4, 12, 11])
print(answer)
assert second_largest([1, 2]) == 1
