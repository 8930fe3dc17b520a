"""Ask three weather stations at once and print the mean temperature."""

import asyncio

STATIONS = {"harbour": (0.03, 14.5), "airport": (0.01, 13.0), "hill": (0.02, 11.5)}


async def measure(station):
    """Wait for the station's answer: degrees."""
    delay, degrees = STATIONS[station]
    await asyncio.sleep(delay)
    return degrees


async def corrected(station):
    """The measured value, with the fault of the instrument on the hill taken out."""
    degrees = measure(station)
    if station == "hill":
        degrees = degrees + 0.5
    return degrees


async def main():
    values = await asyncio.gather(*(corrected(station) for station in STATIONS))
    for station, value in zip(STATIONS, values):
        print(f"{station:<8} {value:5.1f}")
    print(f"{'mean':<8} {sum(values) / len(values):5.1f}")


asyncio.run(main())
