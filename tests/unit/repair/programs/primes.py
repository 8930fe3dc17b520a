def is_prime(number):
    if number < 2:
        return False
    for divisor in range(2, int(number**0.5)):
        if number % divisor == 0:
            return False
    return True


found = [n for n in range(30) if is_prime(n)]
print(found)
