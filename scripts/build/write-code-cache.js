import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadPrograms } from './load-programs.js';

// A process of its own, because it runs what it compiles: the cache holds the functions that have run
const file = resolve('dist/programs.cjs');
const { script, warmUp } = loadPrograms(file);
await warmUp();
writeFileSync(`${file}.cache`, script.createCachedData());
