import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Temporary credentials of a role. */
interface RoleCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** In real time, because SDKs in child processes compare it with their clock. */
  readonly expiration: Date;
}

/** The service role of a project. */
export interface BuildRole {
  readonly roleArn: string;
  /** The project for which CodeBuild assumes the role. */
  readonly projectArn: string;
}

/**
 * The HTTP server from which builds get the credentials of their service role, as containers on ECS do: SDKs request
 * them from the URL in AWS_CONTAINER_CREDENTIALS_FULL_URI, and again before they expire.
 */
export class CredentialsEndpoint {
  readonly #server: Server;
  /** Roles by the path of their credentials. */
  readonly #roles = new Map<string, BuildRole>();

  /** @param issue Creates credentials for a role. Called for each request. */
  constructor(issue: (role: BuildRole) => RoleCredentials | Promise<RoleCredentials>) {
    this.#server = createServer(async (request, response) => {
      const role = this.#roles.get(request.url ?? '');
      if (role === undefined || request.method !== 'GET') {
        response.writeHead(404).end();
        return;
      }
      try {
        const { accessKeyId, secretAccessKey, sessionToken, expiration } = await issue(role);
        response.setHeader('content-type', 'application/json');
        response.end(
          JSON.stringify({
            RoleArn: role.roleArn,
            AccessKeyId: accessKeyId,
            SecretAccessKey: secretAccessKey,
            Token: sessionToken,
            Expiration: expiration.toISOString(),
          }),
        );
      } catch (error) {
        // The format in which SDKs expect an error.
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

  /** @returns The URL of the credentials of a project's role. */
  uriFor(role: BuildRole): string {
    const path = `/v2/credentials/${encodeURIComponent(role.roleArn)}/${encodeURIComponent(role.projectArn)}`;
    this.#roles.set(path, role);
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${path}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
