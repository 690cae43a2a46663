/** The scenarios that come with the package. */
export { fleet, scenarioNamed, scenarioNames, withFleet } from './scenarios/catalogue.ts';
export { recorded } from './scenarios/recorded.ts';
export { samples } from './scenarios/samples.ts';
