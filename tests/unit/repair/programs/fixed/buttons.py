def make_buttons(labels):
    """One function a label; each says its label when it is called."""
    buttons = []
    for label in labels:
        buttons.append(lambda label=label: label.upper())
    return buttons


said = [press() for press in make_buttons(["ok", "cancel", "help"])]
print(said)
