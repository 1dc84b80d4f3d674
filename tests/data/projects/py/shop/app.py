"""The web application."""

from http.server import BaseHTTPRequestHandler, HTTPServer

from shop.cart import Cart
from shop.discounts import best_discount
from shop.orders import OrderStore


class ShopHandler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/healthz":
            self.reply(200, b"ok")
        else:
            self.reply(404, b"not found")

    def reply(self, status, body):
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)


def checkout(cart: Cart, customer, coupons, store: OrderStore):
    """Turns a cart into an order: total minus the best discount."""
    total = cart.total()
    return store.save_order(customer, total - best_discount(total, coupons))


def main():
    HTTPServer(("127.0.0.1", 8080), ShopHandler).serve_forever()


if __name__ == "__main__":
    main()
