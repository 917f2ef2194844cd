/** Keeps one core busy until its parent ends or disconnects. */
process.once('disconnect', () => process.exit());

function work() {
  const slice = Date.now() + 20;
  while (Date.now() < slice);
  setImmediate(work);
}
work();
