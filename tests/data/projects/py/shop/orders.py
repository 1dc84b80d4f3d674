"""Orders in SQLite."""

import sqlite3


class OrderStore:
    def __init__(self, path):
        self.db = sqlite3.connect(path)
        self.db.execute("CREATE TABLE IF NOT EXISTS orders(id INTEGER PRIMARY KEY, customer TEXT, total INTEGER)")

    def save_order(self, customer, total):
        """Stores an order and gives its number. Commits at once: an acknowledged order is never lost."""
        cursor = self.db.execute("INSERT INTO orders(customer, total) VALUES(?, ?)", (customer, total))
        self.db.commit()
        return cursor.lastrowid

    def orders_of(self, customer):
        rows = self.db.execute("SELECT id, total FROM orders WHERE customer = ? ORDER BY id", (customer,))
        return rows.fetchall()
