import { createServer } from 'node:net';
import { buildScenario, startConsole } from 'compute-console-emulator';

/** Servers that all runs share. */
export interface SharedServers {
  /** The address of a host that redirects name, and that no request may reach. */
  readonly foreignHost: string;
  /** The port of a Console whose certificate no CA has signed. */
  readonly tlsPort: number;
  /** How many connections there were to the foreign host. */
  readonly foreignConnections: () => number;
  readonly close: () => Promise<void>;
}

export async function openSharedServers(): Promise<SharedServers> {
  let connections = 0;
  const foreign = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve));
  const address = foreign.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const tlsConsole = await startConsole({ tls: true, scenario: buildScenario({}) });
  return {
    foreignHost: `http://localhost:${port}`,
    tlsPort: tlsConsole.port,
    foreignConnections: () => connections,
    close: async () => {
      await tlsConsole.close();
      await new Promise((resolve) => foreign.close(resolve));
    },
  };
}
