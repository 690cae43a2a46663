import { describe, expect, test } from '@jest/globals';
import { parseDurations } from '../../bench/durations-file.ts';

describe('A file of durations', () => {
  test('has one scan a line, perhaps with the duration of the one before', () => {
    expect(parseDurations('# measured in October\n25\n\n90.5 80\r\n480,500\n')).toEqual([
      { seconds: 25, previousSeconds: undefined },
      { seconds: 90.5, previousSeconds: 80 },
      { seconds: 480, previousSeconds: 500 },
    ]);
  });

  test.each(['soon', '0', '-5', '25 x', '25 30 35', 'Infinity', ''])('is refused with %p', (line) => {
    expect(() => parseDurations(line)).toThrow(/line 1|no duration/);
  });
});
