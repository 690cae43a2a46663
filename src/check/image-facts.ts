import { rowOf } from '../console/report.ts';
import { errorOfBody } from '../http/call-error.ts';
import { DecodeError } from '../http/decode.ts';
import { type Image, repositoryName } from '../image/image.ts';
import type { ImageScanResult } from '../scan/types.ts';
import { type Answer, answeredValue } from './answer.ts';
import { namesQuestion, type RowsAnswer, repositoryQuestion, rowsQuestions } from './console-questions.ts';
import type { Ask, Facts } from './facts.ts';
import type { ImageKnowledge } from './image-checks.ts';
import { fullNameOf, imagesOfRows, isSameRepository } from './known-images.ts';

/** How many repositories of images that are not known are looked up. */
const MOST_REPOSITORIES = 3;

/** What the Console showed of the images that it was asked about; or why it showed nothing. */
export type ImageFacts = Answer<ReadonlyMap<Image, ImageKnowledge>>;

/**
 * Reads the rows of all images; of those without a row, the rows of their repositories and the names of everything that
 * the user may see, among which a near miss is found.
 */
export async function readImageFacts(
  images: readonly Image[],
  { ask, settings }: Pick<Facts, 'ask' | 'settings'>,
  redact: (text: string) => string,
): Promise<ImageFacts> {
  const questions = rowsQuestions(images, redact);
  const asked = questions.flatMap((question) => question.images);
  const answers = await Promise.all(questions.map(({ question }) => ask(question)));
  const unanswered = answers.find((answer) => answer.kind !== 'answered');
  if (unanswered !== undefined) return unanswered;
  const pages = answers.flatMap((answer) => (answer.kind === 'answered' ? [answer.value] : []));
  try {
    const rows = new Map(asked.map((image) => [image, ownRow(image, pages)] as const));
    const unknown = asked.filter((image) => rows.get(image) === undefined);
    const [settingsAnswer, more] = await Promise.all([settings, readNeighbours(unknown, ask, redact)]);
    const inRows = imagesOfRows([...pages, ...more.pages.values()].flatMap((page) => page.rows));
    const known = [...inRows, ...namesOnly(more.names, inRows)];
    const readAtMs = pages.find((page) => page.readAtMs !== undefined)?.readAtMs;
    const value = new Map<Image, ImageKnowledge>(
      asked.map((image) => [
        image,
        {
          row: rows.get(image),
          known,
          tagCount: tagCountOf(image, more),
          settings: answeredValue(settingsAnswer),
          readAtMs,
        },
      ]),
    );
    return { kind: 'answered', value };
  } catch (error) {
    if (error instanceof DecodeError)
      return { kind: 'refused', error: errorOfBody('GET registry', error, 'Console') };
    throw error;
  }
}

function ownRow(image: Image, pages: readonly RowsAnswer[]): ImageScanResult | undefined {
  return rowOf(
    pages.flatMap(({ rows }) => rows),
    image,
    'compact',
    () => [],
  );
}

interface Neighbours {
  readonly pages: ReadonlyMap<Image, RowsAnswer>;
  readonly names: ImageKnowledge['known'];
}

async function readNeighbours(
  unknown: readonly Image[],
  ask: Ask,
  redact: (text: string) => string,
): Promise<Neighbours> {
  if (unknown.length === 0) return { pages: new Map(), names: [] };
  const [names, ...pages] = await Promise.all([
    ask(namesQuestion()),
    ...[...new Map(unknown.map((image) => [repositoryName(image), image])).values()]
      .slice(0, MOST_REPOSITORIES)
      .map(async (image) => [image, await ask(repositoryQuestion(image, redact))] as const),
  ]);
  return {
    names: answeredValue(names) ?? [],
    pages: new Map(
      pages.flatMap(([image, answer]) => (answer.kind === 'answered' ? [[image, answer.value]] : [])),
    ),
  };
}

/** The names of images that no row was of: a row tells better where its registry ends, if that has a path. */
function namesOnly(names: Neighbours['names'], inRows: Neighbours['names']): Neighbours['names'] {
  const shown = new Set(inRows.map(fullNameOf));
  return names.filter((name) => !shown.has(fullNameOf(name)));
}

/** A page has 50 rows; names have no pages, and `Total-Count` counts all registries. */
function tagCountOf(image: Image, { pages, names }: Neighbours): number | undefined {
  const inNames = names.filter((each) => isSameRepository(image, each)).length;
  const rows = [...pages.values()].flatMap((page) => page.rows);
  const inRows = imagesOfRows(rows).filter((each) => isSameRepository(image, each)).length;
  const most = Math.max(inNames, inRows);
  return most === 0 ? undefined : most;
}
