"""Ask for the times of a runner and tell the median."""


def ask_times():
    """Read one time a line until an empty line or the end of the input."""
    times = []
    while True:
        try:
            answer = input(f"Lap {len(times) + 1} in seconds (empty to stop): ")
        except EOFError:
            return times
        if not answer:
            return times
        times.append(float(answer))


def median(times):
    """The middle one of an odd number of times, else the mean of the two in the middle."""
    middle = len(times) // 2
    if len(times) % 2 == 1:
        return times[middle]
    return (times[middle - 1] + times[middle]) / 2


name = input("Runner: ")
times = ask_times()
print()
if times:
    typical = median(times)
    print(f"{name}: best {min(times):.1f}, median {typical:.1f}, worst {max(times):.1f}")
else:
    print(f"{name} did not run.")
