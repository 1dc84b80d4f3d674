"""The shopping cart of one customer."""

from dataclasses import dataclass, field

MAX_LINES = 100


@dataclass
class CartLine:
    sku: str
    quantity: int
    unit_price: int  # cents


@dataclass
class Cart:
    lines: list = field(default_factory=list)

    def add(self, sku, quantity, unit_price):
        """Adds a product; the same product again raises its quantity."""
        for line in self.lines:
            if line.sku == sku:
                line.quantity += quantity
                return line
        if len(self.lines) >= MAX_LINES:
            raise ValueError("the cart is full")
        line = CartLine(sku, quantity, unit_price)
        self.lines.append(line)
        return line

    def total(self):
        return sum(line.quantity * line.unit_price for line in self.lines)
