import { readFileSync, writeFileSync } from 'node:fs';
import { definitions, scenarioSchema } from './scenario-schema.ts';
import { settingSchemas } from './setting-schemas.ts';

const readme = new URL('../README.md', import.meta.url);
const target = new URL('../scenario.schema.json', import.meta.url);

/** The published schema: that of the emulator, with the README's description of each setting. */
export function publishedSchema(): string {
  const words = new Map(
    [
      ...readFileSync(readme, 'utf8').matchAll(
        /^\| `(\w+)` \| `.*?` \| (documented|seen|assumed) \| (.+) \|$/gm,
      ),
    ].map(([, key = '', basis = '', text = '']) => [key, `${text} The default is ${basis}.`]),
  );
  const settings = Object.fromEntries(
    Object.entries(settingSchemas).map(([key, schema]) => [
      key,
      { ...schema, description: words.get(key) ?? '' },
    ]),
  );
  const described = { ...definitions.settings, properties: settings };
  const schema = { ...scenarioSchema, definitions: { ...definitions, settings: described } };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

if (process.argv[1] === new URL(import.meta.url).pathname) writeFileSync(target, publishedSchema());
