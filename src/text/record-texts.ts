import type { RecordTexts } from '../policy/record.ts';
import { warningTexts } from './image-warning-text.ts';
import { sanitize } from './sanitize.ts';
import { describeImage, messageOf } from './verdict-line.ts';

/** The texts of a record. */
export const RECORD_TEXTS: RecordTexts = {
  ofRun: messageOf,
  ofImage: (image) => describeImage(image).what,
  warnings: warningTexts,
  shown: sanitize,
};
