import { preload } from './preload.ts';

/**
 * Time of the step's process that no machine can slow down: it stands still while a request is under way, and leaps
 * to the next timer when none is. So a wait of half an hour takes as long as its requests, on any machine. A request
 * that is never answered needs real time instead.
 */
export const VIRTUAL_TIME = preload(`
  import http from 'node:http';
  import https from 'node:https';
  import { syncBuiltinESMExports } from 'node:module';
  import { performance } from 'node:perf_hooks';
  import timers from 'node:timers/promises';
  import tls from 'node:tls';

  let nowMs = 0;
  let requests = 0;
  let isChecking = false;
  const sleepers = new Set();
  performance.now = () => nowMs;

  timers.setTimeout = (ms = 1, value, { signal } = {}) =>
    new Promise((resolve, reject) => {
      const abort = () => {
        sleepers.delete(sleeper);
        reject(signal.reason);
      };
      const sleeper = {
        dueMs: nowMs + ms,
        wake: () => {
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', abort);
          resolve(value);
        },
      };
      if (signal?.aborted) return abort();
      signal?.addEventListener('abort', abort, { once: true });
      sleepers.add(sleeper);
      checkSoon();
    });

  for (const module of [http, https]) {
    const { request } = module;
    module.request = (...args) => {
      const sent = request(...args);
      requests += 1;
      return sent.once('close', () => {
        requests -= 1;
        checkSoon();
      });
    };
  }

  // A certificate is read without a request.
  const { connect } = tls;
  tls.connect = (...args) => {
    requests += 1;
    let isOver = false;
    const end = () => {
      if (isOver) return;
      isOver = true;
      requests -= 1;
      checkSoon();
    };
    return connect(...args).once('secureConnect', end).once('close', end);
  };
  syncBuiltinESMExports();

  function checkSoon() {
    if (!isChecking) check(8);
    isChecking = true;
  }

  // What a response sets off settles in the next turns of the event loop.
  function check(turns) {
    if (turns > 0) return setImmediate(check, turns - 1);
    isChecking = false;
    if (requests > 0) return;
    const [next] = [...sleepers].sort((one, other) => one.dueMs - other.dueMs);
    if (next === undefined) return;
    nowMs = Math.max(nowMs, next.dueMs);
    next.wake();
    if (sleepers.size > 0) checkSoon();
  }
`);
