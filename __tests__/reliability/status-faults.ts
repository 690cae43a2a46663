import type { Fault } from 'compute-console-emulator';
import { everywhere, type FaultCase, type Meaning } from './fault-case.ts';
import { PASSWORD, USERNAME } from './world.ts';

const BASIC = Buffer.from(`${USERNAME}:${PASSWORD}`).toString('base64');
const ECHO = `${PASSWORD} ${encodeURIComponent(PASSWORD)} ${BASIC}`;

/** Replaced by the address of a host that must never be asked anything. */
export const FOREIGN_HOST = 'http://foreignHost.example';

interface Body {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

const PAGE = '<!DOCTYPE html><html><body><h1>Sorry</h1></body></html>';

const BODIES: readonly Body[] = [
  {
    name: 'JSON',
    headers: { 'content-type': 'application/json' },
    body: '{"err":"something is wrong"}',
  },
  { name: 'HTML', headers: { 'content-type': 'text/html' }, body: PAGE },
  { name: 'an empty body', headers: { 'content-type': 'application/json', 'content-length': '0' } },
  { name: 'no body', headers: { connection: 'close' } },
];

/** 400, 401, 403 and 404 have reasons of their own; the other refusals are refusals all the same. */
const MEANING = new Map<number, Meaning>([
  [400, 'bad-request'],
  [401, 'rejected'],
  [403, 'forbidden'],
  [404, 'not-found'],
  [409, 'refused'],
  [418, 'refused'],
]);

const STATUSES = [400, 401, 403, 404, 409, 418, 408, 425, 429, 500, 501, 502, 503, 504, 599];

const RETRY_AFTER: readonly (readonly [name: string, headers: Readonly<Record<string, string>>])[] = [
  ['7 seconds', { 'retry-after': '7' }],
  ['a date', { date: 'Mon, 02 Nov 2026 09:00:00 GMT', 'retry-after': 'Mon, 02 Nov 2026 09:00:07 GMT' }],
  ['a date of long ago', { 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' }],
  ['99999', { 'retry-after': '99999' }],
  ['-5', { 'retry-after': '-5' }],
  ['1e9', { 'retry-after': '1e9' }],
  ['rubbish', { 'retry-after': 'soon; perhaps' }],
  ['nothing', { 'retry-after': '' }],
];

/** Statuses of the Console, or of something before it. */
export const STATUS_FAULTS: readonly FaultCase[] = [
  ...STATUSES.flatMap((status) =>
    BODIES.map(({ name, ...rest }) =>
      everywhere(`Status ${status}`, `with ${name}`, MEANING.get(status) ?? 'unanswered', {
        kind: 'answer',
        status,
        ...rest,
      }),
    ),
  ),
  ...[429, 503].flatMap((status) =>
    (status === 429 ? RETRY_AFTER : RETRY_AFTER.slice(0, 1)).map(([name, headers]) =>
      everywhere(`Status ${status} with Retry-After`, name, 'unanswered', {
        kind: 'answer',
        status,
        headers,
      }),
    ),
  ),
  // The request comes back, unchanged and as a header or an address would spell it.
  ...[400, 401, 503].map((status) =>
    everywhere('Status with the password in it', `${status}`, MEANING.get(status) ?? 'unanswered', {
      kind: 'answer',
      status,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ err: `not good: ${ECHO}` }),
    }),
  ),
  everywhere('Status with the password in it', '302', 'nonsense', redirect(302, `/${encodeURI(ECHO)}`)),
  ...[301, 302, 307].flatMap((status) =>
    [
      ['to a log-in page', '/login'],
      ['to another host', `${FOREIGN_HOST}/api`],
    ].map(([name = '', location = '']) =>
      everywhere(`Redirect ${status}`, name, 'nonsense', redirect(status, location)),
    ),
  ),
];

function redirect(status: number, location: string): Fault {
  return { kind: 'answer', status, headers: { location }, body: PAGE };
}
