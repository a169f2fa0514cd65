import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Temporary credentials of a role. */
export interface RoleCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** by the wall clock, not the virtual one: SDKs in child processes compare it with theirs */
  readonly expiration: Date;
}

/**
 * Where a build gets its service role's credentials, in the way of a container on ECS: SDKs ask the address in
 * AWS_CONTAINER_CREDENTIALS_FULL_URI for them, and again before they expire, so that no build outlives its own.
 */
export class CredentialsEndpoint {
  readonly #server: Server;
  /** roles by the path they are asked for at */
  readonly #roles = new Map<string, string>();

  /** @param issue makes credentials for a role; called for each request */
  constructor(issue: (roleArn: string) => RoleCredentials | Promise<RoleCredentials>) {
    this.#server = createServer(async (request, response) => {
      const roleArn = this.#roles.get(request.url ?? '');
      if (roleArn === undefined || request.method !== 'GET') {
        response.writeHead(404).end();
        return;
      }
      try {
        const { accessKeyId, secretAccessKey, sessionToken, expiration } = await issue(roleArn);
        response.setHeader('content-type', 'application/json');
        response.end(
          JSON.stringify({
            RoleArn: roleArn,
            AccessKeyId: accessKeyId,
            SecretAccessKey: secretAccessKey,
            Token: sessionToken,
            Expiration: expiration.toISOString(),
          }),
        );
      } catch (error) {
        // What SDKs read of a refusal.
        response.writeHead(400, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ code: (error as Error).name, message: (error as Error).message }));
      }
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', resolve);
    });
  }

  /** @returns the address at which that role's credentials are given out */
  uriFor(roleArn: string): string {
    const path = `/v2/credentials/${encodeURIComponent(roleArn)}`;
    this.#roles.set(path, roleArn);
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${path}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
