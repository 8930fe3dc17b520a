def all_even(numbers):
    for number in numbers:
        if number % 2 == 0:
            return True
        else:
            return False


results = [all_even([2, 4]), all_even([2, 3]), all_even([1, 2])]
print(results)
