people = [{"name": "Ada", "age": 36}, {"name": "Alan", "age": 41}, {"name": "Grace", "age": 85}]


def mean_age(people):
    total = 0
    for person in people:
        total += person["age"]
    return total / len(people)


print(f"{mean_age(people):.1f}")
