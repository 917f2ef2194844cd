/** Runs at most so many tasks at a time, in the order in which they were given. */
export function createLimiter(max) {
  const waiting = [];
  let running = 0;
  const next = () => {
    while (running < max && waiting.length > 0) {
      running += 1;
      waiting.shift()();
    }
  };
  return (task) =>
    new Promise((resolve, reject) => {
      waiting.push(() => {
        task()
          .then(resolve, reject)
          .finally(() => {
            running -= 1;
            next();
          });
      });
      next();
    });
}
