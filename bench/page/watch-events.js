// In the page, before its own code: measures from each event of intervals to the picture after it, as `bench:shown`.
const add = EventSource.prototype.addEventListener;
EventSource.prototype.addEventListener = function addEventListener(type, ...rest) {
  if (type.startsWith('intervals:')) {
    add.call(this, type, () => {
      const start = performance.now();
      requestAnimationFrame(() => setTimeout(() => performance.measure('bench:shown', { start })));
    });
  }
  add.call(this, type, ...rest);
};
