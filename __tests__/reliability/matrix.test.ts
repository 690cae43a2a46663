import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import pMap from 'p-map';
import { FULL, sampleOf } from '../sample.ts';
import { type Cell, cellKey } from './cell.ts';
import { runCell } from './cell-run.ts';
import { renderDocument } from './document.ts';
import { described, type Figures, figuresLine, figuresOf } from './figures.ts';
import { MATRIX } from './matrix.ts';
import { openNeighbourhood } from './surroundings.ts';

/**
 * Runs a sample of the matrix, and all of it with `FULL=1`. `RELIABILITY_CELL` runs the cells whose key contains it; a
 * failure prints the keys. `RELIABILITY_WRITE=1` runs all cells and writes the page.
 */
const only = process.env.RELIABILITY_CELL ?? '';
const isToWrite = process.env.RELIABILITY_WRITE === '1';
const isWhole = FULL || isToWrite;
const page = new URL('../../docs/reliability.md', import.meta.url);

/** Runs at a time. They mostly wait for one another's sockets, so more of them would only take memory. */
const WIDTH = 24;
const AT_MOST_MS = 3_600_000;
/** One cell of so many is in the sample. */
const SAMPLED = 16;

let figures: Figures;

beforeAll(async () => {
  const neighbourhood = await openNeighbourhood();
  try {
    const matching = MATRIX.filter((cell) => cellKey(cell).includes(only));
    const cells = isWhole || only !== '' ? matching : sampleOf(matching, SAMPLED);
    const run = (cell: Cell) => runCell(cell, neighbourhood.surroundings);
    const outcomes = await pMap(cells, run, { concurrency: WIDTH });
    figures = figuresOf(outcomes, neighbourhood.stolen());
  } finally {
    await neighbourhood.close();
  }
  process.stdout.write(`Fault matrix: ${figuresLine(figures)}.\n`);
}, AT_MOST_MS);

describe('whatever breaks, wherever, once or for good', () => {
  test('there is something to try', () => {
    expect(figures.outcomes.length).toBeGreaterThan(0);
  });

  test('nothing passes unless a scan has truly finished without error', () => {
    expect(described(figures.unproven)).toEqual([]);
  });

  test('every run is over by its deadline', () => {
    expect(described(figures.hung)).toEqual([]);
  });

  test('what passes by itself does not make it fail', () => {
    expect(described(figures.failedForNothing)).toEqual([]);
  });

  test('what fails says the reason that the contract gives', () => {
    expect(described(figures.unexpected)).toEqual([]);
  });

  test('neither the password nor a token is ever written', () => {
    expect(described(figures.leaks)).toEqual([]);
  });

  test('the host that a redirect names is told nothing', () => {
    expect(figures.stolen).toBe(0);
  });

  test('each fault strikes where its cell says', () => {
    expect(described(figures.missed)).toEqual([]);
  });

  // The page is about all cells.
  (isWhole && only === '' ? test : test.skip)('the page about it says what was found', () => {
    const rendered = renderDocument(figures);
    if (isToWrite) writeFileSync(page, rendered);
    expect(readFileSync(page, 'utf8')).toBe(rendered);
  });
});
