#!/usr/bin/env node
import { runConsole } from './console-command.ts';

process.exitCode = await runConsole(process.argv.slice(2), process.stdout, process.stderr);
