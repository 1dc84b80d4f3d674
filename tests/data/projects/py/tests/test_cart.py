from shop.cart import Cart


def test_same_product_raises_quantity():
    cart = Cart()
    cart.add("A", 1, 100)
    cart.add("A", 2, 100)
    assert cart.total() == 300
