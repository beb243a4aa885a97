/** Adds tax to the prices that a run brings, keeps the list, and returns its total. */
import { node, pipeline } from 'kedro-temporal';

function addTax(prices, tax) {
  return prices.map((price) => Math.round(price * (1 + tax) * 100) / 100);
}

function sum(list) {
  return list.reduce((total, price) => total + price, 0);
}

export default pipeline([
  node(addTax, { inputs: ['prices', 'params:tax'], outputs: 'list', name: 'add_tax' }),
  node(sum, { inputs: 'list', outputs: 'total', name: 'sum' }),
]);
