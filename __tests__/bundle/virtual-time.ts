import { preload } from './preload.ts';

/**
 * Time of the step's process that no machine can slow down: it stands still while a request is under way, and leaps
 * to the next timer when none is. So a wait of half an hour takes as long as its requests, on any machine. A Console or
 * a proxy that will never answer says so, by an interim response (102), the header `x-stalled` or the
 * beginning of an answer, and time goes on.
 */
export const VIRTUAL_TIME = preload(`
  // An import of node:http loads all of undici; this does not, and a test starts hundreds of processes.
  const builtin = (name) => process.getBuiltinModule(name);
  const { errorMonitor } = builtin('node:events');
  const http = builtin('node:http');
  const https = builtin('node:https');
  const { syncBuiltinESMExports } = builtin('node:module');
  const timers = builtin('node:timers/promises');
  const tls = builtin('node:tls');
  const zlib = builtin('node:zlib');

  let nowMs = 0;
  const underWay = new Set();
  const stalledTunnels = new WeakSet();
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
      const leave = (...left) => {
        for (const each of left) underWay.delete(each);
        checkSoon();
      };
      underWay.add(sent);
      sent.once('close', () => leave(sent));
      // Without a tunnel there is no socket, and so no end of it.
      sent.once(errorMonitor, () => leave(sent));
      // A request that waits for a tunnel that never opens, or forwards nothing, is never answered.
      sent.once('information', () => leave(sent));
      if (sent.method === 'CONNECT') whenBegun(sent, () => leave(...underWay));
      sent.once('connect', ({ headers }, tunnel) => {
        if (headers['x-stalled']) stalledTunnels.add(tunnel);
        leave(sent, ...(headers['x-stalled'] ? underWay : []));
      });
      sent.once('response', ({ headers }) => leave(...(headers['x-stalled'] ? [sent] : [])));
      return sent;
    };
  }

  // A certificate is read without a request.
  const { connect } = tls;
  tls.connect = (...args) => {
    const socket = connect(...args);
    if (args.some((given) => stalledTunnels.has(given?.socket))) return socket;
    const leave = () => {
      underWay.delete(socket);
      checkSoon();
    };
    underWay.add(socket);
    return socket.once('secureConnect', leave).once('close', leave).once(errorMonitor, leave);
  };

  // To decompress takes time of the machine, too.
  const { gunzip } = zlib;
  zlib.gunzip = (data, options, done) => {
    const work = {};
    underWay.add(work);
    gunzip(data, options, (...result) => {
      underWay.delete(work);
      done(...result);
      checkSoon();
    });
  };
  syncBuiltinESMExports();

  // A proxy that never answers writes the beginning of an answer.
  function whenBegun(sent, leave) {
    const timer = setInterval(() => {
      if (!sent.destroyed && !sent.socket?.bytesRead) return;
      clearInterval(timer);
      if (!sent.destroyed) leave();
    }, 10);
  }

  function checkSoon() {
    if (!isChecking) check(8);
    isChecking = true;
  }

  // The effects of a response settle in the next turns of the event loop.
  function check(turns) {
    if (turns > 0) return setImmediate(check, turns - 1);
    isChecking = false;
    if (underWay.size > 0) return;
    const [next] = [...sleepers].sort((one, other) => one.dueMs - other.dueMs);
    if (next === undefined) return;
    nowMs = Math.max(nowMs, next.dueMs);
    next.wake();
    if (sleepers.size > 0) checkSoon();
  }
`);
