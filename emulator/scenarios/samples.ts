import type { Scenario } from '../scenario.ts';
import { registryScript, scenario } from '../script.ts';
import type { Settings } from '../settings.ts';
import { sampleImages } from './sample-images.ts';

/** The Console for people who try the action: sample images, and a regular scan that runs from the start. */
export function samples(settings: Partial<Settings> = {}): Scenario {
  return scenario({
    images: sampleImages(),
    registries: [
      registryScript({ registry: 'us-west2-docker.example', repositories: 4, images: 2, scanMs: 40_000 }),
      registryScript({
        registry: 'harbor.example',
        repositories: 12,
        images: 36,
        scanMs: 50_000,
        defenders: 3,
      }),
      registryScript({ registry: 'mirror.example', repositories: 2, images: 5, scanMs: 12_000 }),
      registryScript({
        registry: 'archive.example',
        repositories: 30,
        images: 90,
        scanMs: 80_000,
        defenders: 2,
      }),
      registryScript({ registry: 'attic.example', repositories: 1, images: 1, scanMs: 20_000 }),
    ],
    users: [
      { username: 'gate', password: 'let-me-scan', role: 'administrator' },
      { username: 'viewer', password: 'let-me-look', role: 'reader' },
      { username: 'builder', password: 'let-me-build', role: 'ci' },
    ],
    events: [{ kind: 'regular-scan', atMs: 0 }],
    settings,
  });
}
