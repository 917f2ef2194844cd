#!/usr/bin/env node
import * as nodeModule from 'node:module';
import { listenForStop } from './boot/stop-signals.js';
import { showTypeScriptInStacks } from './boot/typescript-stacks.js';

/* `npm start`: the server, until a signal stops it. Everything else is loaded when the signals are listened to. */
showTypeScriptInStacks();
// From Node 22 on: the application, which is imported below, is compiled once and then read from a cache
(nodeModule as { enableCompileCache?: () => unknown }).enableCompileCache?.();
const stop = listenForStop();
const { runServer } = await import('./boot/run-server.js');
await runServer(stop);
