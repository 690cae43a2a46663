import { createServer } from 'node:net';
import { buildScenario } from '../../emulator/builders.ts';
import { startConsole } from '../../emulator/server.ts';
import type { Surroundings } from './cell-run.ts';

/** Servers that all runs share, while they last. */
export interface Neighbourhood {
  readonly surroundings: Surroundings;
  /** How many connections there were to the host that redirects name. */
  readonly stolen: () => number;
  readonly close: () => Promise<void>;
}

export async function openNeighbourhood(): Promise<Neighbourhood> {
  let connections = 0;
  const thief = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => thief.listen(0, '127.0.0.1', resolve));
  const address = thief.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const tlsConsole = await startConsole({ tls: true, scenario: buildScenario({}) });
  return {
    surroundings: { thief: `http://localhost:${port}`, tlsPort: tlsConsole.port },
    stolen: () => connections,
    close: async () => {
      await tlsConsole.close();
      await new Promise((resolve) => thief.close(resolve));
    },
  };
}
