import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import pMap from 'p-map';
import { FULL, sampleOf } from '../sample.ts';
import { type Cell, cellKey } from './cell.ts';
import { runCell } from './cell-run.ts';
import { renderDocument } from './document.ts';
import { described, type Figures, figuresLine, figuresOf } from './figures.ts';
import { MATRIX } from './matrix.ts';
import { openSharedServers } from './shared-servers.ts';

/**
 * Runs a sample of the matrix, and all of it with `FULL=1`, which also writes the tables for people to read.
 * `RELIABILITY_CELL` runs the cells whose key contains it; a failure prints the keys.
 */
const only = process.env.RELIABILITY_CELL ?? '';
const tables = new URL('../../build/reliability.md', import.meta.url);

/** Runs at a time. They mostly wait for sockets, so more of them would only take memory. */
const CONCURRENCY = 24;
const MAX_MS = 3_600_000;
/** One cell of so many is in the sample. */
const SAMPLED = 24;

let figures: Figures;

beforeAll(async () => {
  const servers = await openSharedServers();
  try {
    const matching = MATRIX.filter((cell) => cellKey(cell).includes(only));
    const cells = FULL || only !== '' ? matching : sampleOf(matching, SAMPLED);
    const outcomes = await pMap(cells, (cell: Cell) => runCell(cell, servers), { concurrency: CONCURRENCY });
    figures = figuresOf(outcomes, servers.foreignConnections());
  } finally {
    await servers.close();
  }
  process.stdout.write(`Fault matrix: ${figuresLine(figures)}.\n`);
}, MAX_MS);

describe('Whatever fails, at whichever call, once or for good', () => {
  test('there are cells to run', () => {
    expect(figures.outcomes.length).toBeGreaterThan(0);
  });

  test('no image passes unless a scan of it has finished without error, with its row in the report', () => {
    expect(described(figures.unproven)).toEqual([]);
  });

  test('every run ends by its deadline', () => {
    expect(described(figures.hung)).toEqual([]);
  });

  test('a fault that passes by itself fails no run', () => {
    expect(described(figures.needless)).toEqual([]);
  });

  test('a run that fails has the reason of the contract', () => {
    expect(described(figures.unexpected)).toEqual([]);
  });

  test('neither the password nor a token is ever written', () => {
    expect(described(figures.leaks)).toEqual([]);
  });

  test('no request goes to the host that a redirect names', () => {
    expect(figures.foreignConnections).toBe(0);
  });

  test('each fault is injected where its cell says', () => {
    expect(described(figures.missed)).toEqual([]);
  });

  test('the page on reliability has the number of cells, and of those in the sample', () => {
    const page = readFileSync(new URL('../../docs/reliability.md', import.meta.url), 'utf8');
    const hundreds = Math.round(MATRIX.length / 100);
    expect(page).toContain(`some ${Math.floor(hundreds / 10)},${hundreds % 10}00 runs`);
    expect(page).toContain(`takes one in ${SAMPLED}`);
  });

  // The tables are about all cells; a sample would leave holes in them.
  if (FULL && only === '') {
    test('the tables have a row for every fault that changes something', () => {
      const rendered = renderDocument(figures);
      expect(rendered.split('\n').length).toBeGreaterThan(100);
      mkdirSync(new URL('.', tables), { recursive: true });
      writeFileSync(tables, rendered);
    });
  }
});
