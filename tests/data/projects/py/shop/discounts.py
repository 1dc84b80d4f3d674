"""Discount rules. Each takes the total in cents and gives the amount to subtract."""


def volume_discount(total):
    """Ten per cent off from 100 euros."""
    return total // 10 if total >= 10_000 else 0


def coupon_discount(total, coupon):
    """A coupon is worth its face value, but never more than the total."""
    return min(coupon.value, total)


def best_discount(total, coupons):
    """Discounts do not add up: the customer gets the best one."""
    amounts = [volume_discount(total)] + [coupon_discount(total, c) for c in coupons]
    return max(amounts)
