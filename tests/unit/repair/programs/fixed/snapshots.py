def positions(moves):
    """Where the robot is after each move."""
    here = [0, 0]
    seen = []
    for dx, dy in moves:
        here[0] += dx
        here[1] += dy
        seen.append(list(here))
    return seen


trail = positions([(1, 0), (0, 2), (-1, 1)])
print(trail)
