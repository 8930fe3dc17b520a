def neighbours(grid, r, c):
    n = 0
    for dr in (-1, 0, 1):
        for dc in (-1, 0, 1):
            if (dr or dc) and 0 <= r + dr < len(grid) and 0 <= c + dc < len(grid[0]):
                n += grid[r + dr][c + dc]
    return n


def life(grid):
    new = [row[:] for row in grid]
    for r in range(len(grid)):
        for c in range(len(grid[0])):
            n = neighbours(grid, r, c)
            new[r][c] = 1 if n == 3 or (grid[r][c] and n == 2) else 0
    return new


g = [[0, 1, 0], [0, 1, 0], [0, 1, 0]]
g = life(g)
for row in g:
    print("".join("#" if x else "." for x in row))
