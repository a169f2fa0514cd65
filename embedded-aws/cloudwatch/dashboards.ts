import { AwsError } from '../errors';
import type { Operations } from '../protocol/api';
import { arn, type Scope } from '../scope';
import { text } from './input';

/** Dashboards, stored as JSON; they are not rendered. */
export class Dashboards {
  readonly #scope: Scope;
  readonly #bodies = new Map<string, string>();

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  put(name: string, body: string): void {
    try {
      JSON.parse(body);
    } catch (error) {
      throw new AwsError('InvalidParameterInput', `the dashboard body is invalid: ${(error as Error).message}`);
    }
    this.#bodies.set(name, body);
  }

  delete(name: string): void {
    this.#bodies.delete(name);
  }

  get operations(): Operations {
    const describe = (name: string) => ({
      DashboardName: name,
      // The ARN has no region, because dashboards are global.
      DashboardArn: arn('cloudwatch', { ...this.#scope, region: '' }, `dashboard/${name}`),
    });
    return {
      GetDashboard: {
        accepts: ['DashboardName'],
        run: (input) => {
          const name = text(input.DashboardName, 'DashboardName');
          const body = this.#bodies.get(name);
          if (body === undefined) throw new AwsError('ResourceNotFound', `Dashboard ${name} does not exist`, 404);
          return { ...describe(name), DashboardBody: body };
        },
      },
      ListDashboards: {
        accepts: ['DashboardNamePrefix'],
        run: (input) => {
          const names = [...this.#bodies.keys()].filter((name) => name.startsWith(input.DashboardNamePrefix ?? ''));
          return { DashboardEntries: names.sort().map(describe) };
        },
      },
    };
  }
}
