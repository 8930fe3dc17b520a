"""Working hours from clock times such as "8:30"."""


def minutes(clock):
    """Minutes since midnight."""
    hours, _, rest = clock.partition(":")
    return int(hours) * 60 + int(rest)


def worked(shift):
    """Minutes of one shift, a pair of clock times. A shift may end after midnight."""
    start, end = minutes(shift[0]), minutes(shift[1])
    if end < start:
        end += 12 * 60
    return end - start


def as_clock(total):
    """Minutes as hours and minutes: 95 is "1:35"."""
    return f"{total // 60}:{total % 60:02d}"


def week(shifts):
    """Hours worked in all shifts, as "31:15"."""
    return as_clock(sum(worked(shift) for shift in shifts))
