/** JSON and CSV in, a number and a text out. */
import { type JsonObject, node, pipeline } from 'kedro-temporal';

type Order = { item: string; count: number };
type Price = { item: string; price: number };
type Priced = Order & { cost: number };

function priceOrders(orders: Order[], prices: Price[]): Priced[] {
  const priceOf = new Map(prices.map(({ item, price }) => [item, price]));
  return orders.map((order) => ({ ...order, cost: order.count * (priceOf.get(order.item) ?? 0) }));
}

function sum(priced: Priced[], rounding: number): number {
  return Number(priced.reduce((total, { cost }) => total + cost, 0).toFixed(rounding));
}

function write(priced: Priced[], greeting: string): string {
  return [greeting, ...priced.map(({ item, cost }) => `${item} ${cost}`)].join('\n');
}

function take(receipt: string, settings: JsonObject): string {
  return `${receipt.split('\n').length} lines, ${Object.keys(settings).length > 0}`;
}

export default pipeline([
  node(priceOrders, { inputs: ['orders', 'prices'], outputs: 'priced', name: 'price_orders', tags: 'money' }),
  node(sum, { inputs: ['priced', 'params:rounding'], outputs: 'total', name: 'sum_orders', tags: 'money' }),
  node(write, { inputs: ['priced', 'params:greeting'], outputs: 'receipt', name: 'write_receipt' }),
  node(take, { inputs: ['receipt', 'parameters'], outputs: 'receipt_note', name: 'note_receipt' }),
]);
