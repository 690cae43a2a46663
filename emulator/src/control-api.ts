import { timingSafeEqual } from 'node:crypto';
import type { ConsoleInstance, ControlApi, ControlRequest } from './console-instance.ts';
import { errorReply, jsonReply } from './response.ts';
import {
  faultRulesFrom,
  imageReferenceFrom,
  imagesFrom,
  parseYaml,
  ScenarioError,
  scanRequestFrom,
  scenarioFrom,
  settingsFrom,
} from './scenario-file.ts';

/** Path of the control API, outside that of the Console. */
export const CONTROL_PATH = '/_control';

type Handler = (
  instance: ConsoleInstance,
  request: Pick<ControlRequest, 'params'> & { readonly body: unknown },
) => unknown;

/** Each call, with the body that it takes. A result of undefined is an empty answer. */
const handlers: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['GET ', () => ({ calls: [...handlers.keys()].map((call) => call.replace(/ $/, ' /')) })],
  ['POST reset', (instance, { body }) => instance.reset(body === undefined ? undefined : scenarioFrom(body))],
  ['GET images', ({ model }) => model.imageNames],
  ['PUT images', ({ model }, { body }) => model.putImages(imagesFrom(body))],
  ['GET settings', ({ model }) => model.scenario.settings],
  ['PATCH settings', ({ model }, { body }) => model.changeSettings(settingsFrom(body))],
  ['GET faults', ({ faults }) => faults],
  ['PUT faults', (instance, { body }) => instance.setFaults(faultRulesFrom(body))],
  ['DELETE faults', (instance) => instance.setFaults([])],
  [
    'GET clock',
    ({ model }) => ({ nowMs: model.shownTimeMs, now: new Date(model.shownTimeMs).toISOString() }),
  ],
  ['POST clock', ({ model }, { body }) => setClock(model, body)],
  ['POST restart', ({ model }) => model.restart()],
  ['POST regular-scan', ({ model }) => model.startRegularScan()],
  ['POST regular-scan/stop', ({ model }) => model.stopRegularScan(undefined, OTHER_USER)],
  ['POST scans', ({ model }, { body }) => startScan(model, body)],
  [
    'POST read',
    ({ model }, { body }) => model.readByOtherUser(isEmpty(body) ? undefined : imageReferenceFrom(body)),
  ],
  ['GET requests', ({ requests }) => requests],
  ['DELETE requests', (instance) => instance.forgetRequests()],
  ['GET scans', ({ model }, { params }) => scansOf(model, params)],
]);

const OTHER_USER = '(other user)';

/** Creates a control API for clients that have the token. Bodies are JSON or YAML. */
export function createControlApi(token: string): ControlApi {
  return async (request, instance) => {
    if (!isSame(request.authorization, `Bearer ${token}`)) {
      return errorReply(401, 'the control token is wrong');
    }
    const path = request.path.slice(CONTROL_PATH.length + 1).replace(/\/$/, '');
    const handler = handlers.get(`${request.method} ${path}`);
    if (handler === undefined) return errorReply(404, 'no such call; GET /_control lists them');
    try {
      const body = request.body.trim() === '' ? undefined : parseYaml(request.body);
      const result = await handler(instance, { params: request.params, body });
      return jsonReply(200, result ?? {});
    } catch (error) {
      if (error instanceof ScenarioError) return errorReply(400, error.message);
      throw error;
    }
  };
}

function setClock(model: ConsoleInstance['model'], body: unknown): void {
  const { advanceMs, byMs } = fieldsOf(body);
  const isRight = [advanceMs, byMs].every((value) => value === undefined || typeof value === 'number');
  if (!isRight || (advanceMs === undefined && byMs === undefined)) {
    throw new ScenarioError('the clock: give advanceMs, for time to pass, or byMs, to set it ahead or back');
  }
  if (typeof advanceMs === 'number') {
    if (!(advanceMs >= 0)) throw new ScenarioError('the clock: advanceMs must not be negative');
    model.advance(advanceMs);
  }
  if (typeof byMs === 'number') model.setClock(byMs);
}

function startScan(model: ConsoleInstance['model'], body: unknown): unknown {
  const { image, scan } = scanRequestFrom(body);
  const result = model.scanByOtherUser(image, scan);
  if (result.status !== 200) throw new ScenarioError('the scan: the image needs a tag or a digest');
  return { started: true };
}

/** The records of the scans of an image, or of all images. */
function scansOf(model: ConsoleInstance['model'], params: URLSearchParams): unknown {
  const given = Object.fromEntries(params);
  const records = isEmpty(given) ? model.allScans : model.scansOf(imageReferenceFrom(given));
  return records;
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function isEmpty(body: unknown): boolean {
  return body === undefined || body === null || (typeof body === 'object' && Object.keys(body).length === 0);
}

function isSame(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}
