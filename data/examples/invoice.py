"""Print an invoice with discounts and tax."""


def line_amount(quantity, unit_price, discount):
    """Price of one line; a discount of 0.25 takes a quarter off."""
    gross = quantity * unit_price
    return gross - gross * discount


def invoice_total(lines, tax_rate):
    """Add up all lines, then add the tax."""
    subtotal = 0.0
    for description, quantity, unit_price, discount in lines:
        amount = line_amount(quantity, unit_price, discount)
        print(f"{description:<12} {quantity:>3} x {unit_price:>6.2f} {amount:>8.2f}")
        subtotal += unit_price
    tax = subtotal * tax_rate
    return subtotal + tax


lines = [
    ("desk", 2, 120.0, 0.0),
    ("chair", 4, 50.0, 0.25),
    ("lamp", 1, 30.0, 0.5),
]
total = invoice_total(lines, 0.2)
print(f"{'to pay':<25} {total:>8.2f}")
