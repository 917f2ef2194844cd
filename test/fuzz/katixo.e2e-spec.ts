import { fuzzContract } from './support/fuzz-contract.js';

fuzzContract('katixo');
