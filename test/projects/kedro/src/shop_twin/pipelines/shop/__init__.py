from kedro.pipeline import node, pipeline


def price_orders(orders, prices):
    price_of = dict(zip(prices["item"], prices["price"]))
    return [{**order, "cost": order["count"] * price_of.get(order["item"], 0)} for order in orders]


def total(priced, rounding):
    return round(sum(each["cost"] for each in priced), rounding)


def write(priced, greeting):
    return "\n".join([greeting, *(f"{each['item']} {each['cost']}" for each in priced)])


def take(receipt, settings):
    return f"{len(receipt.splitlines())} lines, {'true' if settings else 'false'}"


def create_pipeline(**kwargs):
    return pipeline(
        [
            node(price_orders, ["orders", "prices"], "priced", name="price_orders", tags="money"),
            node(total, ["priced", "params:rounding"], "total", name="sum_orders", tags="money"),
            node(write, ["priced", "params:greeting"], "receipt", name="write_receipt"),
            node(take, ["receipt", "parameters"], "receipt_note", name="note_receipt"),
        ]
    )
