import type { ImageScript } from '../scenario.ts';
import { earlierScan, imageScript, scanScript } from '../script.ts';

/** As many images as a fleet may have here. */
export const largestFleet = 10_000;

/**
 * Clean images with rows of an earlier scan, `fleet/service-0000:1.0` and so on. Each takes 2 to 8 s from the
 * trigger to the end, spread so that neighbours differ.
 */
export function fleet(images: number): ImageScript[] {
  return Array.from({ length: images }, (_, place) =>
    imageScript({
      registry: 'registry.example.com',
      repo: `fleet/service-${String(place).padStart(4, '0')}`,
      tag: '1.0',
      scans: [
        scanScript({ registerDelayMs: 200, discoveryMs: 300, scanMs: 1_500 + ((place * 617) % 6_001) }),
      ],
      earlier: earlierScan(),
    }),
  );
}
