import { basename, join } from 'node:path';
import { loadPrograms } from './load-programs.js';

// Runs the program of the bundle that this file is named after
const { runProgram } = loadPrograms(join(import.meta.dirname, 'programs.cjs'));
await runProgram(basename(import.meta.filename, '.js'));
